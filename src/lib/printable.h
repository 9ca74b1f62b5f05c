/*
 * printable - what may stand in a line that a person reads
 *
 * A character is one UTF-8 sequence (RFC 3629).  Control characters, C1 too,
 * and octets that are no UTF-8 are not printable: a terminal might obey them.
 */

#ifndef LIB_PRINTABLE_H
#define LIB_PRINTABLE_H

#include <stddef.h>

/* Octets of the printable character at text, or 0 when there is none. */
size_t
    core_printable_size(const char *text);

/* Puts '?' in place of each octet that is not printable. */
void
    core_printable_clean(char *text);

#endif
