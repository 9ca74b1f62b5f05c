/*
 * pingpong - asks, waits for the answer, asks again; how long does it take?
 *
 * Usage: pingpong ADDRESS PORT SECONDS NAME...
 *
 * Prints "queries N p50_us N p99_us N p999_us N".  Exit code 1 when an answer
 * did not come within a second.
 */

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "system/question.h"

#define STEPS 1000000                   /* of a microsecond */

static int64_t
now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static int64_t
percentile(const uint32_t *counts, uint64_t total, double part)
{
    uint64_t wanted = (uint64_t)((double)total * part), seen = 0;
    int64_t i = 0;

    while (i < STEPS - 1 && (seen += counts[i]) <= wanted)
        i++;
    return i;
}

int
main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: pingpong ADDRESS PORT SECONDS NAME...\n");
        return 64;
    }
    int fd = question_socket(argv[1], argv[2]);
    int64_t end_us = now_us() + atol(argv[3]) * 1000000;
    uint32_t *counts = calloc(STEPS, sizeof *counts);
    uint64_t queries = 0;

    assert(counts);
    for (int64_t begun_us; (begun_us = now_us()) < end_us; queries++) {
        uint8_t packet[65536];
        const char *name = argv[4 + queries % (unsigned)(argc - 4)];
        size_t size = question_compose(packet, name);

        packet[0] = (uint8_t)(queries >> 8);
        packet[1] = (uint8_t)queries;
        if (send(fd, packet, size, 0) == -1 ||
            recv(fd, packet, sizeof packet, 0) < 12) {
            perror("pingpong");
            return EXIT_FAILURE;
        }
        int64_t took_us = now_us() - begun_us;

        counts[took_us < STEPS ? took_us : STEPS - 1]++;
    }
    printf("queries %ju p50_us %jd p99_us %jd p999_us %jd\n",
           (uintmax_t)queries, (intmax_t)percentile(counts, queries, 0.5),
           (intmax_t)percentile(counts, queries, 0.99),
           (intmax_t)percentile(counts, queries, 0.999));
    return EXIT_SUCCESS;
}
