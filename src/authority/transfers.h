/*
 * transfers - zones on their way to other servers
 *
 * Who may have which zone; the transfers that go on, each with the past of its
 * zone that it reads; and the answers to AXFR (RFC 5936) and IXFR (RFC 1995),
 * to which the whole zone is the answer when the asker's version is older.
 */

#ifndef AUTHORITY_TRANSFERS_H
#define AUTHORITY_TRANSFERS_H

#include <stdbool.h>
#include <stdint.h>

#include "authority/zones.h"
#include "coredns/setting.h"
#include "coredns/stage.h"

#define TRANSFERS 32                    /* at a time; one that nobody has read
                                           for a while makes room */

/* One group of the setting `transfers`. */
struct transfer_rule {
    struct core_list zones;             /* const uint8_t * */
    struct core_list to;                /* struct core_network */
    struct core_list notify;            /* const char *: "ADDRESS[:PORT]" */
    const char *notify_source;          /* an address, or NULL */
};

struct transfer_counters {
    uint64_t done;
    uint64_t refused;
    uint64_t failed;                    /* begun, and not ended */
    uint64_t running;                   /* a gauge */
};

typedef struct transfers transfers_t;

/* The zones are lent. */
transfers_t *
    transfers_new(const zones_t *zones);

void
    transfers_destroy(transfers_t **self_p);

/* Sets the rules that hold from here on; lent. */
void
    transfers_rule(transfers_t *self, const struct core_list *rules);

/* From here on those that nobody reads any more end after a while. */
void
    transfers_watch(transfers_t *self, core_loop_t *loop);

/* Adds a fault for each zone of the rule that one in front of it has too. */
void
    transfers_check(const struct transfer_rule *rule,
                    const struct core_list *rules, const char *where,
                    core_faults_t *faults);

/* The rule for a zone: the one that names it or the nearest above it; NULL
   when there is none. */
const struct transfer_rule *
    transfers_rule_of(const transfers_t *self, const uint8_t *zone);

/* The zone of that name that is sent, with a SOA record if one has any; NULL
   when there is none. */
struct zone *
    transfers_zone(const transfers_t *self, const uint8_t *name);

/* Answers an AXFR or IXFR; CORE_PASSED when its name is that of no zone that
   could be transferred. */
enum core_verdict
    transfers_answer(transfers_t *self, core_query_t *query);

struct transfer_counters *
    transfers_counters(transfers_t *self);

#endif
