/*
 * region - a piece of address space that becomes memory as it is used
 *
 * Answers are looked for all over the memory.  With pages of 4 KiB finding the
 * page costs more time than reading the answer.  But large ones from the
 * beginning would make a store that is nearly empty take all of its capacity.
 */

#include "cache/region.h"

#include <string.h>
#include <sys/mman.h>

#define SMALL_PAGE 4096
#define LARGE_PAGE (2 * 1024 * 1024)

bool
region_reserve(struct region *self, size_t size)
{
    size_t whole = size + LARGE_PAGE;
    uint8_t *bytes = mmap(NULL, whole, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (bytes == MAP_FAILED)
        return false;

    /* What is in front of the boundary and behind the end goes back. */
    size_t before = (LARGE_PAGE - (uintptr_t) bytes % LARGE_PAGE)
        % LARGE_PAGE;
    size_t end = (before + size + SMALL_PAGE - 1) / SMALL_PAGE * SMALL_PAGE;

    if (before > 0)
        munmap(bytes, before);
    if (end < whole)
        munmap(bytes + end, whole - end);
    *self = (struct region) { .bytes = bytes + before, .size = size };
    return true;
}

void
region_release(struct region *self)
{
    if (self->bytes != NULL)
        munmap(self->bytes, self->size);
    *self = (struct region) { .bytes = NULL };
}

void
region_clear(struct region *self)
{
    if (madvise(self->bytes, self->size, MADV_DONTNEED) == -1)
        memset(self->bytes, 0, self->size);
}

void
region_use_large_pages(struct region *self)
{
    if (self->is_large)
        return;
    self->is_large = true;              /* or the kernel has none: no matter */
    madvise(self->bytes, self->size, MADV_HUGEPAGE);
}
