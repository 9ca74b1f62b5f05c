/*
 * sheet - text that is written into a place of fixed size
 *
 * What does not fit is not begun: from there on the sheet is full and nothing
 * more is added, so what stands there is whole pieces.  No allocation, no
 * format strings: it is for what is written a hundred thousand times a second.
 */

#ifndef LIB_SHEET_H
#define LIB_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct core_sheet {
    char *text;                         /* lent; no NUL behind it */
    size_t size;                        /* written */
    size_t limit;                       /* may be lowered for a while */
    bool is_full;
};

/* Octets as they are. */
void
    core_sheet_add(struct core_sheet *self, const void *octets, size_t size);
void
    core_sheet_text(struct core_sheet *self, const char *text);
void
    core_sheet_mark(struct core_sheet *self, char mark);

void
    core_sheet_number(struct core_sheet *self, uint64_t number);

/* With zeros in front up to that many digits, at most 20. */
void
    core_sheet_digits(struct core_sheet *self, uint64_t number,
                      unsigned digits);

void
    core_sheet_hex(struct core_sheet *self, const uint8_t *octets,
                   size_t size);
void
    core_sheet_base64(struct core_sheet *self, const uint8_t *octets,
                      size_t size);

/* With the letters of RFC 4648 section 7, small, without padding. */
void
    core_sheet_base32(struct core_sheet *self, const uint8_t *octets,
                      size_t size);

/* A name with its final dot, as core_name_to_text(). */
void
    core_sheet_name(struct core_sheet *self, const uint8_t *name);

/* Octets as zone files write a text: in quotes, what does not print as \DDD. */
void
    core_sheet_quoted(struct core_sheet *self, const uint8_t *octets,
                      size_t size);

/* The address, IPv4 as such; 16 octets, IPv4 mapped. */
void
    core_sheet_address(struct core_sheet *self, const uint8_t address[16]);

/* "2026-11-28T07:30:01.123456Z" */
void
    core_sheet_time(struct core_sheet *self, int64_t real_us);

/* Takes back what was written since it had that size; there is room again. */
static inline void
core_sheet_rewind(struct core_sheet *self, size_t size)
{
    self->size = size;
    self->is_full = false;
}

#endif
