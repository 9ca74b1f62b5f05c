/*
 * replica_answer - the answer to a request, section by section
 *
 * A zone of an answer begins, gets its records and ends; whatever else comes
 * is broken, and the whole is asked for anew.
 */

#include "lib/replica_parts.h"

static bool
handle_list(replica_t *self, const struct feed_section *section)
{
    struct core_zone_id id;
    size_t used;

    for (size_t offset = 0; offset < section->size; offset += used) {
        used = feed_zone_read(section->bytes + offset, section->size - offset,
                              &id);
        if (used == 0)
            return false;

        struct feed_zone *zone = feed_zones_find(self->zones, &id);

        if (zone != NULL)
            zone->seen = self->request;
    }
    return true;
}

static bool
handle_zone(replica_t *self, const struct feed_section *section)
{
    struct core_zone_id id;
    struct feed_options options;
    size_t used = feed_zone_read(section->bytes, section->size, &id);

    if (self->open != NULL || used == 0 || section->size - used < 8
        || feed_zones_count(self->zones) >= REPLICA_ZONES
        || feed_options_read(section->bytes + used + 8,
                             section->size - used - 8, &options) == 0)
        return false;
    self->open = feed_zones_add(self->zones, &id);
    self->open->seen = self->request;
    self->open->pending = (options.options.flags & CORE_ZONE_PENDING) != 0;
    self->open_sequence = feed_get64(section->bytes + used);
    self->hooks.begin(self->owner, &id, &options.options, true);
    return true;
}

static bool
handle_records(replica_t *self, const struct feed_section *section)
{
    return self->open != NULL
        && replica_apply(self, self->open->name, section->bytes,
                         section->size);
}

static bool
handle_end(replica_t *self, const struct feed_section *section)
{
    struct feed_zone *zone = self->open;

    (void) section;
    if (zone == NULL)
        return false;
    zone->epoch = self->epoch;
    zone->sequence = self->open_sequence;
    if (zone->wanted)
        self->wanted--;
    zone->wanted = false;
    self->open = NULL;
    self->hooks.commit(self->owner, replica_version(self, self->open_sequence));
    return true;
}

/* Zones that the list of all zones has not named are gone; of those of a
   former epoch only drop_left_over() can tell. */
static void
drop_unlisted(replica_t *self)
{
    struct feed_zone *next;

    for (struct feed_zone *zone = feed_zones_first(self->zones); zone != NULL;
         zone = next) {
        next = zone->next;
        if (zone->epoch == self->epoch && zone->seen != self->request)
            replica_drop_zone(self, zone);
    }
}

/* A zone that was asked for and not sent is gone; its removal will follow. */
static void
forget_asked(replica_t *self)
{
    for (struct feed_zone *zone = feed_zones_first(self->zones); zone != NULL;
         zone = zone->next) {
        if (zone->wanted && zone->asked == self->request) {
            zone->wanted = false;
            self->wanted--;
        }
    }
}

static bool
handle_done(replica_t *self, const struct feed_section *section)
{
    if (self->open != NULL || section->size < 8)
        return false;
    if (self->only) {
        forget_asked(self);
    } else {
        self->sequence = feed_get64(section->bytes);
        self->ours = true;
        self->complete = section->flags & FEED_DONE_COMPLETE;
        if (section->flags & FEED_DONE_LISTED)
            drop_unlisted(self);
    }
    self->request++;
    replica_follow(self, self->fetched_ms);
    return true;
}

static bool (*const section_handlers[])(replica_t *self,
                                        const struct feed_section *section) = {
    [FEED_LIST] = handle_list,
    [FEED_ZONE] = handle_zone,
    [FEED_RECORDS] = handle_records,
    [FEED_END] = handle_end,
    [FEED_DONE] = handle_done,
};

/* Takes the sections of a frame; false when one is broken. */
static bool
take_sections(replica_t *self, const uint8_t *bytes, size_t size)
{
    struct feed_section section;
    size_t used;

    for (size_t offset = 0; offset < size; offset += used) {
        used = feed_section_read(bytes + offset, size - offset, &section);
        if (used == 0 || self->state != FETCHING
            || !section_handlers[section.kind](self, &section))
            return false;
    }
    return true;
}

void
replica_answered(replica_t *self, const struct replica_frame *frame,
                 int64_t now_ms)
{
    struct feed_header header;

    if (!feed_header_read(frame->bytes, frame->size, &header))
        return;

    /* What is left of a request that was given up. */
    if (self->state != FETCHING || header.request != self->request)
        return;
    self->heard_ms = now_ms;
    self->fetched_ms = now_ms;
    if (header.epoch != self->epoch) {
        replica_give_up(self, now_ms);
        replica_start_epoch(self, header.epoch, now_ms);
    } else if (header.kind == FEED_ABSENT) {
        replica_give_up(self, now_ms);
    } else if (header.kind != FEED_SNAPSHOT
               || !take_sections(self, frame->bytes + FEED_HEADER_SIZE,
                                 frame->size - FEED_HEADER_SIZE)) {
        replica_give_up(self, now_ms + REPLICA_RETRY_MS);
    } else if (self->state == FETCHING) {
        self->unpaid++;
    }
}
