/*
 * dice - chance that can be repeated
 *
 * The numbers are mixed one after the other by the finisher of SplitMix64,
 * which spreads each change of a bit over all of the result.
 */

#include "chaos/dice.h"

#include <math.h>

enum { PURPOSE_FIRST = 1000, PURPOSE_SECOND };

static uint64_t
mix(uint64_t value)
{
    value += 0x9e3779b97f4a7c15;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
    value = (value ^ value >> 27) * 0x94d049bb133111eb;
    return value ^ value >> 31;
}

double
dice_throw(const struct dice *self, unsigned purpose)
{
    uint64_t value = mix(self->seed);

    value = mix(value ^ self->thrower);
    value = mix(value ^ self->number);
    value = mix(value ^ purpose);
    return (double) (value >> 11) * 0x1p-53;
}

/* Box and Muller's transform: two even throws are one that is bell-shaped. */
static double
throw_normal(const struct dice *self)
{
    double radius = sqrt(-2 * log1p(-dice_throw(self, PURPOSE_FIRST)));

    return radius * cos(2 * M_PI * dice_throw(self, PURPOSE_SECOND));
}

int64_t
dice_time(const struct dice *self, enum dice_distribution distribution,
          int64_t mean_ms, int64_t spread_ms, int64_t most_ms)
{
    double time = (double) mean_ms;

    switch (distribution) {
    case DICE_UNIFORM:
        time += dice_throw(self, PURPOSE_FIRST)
            * (double) (spread_ms - mean_ms);
        break;
    case DICE_EXPONENTIAL:
        time *= -log1p(-dice_throw(self, PURPOSE_FIRST));
        break;
    case DICE_NORMAL:
        time += throw_normal(self) * (double) spread_ms;
        break;
    default:
        break;
    }
    if (time < 0)
        return 0;
    return time > (double) most_ms ? most_ms : llround(time);
}
