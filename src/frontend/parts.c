/*
 * parts - replies that come in parts
 */

#include "frontend/flight.h"

static bool
is_streaming(const struct inflight_slot *slot)
{
    return (slot->progress & INFLIGHT_STREAMING) != 0;
}

/* A datagram has no place for a second part, a look-up no need of one. */
static bool
takes_parts(const dispatch_t *self, const struct inflight_slot *slot)
{
    return self->carriers[slot->transport].abandon != NULL;
}

enum parts_verdict
parts_judge(const dispatch_t *self, struct flight flight,
            const struct core_record *record, struct core_part *next)
{
    bool has_more = (record->flags & CORE_RECORD_MORE) != 0;
    struct core_part part;

    if (!has_more && !is_streaming(flight.slot))
        return PARTS_LAST;
    if (!core_trail_part(record->trail, record->trail_size, &part)
        || has_more != (part.bookmark_size > 0))
        return PARTS_BROKEN;
    if (is_streaming(flight.slot)) {
        const struct stream *stream =
            streams_find(&self->streams, flight.number);

        if (stream->is_paused || part.number != stream->next.number)
            return PARTS_STRAY;
    }
    else if (part.number != 0) {
        return PARTS_BROKEN;
    }
    if (!has_more || !takes_parts(self, flight.slot))
        return PARTS_LAST;
    *next = part;
    next->number++;
    return PARTS_MORE;
}

bool
parts_pause(dispatch_t *self, struct flight flight,
            const struct core_part *next)
{
    if (!streams_pause(&self->streams, flight.number, next))
        return false;
    flight.slot->progress |= INFLIGHT_STREAMING;
    wheel_clear(self->tables[flight.table].timers, flight.number);
    return true;
}

/* Asks for the next part. */
static void
ask_on(dispatch_t *self, struct stream *stream)
{
    struct flight flight = flight_at(self, DISPATCH_CONNECTED, stream->slot);

    stream->is_paused = false;
    flight.slot->attempts = flight.slot->returns = 0;
    flight.slot->deadline_ms = core_loop_now_ms(self->loop)
        + flight_route(self, flight.slot)->deadline_ms;
    flight_down(self, flight);
}

static bool
waits_for(const dispatch_t *self, const struct stream *stream,
          uint32_t origin, uint32_t origin_generation)
{
    const struct inflight_slot *slot =
        inflight_at(self->tables[DISPATCH_CONNECTED].slots, stream->slot);

    return stream->is_paused && slot->origin == origin
        && slot->origin_generation == origin_generation;
}

void
dispatch_continue(dispatch_t *self, uint32_t origin,
                  uint32_t origin_generation)
{
    for (unsigned i = self->streams.count; i-- > 0;) {
        struct stream *stream = self->streams.items[i];

        if (waits_for(self, stream, origin, origin_generation))
            ask_on(self, stream);
    }
}

void
dispatch_forsake(dispatch_t *self, uint32_t origin, uint32_t origin_generation)
{
    for (unsigned i = self->streams.count; i-- > 0;) {
        const struct stream *stream = self->streams.items[i];

        if (waits_for(self, stream, origin, origin_generation))
            dispatch_finish(self, DISPATCH_CONNECTED, stream->slot);
    }
}
