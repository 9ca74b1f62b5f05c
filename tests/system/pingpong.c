/*
 * pingpong - asks, waits for the answer, asks again; how long does it take?
 *
 * Usage: pingpong ADDRESS PORT SECONDS NAME...
 *
 * Prints "queries N p50_us N p99_us N p999_us N".  Exit code 1 when an answer
 * did not come within a second.
 */

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#define STEPS 1000000                   /* of a microsecond */

static int64_t
now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static size_t
compose(uint8_t packet[512], const char *name)
{
    size_t size = 12;

    memcpy(packet, "\0\0\1\0\0\1\0\0\0\0\0\0", 12);
    while (*name != '\0' && *name != '.') {
        size_t label = strcspn(name, ".");

        assert(label < 64 && size + label < 260);
        packet[size++] = (uint8_t)label;
        memcpy(packet + size, name, label);
        size += label;
        name += label;
        name += *name == '.';
    }
    memcpy(packet + size, "\0\0\1\0\1", 5);
    return size + 5;
}

static int
open_socket(const char *address, const char *port)
{
    struct sockaddr_in server = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))
    };
    struct timeval second = { 1, 0 };
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    assert(inet_pton(AF_INET, address, &server.sin_addr) == 1);
    assert(connect(fd, (struct sockaddr *)&server, sizeof server) == 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    return fd;
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
    int fd = open_socket(argv[1], argv[2]);
    int64_t end_us = now_us() + atol(argv[3]) * 1000000;
    uint32_t *counts = calloc(STEPS, sizeof *counts);
    uint64_t queries = 0;

    assert(counts);
    for (int64_t begun_us; (begun_us = now_us()) < end_us; queries++) {
        uint8_t packet[65536];
        size_t size = compose(packet, argv[4 + queries % (unsigned)(argc - 4)]);

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
