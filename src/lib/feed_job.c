/*
 * feed_job - the answer to one subscriber's request, frame by frame
 *
 * The zones to send are noted when the request comes, as ids in the form that
 * frames use: zones may come and go while the job is under way.  Each zone is
 * read as it is when its turn comes and says so by its own sequence number;
 * the subscriber leaves out the published changes that it thus has already.
 */

#include "lib/feed_job.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define LIST_PART (32 * 1024)           /* octets of one LIST section */

/* Zone ids in a row. */
struct id_row {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
    size_t offset;                      /* of the next one to be sent */
};

struct feed_job {
    const struct feed_source *source;
    uint32_t request;
    uint64_t sequence;                  /* when the request came */
    bool for_upstreams;
    bool listed;
    bool complete;
    bool done;
    struct id_row list;                 /* all zones, when listed */
    struct id_row zones;                /* those to send */
    bool in_zone;
    void *snapshot;
};

static void
add_id(struct id_row *row, const struct core_zone_id *id)
{
    if (row->capacity - row->size < FEED_ZONE_SIZE) {
        row->capacity = 2 * row->capacity + FEED_ZONE_SIZE;
        row->bytes = core_reallocate(row->bytes, row->capacity);
    }
    row->size += feed_zone_write(row->bytes + row->size, FEED_ZONE_SIZE, id);
}

static bool
is_wanted(const feed_job_t *self, const struct core_zone_id *id)
{
    return (id->layer == CORE_FEED_UPSTREAMS) == self->for_upstreams;
}

/* Notes the zones of the request that exist. */
static void
take_named(feed_job_t *self, const uint8_t *body, size_t size)
{
    struct core_zone_id id;
    size_t used;

    for (size_t offset = 0; offset < size; offset += used) {
        used = feed_zone_read(body + offset, size - offset, &id);
        if (used == 0)
            break;
        if (feed_zones_find(self->source->zones, &id) != NULL
            && is_wanted(self, &id))
            add_id(&self->zones, &id);
    }
}

/* Notes the zones that changed since the subscriber's sequence, and all zones
   when one may have gone without its knowledge. */
static void
take_changed(feed_job_t *self, uint64_t since)
{
    const struct feed_source *source = self->source;

    self->listed = since == 0 || source->removed > since;
    for (const struct feed_zone *zone = feed_zones_first(source->zones);
         zone != NULL; zone = zone->next) {
        struct core_zone_id id;

        feed_zone_id(zone, &id);
        if (!is_wanted(self, &id))
            continue;
        if (self->listed)
            add_id(&self->list, &id);
        if (since == 0 || zone->sequence > since)
            add_id(&self->zones, &id);
    }
}

feed_job_t *
feed_job_new(const struct feed_source *source,
             const struct feed_header *header, const uint8_t *body,
             size_t body_size)
{
    feed_job_t *self = core_allocate(sizeof *self);

    self->source = source;
    self->request = header->request;
    self->sequence = source->sequence;
    self->complete = source->complete;
    self->for_upstreams = (header->flags & FEED_FOR_UPSTREAMS) != 0;

    bool known = header->epoch == source->epoch
        && header->sequence <= source->sequence
        && !(header->flags & FEED_ALL);

    if (known && header->flags & FEED_ONLY)
        take_named(self, body, body_size);
    else
        take_changed(self, known ? header->sequence : 0);
    return self;
}

static void
close_snapshot(feed_job_t *self)
{
    if (self->snapshot != NULL)
        self->source->hooks->close(self->snapshot);
    self->snapshot = NULL;
    self->in_zone = false;
}

void
feed_job_destroy(feed_job_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    close_snapshot(*self_p);
    free((*self_p)->list.bytes);
    free((*self_p)->zones.bytes);
    free(*self_p);
    *self_p = NULL;
}

uint32_t
feed_job_request(const feed_job_t *self)
{
    return self->request;
}

