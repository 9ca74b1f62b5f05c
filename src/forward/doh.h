/*
 * doh - DNS over one HTTP/2 connection (RFC 8484), our side of it
 *
 * A query is a request, its reply the body of a response.  The class knows
 * HTTP/2 and nothing of sockets: octets that came are given to it, octets that
 * are to be sent are taken from it.
 */

#ifndef FORWARD_DOH_H
#define FORWARD_DOH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "forward/target.h"

#define DOH_REASON_SIZE 64

typedef struct doh doh_t;

/* What became of a query; lent until the next call. */
struct doh_reply {
    uint16_t id;                        /* that the query had */
    uint8_t *bytes;                     /* its reply, with that id; or NULL */
    size_t size;
    char why[DOH_REASON_SIZE];          /* there is none */
};

/* Of a server whose port, name and resource are lent; by GET or by POST. */
doh_t *
    doh_new(const struct target *server, bool by_get);

void
    doh_destroy(doh_t **self_p);

/* Asks a query, that has a whole header.  It is sent with the id 0, so that
   HTTP caches can know it (RFC 8484 section 4.1). */
void
    doh_ask(doh_t *self, const uint8_t *bytes, size_t size);

/* The next octets to be sent, lent until the next call; 0: none, for now. */
size_t
    doh_pull(doh_t *self, const uint8_t **bytes_p);

/* Takes octets that came; false when they cannot be HTTP/2. */
bool
    doh_take(doh_t *self, const uint8_t *bytes, size_t size);

/* The next query that is over; false when there is none. */
bool
    doh_next(doh_t *self, struct doh_reply *reply);

/* True when all is said, by both sides or because of an error. */
bool
    doh_is_over(const doh_t *self);

/* True when the server takes no more queries over this connection. */
bool
    doh_is_closing(const doh_t *self);

#endif
