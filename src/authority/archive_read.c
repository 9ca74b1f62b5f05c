/*
 * archive_read - what an archive holds, read as if a stranger had written it
 *
 * What is not wanted is passed over by its size, and not looked at.
 */

#include "authority/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authority/archive_record.h"
#include "lib/feed_frame.h"

struct reader {
    const uint8_t *bytes;
    size_t size;
    size_t offset;
    const struct core_subscriber_hooks *hooks;
    void *owner;
    const struct core_zone_id *only;    /* NULL: all of them */
    bool is_open;                       /* within a transaction */
    bool is_skipped;                    /* that is not wanted */
    unsigned count;                     /* of complete ones */
};

static bool
is_wanted(const struct reader *self, const struct core_zone_id *zone)
{
    return self->only == NULL
        || (zone->layer == self->only->layer
            && core_name_equal(zone->name, self->only->name));
}

static bool
read_begin(struct reader *self, const uint8_t *body, size_t size, bool whole)
{
    struct core_zone_id zone;
    struct feed_options options;
    size_t used = feed_zone_read(body, size, &zone);
    bool has_options = whole || size > used;

    if (self->is_open || used == 0
        || (has_options
            && feed_options_read(body + used, size - used, &options) == 0))
        return false;
    self->is_open = true;
    self->is_skipped = !is_wanted(self, &zone)
        || (self->only != NULL && has_options
            && (options.options.flags & CORE_ZONE_FAILED) != 0);
    if (self->is_skipped)
        return true;
    self->hooks->begin(self->owner, &zone,
                       has_options ? &options.options : NULL, whole);
    return true;
}

/* What ends a transaction is only heeded when it was begun. */
static bool
read_end(struct reader *self, enum record_kind kind, const uint8_t *body,
         size_t size)
{
    if (!self->is_open || (kind == RECORD_COMMIT && size != 8))
        return false;
    self->is_open = false;
    if (self->is_skipped)
        return true;
    if (kind == RECORD_ABANDON) {
        self->hooks->abandon(self->owner);
        return true;
    }
    self->count++;
    self->hooks->commit(self->owner, feed_get64(body));
    return true;
}

static bool
read_change(struct reader *self, const uint8_t *body, size_t size)
{
    struct core_change change;

    if (self->is_open && self->is_skipped)
        return true;
    if (!self->is_open || size == 0
        || core_change_read(body, size, &change) != size)
        return false;
    self->hooks->change(self->owner, &change);
    return true;
}

static bool
read_remove(struct reader *self, const uint8_t *body, size_t size)
{
    struct core_zone_id zone;

    if (self->is_open || feed_zone_read(body, size, &zone) == 0)
        return false;
    if (is_wanted(self, &zone))
        self->hooks->remove(self->owner, &zone);
    return true;
}

static bool
read_record(struct reader *self)
{
    const uint8_t *head = self->bytes + self->offset;
    size_t left = self->size - self->offset;
    size_t size;

    if (left < RECORD_SIZE)
        return false;
    size = feed_get32(head);
    if (size > left - RECORD_SIZE)
        return false;
    self->offset += RECORD_SIZE + size;
    switch (head[4]) {
    case RECORD_WHOLE:
    case RECORD_PART:
        return read_begin(self, head + RECORD_SIZE, size,
                          head[4] == RECORD_WHOLE);
    case RECORD_CHANGE:
        return read_change(self, head + RECORD_SIZE, size);
    case RECORD_COMMIT:
    case RECORD_ABANDON:
        return read_end(self, head[4], head + RECORD_SIZE, size);
    case RECORD_REMOVE:
        return read_remove(self, head + RECORD_SIZE, size);
    default:
        return false;
    }
}

/* The whole file as memory; NULL and errno when that cannot be. */
static const uint8_t *
map_file(const char *path, size_t *size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat status;
    void *bytes = MAP_FAILED;

    if (file == -1)
        return NULL;
    if (fstat(file, &status) == 0 && status.st_size >= ARCHIVE_MAGIC_SIZE) {
        *size = (size_t) status.st_size;
        bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file,
                     0);
    } else {
        errno = EINVAL;
    }
    close(file);
    return bytes == MAP_FAILED ? NULL : bytes;
}

unsigned
archive_read_octets(const uint8_t *bytes, size_t size,
                    const struct core_zone_id *only,
                    const struct core_subscriber_hooks *hooks, void *owner)
{
    struct reader reader = {
        .bytes = bytes, .size = size, .offset = ARCHIVE_MAGIC_SIZE,
        .only = only, .hooks = hooks, .owner = owner,
    };

    if (size < ARCHIVE_MAGIC_SIZE
        || memcmp(bytes, ARCHIVE_MAGIC, ARCHIVE_MAGIC_SIZE) != 0)
        return 0;
    while (read_record(&reader))
        ;
    if (reader.is_open && !reader.is_skipped)
        hooks->abandon(owner);
    return reader.count;
}

unsigned
archive_read(const char *path, const struct core_zone_id *only,
             const struct core_subscriber_hooks *hooks, void *owner,
             struct core_fault *fault)
{
    size_t size;
    const uint8_t *bytes = map_file(path, &size);

    if (bytes == NULL) {
        core_fault_set(fault, path, 0, "cannot read: %s", strerror(errno));
        return 0;
    }

    unsigned count = archive_read_octets(bytes, size, only, hooks, owner);

    if (count == 0)
        core_fault_set(fault, path, 0, "holds no zone");
    munmap((void *) (uintptr_t) bytes, size);
    return count;
}
