/*
 * archive - the zones of one source on disk, for the day it is away
 *
 * Written through a buffer of its own, so that a zone of a million names costs
 * some hundred system calls.  What cannot be written ends the archive and
 * nothing else: the one before it stays.
 */

#include "authority/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authority/archive_record.h"
#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "lib/feed_frame.h"

#define BUFFER_SIZE (256 * 1024)
#define GROWTH (4 * 1024 * 1024)        /* that is no reason to write anew */
#define SLICE 60000                     /* records of one change, at most */

_Static_assert(RECORD_SIZE + FEED_ZONE_SIZE + FEED_OPTIONS_SIZE <= BUFFER_SIZE,
               "a zone with its options fits into the buffer");

struct archive {
    char *path;
    char *new_path;                     /* NULL once it is at path */
    int file;                           /* -1: it could not be written */
    size_t written;
    size_t base;                        /* of that, when last written anew */
    size_t buffered;
    uint8_t buffer[BUFFER_SIZE];
};

/* ---- writing ------------------------------------------------------------- */

static void
give_up(archive_t *self)
{
    close(self->file);
    self->file = -1;
    if (self->new_path != NULL)
        unlink(self->new_path);
}

static void
write_out(archive_t *self, const uint8_t *bytes, size_t size)
{
    while (size > 0 && self->file != -1) {
        ssize_t written = write(self->file, bytes, size);

        if (written == -1 && errno == EINTR)
            continue;
        if (written <= 0) {
            give_up(self);
            return;
        }
        bytes += written;
        size -= (size_t) written;
        self->written += (size_t) written;
    }
}

void
archive_flush(archive_t *self)
{
    size_t size = self->buffered;

    self->buffered = 0;
    write_out(self, self->buffer, size);
}

/* Room for a body of that size at most; NULL when only write_out() has it. */
static uint8_t *
begin_record(archive_t *self, size_t limit)
{
    if (limit + RECORD_SIZE > BUFFER_SIZE - self->buffered)
        archive_flush(self);
    if (limit + RECORD_SIZE > BUFFER_SIZE)
        return NULL;
    return self->buffer + self->buffered + RECORD_SIZE;
}

static void
end_record(archive_t *self, enum record_kind kind, size_t size)
{
    uint8_t *head = self->buffer + self->buffered;

    feed_put32(head, (uint32_t) size);
    head[4] = (uint8_t) kind;
    self->buffered += RECORD_SIZE + size;
}

/* Opens path for writing and puts the magic into it; -1 when it cannot. */
static int
open_file(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
                    | O_NOFOLLOW, 0600);

    if (file != -1 && write(file, ARCHIVE_MAGIC, ARCHIVE_MAGIC_SIZE)
            != ARCHIVE_MAGIC_SIZE) {
        close(file);
        return -1;
    }
    return file;
}

static char *
new_path_of(const char *path)
{
    size_t size = strlen(path) + sizeof ".new";
    char *text = core_allocate(size);

    snprintf(text, size, "%s.new", path);
    return text;
}

archive_t *
archive_new(const char *path, struct core_fault *fault)
{
    archive_t *self = core_allocate(sizeof *self);

    self->path = core_copy_text(path);
    self->new_path = new_path_of(path);
    self->file = open_file(self->new_path);
    if (self->file == -1) {
        core_fault_set(fault, self->new_path, 0, "cannot write: %s",
                       strerror(errno));
        archive_destroy(&self);
    }
    return self;
}

void
archive_destroy(archive_t **self_p)
{
    archive_t *self = *self_p;

    if (self == NULL)
        return;
    if (self->file != -1) {
        archive_flush(self);
        if (self->file != -1 && self->new_path == NULL)
            close(self->file);
        else if (self->file != -1)
            give_up(self);              /* the old one is the better one */
    }
    free(self->new_path);
    free(self->path);
    free(self);
    *self_p = NULL;
}

void
archive_begin(archive_t *self, const struct core_zone_id *zone,
              const struct core_zone_options *options, bool whole)
{
    uint8_t *body = begin_record(self, FEED_ZONE_SIZE + FEED_OPTIONS_SIZE);
    size_t size = feed_zone_write(body, FEED_ZONE_SIZE, zone);

    if (options != NULL)
        size += feed_options_write(body + size, options);
    end_record(self, whole ? RECORD_WHOLE : RECORD_PART, size);
}

