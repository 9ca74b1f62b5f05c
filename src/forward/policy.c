/*
 * policy - in which order the upstreams of a route are asked
 *
 * Round robin turns over all of them and then leaves out what is not usable:
 * the neighbours of a dead server share its part only while it is dead.
 */

#include "forward/policy.h"

#include <assert.h>

static void
shuffle(uint8_t *order, size_t count, generator_t *generator)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = generator_below(generator, (uint32_t) i);
        uint8_t kept = order[i - 1];

        order[i - 1] = order[j];
        order[j] = kept;
    }
}

size_t
policy_order(enum policy_kind kind, const bool usable[POLICY_UPSTREAMS],
             size_t count, uint32_t *turn, generator_t *generator,
             uint8_t order[POLICY_UPSTREAMS])
{
    size_t first = 0;
    size_t found = 0;

    assert(count <= POLICY_UPSTREAMS);
    if (kind == POLICY_ROUND_ROBIN && count > 0)
        first = (*turn)++ % count;
    for (size_t i = 0; i < count; i++) {
        size_t index = (first + i) % count;

        if (usable[index])
            order[found++] = (uint8_t) index;
    }
    if (kind == POLICY_RANDOM)
        shuffle(order, found, generator);
    return found;
}
