/*
 * witness - asks until the answer is the one that is waited for, and says when
 * that was
 *
 * Usage: witness ADDRESS PORT NAME
 *
 * Reads addresses, one a line, from standard input.  For each it asks for A
 * records of the name until the last four octets of the answer are the
 * address, and prints when it came, in nanoseconds of CLOCK_MONOTONIC, and how
 * many questions that took.  Between two questions it sleeps for a moment: the
 * servers need the processors.  Exit code 1 when an answer did not come within
 * two seconds.
 */

#include <assert.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

#include "system/question.h"

#define PAUSE_NS 50000
#define PATIENCE_NS INT64_C(2000000000)

static int64_t
now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Asks once; true when the answer ends with the address. */
static bool
ask(int fd, const uint8_t *query, size_t size, uint16_t id,
    const struct in_addr *wanted)
{
    uint8_t packet[65536];
    ssize_t got;

    memcpy(packet, query, size);
    packet[0] = (uint8_t)(id >> 8);
    packet[1] = (uint8_t)id;
    if (send(fd, packet, size, 0) == -1)
        return false;
    do
        got = recv(fd, packet, sizeof packet, 0);
    while (got >= 12 && (packet[0] << 8 | packet[1]) != id);
    return got > 16
        && memcmp(packet + got - sizeof *wanted, wanted, sizeof *wanted) == 0;
}

int
main(int argc, char **argv)
{
    static const struct timespec moment = { .tv_nsec = PAUSE_NS };
    uint8_t query[512];
    char line[64];
    uint16_t id = 0;

    if (argc != 4) {
        fprintf(stderr, "usage: witness ADDRESS PORT NAME\n");
        return 64;
    }
    int fd = question_socket(argv[1], argv[2]);
    size_t size = question_compose(query, argv[3]);

    prctl(PR_SET_TIMERSLACK, 1L, 0L, 0L, 0L);
    while (fgets(line, sizeof line, stdin) != NULL) {
        int64_t end_ns = now_ns() + PATIENCE_NS;
        struct in_addr wanted;
        unsigned questions = 1;

        line[strcspn(line, "\n")] = '\0';
        assert(inet_pton(AF_INET, line, &wanted) == 1);
        while (!ask(fd, query, size, ++id, &wanted)) {
            if (now_ns() > end_ns) {
                fprintf(stderr, "witness: %s does not come\n", line);
                return EXIT_FAILURE;
            }
            nanosleep(&moment, NULL);
            questions++;
        }
        printf("%jd %u\n", (intmax_t)now_ns(), questions);
        fflush(stdout);
    }
    return EXIT_SUCCESS;
}