/* A change that is larger than the buffer: an RRset of thousands. */
static void
write_large(archive_t *self, const struct core_change *change, size_t limit)
{
    uint8_t *bytes = core_reallocate(NULL, RECORD_SIZE + limit);
    size_t size = core_change_write(bytes + RECORD_SIZE, limit, change);

    feed_put32(bytes, (uint32_t) size);
    bytes[4] = RECORD_CHANGE;
    write_out(self, bytes, RECORD_SIZE + size);
    free(bytes);
}

void
archive_change(archive_t *self, const struct core_change *change)
{
    size_t limit = change->rdatas_size + CORE_NAME_SIZE + 64;
    uint8_t *body = begin_record(self, limit);

    if (body == NULL)
        write_large(self, change, limit);
    else
        end_record(self, RECORD_CHANGE,
                   core_change_write(body, limit, change));
}

void
archive_commit(archive_t *self, uint64_t version)
{
    feed_put64(begin_record(self, 8), version);
    end_record(self, RECORD_COMMIT, 8);
}

void
archive_abandon(archive_t *self)
{
    begin_record(self, 0);
    end_record(self, RECORD_ABANDON, 0);
}

void
archive_remove(archive_t *self, const struct core_zone_id *zone)
{
    uint8_t *body = begin_record(self, FEED_ZONE_SIZE);

    end_record(self, RECORD_REMOVE,
               feed_zone_write(body, FEED_ZONE_SIZE, zone));
}

/* ---- writing anew -------------------------------------------------------- */

/* An RRset in as many changes as its records need. */
static void
write_rrset(archive_t *self, const struct node *node,
            const struct rrset *rrset)
{
    struct core_change change = {
        .kind = CORE_CHANGE_ADD, .owner = node->name, .type = rrset->type,
        .ttl = rrset->ttl, .rdatas = rrset->rdatas,
    };
    size_t size;

    for (size_t offset = 0, start = 0; rrset_next(rrset, &offset, &size);) {
        if (++change.count < SLICE && offset < rrset->size)
            continue;
        change.rdatas = rrset->rdatas + start;
        change.rdatas_size = offset - start;
        archive_change(self, &change);
        change.count = 0;
        start = offset;
    }
}

static bool
write_node(void *owner, void *thing)
{
    const struct node *node = thing;
    const struct core_change kept = {
        .kind = CORE_CHANGE_NAME, .owner = node->name,
    };
    struct rrset rrset;

    if ((node->flags & NODE_KEPT) != 0)
        archive_change(owner, &kept);
    for (size_t offset = 0; node_next(node, &offset, &rrset);)
        write_rrset(owner, node, &rrset);
    return true;
}

void
archive_zone(archive_t *self, const struct zone *zone)
{
    const uint8_t *fall[CORE_FEED_FALL];
    struct core_zone_options options = {
        .flags = zone->flags, .fall_count = zone->fall_count, .fall = fall,
        .reason = zone->reason,
    };

    if (options.fall_count > CORE_FEED_FALL)
        options.fall_count = CORE_FEED_FALL;
    for (unsigned i = 0; i < options.fall_count; i++)
        fall[i] = zone->fall[i];
    archive_begin(self, &zone->id, &options, true);
    trie_walk(zone->names, write_node, self);
    trie_walk(zone->hashes, write_node, self);
    archive_commit(self, zone->version);
}

struct rewrite {
    archive_t *archive;
    unsigned source;
};

static void
write_zone(void *owner, const struct zone *zone)
{
    const struct rewrite *rewrite = owner;

    if (zone->source == rewrite->source)
        archive_zone(rewrite->archive, zone);
}

static void
take_place(archive_t *self)
{
    archive_flush(self);
    if (self->file == -1 || rename(self->new_path, self->path) == -1) {
        if (self->file != -1)
            give_up(self);
        return;
    }
    free(self->new_path);
    self->new_path = NULL;
    self->base = self->written;
}

void
archive_complete(archive_t *self, const zones_t *zones, unsigned source)
{
    if (self->new_path != NULL)
        take_place(self);
    else
        archive_tidy(self, zones, source);
}

void
archive_tidy(archive_t *self, const zones_t *zones, unsigned source)
{
    struct rewrite rewrite = { .archive = self, .source = source };

    if (self->file == -1 || self->new_path != NULL
        || self->written < 2 * self->base + GROWTH)
        return;
    archive_flush(self);                /* nothing of it into the new one */
    if (self->file == -1)
        return;
    close(self->file);
    self->new_path = new_path_of(self->path);
    self->file = open_file(self->new_path);
    self->written = 0;
    if (self->file == -1)
        return;
    zones_walk(zones, write_zone, &rewrite);
    take_place(self);
}
