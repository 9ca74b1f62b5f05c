/*
 * session - a cluster's zones, kept up to date from its API
 *
 * From the first list to the end: the kinds are listed one after the other
 * (services before their endpoints, so that none are held in vain), each is
 * watched from then on, and when all have been listed the zones go live.
 */

#ifndef KUBERNETES_SYNC_SESSION_H
#define KUBERNETES_SYNC_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "coredns/feed.h"
#include "coredns/loop.h"
#include "coredns/telemetry.h"
#include "kubernetes-sync/catalog.h"
#include "kubernetes-sync/settings.h"
#include "kubernetes-sync/traffic.h"

typedef struct session session_t;

/* Gauges of a kind of objects: seconds since then; 0: never. */
struct session_ages {
    uint64_t event;                     /* of its watch, bookmarks too */
    uint64_t list;                      /* read to its end, to begin or to
                                           compare */
};

/* Counted over all sessions of the process. */
struct session_counters {
    struct session_ages ages[OBJECT_KINDS];
    struct catalog_counts have;         /* gauges, filled in when asked for */
    uint64_t up_to_date;                /* gauge: kinds that are */
    uint64_t kinds;                     /* gauge: of so many */
    uint64_t lists, compares, watches, events, failures;
    uint64_t changes, transactions, renewals;
    uint64_t repaired;                  /* objects that a watch had lost */
    uint64_t strange;                   /* objects that made no sense */
    struct core_histogram programming;  /* from cause to publishing */
};

/* settings and counters are lent as long as it lives.  changed is called when
   the reason may be another. */
session_t *
    session_new(core_loop_t *loop, const struct settings *settings,
                struct session_counters *counters,
                void (*changed)(void *owner), void *owner,
                struct core_fault *fault);
void
    session_destroy(session_t **self_p);

/* The address of the API server. */
const char *
    session_url(const session_t *self);

/* Announces the zones and begins; traffic, lent, counts requests. */
void
    session_start(session_t *self, core_publisher_t *publisher,
                  traffic_t *traffic);

/* Publishes what has changed in this round. */
void
    session_flush(session_t *self);

/* Why the zones are not live, zones and cause in one line; NULL: they are. */
const char *
    session_reason(session_t *self);

/* Whether objects of that kind are watched. */
bool
    session_has_kind(const session_t *self, enum object_kind kind);

/* Fills in the gauges. */
void
    session_refresh(session_t *self);

/* The zones, one a line; the kinds of objects likewise. */
void
    session_print_zones(const session_t *self, FILE *file);
void
    session_print_kinds(const session_t *self, FILE *file);

/* Lists everything once more. */
void
    session_list_again(session_t *self);

/* The zones: views by number; NULL behind the last. */
const struct core_zone_id *
    session_zone(const session_t *self, size_t number);

/* For the publisher's hooks. */
void *
    session_open_snapshot(const session_t *self,
                          const struct core_zone_id *zone);

#endif
