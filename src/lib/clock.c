/*
 * clock - the two clocks
 *
 * clock_gettime() is answered by the vDSO without a system call, so nothing is
 * gained by caching the time here.
 */

#include "coredns/clock.h"

#include <assert.h>
#include <time.h>

static int64_t
read_clock_us(clockid_t clock)
{
    struct timespec at;
    int rc = clock_gettime(clock, &at);

    assert(rc == 0);
    return (int64_t) at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

int64_t
core_clock_ms(void)
{
    return read_clock_us(CLOCK_MONOTONIC) / 1000;
}

int64_t
core_clock_us(void)
{
    return read_clock_us(CLOCK_MONOTONIC);
}

int64_t
core_clock_real_us(void)
{
    return read_clock_us(CLOCK_REALTIME);
}
