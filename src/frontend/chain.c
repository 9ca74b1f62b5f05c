/*
 * chain - the head of a chain of stages, as the frontend sees it
 *
 * A query goes to the instance that its name's hash says, so that two caches
 * do not keep the same things.  What no instance takes is told record by
 * record; the batch itself knows best what was in it.
 */

#include "frontend/chain.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

struct chain {
    core_life_t *life;
    core_outlet_t *outlet;
    char *name;
    struct chain_events events;
    unsigned batch_count;
    core_batch_t *batches[CORE_OUTLET_INSTANCES];
};

chain_t *
chain_new(core_life_t *life, const char *name,
          const struct chain_events *events, struct core_fault *fault)
{
    core_outlet_t *outlet = core_life_outlet(life, name, events->replies,
                                             events->returned, events->owner,
                                             fault);

    if (outlet == NULL)
        return NULL;

    chain_t *self = core_allocate(sizeof *self);

    self->life = life;
    self->outlet = outlet;
    self->name = strdup(name);
    assert(self->name != NULL);
    self->events = *events;
    return self;
}

void
chain_destroy(chain_t **self_p)
{
    assert(self_p);

    chain_t *self = *self_p;

    if (self == NULL)
        return;
    for (unsigned i = 0; i < self->batch_count; i++)
        core_batch_destroy(&self->batches[i]);
    core_life_outlet_destroy(self->life, &self->outlet);
    free(self->name);
    free(self);
    *self_p = NULL;
}

const char *
chain_name(const chain_t *self)
{
    return self->name;
}

bool
chain_is(const chain_t *self, const core_outlet_t *outlet)
{
    return self->outlet == outlet;
}

static void
send_batch(chain_t *self, unsigned instance)
{
    core_batch_t *batch = self->batches[instance];
    struct core_batch_reader reader;
    struct core_record record;
    size_t size;

    if (!core_outlet_send(self->outlet, instance, NULL, batch)) {
        const void *frame = core_batch_frame(batch, &size);
        bool is_sound = core_batch_open(&reader, frame, size);

        assert(is_sound);
        while (core_batch_next(&reader, &record))
            self->events.undelivered(self->events.owner, record.id);
    }
    core_batch_start(batch, CORE_BATCH_QUERIES);
}

static unsigned
instance_for(const chain_t *self, const uint8_t *qname)
{
    return core_outlet_instances(self->outlet) == 1 ? 0
        : core_outlet_choose(self->outlet, core_name_hash(qname));
}

bool
chain_find(chain_t *self, const struct core_message *query,
           struct core_record *reply)
{
    return core_outlet_find(self->outlet, instance_for(self, query->qname),
                            query, reply);
}

/* The batch for an instance; there may be more of them than there were. */
static core_batch_t *
batch_for(chain_t *self, unsigned instance)
{
    while (self->batch_count <= instance)
        self->batches[self->batch_count++] = core_batch_new();
    return self->batches[instance];
}

void
chain_add(chain_t *self, const struct core_record *record,
          const uint8_t *qname)
{
    unsigned instance = instance_for(self, qname);
    core_batch_t *batch = batch_for(self, instance);

    if (core_batch_is_full(batch, record->message_size))
        send_batch(self, instance);
    core_batch_add(batch, record);
}

void
chain_flush(chain_t *self)
{
    for (unsigned i = 0; i < self->batch_count; i++) {
        if (core_batch_count(self->batches[i]) > 0)
            send_batch(self, i);
    }
}
