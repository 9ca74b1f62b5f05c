/*
 * follower - the keys of an etcd, from the first load on
 *
 * Reads all keys in pages as of one revision, then watches from there.  A
 * connection that is lost is taken up again where it was, at the next
 * endpoint; all is read anew only when etcd has compacted what was missed, or
 * has another history than before (see anchor.h).
 *
 * etcd is asked through its HTTP gateway, with libcurl and jansson, and not by
 * gRPC, for which there is no such pair of libraries in C.  That costs etcd
 * some 20 us of CPU a key in a load, for JSON; of 200,000 keys a load takes 7 s
 * on two cores, where gRPC takes 2.  A change comes as soon either way.
 *
 * A watch that says nothing looks like one of a member that has lost its
 * leader, so every few seconds a read is asked for that needs the leader.
 */

#ifndef ETCD_SYNC_FOLLOWER_H
#define ETCD_SYNC_FOLLOWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/loop.h"
#include "etcd-sync/exchange.h"
#include "etcd-sync/http.h"
#include "lib/etcd_message.h"

/* All is lent. */
struct follower_settings {
    const char *const *endpoints;       /* "http://127.0.0.1:2379" */
    size_t endpoint_count;              /* at least one */
    const char *user;                   /* or NULL */
    const char *password;
    const char *prefix;                 /* of the keys: "/skydns/" */
    struct http_files files;
};

/* None of them may end the follower. */
struct follower_hooks {
    /* All keys come anew, then the end of the load. */
    void (*load_begin)(void *owner);
    void (*load_end)(void *owner);

    /* A key was put or deleted, or is one of a load. */
    void (*key)(void *owner, const struct core_etcd_key *key);

    /* Changes come from here on; or do not, for that reason. */
    void (*state)(void *owner, bool is_following, const char *reason);

    /* The next lease to be asked about; false: none. */
    bool (*next_lease)(void *owner, int64_t *lease);

    /* What is known of it; remaining -1: nothing. */
    void (*lease)(void *owner, int64_t lease, int64_t remaining,
                  int64_t granted);
};

struct follower_counters {
    uint64_t loads;                     /* of all keys */
    uint64_t watches;                   /* begun */
    uint64_t events;                    /* keys that came by a watch */
    uint64_t failures;                  /* connections and requests */
    uint64_t logins;
    uint64_t lease_questions;
};

typedef struct follower follower_t;

/* Starts at once. */
follower_t *
    follower_new(core_loop_t *loop, const struct follower_settings *settings,
                 const struct follower_hooks *hooks, void *owner);

void
    follower_destroy(follower_t **self_p);

/* Asks the endpoint in use, with the login there is.  Takes the body, and must
   be done or cancelled before the follower ends. */
exchange_t *
    follower_ask(follower_t *self, const char *path, char **body_p,
                 exchange_done *done, void *owner);

const struct follower_counters *
    follower_counters(const follower_t *self);

/* The endpoint in use; lent. */
const char *
    follower_endpoint(const follower_t *self);

/* The revision up to which all is known; 0: none yet. */
int64_t
    follower_revision(const follower_t *self);

#endif
