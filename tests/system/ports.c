/*
 * ports - prints free ports of 127.0.0.1, one a line
 *
 * Usage: ports [COUNT]
 *
 * Free for UDP and TCP both, and below the range that the kernel gives out by
 * itself, so that nobody else takes one between this line and its use.
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOWEST 10000
#define HIGHEST 32000

/* A port that is free is held until we end, so that none comes twice. */
static bool
is_free(int kind, unsigned port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr = { htonl(INADDR_LOOPBACK) },
    };
    int fd = socket(AF_INET, kind, 0);

    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return true;
    close(fd);
    return false;
}

int
main(int argc, char **argv)
{
    int left = argc > 1 ? atoi(argv[1]) : 1;

    while (left > 0) {
        unsigned port;

        if (getrandom(&port, sizeof port, 0) != sizeof port)
            return EXIT_FAILURE;
        port = LOWEST + port % (HIGHEST - LOWEST);
        if (!is_free(SOCK_DGRAM, port) || !is_free(SOCK_STREAM, port))
            continue;
        printf("%u\n", port);
        left--;
    }
    return EXIT_SUCCESS;
}
