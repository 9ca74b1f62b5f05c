/*
 * zone - all that one source says of one zone
 *
 * The names with records (empty non-terminals are what the trie implies, see
 * trie_search()), the owners of NSEC3 records apart from them, for they are no
 * names that exist (RFC 5155 section 7.2), the options that came with it, and
 * what answers want to know at once.
 *
 * Readers may look at the fields; only this class changes them.
 */

#ifndef AUTHORITY_ZONE_H
#define AUTHORITY_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authority/node.h"
#include "authority/past.h"
#include "authority/slab.h"
#include "authority/trie.h"
#include "coredns/feed.h"

enum zone_denial { ZONE_UNSIGNED, ZONE_NSEC, ZONE_NSEC3 };

/* How the names of an NSEC3 chain are made (RFC 5155 section 4). */
struct zone_nsec3 {
    uint16_t iterations;
    uint8_t salt_size;
    uint8_t salt[255];
};

struct zone {
    unsigned source;                    /* its place in the setting sources */
    struct core_zone_id id;
    unsigned labels;                    /* of its name */
    uint64_t version;                   /* as the source counts */
    bool is_archived;                   /* read from disk, not heard */
    bool is_kept;                       /* read from disk, and as good as
                                           heard; not in the new archive yet */
    past_t *pasts;                      /* of those who transfer it */
    bool is_over;                       /* nobody else has it any more */

    uint16_t flags;                     /* enum core_zone_flag */
    char *reason;                       /* or NULL */
    unsigned fall_count;
    uint8_t (*fall)[CORE_NAME_SIZE];

    slab_t *slab;
    trie_t *names;                      /* struct node */
    trie_t *hashes;                     /* struct node: owners of NSEC3 */
    const struct node *apex;            /* NULL: no records there */
    bool has_soa;
    uint32_t serial;
    uint32_t negative_ttl;              /* RFC 2308 section 5 */
    size_t wildcards;                   /* names that begin with "*" */
    size_t cuts;                        /* names with NS below the apex */
    size_t dnames;

    enum zone_denial denial;
    struct zone_nsec3 *nsec3;           /* with ZONE_NSEC3 */
};

/* A zone without records and options. */
struct zone *
    zone_new(unsigned source, const struct core_zone_id *id);

/* Ends it; its memory, when the last of its pasts ends. */
void
    zone_destroy(struct zone **self_p);

/* Takes a copy of the options; to be called before the first change. */
void
    zone_set_options(struct zone *self,
                     const struct core_zone_options *options);

/* The source is without its own source: the data stay, but may be old. */
void
    zone_set_stale(struct zone *self, const char *reason);

/*
 * Applies a change.  What does not belong into the zone (an owner that is not
 * below it, a type that is none of records) is ignored.  zone_settle() must
 * follow before anybody reads.
 */
void
    zone_change(struct zone *self, const struct core_change *change);

/* Brings up to date what depends on the records of the apex. */
void
    zone_settle(struct zone *self, uint64_t version);

/* Says whether the options let unknown names at or below name fall through. */
bool
    zone_falls_through(const struct zone *self, const uint8_t *name);

/* The node of that very name, or NULL. */
const struct node *
    zone_find(const struct zone *self, const uint8_t *name);

size_t
    zone_names(const struct zone *self);

#endif
