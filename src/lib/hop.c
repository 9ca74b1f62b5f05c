/*
 * hop - the stops of a traced query
 *
 * A hop is one line of text, as coredns-pipe(7) has it: the process, what
 * became of the query there, the microseconds since it came to the toolkit
 * when it reached the process and when it left, and why.
 */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "coredns/clock.h"
#include "life.h"

size_t
core_trail_hop(uint8_t trail[CORE_TRAIL_SIZE], size_t trail_size,
               const struct core_hop *hop)
{
    char text[CORE_HOP_SIZE];
    int size = snprintf(text, sizeof text, "%s %s %" PRId64 " %" PRId64
                        "%s%s", hop->name, hop->verdict, hop->in_us,
                        hop->out_us, *hop->reason == '\0' ? "" : " ",
                        hop->reason);

    if (size >= (int) sizeof text)
        size = (int) sizeof text - 1;
    return core_trail_add(trail, trail_size, CORE_TRAIL_HOP, text,
                          (size_t) size);
}

void
core_query_reason(core_query_t *query, const char *format, ...)
{
    va_list arguments;

    if (!core_query_is_traced(query))
        return;
    va_start(arguments, format);
    vsnprintf(query->life->reason_of_hop, sizeof query->life->reason_of_hop,
              format, arguments);
    va_end(arguments);
}

bool
core_query_is_traced(const core_query_t *query)
{
    return (query->record.flags & CORE_RECORD_TRACE) != 0;
}

size_t
hop_add(core_life_t *life, const core_query_t *query, const char *verdict,
        uint8_t trail[CORE_TRAIL_SIZE], size_t trail_size)
{
    int64_t began_us = query->record.arrived_us;
    struct core_hop hop = {
        .name = life->options.name, .verdict = verdict,
        .in_us = query->came_us - began_us,
        .out_us = core_clock_real_us() - began_us,
        .reason = life->reason_of_hop,
    };

    trail_size = core_trail_hop(trail, trail_size, &hop);
    life->reason_of_hop[0] = '\0';
    return trail_size;
}

size_t
hop_back(const core_life_t *life, const struct core_record *record,
         uint8_t trail[CORE_TRAIL_SIZE])
{
    int64_t now_us = core_clock_real_us() - record->arrived_us;
    struct core_hop hop = {
        .name = life->options.name, .verdict = "back", .in_us = now_us,
        .out_us = now_us, .reason = "",
    };

    if (record->trail != trail)
        memcpy(trail, record->trail, record->trail_size);
    return core_trail_hop(trail, record->trail_size, &hop);
}

size_t
hop_copy(const struct core_record *record, uint8_t trail[CORE_TRAIL_SIZE],
         size_t trail_size)
{
    const uint8_t *rest = record->trail;
    size_t rest_size = record->trail_size;
    const uint8_t *hop;
    size_t hop_size;

    while ((hop = core_trail_find(rest, rest_size, CORE_TRAIL_HOP,
                                  &hop_size)) != NULL) {
        trail_size = core_trail_add(trail, trail_size, CORE_TRAIL_HOP, hop,
                                    hop_size);
        rest_size -= (size_t) (hop + hop_size - rest);
        rest = hop + hop_size;
    }
    return trail_size;
}
