/*
 * hostsfile_parts - what the two halves of a hosts file share
 *
 *   hostsfile.c           lines become records
 *   hostsfile_reader.c    records become changes
 */

#ifndef FILE_SYNC_HOSTSFILE_PARTS_H
#define FILE_SYNC_HOSTSFILE_PARTS_H

#include "file-sync/hostsfile.h"

#define HOSTSFILE_ADDED_ZONES 2         /* in-addr.arpa and ip6.arpa */

/* A record. */
struct hosts_item {
    uint32_t zone;
    uint32_t order;                     /* in which it came */
    size_t offset;                      /* owner, then rdata */
    uint16_t owner_size;
    uint16_t rdata_size;
    uint16_t type;
};

struct hostsfile {
    struct hostsfile_options options;
    struct core_zone_name *zones;            /* those of the options, owned */
    unsigned kept;                      /* times */
    struct core_zone_name added[HOSTSFILE_ADDED_ZONES];
    size_t added_count;
    uint8_t *bytes;
    size_t size;
    size_t capacity;
    struct hosts_item *items;
    size_t count;
    size_t item_capacity;
    size_t entries;
};

/* Negative, 0 or positive in the order of owner and type. */
int
    hostsfile_compare(const uint8_t *left_bytes,
                      const struct hosts_item *left,
                      const uint8_t *right_bytes,
                      const struct hosts_item *right);

#endif
