/*
 * exchange - one request to etcd and its one reply
 */

#ifndef ETCD_SYNC_EXCHANGE_H
#define ETCD_SYNC_EXCHANGE_H

#include <stddef.h>

#include "etcd-sync/http.h"
#include "lib/etcd_message.h"

enum exchange_outcome {
    EXCHANGE_REPLY,                     /* which may be an error of etcd's */
    EXCHANGE_FAILED,                    /* there is no reply; reason says why */
    EXCHANGE_TOO_LARGE,                 /* the reply is above the limit */
};

typedef struct exchange exchange_t;

/* Called once; the exchange has ended then.  reply is lent, NULL when there is
   none; reason is NULL when there is one. */
typedef void exchange_done(void *owner, enum exchange_outcome outcome,
                           core_etcd_reply_t *reply, const char *reason);

exchange_t *
    exchange_new(http_t *http, const struct http_post *post, size_t limit,
                 exchange_done *done, void *owner);

/* Ends it without calling done. */
void
    exchange_cancel(exchange_t **self_p);

#endif
