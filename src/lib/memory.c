/*
 * memory - allocation that cannot fail
 *
 * czmq's zmalloc() would do for structs, but it ends the process without a
 * word and has no reallocation; and this class is also used by programs that
 * do not link czmq.
 */

#include "coredns/memory.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
stop_without_memory(void)
{
    static const char text[] = "coredns: out of memory\n";
    ssize_t rc = write(STDERR_FILENO, text, sizeof text - 1);

    (void) rc;                          /* there is nobody else to tell */
    abort();
}

void *
core_allocate(size_t size)
{
    void *memory = calloc(1, size > 0 ? size : 1);

    if (memory == NULL)
        stop_without_memory();
    return memory;
}

void *
core_reallocate(void *memory, size_t size)
{
    void *moved = realloc(memory, size > 0 ? size : 1);

    if (moved == NULL)
        stop_without_memory();
    return moved;
}

char *
core_copy_text(const char *text)
{
    if (text == NULL)
        return NULL;

    size_t size = strlen(text) + 1;

    return memcpy(core_allocate(size), text, size);
}

void *
core_grow(void *items, size_t count, size_t *capacity, size_t item_size)
{
    assert(capacity && item_size > 0);
    if (items != NULL && count < *capacity)
        return items;

    size_t wanted = *capacity > 0 ? *capacity * 2 : 16;

    if (wanted > SIZE_MAX / item_size)
        stop_without_memory();
    *capacity = wanted;
    return core_reallocate(items, wanted * item_size);
}
