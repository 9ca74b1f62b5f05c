/*
 * blast - sends queries as fast as it can and reads no answer
 *
 * Usage: blast [-d] [-q QPS] [-s SOCKETS] [-t SECONDS] ADDRESS PORT
 *
 * -d: each query for another name; -q: no more than so many a second.  Prints
 * how many it has sent a second.  What a server does with more than it can
 * serve is seen elsewhere; flood reads answers and so never gets far ahead.
 */

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SOCKETS 1000
#define BURST 64

#define LABEL_OFFSET 13                 /* of the digits */
#define DIGITS 8

/* Its first label is a number, which may differ from query to query. */
static const uint8_t question[] =
    "\0\0\1\0\0\1\0\0\0\0\0\0\10" "00000000\7example\3org\0\0\1\0\1";

struct options {
    bool is_distinct;
    long qps;                           /* 0: as fast as it goes */
    long sockets;
    long seconds;
};

static int64_t
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static int
open_socket(const struct sockaddr_in *server)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    assert(fd != -1);
    assert(connect(fd, (const struct sockaddr *)server, sizeof *server) == 0);
    return fd;
}

static void
make_query(uint8_t packet[sizeof question], unsigned number, bool is_distinct)
{
    char digits[DIGITS + 1];

    memcpy(packet, question, sizeof question);
    packet[0] = (uint8_t)(number >> 8);
    packet[1] = (uint8_t)number;
    if (!is_distinct)
        return;
    snprintf(digits, sizeof digits, "%08x", number);
    memcpy(packet + LABEL_OFFSET, digits, DIGITS);
}

/* Sends a burst, each query with an id of its own; returns how many left. */
static unsigned
send_burst(int fd, unsigned *number, bool is_distinct)
{
    uint8_t packets[BURST][sizeof question];
    struct iovec parts[BURST];
    struct mmsghdr messages[BURST];

    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BURST; i++) {
        make_query(packets[i], (*number)++, is_distinct);
        parts[i] = (struct iovec){ packets[i], sizeof question - 1 };
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    int sent = sendmmsg(fd, messages, BURST, 0);

    return sent > 0 ? (unsigned)sent : 0;
}

/* Sleeps while more was sent than the rate allows. */
static void
keep_rate(const struct options *options, uint64_t sent, int64_t begin_ms)
{
    static const struct timespec moment = { .tv_nsec = 200000 };

    while (options->qps > 0
           && sent * 1000 > (uint64_t)(now_ms() - begin_ms + 1)
                            * (uint64_t)options->qps)
        nanosleep(&moment, NULL);
}

static bool
read_options(struct options *options, int argc, char **argv)
{
    int option;

    *options = (struct options){ .sockets = 100, .seconds = 1 };
    while ((option = getopt(argc, argv, "dq:s:t:")) != -1) {
        if (option == 'd')
            options->is_distinct = true;
        else if (option == 'q')
            options->qps = atol(optarg);
        else if (option == 's')
            options->sockets = atol(optarg);
        else if (option == 't')
            options->seconds = atol(optarg);
        else
            return false;
    }
    return argc - optind == 2 && options->sockets >= 1
        && options->sockets <= SOCKETS;
}

int
main(int argc, char **argv)
{
    struct sockaddr_in server = { .sin_family = AF_INET };
    struct options options;
    int sockets[SOCKETS];
    unsigned number = 0;
    uint64_t sent = 0;

    if (!read_options(&options, argc, argv)
        || inet_pton(AF_INET, argv[optind], &server.sin_addr) != 1) {
        fputs("usage: blast [-d] [-q QPS] [-s SOCKETS] [-t SECONDS] ADDRESS "
              "PORT\n", stderr);
        return 64;
    }
    server.sin_port = htons((uint16_t)atoi(argv[optind + 1]));
    for (long i = 0; i < options.sockets; i++)
        sockets[i] = open_socket(&server);

    int64_t begin_ms = now_ms();
    int64_t end_ms = begin_ms + options.seconds * 1000;

    for (long i = 0; now_ms() < end_ms; i = (i + 1) % options.sockets) {
        sent += send_burst(sockets[i], &number, options.is_distinct);
        keep_rate(&options, sent, begin_ms);
    }
    printf("%ju a second\n", (uintmax_t)(sent / (uint64_t)options.seconds));
    return EXIT_SUCCESS;
}
