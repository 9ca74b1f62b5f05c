/*
 * recent - queries whose replies are still to come
 *
 * When the rcode decides what is shown, a query can only be shown with its
 * reply.  So many of the last are kept; older ones, and those that are too
 * long, are forgotten.
 */

#ifndef TAP_RECENT_H
#define TAP_RECENT_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/batch.h"
#include "coredns/message.h"

#define RECENT_QUERIES 4096             /* a power of two */
#define RECENT_SIZE 512                 /* octets of a message, at most */

struct recent_query {
    struct core_record record;          /* without its trail */
    int64_t real_us;                    /* when it passed */
    bool is_known;                      /* and its last reply is to come */
    uint8_t message[RECENT_SIZE];
};

typedef struct recent recent_t;

recent_t *
    recent_new(void);
void
    recent_destroy(recent_t **self_p);

void
    recent_put(recent_t *self, const struct core_record *record,
               int64_t real_us);

/* Takes out the query of a reply, lent until the next call; NULL when it is
   not known. */
const struct recent_query *
    recent_take(recent_t *self, const struct core_record *reply);

#endif
