/*
 * flood - asks at a steady rate and counts what is not answered
 *
 * Usage: flood [-q QPS] [-t SECONDS] [-s SOCKETS] [-w WAIT_MS] [-f FILE]
 *              [-r RCODES] ADDRESS PORT
 *
 * Nothing is ever asked twice: a query that gets no answer within WAIT_MS is
 * lost, whatever the reason.  A thousand queries from one socket would share
 * the fate of that socket, so they come from many.  An answer is wrong when
 * its question is another one or its rcode is not in RCODES (a list such as
 * 0,3; "any" for all; default 0).
 *
 * FILE has a name a line, each asked in turn for its A record; without it the
 * name is www.example.org.  Exit code 1 when anything was lost or wrong.
 */

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SOCKETS 1000
#define IDS 65536                       /* slots of one socket */
#define NAMES 100000
#define BURST 64                        /* sent in a row, at most */
#define HEADER 12
#define LATE_SECONDS 1                  /* when QPS is more than we can send */
#define LATENCY_STEPS 100000            /* of 100 us: 10 s */

enum { FREE, WAITING, ANSWERED };

struct slot {
    int64_t sent_us;
    uint32_t name;
    uint8_t state;
};

static struct flood {
    long qps, seconds, sockets, wait_ms;
    bool rcodes[16];
    struct sockaddr_in server;
    struct pollfd polls[SOCKETS];
    struct slot *slots;                 /* by socket and id */
    struct { uint8_t bytes[256]; size_t size; } *questions;
    uint32_t question_count;
    uint64_t sent, unsent, answered, wrong, duplicate, rcode_counts[16];
    uint32_t latencies[LATENCY_STEPS];
    int64_t slowest_us;
} flood;

static int64_t
now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static void
add_question(const char *name)
{
    uint8_t *bytes = flood.questions[flood.question_count].bytes;
    size_t size = 0;

    while (*name != '\0' && *name != '.' && *name != '\n') {
        size_t label = strcspn(name, ".\n");

        assert(label < 64 && size + label < 240);
        bytes[size++] = (uint8_t)label;
        memcpy(bytes + size, name, label);
        size += label;
        name += label;
        name += *name == '.';
    }
    memcpy(bytes + size, "\0\0\1\0\1", 5);
    flood.questions[flood.question_count++].size = size + 5;
}

