/*
 * dice - chance that can be repeated
 *
 * A throw is worked out from the seed, who throws, and the number of the throw:
 * there is no state, so whoever asks again is told the same.
 */

#ifndef CHAOS_DICE_H
#define CHAOS_DICE_H

#include <stdint.h>

enum dice_distribution {
    DICE_FIXED, DICE_UNIFORM, DICE_EXPONENTIAL, DICE_NORMAL
};

struct dice {
    uint64_t seed;
    uint64_t thrower;
    uint64_t number;
};

/* At least 0 and below 1; purpose tells throws of one number apart. */
double
    dice_throw(const struct dice *self, unsigned purpose);

/*
 * A time around mean, of at least 0 and at most `most`.  spread is the upper
 * bound of DICE_UNIFORM, whose lower one is mean, and the standard deviation of
 * DICE_NORMAL.
 */
int64_t
    dice_time(const struct dice *self, enum dice_distribution distribution,
              int64_t mean_ms, int64_t spread_ms, int64_t most_ms);

#endif
