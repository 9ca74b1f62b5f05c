/*
 * clock - the two clocks; read by the loop and the sockets, never by a class
 */

#ifndef COREDNS_CLOCK_H
#define COREDNS_CLOCK_H

#include <stdint.h>

/* Milliseconds that only grow (CLOCK_MONOTONIC): for time-outs and ages. */
int64_t
    core_clock_ms(void);

/* Microseconds that only grow (CLOCK_MONOTONIC): for latencies. */
int64_t
    core_clock_us(void);

/* Microseconds since 1970 (CLOCK_REALTIME): for what leaves the host. */
int64_t
    core_clock_real_us(void);

#endif