static void
read_names(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[256];

    if (file == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    while (flood.question_count < NAMES && fgets(line, sizeof line, file))
        add_question(strtok(line, " \t\n"));
    fclose(file);
}

static void
read_rcodes(char *text)
{
    memset(flood.rcodes, strcmp(text, "any") == 0, sizeof flood.rcodes);
    for (char *word = strtok(text, ","); word; word = strtok(NULL, ","))
        if (*word >= '0' && *word <= '9')
            flood.rcodes[atoi(word) & 15] = true;
}

static void
open_sockets(void)
{
    int size = 4 << 20;

    for (long i = 0; i < flood.sockets; i++) {
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

        assert(fd != -1);
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
        flood.polls[i] = (struct pollfd){ .fd = fd, .events = POLLIN };
    }
}

/* The number of a query says its socket and its id, all ids in turn. */
static void
send_query(uint64_t number)
{
    long which = (long)(number % (uint64_t)flood.sockets);
    uint16_t id = (uint16_t)(number / (uint64_t)flood.sockets);
    uint32_t name = (uint32_t)(number % flood.question_count);
    struct slot *slot = &flood.slots[which * IDS + id];
    uint8_t packet[HEADER + 256] = {
        (uint8_t)(id >> 8), (uint8_t)id, 1, 0, 0, 1
    };
    size_t size = HEADER + flood.questions[name].size;

    assert(slot->state != WAITING);
    memcpy(packet + HEADER, flood.questions[name].bytes, size - HEADER);
    *slot = (struct slot){ now_us(), name, WAITING };
    flood.sent++;
    if (sendto(flood.polls[which].fd, packet, size, 0,
               (struct sockaddr *)&flood.server, sizeof flood.server) == -1) {
        flood.unsent++;
        slot->state = FREE;
    }
}

static void
take_answer(long which, const uint8_t *packet, size_t size)
{
    if (size < HEADER) {
        flood.wrong++;
        return;
    }
    struct slot *slot =
        &flood.slots[which * IDS + (packet[0] << 8 | packet[1])];

    if (slot->state != WAITING) {
        flood.duplicate++;
        return;
    }
    unsigned rcode = packet[3] & 15;
    size_t question_size = flood.questions[slot->name].size;
    int64_t took_us = now_us() - slot->sent_us;
    int64_t step = took_us / 100;

    slot->state = ANSWERED;
    flood.answered++;
    flood.rcode_counts[rcode]++;
    flood.latencies[step < LATENCY_STEPS ? step : LATENCY_STEPS - 1]++;
    if (took_us > flood.slowest_us)
        flood.slowest_us = took_us;
    if (!flood.rcodes[rcode] || size < HEADER + question_size ||
        memcmp(packet + HEADER, flood.questions[slot->name].bytes,
               question_size) != 0)
        flood.wrong++;
}

static void
take_answers(int timeout_ms)
{
    uint8_t packet[65536];

    if (poll(flood.polls, (nfds_t)flood.sockets, timeout_ms) <= 0)
        return;
    for (long i = 0; i < flood.sockets; i++) {
        ssize_t size;

        if (!(flood.polls[i].revents & POLLIN))
            continue;
        while ((size = recv(flood.polls[i].fd, packet, sizeof packet, 0)) >= 0)
            take_answer(i, packet, (size_t)size);
    }
}

static void
send_all(void)
{
    int64_t begun_us = now_us();
    int64_t end_us = begun_us + (flood.seconds + LATE_SECONDS) * 1000000;
    uint64_t total = (uint64_t)(flood.qps * flood.seconds);

    for (uint64_t sent = 0; sent < total && now_us() < end_us; ) {
        uint64_t due = (uint64_t)((now_us() - begun_us) * flood.qps / 1000000);

        for (int i = 0; i < BURST && sent < due && sent < total; i++)
            send_query(sent++);
        take_answers(sent < due ? 0 : 1);
    }
}

static double
percentile_ms(double part)
{
    uint64_t wanted = (uint64_t)((double)flood.answered * part), seen = 0;

    for (size_t i = 0; i < LATENCY_STEPS; i++) {
        seen += flood.latencies[i];
        if (seen > wanted)
            return (double)(i + 1) / 10;
    }
    return 0;
}

static int
report(void)
{
    uint64_t lost = flood.sent - flood.unsent - flood.answered;

    for (unsigned rcode = 0; rcode < 16; rcode++)
        if (!flood.rcodes[rcode] && flood.rcode_counts[rcode] > 0)
            printf("rcode %u: %ju\n", rcode,
                   (uintmax_t)flood.rcode_counts[rcode]);
    printf("sent %ju unsent %ju answered %ju lost %ju wrong %ju duplicate %ju "
           "p50_ms %.1f p99_ms %.1f max_ms %.1f\n",
           (uintmax_t)flood.sent, (uintmax_t)flood.unsent,
           (uintmax_t)flood.answered, (uintmax_t)lost, (uintmax_t)flood.wrong,
           (uintmax_t)flood.duplicate, percentile_ms(0.5),
           percentile_ms(0.99), (double)flood.slowest_us / 1000);
    return lost == 0 && flood.wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void
read_options(int argc, char **argv)
{
    int option;

    flood.qps = 3000;
    flood.seconds = 5;
    flood.sockets = 100;
    flood.wait_ms = 6000;
    flood.rcodes[0] = true;
    while ((option = getopt(argc, argv, "q:t:s:w:f:r:")) != -1)
        switch (option) {
        case 'q': flood.qps = atol(optarg); break;
        case 't': flood.seconds = atol(optarg); break;
        case 's': flood.sockets = atol(optarg); break;
        case 'w': flood.wait_ms = atol(optarg); break;
        case 'f': read_names(optarg); break;
        case 'r': read_rcodes(optarg); break;
        default: exit(64);
        }
    if (argc - optind != 2 || flood.sockets < 1 || flood.sockets > SOCKETS) {
        fputs("usage: flood [-q QPS] [-t SECONDS] [-s SOCKETS] [-w WAIT_MS] "
              "[-f FILE] [-r RCODES] ADDRESS PORT\n", stderr);
        exit(64);
    }
    flood.server.sin_family = AF_INET;
    flood.server.sin_port = htons((uint16_t)atoi(argv[optind + 1]));
    if (inet_pton(AF_INET, argv[optind], &flood.server.sin_addr) != 1)
        exit(64);
}

int
main(int argc, char **argv)
{
    flood.questions = calloc(NAMES, sizeof *flood.questions);
    assert(flood.questions);
    read_options(argc, argv);
    if (flood.question_count == 0)
        add_question("www.example.org");
    flood.slots = calloc((size_t)flood.sockets * IDS, sizeof *flood.slots);
    assert(flood.slots);
    open_sockets();
    send_all();

    int64_t end_us = now_us() + flood.wait_ms * 1000;

    while (flood.answered + flood.unsent < flood.sent && now_us() < end_us)
        take_answers(10);
    return report();
}
