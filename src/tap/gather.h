/*
 * gather - the items of a round, in a row
 *
 * Items are written once, however many read them, and leave together.
 */

#ifndef TAP_GATHER_H
#define TAP_GATHER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/sheet.h"
#include "tap/format.h"

#define GATHER_SIZE (1024 * 1024)
#define GATHER_ITEMS 4096
#define ITEM_SIZE (256 * 1024)          /* of one, at most */

struct gather {
    char *octets;                       /* room for GATHER_SIZE */
    size_t size;
    size_t ends[GATHER_ITEMS];          /* where each item ends */
    size_t count;
};

struct gather *
    gather_new(void);
void
    gather_destroy(struct gather **self_p);

/* True when another item might not fit: it is to be sent first. */
bool
    gather_is_full(const struct gather *self);

/* Adds an item; false when it is too large.  The gather must not be full. */
bool
    gather_add(struct gather *self, const struct format *format,
               const struct item *item);

void
    gather_clear(struct gather *self);

#endif