/* A part of the list: whole ids, about LIST_PART octets. */
static size_t
write_list(feed_job_t *self, uint8_t *bytes)
{
    struct id_row *list = &self->list;
    size_t size = 0;

    while (list->offset + size < list->size && size < LIST_PART)
        size += 2 + core_name_size(list->bytes + list->offset + size + 2);
    feed_section_write(bytes, FEED_LIST, 0, size);
    memcpy(bytes + FEED_SECTION_SIZE, list->bytes + list->offset, size);
    list->offset += size;
    return FEED_SECTION_SIZE + size;
}

/* Opens the next zone; 0 when it has been removed meanwhile. */
static size_t
write_zone(feed_job_t *self, uint8_t *bytes)
{
    const struct feed_source *source = self->source;
    struct id_row *row = &self->zones;
    struct core_zone_id id;
    size_t id_size = feed_zone_read(row->bytes + row->offset,
                                    row->size - row->offset, &id);

    assert(id_size > 0);

    uint8_t *body = bytes + FEED_SECTION_SIZE;
    const struct feed_zone *zone = feed_zones_find(source->zones, &id);

    memcpy(body, row->bytes + row->offset, id_size);
    row->offset += id_size;
    if (zone == NULL)
        return 0;
    feed_put64(body + id_size, zone->sequence);
    memcpy(body + id_size + 8, zone->options, zone->options_size);

    size_t size = id_size + 8 + zone->options_size;

    feed_section_write(bytes, FEED_ZONE, 0, size);
    self->in_zone = true;
    self->snapshot = source->hooks->open(source->owner, &id);
    return FEED_SECTION_SIZE + size;
}

/* Records of the open zone, or its end. */
static size_t
write_records(feed_job_t *self, uint8_t *bytes, size_t limit)
{
    size_t size = self->snapshot == NULL ? 0
        : self->source->hooks->next(self->snapshot, bytes + FEED_SECTION_SIZE,
                                    limit - FEED_SECTION_SIZE);

    assert(size <= limit - FEED_SECTION_SIZE);
    if (size > 0) {
        feed_section_write(bytes, FEED_RECORDS, 0, size);
        return FEED_SECTION_SIZE + size;
    }
    close_snapshot(self);
    feed_section_write(bytes, FEED_END, 0, 0);
    return FEED_SECTION_SIZE;
}

static size_t
write_done(feed_job_t *self, uint8_t *bytes)
{
    uint8_t flags = (uint8_t) ((self->listed ? FEED_DONE_LISTED : 0)
                               | (self->complete ? FEED_DONE_COMPLETE : 0));

    feed_section_write(bytes, FEED_DONE, flags, 8);
    feed_put64(bytes + FEED_SECTION_SIZE, self->sequence);
    self->done = true;
    return FEED_SECTION_SIZE + 8;
}

static size_t
write_section(feed_job_t *self, uint8_t *bytes, size_t limit)
{
    if (self->in_zone)
        return write_records(self, bytes, limit);
    if (self->list.offset < self->list.size)
        return write_list(self, bytes);
    if (self->zones.offset < self->zones.size)
        return write_zone(self, bytes);
    return write_done(self, bytes);
}

size_t
feed_job_next(feed_job_t *self, uint8_t bytes[FEED_SNAPSHOT_FRAME_SIZE])
{
    /* Room for whatever section comes next: any one record, a zone with the
       longest options, a part of the list. */
    const size_t room = CORE_FEED_SNAPSHOT_ROOM + FEED_SECTION_SIZE;

    _Static_assert(FEED_OPTIONS_SIZE + FEED_ZONE_SIZE + 8
                   < CORE_FEED_SNAPSHOT_ROOM, "options fit");
    if (self->done)
        return 0;
    feed_header_write(bytes, &(struct feed_header) {
        .kind = FEED_SNAPSHOT, .epoch = self->source->epoch,
        .sequence = self->sequence, .request = self->request,
    });

    size_t size = FEED_HEADER_SIZE;

    while (!self->done && FEED_SNAPSHOT_FRAME_SIZE - size >= room)
        size += write_section(self, bytes + size,
                              FEED_SNAPSHOT_FRAME_SIZE - size);
    return size;
}
