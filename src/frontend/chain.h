/*
 * chain - the head of a chain of stages, as the frontend sees it
 *
 * Queries for each instance of the head are gathered until the end of the
 * loop's round and then travel as one batch.
 */

#ifndef FRONTEND_CHAIN_H
#define FRONTEND_CHAIN_H

#include "coredns/stage.h"

typedef struct chain chain_t;

/* Where a chain tells what happens to it. */
struct chain_events {
    core_pipe_batch *replies;
    void (*returned)(void *owner, core_outlet_t *outlet, unsigned instance);
    void (*undelivered)(void *owner, uint64_t id);      /* nobody took it */
    void *owner;
};

/* Connects to the stage of that name; NULL and a fault without a wire. */
chain_t *
    chain_new(core_life_t *life, const char *name,
              const struct chain_events *events, struct core_fault *fault);

void
    chain_destroy(chain_t **self_p);

const char *
    chain_name(const chain_t *self);

bool
    chain_is(const chain_t *self, const core_outlet_t *outlet);

/* Looks for the answer where the head of the chain keeps what is known; see
   core_outlet_find(). */
bool
    chain_find(chain_t *self, const struct core_message *query,
               struct core_record *reply);

/* Puts the query for qname into the batch for its instance. */
void
    chain_add(chain_t *self, const struct core_record *record,
              const uint8_t *qname);

/* Sends all that was gathered. */
void
    chain_flush(chain_t *self);

#endif
