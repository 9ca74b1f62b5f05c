/*
 * region - a piece of address space that becomes memory as it is used
 */

#ifndef CACHE_REGION_H
#define CACHE_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct region {
    uint8_t *bytes;                     /* at a boundary of large pages */
    size_t size;
    bool is_large;                      /* large pages were asked for */
};

/* False, with errno set, when there is no such space.  All octets are 0. */
bool
    region_reserve(struct region *self, size_t size);

void
    region_release(struct region *self);

/* Makes all octets 0 again and gives their memory back. */
void
    region_clear(struct region *self);

/*
 * Says that the region is in use for a good part, and read all over: then it
 * is worth large pages.  May be called any number of times.
 */
void
    region_use_large_pages(struct region *self);

#endif
