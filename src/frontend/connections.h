/*
 * connections - who is connected, how many from one client, and who waits
 *
 * Connections have numbers, as slots have; a number is used again under
 * another generation.  They are kept in the order of their last activity.  A
 * client is an IPv4 address or an IPv6 /64.
 *
 * Knows nothing of sockets: a connection's fd and buffers are its owner's.
 */

#ifndef FRONTEND_CONNECTIONS_H
#define FRONTEND_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontend/framing.h"

#define CONNECTIONS_MAX 65536
#define CONNECTIONS_NONE UINT32_MAX

struct connection {
    void *owner;
    int fd;
    uint32_t number;
    uint32_t generation;
    uint32_t listener;
    uint8_t client[16];                 /* IPv4 as ::ffff:a.b.c.d */
    uint16_t client_port;
    uint8_t server[16];
    uint16_t server_port;
    int64_t active_ms;

    uint32_t queries;                   /* in flight */
    uint32_t received;                  /* in all */
    struct framing input;
    uint8_t *output;                    /* NULL: nothing waits */
    size_t output_start, output_end, output_room;
    size_t taken;                       /* by the client since active_ms */
    uint32_t events;                    /* that the loop watches */
    bool has_ended;                     /* the client sends nothing more */
    bool is_doomed;                     /* ends with the round */
    bool has_parts;                     /* in output; others are to follow */
    bool is_dirty;                      /* on the list below */
    struct connection *next_dirty;

    uint32_t older, newer;              /* of connections.c */
    uint32_t same_hash;
};

struct connections_limits {
    uint32_t all;
    uint32_t per_client;
    int64_t idle_ms;
};

typedef struct connections connections_t;

connections_t *
    connections_new(void);

/* All connections must have been removed. */
void
    connections_destroy(connections_t **self_p);

/* Sets what holds from here on. */
void
    connections_limit(connections_t *self,
                      const struct connections_limits *limits);

/*
 * Makes a connection of that client, or returns NULL when it has too many or
 * all there may be exist.
 */
struct connection *
    connections_add(connections_t *self, const uint8_t client[16],
                    int64_t now_ms);

/* Ends it; the memory of its buffers too. */
void
    connections_remove(connections_t *self, struct connection *connection);

/* The connection in that use of the number, or NULL. */
struct connection *
    connections_find(const connections_t *self, uint32_t number,
                     uint32_t generation);

/* It has done something: it is the most recent one. */
void
    connections_touch(connections_t *self, struct connection *connection,
                      int64_t now_ms);

uint32_t
    connections_count(const connections_t *self);

/* The one that was idle longest, and the one after it; NULL at the end. */
struct connection *
    connections_oldest(const connections_t *self);
struct connection *
    connections_after(const connections_t *self,
                      const struct connection *connection);

/*
 * How long a connection may be idle: all of the limit while there is room, a
 * tenth of it when there is none (RFC 7766 section 6.2.3).
 */
int64_t
    connections_idle_ms(const connections_t *self);

#endif
