/*
 * records_parts - what the parts of the records share
 *
 *   records.c          the records of a name, but for:
 *   records_hosts.c    its addresses, and where its aliases lead
 */

#ifndef ETCD_SYNC_RECORDS_PARTS_H
#define ETCD_SYNC_RECORDS_PARTS_H

#include "etcd-sync/records.h"
#include "etcd-sync/selection.h"

enum { SET_SOA, SET_NS, SET_A, SET_AAAA, SET_CNAME, SET_SRV, SET_MX, SET_TXT,
       SET_PTR, SETS };

struct set {
    uint32_t ttl_seconds;
    uint16_t count;
    uint8_t *bytes;                     /* each rdata behind its size */
    size_t size;
    size_t capacity;
};

/* What hosts that are names lead to. */
struct outside {
    uint8_t name[CORE_NAME_SIZE];       /* the first one out of our zones */
    uint32_t ttl_seconds;               /* 0: there is none */
};

struct records {
    tree_t *tree;
    const zones_t *zones;
    const struct records_style *style;
    const struct zone *zone;            /* of the node at work */
    uint8_t name[CORE_NAME_SIZE];       /* of the node at work */
    struct set sets[SETS];
    struct selection hosts;
    struct selection texts;
    struct selection chain[RECORDS_CHAIN];  /* those that aliases lead to */
    const struct tree_node *visited[RECORDS_CHAIN + 1];
    uint32_t budget;                    /* services to be looked at in them */
    struct outside outside;
    uint32_t *weights;                  /* sums, by priority */
    unsigned left_out;                  /* enum tree_flag */
    bool exists;                        /* keys are at the name or below */
    uint64_t reached;                   /* hash of all that hosts lead to */
};

/* Adds a record, if the RRset has not yet as many as it may have. */
void
    records_add(struct set *set, uint32_t ttl_seconds, const uint8_t *octets,
                size_t size);

/* The TTL of the records of a service. */
uint32_t
    records_ttl(const records_t *self, const struct tree_node *node);

/* A hash of hash and the octets. */
uint64_t
    records_mix(uint64_t hash, const void *octets, size_t size);

/* Makes the RRsets A, AAAA and CNAME. */
void
    records_make_addresses(records_t *self, const struct tree_node *node);

#endif
