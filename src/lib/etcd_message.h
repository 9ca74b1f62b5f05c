/*
 * etcd_message - what is said to the HTTP gateway of etcd, and what it answers
 *
 * The gateway (etcd 3.4 and later) takes and gives the messages of etcd's gRPC
 * interface as JSON: octets in base64, numbers of 64 bits as texts.
 */

#ifndef LIB_ETCD_MESSAGE_H
#define LIB_ETCD_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"

#define CORE_ETCD_RANGE "/v3/kv/range"
#define CORE_ETCD_PUT "/v3/kv/put"
#define CORE_ETCD_DELETE "/v3/kv/deleterange"
#define CORE_ETCD_WATCH "/v3/watch"
#define CORE_ETCD_AUTHENTICATE "/v3/auth/authenticate"
#define CORE_ETCD_LEASE_GRANT "/v3/lease/grant"
#define CORE_ETCD_LEASE_TIME "/v3/lease/timetolive"

/* gRPC's status codes that callers tell apart. */
enum core_etcd_code {
    CORE_ETCD_OK = 0, CORE_ETCD_INVALID = 3, CORE_ETCD_DENIED = 7,
    CORE_ETCD_PRECONDITION = 9, CORE_ETCD_OUT_OF_RANGE = 11,
    CORE_ETCD_UNAUTHENTICATED = 16,
};

/* Octets; lent. */
struct core_etcd_octets {
    const char *bytes;
    size_t size;
};

/* Keys from `key` on, less than `end`; an empty end: that key alone. */
struct core_etcd_range {
    struct core_etcd_octets key;
    struct core_etcd_octets end;
    int64_t limit;                      /* keys, at most; 0: all */
    int64_t revision;                   /* as of which; 0: the present one */
    bool without_values;
    bool count_only;                    /* how many there are, nothing else */
};

/* ---- requests: texts that are yours -------------------------------------- */

char *
    core_etcd_write_range(const struct core_etcd_range *range);

/* Changes of these keys from that revision on. */
char *
    core_etcd_write_watch(const struct core_etcd_range *range);

/* lease 0: none. */
char *
    core_etcd_write_put(struct core_etcd_octets key,
                        struct core_etcd_octets value, int64_t lease);
char *
    core_etcd_write_delete(struct core_etcd_octets key);
char *
    core_etcd_write_authenticate(const char *user, const char *password);
char *
    core_etcd_write_lease_grant(int64_t seconds);
char *
    core_etcd_write_lease_time(int64_t lease);

/* The end of the range of all keys that begin so; yours.  *size is 1 with a
   NUL where all keys from there on do. */
char *
    core_etcd_prefix_end(struct core_etcd_octets prefix, size_t *size);

/* ---- replies ------------------------------------------------------------- */

typedef struct core_etcd_reply core_etcd_reply_t;

/* What a reply says besides keys; 0 or NULL where it does not. */
struct core_etcd_head {
    int64_t revision;
    uint64_t cluster_id;
    uint64_t raft_term;                 /* never less in one history */
    int64_t count;                      /* keys in the range, at any limit */
    enum core_etcd_code code;           /* not OK: an error */
    const char *error;
    bool is_created, is_canceled;       /* a watch */
    int64_t compact_revision;           /* the watch has asked for less */
    bool has_more;                      /* keys than the limit */
    int64_t lease;
    int64_t lease_seconds;              /* that remain; -1: it is no more */
    int64_t lease_granted;
    int64_t deleted;
    const char *token;
};

/* A key that was read, put or deleted. */
struct core_etcd_key {
    bool is_deleted;
    struct core_etcd_octets key;
    struct core_etcd_octets value;
    int64_t revision;                   /* it was changed at */
    int64_t created_revision;
    int64_t version;                    /* changes since it was created, that
                                           one too; 0: deleted */
    int64_t lease;
};

/* Reads one message; NULL and a fault when it is none.  Takes anything. */
core_etcd_reply_t *
    core_etcd_reply_read(const char *text, size_t size,
                         struct core_fault *fault);

void
    core_etcd_reply_destroy(core_etcd_reply_t **self_p);

/* Lent. */
const struct core_etcd_head *
    core_etcd_reply_head(const core_etcd_reply_t *self);

size_t
    core_etcd_reply_count(const core_etcd_reply_t *self);

/* The key of that index; lent until the next is asked for.  False when its
   octets are no base64. */
bool
    core_etcd_reply_key(core_etcd_reply_t *self, size_t index,
                        struct core_etcd_key *key);

#endif
