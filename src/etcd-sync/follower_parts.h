/*
 * follower_parts - what the parts of the follower share
 *
 *   follower.c          where to, with which token, and what after a failure
 *   follower_read.c     a load, and whether what is known can be gone on with
 *   follower_watch.c    the watch, and whether it still lives
 *   follower_leases.c   how long leases last
 */

#ifndef ETCD_SYNC_FOLLOWER_PARTS_H
#define ETCD_SYNC_FOLLOWER_PARTS_H

#include "etcd-sync/anchor.h"
#include "etcd-sync/exchange.h"
#include "etcd-sync/follower.h"
#include "etcd-sync/splitter.h"

#define FOLLOWER_REPLY_SIZE (32 * 1024 * 1024)  /* octets, at most */
#define FOLLOWER_REPLY_MS 5000          /* for a reply */
#define FOLLOWER_LEASE_CALLS 8          /* at the same time */
#define FOLLOWER_REASON_SIZE 512
#define FOLLOWER_URL_SIZE 1024

/* A question about a lease. */
struct lease_call {
    follower_t *follower;
    exchange_t *exchange;               /* NULL: free */
    int64_t lease;
};

struct follower {
    core_loop_t *loop;
    const struct follower_settings *settings;
    const struct follower_hooks *hooks;
    void *owner;
    struct follower_counters counters;
    http_t *http;
    char *prefix_end;
    size_t prefix_end_size;

    size_t endpoint;                    /* the one in use */
    size_t failed;                      /* endpoints in a row */
    char *token;                        /* or NULL */
    bool is_new_token;                  /* it has not been of use yet */
    bool is_open;                       /* etcd has no logins */
    core_timer_t *retry;                /* or NULL */
    exchange_t *exchange;               /* the login, probe or page; or NULL */

    uint64_t cluster_id;
    uint64_t raft_term;                 /* the greatest one heard of */
    struct anchor anchor;               /* as of that revision: */
    int64_t revision;                   /* all is known up to it; 0: nothing */
    int64_t asked_revision;             /* what was known at the last probe */
    int64_t load_revision;              /* of the load; 0: its first page */
    int64_t page;                       /* keys asked for at once */
    char *next_key;                     /* of the next page */
    size_t next_key_size;

    http_request_t *watch;              /* or NULL */
    splitter_t *splitter;               /* of the watch */
    bool is_created;                    /* the watch is */
    bool is_ours;                       /* its history is known to be ours */
    bool is_lost;                       /* all is to be read anew */
    char reason[FOLLOWER_REASON_SIZE];  /* why the watch ends */
    core_timer_t *pulse;                /* while there is a watch */
    unsigned silent;                    /* pulses without being followed */
    exchange_t *check;                  /* or NULL */

    core_timer_t *lease_timer;          /* while there is a watch */
    unsigned lease_credit;              /* questions allowed */
    struct lease_call lease_calls[FOLLOWER_LEASE_CALLS];
};

/* The path at the endpoint in use; written to url and returned. */
const char *
    follower_url(const follower_t *self, const char *path,
                 char url[FOLLOWER_URL_SIZE]);

/* A stage of the way has failed: goes on at the next endpoint, a little later
   when all have failed. */
void
    follower_fail(follower_t *self, const char *reason);

/* etcd has answered with an error. */
void
    follower_refused(follower_t *self, const struct core_etcd_head *head);

/* Logs in if need be, then loads or watches. */
void
    follower_go_on(follower_t *self);

/* Reads all keys; looks whether what is known can be gone on with. */
void
    follower_load(follower_t *self);
void
    follower_probe(follower_t *self);

/* What is known cannot be gone on with: says why, reads all keys. */
void
    follower_begin_anew(follower_t *self, const char *reason);

/* Watches from what is known on, and makes sure that it lives. */
void
    follower_watch(follower_t *self);

/* The whole range of keys. */
struct core_etcd_range
    follower_range(const follower_t *self);

/* Keeps what the head of a reply says of the history; false when that cannot
   be the one that is known. */
bool
    follower_note_head(follower_t *self, const struct core_etcd_head *head);

/* Ends the watch and what belongs to it. */
void
    follower_end_watch(follower_t *self);

void
    follower_start_leases(follower_t *self);
void
    follower_end_leases(follower_t *self);

#endif
