/*
 * policy - in which order the upstreams of a route are asked
 */

#ifndef FORWARD_POLICY_H
#define FORWARD_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "forward/generator.h"

#define POLICY_UPSTREAMS 15             /* of one route, as CoreDNS */

enum policy_kind { POLICY_RANDOM, POLICY_ROUND_ROBIN, POLICY_SEQUENTIAL };

/*
 * Writes the indexes of the usable ones, in the order in which they are to be
 * asked, and returns how many.  *turn is where round robin goes on; it belongs
 * to the route.
 */
size_t
    policy_order(enum policy_kind kind,
                 const bool usable[POLICY_UPSTREAMS], size_t count,
                 uint32_t *turn, generator_t *generator,
                 uint8_t order[POLICY_UPSTREAMS]);

#endif
