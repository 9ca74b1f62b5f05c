/*
 * memory - what befell queries, for when they are sent again
 *
 * A frontend sends a query again when no reply comes.  What has befallen it
 * once befalls it again: else a lost query were only a late one.  A place may
 * be taken by another query; the first is then looked at as a new one.
 */

#ifndef CHAOS_MEMORY_H
#define CHAOS_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/batch.h"
#include "coredns/message.h"

#define MEMORY_PLACES 8192              /* a power of two */

struct memory_entry {
    uint64_t fingerprint;               /* 0: none */
    uint64_t effects;                   /* a bit for each that befell it */
    bool is_waiting;                    /* with us, to be sent on later */
};

typedef struct memory memory_t;

memory_t *
    memory_new(void);
void
    memory_destroy(memory_t **self_p);

/* What tells a query from all others in flight; never 0. */
uint64_t
    memory_fingerprint(const struct core_message *message,
                       const struct core_record *record);

/* Notes a query in place of whichever was there; lent until the next. */
struct memory_entry *
    memory_put(memory_t *self, uint64_t fingerprint);

/* The entry of a query, or NULL. */
struct memory_entry *
    memory_find(memory_t *self, uint64_t fingerprint);

#endif
