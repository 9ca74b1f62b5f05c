/*
 * duplicates - which records of an RRset under construction were there before
 */

#include "authority/duplicates.h"

#include <stdlib.h>
#include <string.h>

#include "authority/rdata.h"
#include "coredns/memory.h"

#define FEW 24                          /* looked for one by one */

static inline size_t
size_at(const struct duplicates *self, size_t offset)
{
    return (size_t) self->bytes[offset] << 8 | self->bytes[offset + 1];
}

static bool
are_equal(const struct duplicates *self, size_t left, size_t right)
{
    return rdata_equal(self->type, self->bytes + left + 2,
                       size_at(self, left), self->bytes + right + 2,
                       size_at(self, right));
}

void
duplicates_start(struct duplicates *self, uint16_t type, const uint8_t *bytes,
                 size_t start)
{
    duplicates_end(self);
    self->type = type;
    self->bytes = bytes;
    self->start = start;
}

void
duplicates_trust(struct duplicates *self, size_t count)
{
    self->count = count;
}

void
duplicates_end(struct duplicates *self)
{
    free(self->table);
    memset(self, 0, sizeof *self);
}

/* Puts the record into the table; true when an equal one is there. */
static bool
enter(struct duplicates *self, size_t offset)
{
    size_t place = rdata_hash(self->bytes + offset + 2,
                              size_at(self, offset));

    for (;; place++) {
        uint32_t *entry = &self->table[place & (self->places - 1)];

        if (*entry == 0) {
            *entry = (uint32_t) offset;
            return false;
        }
        if (are_equal(self, *entry, offset))
            return true;
    }
}

/* Makes a table for four times as many records as there are. */
static void
build_table(struct duplicates *self, size_t end)
{
    free(self->table);
    self->places = 64;
    while (self->places < 4 * self->count)
        self->places *= 2;
    self->table = core_allocate(self->places * sizeof *self->table);
    for (size_t at = self->start; at < end; at += 2 + size_at(self, at))
        enter(self, at);
}

bool
duplicates_note(struct duplicates *self, size_t offset)
{
    bool found = false;

    if (++self->noted > FEW && 2 * self->count >= self->places)
        build_table(self, offset);
    if (self->table != NULL) {
        found = enter(self, offset);
    } else {
        for (size_t at = self->start; at < offset && !found;
             at += 2 + size_at(self, at))
            found = are_equal(self, at, offset);
    }
    if (!found)
        self->count++;
    return found;
}
