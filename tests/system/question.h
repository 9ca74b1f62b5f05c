/*
 * question - one question at a time, for tools that measure answers
 */

#ifndef TESTS_SYSTEM_QUESTION_H
#define TESTS_SYSTEM_QUESTION_H

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* A question for A records; returns its size. */
static inline size_t
question_compose(uint8_t packet[512], const char *name)
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

/* A socket that hears that server alone, for a second at a time. */
static inline int
question_socket(const char *address, const char *port)
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

#endif
