/*
 * hop - the stops of a traced query
 *
 * A hop is one line of text: the process, what became of the query there, and
 * the microseconds since it came to the toolkit.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "coredns/clock.h"
#include "life.h"

size_t
hop_add(const core_life_t *life, const struct core_record *record,
        const char *verdict, uint8_t trail[CORE_TRAIL_SIZE],
        size_t trail_size)
{
    char text[LIFE_NAME_SIZE + 64];
    int size = snprintf(text, sizeof text, "%s %s %" PRId64,
                        life->options.name, verdict,
                        core_clock_real_us() - record->arrived_us);

    return core_trail_add(trail, trail_size, CORE_TRAIL_HOP, text,
                          (size_t) size);
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
