/*
 * table_layout - a piece of an answer table, as it lies in shared memory
 *
 * A table is one piece of memory or several, each a store of the cache: this
 * head, then what only its writer needs, an index, and entries.  Positions
 * count from the start of the memory, in units of an entry.  One process
 * writes; any number of others map it read-only and look.
 */

#ifndef LIB_TABLE_LAYOUT_H
#define LIB_TABLE_LAYOUT_H

#include <stdint.h>

#include "lib/index.h"
#include "lib/key.h"

#define TABLE_MAGIC UINT64_C(0x31656c6261742d63)       /* "c-table1" */
#define TABLE_GUARDS 4096
#define TABLE_GUARD_UNITS 64            /* that share a guard, side by side */
#define TABLE_VERSIONS 4096
#define TABLE_PIECES 2                  /* of one table, at most */

/* What readers must know of the policy. */
struct table_policy {
    uint32_t keep_ttl;                  /* the first TTL is told, always */
    uint32_t prefetch;                  /* hits; 0: never */
    uint32_t prefetch_percentage;
};

struct table_head {
    uint64_t magic;
    uint64_t size;                      /* of the memory, in octets */
    uint64_t index;                     /* offset of its slots */
    uint64_t index_size;                /* slots in use; grows */
    uint64_t index_most;                /* slots there are */
    struct key_secret secret;
    struct table_policy policy;
    uint32_t is_closed;                 /* not kept up any more */
    int64_t since_ms;                   /* what is not local and came until
                                           then is outdated */
    int64_t away_ms;                    /* since when nobody tells of changes of
                                           local data: their owner alone may say
                                           how long they are good; 0: somebody
                                           does */

    /* Of the entries whose position falls on them; see guard.h. */
    uint32_t guards[TABLE_GUARDS];

    /* Of local data: what was made at another one is outdated. */
    uint32_t versions[TABLE_VERSIONS];
};

static inline uint32_t *
table_guard(struct table_head *head, uint32_t position)
{
    return &head->guards[position / TABLE_GUARD_UNITS % TABLE_GUARDS];
}

#endif
