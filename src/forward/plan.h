/*
 * plan - routes, their upstreams, and what is known of these
 *
 * A plan is made of the settings, and made anew when they or a file such as
 * /etc/resolv.conf change.  Queries under way keep the plan they began with;
 * the last one of them ends it.
 */

#ifndef FORWARD_PLAN_H
#define FORWARD_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/name.h"
#include "forward/datagram.h"
#include "forward/hosts.h"
#include "forward/metrics.h"
#include "forward/policy.h"
#include "forward/settings.h"
#include "forward/stream.h"
#include "forward/upstream.h"

typedef struct plan plan_t;

/* Names in a row, small letters. */
struct plan_names {
    uint8_t (*items)[CORE_NAME_SIZE];
    size_t count;
};

/* One upstream of a route. */
struct server {
    struct target target;
    char to[TARGET_TEXT_SIZE];
    struct upstream health;
    struct metrics_upstream *metrics;
    datagram_pool_t *datagrams;         /* NULL: encrypted */
    stream_pool_t *streams;
    int64_t guard_ms;                   /* not suspected before */
    bool is_told_down;                  /* it stands in the log */
};

struct route {
    plan_t *plan;
    struct plan_names zones;            /* one at least */
    struct plan_names except;
    struct server servers[POLICY_UPSTREAMS];
    size_t server_count;
    enum policy_kind policy;
    uint32_t turn;                      /* of round robin */
    bool force_tcp, prefer_udp, failfast, next_on_nodata;
    bool passes_truncated;              /* the client asks over TCP itself */
    uint32_t next_on, failover;         /* a bit for each rcode */
    unsigned attempts;                  /* for one query; 0: no limit */
    uint16_t payload;
    int64_t read_timeout_ms;
    struct upstream_policy health;
    struct stream_policy stream;
    bool probe_recursion;
    uint8_t probe_domain[CORE_NAME_SIZE];
    uint64_t max_concurrent;            /* 0: no limit */
    uint64_t waiting;                   /* queries under way */
    struct target sources[2];           /* IPv4, IPv6 */
    bool has_source[2];
    tls_t *tls;                         /* NULL: no upstream needs it */
};

/*
 * Makes a plan; nothing of it is lent from the settings.  hosts may be NULL:
 * then upstreams given by name are left out (to check a configuration without
 * asking anybody).  Returns NULL and a fault when a file is wrong or a name
 * has no address.
 */
plan_t *
    plan_new(const struct settings *settings, hosts_t *hosts,
             struct core_fault *fault);

void
    plan_destroy(plan_t **self_p);

/* Gives every upstream its sockets and counts. */
void
    plan_attach(plan_t *self, datagram_t *datagrams, streams_t *streams,
                metrics_t *metrics);

/* Takes over what the other plan knows of the upstreams both have. */
void
    plan_inherit(plan_t *self, const plan_t *other);

/* The route for a question, or NULL when none covers its name or its route
   excepts it.  A zone's own DS is its parent's (RFC 4035 section 3.1.4.1), if
   that has a route. */
struct route *
    plan_find(plan_t *self, const uint8_t *qname, uint16_t qtype);

size_t
    plan_count(const plan_t *self);
struct route *
    plan_at(plan_t *self, size_t index);

/* True when a file it was made from has changed since. */
bool
    plan_is_outdated(const plan_t *self);

/* Counts what needs the plan: its maker, and attempts and queries under way.
   The last one to leave ends it. */
void
    plan_enter(plan_t *self);
void
    plan_leave(plan_t *self);

/* True when anyone but its maker needs it. */
bool
    plan_is_needed(const plan_t *self);

#endif
