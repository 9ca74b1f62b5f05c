/*
 * step - one thing to be done to a process, and what it has to wait for
 *
 * Stages start side by side.  Only a head waits until all behind it are ready,
 * for it is the one that takes questions: those that come before wait in its
 * sockets, which are open already.  It does not wait for ever: a stage that
 * cannot be ready (its source is away) must not keep the rest from answering.
 */

#include "ctl/step.h"

#include <string.h>

#define PATIENCE_MS 5000                /* of a head with what is behind it */

bool
step_is_settled(const struct step *self)
{
    return self->state == STEP_DONE || self->state == STEP_FAILED;
}

static bool
leads_to(const struct step *from, const struct step *to, enum wire_kind kind)
{
    const struct plan_stage *stage = process_spec(from->process)->stage;
    const char *name = process_spec(to->process)->stage->name;

    for (size_t i = 0; i < stage->wire_count; i++)
        if (stage->wires[i].kind == kind
            && strcmp(stage->wires[i].to->name, name) == 0)
            return true;
    return false;
}

bool
step_is_observer(const struct step *self)
{
    const struct plan_stage *stage = process_spec(self->process)->stage;

    return stage->wire_count == 0 && !stage->has_pipe && !stage->has_feed;
}

/* Queries may come from the one stage to the other, by whatever way. */
static bool
is_behind(const struct plan_stage *front, const char *name)
{
    for (size_t i = 0; i < front->wire_count; i++)
        if (front->wires[i].kind == WIRE_NEXT
            && (strcmp(front->wires[i].to->name, name) == 0
                || is_behind(front->wires[i].to, name)))
            return true;
    return false;
}

/* A head waits for what queries go to; the others come behind those, and all
   behind their sources. */
static bool
has_to_start_after(const struct step *self, const struct step *other,
                   int64_t now_ms)
{
    const struct plan_stage *stage = process_spec(self->process)->stage;
    const char *name = process_spec(other->process)->stage->name;
    bool is_waiting = other->state == STEP_WAITING;

    if (is_waiting && (leads_to(self, other, WIRE_SOURCE)
                       || leads_to(self, other, WIRE_NEXT)))
        return true;
    return stage->listen_count > 0 && is_behind(stage, name)
        && (is_waiting || now_ms - other->begun_ms < PATIENCE_MS);
}

static bool
has_to_follow(const struct step *self, const struct step *other,
              int64_t now_ms)
{
    switch (self->kind) {
    case STEP_START:
        return has_to_start_after(self, other, now_ms);
    case STEP_RESTART:
        return other->state == STEP_RUNNING;    /* one after the other */
    case STEP_STOP:
        /* An observer tells that the end is near while all still goes on. */
        return (step_is_observer(other) && !step_is_observer(self))
            || leads_to(other, self, WIRE_NEXT)
            || leads_to(other, self, WIRE_SOURCE);
    default:
        return false;
    }
}

bool
step_may_begin(const struct step *self, struct step *const *steps,
               size_t count, int64_t now_ms)
{
    for (size_t i = 0; i < count; i++)
        if (steps[i] != self && steps[i]->kind == self->kind
            && !step_is_settled(steps[i])
            && has_to_follow(self, steps[i], now_ms))
            return false;
    return true;
}
