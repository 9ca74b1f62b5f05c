/*
 * region - a piece of memory that others may be given to look at
 *
 * Answers are looked for all over the memory.  With pages of 4 KiB finding the
 * page costs more time than reading the answer.  But large ones from the
 * beginning would make a store that is nearly empty take all of its capacity.
 */

#include "cache/region.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Since Linux 5.1; without it readers could write, and are ours anyway. */
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

static bool
map(struct region *self)
{
    if (ftruncate(self->descriptor, (off_t) self->size) == -1)
        return false;
    self->bytes = mmap(NULL, self->size, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_NORESERVE, self->descriptor, 0);
    return self->bytes != MAP_FAILED;
}

bool
region_reserve(struct region *self, size_t size)
{
    *self = (struct region) { .size = size };
    self->descriptor = memfd_create("answers", MFD_CLOEXEC
                                    | MFD_ALLOW_SEALING);
    if (self->descriptor == -1)
        return false;
    if (!map(self)) {
        close(self->descriptor);
        return false;
    }
    fcntl(self->descriptor, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK);
    fcntl(self->descriptor, F_ADD_SEALS, F_SEAL_FUTURE_WRITE);
    return true;
}

void
region_release(struct region *self)
{
    if (self->bytes == NULL)
        return;
    munmap(self->bytes, self->size);
    close(self->descriptor);
    *self = (struct region) { .bytes = NULL };
}

void
region_use_large_pages(struct region *self)
{
    if (self->is_large)
        return;
    self->is_large = true;              /* or the kernel has none: no matter */
    madvise(self->bytes, self->size, MADV_HUGEPAGE);
}
