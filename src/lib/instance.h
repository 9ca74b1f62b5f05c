/*
 * instance - the connection to one instance of a next stage
 *
 * A DEALER, a monitor that tells when its peer comes and goes, and the peer's
 * answer table.
 */

#ifndef LIB_INSTANCE_H
#define LIB_INSTANCE_H

#include <stdbool.h>

#include "coredns/pipe.h"
#include "lib/message_frames.h"
#include "lib/table_link.h"

typedef struct instance instance_t;

struct instance_events {
    /* A message has come; it is closed after the call. */
    void (*message)(void *owner, instance_t *instance,
                    struct message_frames *message);

    /* The peer came or went.  In the call is_reachable says how it is now. */
    void (*changed)(void *owner, instance_t *instance, bool was_reachable);

    uint64_t *refused;                  /* counts messages of another form */
    void *owner;
};

/* events must live as long.  NULL and a fault when the endpoint is none. */
instance_t *
    instance_new(void *context, core_loop_t *loop, const char *endpoint,
                 const char *identity, const struct instance_events *events,
                 struct core_fault *fault);
void
    instance_destroy(instance_t **self_p);

const char *
    instance_endpoint(const instance_t *self);

bool
    instance_is_reachable(const instance_t *self);

/* True when it has told of changes since it was last reached. */
bool
    instance_tells(const instance_t *self);
void
    instance_note_told(instance_t *self);

/* As message_frames_send(). */
bool
    instance_send(instance_t *self, const struct core_envelope *envelope,
                  core_batch_t *batch);

/* As table_link_find(). */
bool
    instance_find(instance_t *self, const struct core_message *query,
                  struct table_answer *answer);

#endif
