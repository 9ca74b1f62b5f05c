/*
 * quantity - durations and sizes as users write them
 *
 * Reading is declared in coredns/setting.h; this is the way back.
 */

#ifndef LIB_QUANTITY_H
#define LIB_QUANTITY_H

#include <stdint.h>

#define CORE_QUANTITY_TEXT_SIZE 64

/* "1m30s", "250ms", "0s"; returns text. */
char *
    core_duration_to_text(char text[CORE_QUANTITY_TEXT_SIZE],
                          int64_t milliseconds);

/* "64 MiB", "512 B": the largest unit that gives a whole number. */
char *
    core_size_to_text(char text[CORE_QUANTITY_TEXT_SIZE], int64_t octets);

#endif
