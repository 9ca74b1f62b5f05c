/*
 * memory - allocation that cannot fail
 *
 * When there is no memory left the process stops: nobody can mend that, and
 * its supervisor starts it again.  All that is returned ends by free().
 */

#ifndef COREDNS_MEMORY_H
#define COREDNS_MEMORY_H

#include <stddef.h>

/* So many octets, all zero; never NULL, also for size 0. */
void *
    core_allocate(size_t size)
    __attribute__((malloc, returns_nonnull));

/*
 * Gives the memory another size; what is added is not zeroed.  memory may be
 * NULL.
 */
void *
    core_reallocate(void *memory, size_t size)
    __attribute__((returns_nonnull));

/* A copy of the text; NULL when text is NULL. */
char *
    core_copy_text(const char *text);

/*
 * Room for one more item in a growing array: returns items, moved when count
 * has reached *capacity, which then doubles.
 */
void *
    core_grow(void *items, size_t count, size_t *capacity, size_t item_size)
    __attribute__((returns_nonnull));

#endif
