/*
 * blast - sends queries as fast as it can and reads no answer
 *
 * Usage: blast [-s SOCKETS] [-t SECONDS] ADDRESS PORT
 *
 * Prints how many it has sent a second.  What a server does with more than it
 * can serve is seen elsewhere; flood reads answers and so never gets far ahead.
 */

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SOCKETS 1000
#define BURST 64

static const uint8_t question[] =
    "\0\0\1\0\0\1\0\0\0\0\0\0\3www\7example\3org\0\0\1\0\1";

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

/* Sends a burst, each query with an id of its own; returns how many left. */
static unsigned
send_burst(int fd, unsigned *id)
{
    uint8_t packets[BURST][sizeof question];
    struct iovec parts[BURST];
    struct mmsghdr messages[BURST];

    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BURST; i++) {
        memcpy(packets[i], question, sizeof question);
        packets[i][0] = (uint8_t)(*id >> 8);
        packets[i][1] = (uint8_t)*id;
        parts[i] = (struct iovec){ packets[i], sizeof question - 1 };
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        ++*id;
    }
    int sent = sendmmsg(fd, messages, BURST, 0);

    return sent > 0 ? (unsigned)sent : 0;
}

int
main(int argc, char **argv)
{
    struct sockaddr_in server = { .sin_family = AF_INET };
    int sockets[SOCKETS], option;
    long seconds = 1, count = 100;
    unsigned id = 0;
    uint64_t sent = 0;

    while ((option = getopt(argc, argv, "s:t:")) != -1) {
        if (option == 's')
            count = atol(optarg);
        else if (option == 't')
            seconds = atol(optarg);
        else
            return 64;
    }
    if (argc - optind != 2 || count < 1 || count > SOCKETS ||
        inet_pton(AF_INET, argv[optind], &server.sin_addr) != 1) {
        fputs("usage: blast [-s SOCKETS] [-t SECONDS] ADDRESS PORT\n", stderr);
        return 64;
    }
    server.sin_port = htons((uint16_t)atoi(argv[optind + 1]));
    for (long i = 0; i < count; i++)
        sockets[i] = open_socket(&server);

    int64_t end_ms = now_ms() + seconds * 1000;

    for (long i = 0; now_ms() < end_ms; i = (i + 1) % count)
        sent += send_burst(sockets[i], &id);
    printf("%ju a second\n", (uintmax_t)(sent / (uint64_t)seconds));
    return EXIT_SUCCESS;
}
