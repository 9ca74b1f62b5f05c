/*
 * region - a piece of memory that others may be given to look at
 *
 * It becomes memory as it is used.  Who is given its descriptor can map it for
 * reading and nothing else, and it never changes its size.
 */

#ifndef CACHE_REGION_H
#define CACHE_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct region {
    uint8_t *bytes;                     /* at a boundary of pages */
    size_t size;
    int descriptor;                     /* owned */
    bool is_large;                      /* large pages were asked for */
};

/* False, with errno set, when it cannot be had.  All octets are 0. */
bool
    region_reserve(struct region *self, size_t size);

void
    region_release(struct region *self);

/*
 * Says that the region is in use for a good part, and read all over: then it
 * is worth large pages.  May be called any number of times.
 */
void
    region_use_large_pages(struct region *self);

#endif
