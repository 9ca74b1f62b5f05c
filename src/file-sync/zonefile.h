/*
 * zonefile - the records of a zone, one after the other, from its text
 *
 * RFC 1035 section 5 with $TTL (RFC 2308 section 4), $GENERATE and $INCLUDE.
 * The reader goes through texts that somebody else keeps, and can be put to
 * any place between two entries of the main one: so a zone can be read in
 * portions, and a changed part of it alone.
 *
 * It knows records, not zones: whether they belong together says zone_check.h.
 */

#ifndef FILE_SYNC_ZONEFILE_H
#define FILE_SYNC_ZONEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"
#include "lib/name_word.h"

#define ZONEFILE_DEPTH 16               /* of $INCLUDE */
#define ZONEFILE_INCLUDED 10000         /* times a file is included, at most */
#define ZONEFILE_GENERATED 1000000      /* records from $GENERATE, at most */

/* A file as text. */
struct zone_text {
    const char *path;
    const char *text;
    size_t size;
};

/* Finds the text of an included file; NULL and a fault without a line when
   there is none.  What it returns stays while the zone is being read. */
typedef const struct zone_text *
    zonefile_include(void *owner, const char *path, struct core_fault *fault);

/* What the meaning of an entry depends on, and where it is. */
struct zone_context {
    size_t offset;                      /* in the main text */
    int line;
    int64_t default_ttl;                /* of $TTL; -1: none */
    int64_t last_ttl;                   /* the last one stated; -1: none */
    struct core_zone_name origin;
    struct core_zone_name owner;             /* the last one; size 0: none */
};

struct zone_record {                    /* lent until the next call */
    const uint8_t *owner;               /* small letters */
    uint16_t owner_size;
    uint16_t type;
    uint32_t ttl;
    const uint8_t *rdatas;              /* one, behind its size, as
                                           struct core_change has it */
    size_t rdatas_size;
    const char *path;
    int line;
};

enum zonefile_next {
    ZONEFILE_RECORD, ZONEFILE_END, ZONEFILE_FAULT
};

typedef struct zonefile zonefile_t;

zonefile_t *
    zonefile_new(void);
void
    zonefile_destroy(zonefile_t **self_p);

/* Starts at the top of a text.  include may be NULL: then $INCLUDE is a
   fault.  The reader may have been used before. */
void
    zonefile_start(zonefile_t *self, const struct zone_text *text,
                   const struct core_zone_name *origin,
                   zonefile_include *include, void *owner);

/* The next record.  After a fault it goes on behind the broken entry. */
enum zonefile_next
    zonefile_next(zonefile_t *self, struct zone_record *record,
                  struct core_fault *fault);

/* True when the reader stands between two entries of the main text, and the
   next record comes from there: only then it has a context. */
bool
    zonefile_is_between(const zonefile_t *self);

/* The offset of the entry that comes next; valid with a context. */
size_t
    zonefile_offset(const zonefile_t *self);

void
    zonefile_context(const zonefile_t *self, struct zone_context *context);

/* Goes to that place. */
void
    zonefile_seek(zonefile_t *self, const struct zone_context *context);

/* True when entries that follow mean the same in both. */
bool
    zone_context_equal(const struct zone_context *left,
                       const struct zone_context *right);

#endif
