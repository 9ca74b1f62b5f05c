/*
 * change - bringing processes from one state to another, in the right order
 *
 * Nothing is kept of "where we are": after each event every step that has not
 * begun is asked whether it may, and the first round that is not over decides
 * what else waits.  There are a few dozen steps at most.
 */

#include "ctl/change.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/control.h"
#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/stage.h"

#include "ctl/lead.h"
#include "ctl/spawn.h"

#define BEAT_MS 200                     /* limits are looked at so often */
#define LIMIT_MS 30000
#define RELOAD_LIMIT_MS 20000

struct change {
    void *context;
    core_loop_t *loop;
    const char *run_directory;
    change_done *done;
    void *owner;
    struct step **steps;
    size_t count;
    size_t capacity;
    int64_t limit_ms;
    int64_t round_ms;                   /* when the present round began */
    enum step_kind round;
    core_timer_t *beat;
    core_timer_t *end;
    bool is_over;
    enum change_outcome outcome;
    int exit_code;
    char *text;
    size_t text_size;
    FILE *lines;
};

change_t *
change_new(void *context, core_loop_t *loop, const char *run_directory,
           change_done *done, void *owner)
{
    change_t *self = core_allocate(sizeof *self);

    self->context = context;
    self->loop = loop;
    self->run_directory = run_directory;
    self->done = done;
    self->owner = owner;
    self->limit_ms = LIMIT_MS;
    self->exit_code = CORE_EXIT_FAILED;
    self->lines = open_memstream(&self->text, &self->text_size);
    assert(self->lines != NULL);
    return self;
}

/* A step whose process still has to answer is freed by that answer. */
static void
forget(struct step *step)
{
    step->change = NULL;
    if (!step->is_asking)
        free(step);
}

void
change_destroy(change_t **self_p)
{
    assert(self_p);

    change_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_timer_cancel(self->loop, &self->beat);
    core_loop_timer_cancel(self->loop, &self->end);
    for (size_t i = 0; i < self->count; i++)
        forget(self->steps[i]);
    free(self->steps);
    fclose(self->lines);
    free(self->text);
    free(self);
    *self_p = NULL;
}

void
change_add(change_t *self, enum step_kind kind, process_t *process)
{
    struct step *step = core_allocate(sizeof *step);

    step->change = self;
    step->kind = kind;
    step->process = process;
    self->steps = core_grow(self->steps, self->count, &self->capacity,
                            sizeof *self->steps);
    self->steps[self->count++] = step;
}

void
change_limit(change_t *self, int64_t limit_ms)
{
    self->limit_ms = limit_ms;
}

enum step_state
change_step_state(const change_t *self, enum step_kind kind,
                  const process_t *process)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->steps[i]->process == process
            && self->steps[i]->kind == kind)
            return self->steps[i]->state;
    return STEP_WAITING;
}

const char *
change_text(const change_t *self)
{
    fflush(self->lines);
    return self->text;
}

int
change_exit_code(const change_t *self)
{
    return self->exit_code;
}

/* ---- how a step ends ----------------------------------------------------- */

__attribute__((format(printf, 2, 3)))
static void
say(change_t *self, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(self->lines, format, arguments);
    va_end(arguments);
    fputc('\n', self->lines);
}

static void
fail_step(struct step *step, const char *why)
{
    int code = process_exit_code(step->process);

    step->state = STEP_FAILED;
    if ((code == CORE_EXIT_CONFIG || code == SPAWN_EXIT)
        && step->kind != STEP_RELOAD)
        step->change->exit_code = CORE_EXIT_CONFIG;
    say(step->change, "%s: %s", process_name(step->process), why);
}

/* True when the process is only told something, and says when it is done. */
static bool
is_told(const struct step *step)
{
    return step->kind == STEP_RELOAD
        || (step->kind == STEP_LEAD && !step->is_restarted);
}

/* Sees whether the process has come where the step leads. */
static void
look_at(struct step *step)
{
    enum process_state state = process_state(step->process);

    if (step->state != STEP_RUNNING || is_told(step))
        return;
    if (step->kind == STEP_STOP) {
        if (state == PROCESS_STOPPED || !process_is_alive(step->process))
            step->state = STEP_DONE;
    }
    else if (state == PROCESS_READY)
        step->state = STEP_DONE;
    else if (state == PROCESS_FAILED || state == PROCESS_STOPPED)
        fail_step(step, process_reason(step->process));
}

static void advance(change_t *self);

/* A program that is not of this house need not know how. */
static void
restart_instead(struct step *step)
{
    step->is_restarted = true;
    step->begun_ms = core_loop_now_ms(step->change->loop);
    process_restart(step->process);
}

static void
take_answer(void *owner, int exit_code, const char *text)
{
    struct step *step = owner;

    step->is_asking = false;
    if (step->change == NULL) {
        free(step);
        return;
    }
    if (exit_code == 0)
        step->state = STEP_DONE;
    else if (step->kind == STEP_LEAD)
        restart_instead(step);
    else {
        char line[PROCESS_REASON_SIZE];

        if (exit_code == CORE_EXIT_CONFIG)
            step->change->exit_code = CORE_EXIT_CONFIG;
        snprintf(line, sizeof line, "%.*s", (int) strcspn(text, "\n"), text);
        fail_step(step, line);
    }
    advance(step->change);
}

/* Tells the process, unless it learns all when it starts. */
static void
tell(struct step *step)
{
    static const char *const words[] = { "reload", NULL };
    change_t *self = step->change;
    char endpoint[PLAN_ENDPOINT_SIZE];

    if (!process_is_alive(step->process)) {
        step->state = STEP_DONE;
        return;
    }
    step->is_asking = true;
    if (step->kind == STEP_LEAD) {
        lead_process(self->context, self->loop, self->run_directory,
                     step->process, take_answer, step);
        return;
    }
    plan_endpoint(self->run_directory, process_name(step->process), "control",
                  endpoint);
    core_control_ask_later(self->context, self->loop, endpoint, words,
                           RELOAD_LIMIT_MS, take_answer, step);
}

static void
begin_step(struct step *step)
{
    step->state = STEP_RUNNING;
    step->begun_ms = core_loop_now_ms(step->change->loop);
    switch (step->kind) {
    case STEP_START: process_start(step->process); break;
    case STEP_RESTART: process_restart(step->process); break;
    case STEP_LEAD:
    case STEP_RELOAD: tell(step); break;
    case STEP_STOP: process_stop(step->process); break;
    }
    if (step->kind == STEP_START && process_is_alive(step->process))
        look_at(step);
}

/* ---- rounds -------------------------------------------------------------- */

static bool
has_failed(const change_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->steps[i]->state == STEP_FAILED)
            return true;
    return false;
}

/* True when every step of that round is settled. */
static bool
is_round_over(const change_t *self, enum step_kind round)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->steps[i]->kind == round && !step_is_settled(self->steps[i]))
            return false;
    return true;
}

static void
tell_the_end(void *owner)
{
    change_t *self = owner;

    self->end = NULL;                   /* it ends by itself */
    self->done(self->owner, self, self->outcome);
}

/* From the loop, because the owner destroys us in that call. */
static void
finish(change_t *self, enum change_outcome outcome)
{
    if (self->is_over)
        return;
    self->is_over = true;
    self->outcome = outcome;
    core_loop_timer_cancel(self->loop, &self->beat);
    self->end = core_loop_timer(self->loop, 0, 0, tell_the_end, self);
}

/*
 * Begins what may begin.  A process that changes at once leads back here
 * through change_note(), so the list is gone through until nothing new begins.
 */
static bool
begin_some(change_t *self)
{
    int64_t now_ms = core_loop_now_ms(self->loop);
    bool has_begun = false;

    for (size_t i = 0; i < self->count && !self->is_over; i++) {
        struct step *step = self->steps[i];

        if (step->kind == self->round && step->state == STEP_WAITING
            && step_may_begin(step, self->steps, self->count, now_ms)) {
            begin_step(step);
            has_begun = true;
        }
    }
    return has_begun;
}

static void
advance(change_t *self)
{
    while (!self->is_over) {
        if (has_failed(self)) {
            finish(self, CHANGE_FAILED);
            return;
        }
        if (is_round_over(self, self->round)) {
            if (self->round == STEP_STOP) {
                finish(self, CHANGE_DONE);
                return;
            }
            self->round++;
            self->round_ms = core_loop_now_ms(self->loop);
        }
        else if (!begin_some(self))
            return;
    }
}

/* ---- limits -------------------------------------------------------------- */

/* When the first of its kind began to end: those that end one after the other
   have one time together. */
static int64_t
end_began_ms(const change_t *self, const struct step *step)
{
    int64_t since_ms = step->begun_ms;

    if (step->kind != STEP_STOP)
        return since_ms;
    for (size_t i = 0; i < self->count; i++) {
        const struct step *other = self->steps[i];

        if (other->kind == STEP_STOP && other->state != STEP_WAITING
            && step_is_observer(other) == step_is_observer(step)
            && other->begun_ms < since_ms)
            since_ms = other->begun_ms;
    }
    return since_ms;
}

static void
kill_undrained(change_t *self, struct step *step)
{
    int64_t limit_ms = process_spec(step->process)->stage->kill_ms;

    if (step->state != STEP_RUNNING || is_told(step) || step->was_killed
        || process_state(step->process) != PROCESS_DRAINING
        || core_loop_now_ms(self->loop) - end_began_ms(self, step) < limit_ms)
        return;
    step->was_killed = true;
    say(self, "%s: not drained after %d s, killed",
        process_name(step->process), (int) (limit_ms / 1000));
    core_log(CORE_LOG_WARNING, "%s: not drained after %d s, killed",
             process_name(step->process), (int) (limit_ms / 1000));
    process_kill(step->process);
}

static bool
is_late(const change_t *self)
{
    int64_t now_ms = core_loop_now_ms(self->loop);

    if (self->round == STEP_START)
        return now_ms - self->round_ms >= self->limit_ms;
    for (size_t i = 0; i < self->count; i++)
        if ((self->steps[i]->kind == STEP_RESTART
             || self->steps[i]->is_restarted)
            && self->steps[i]->state == STEP_RUNNING
            && now_ms - self->steps[i]->begun_ms >= self->limit_ms)
            return true;
    return false;
}

/* Names those that time has run out for. */
static void
say_late(change_t *self)
{
    for (size_t i = 0; i < self->count; i++) {
        const struct step *step = self->steps[i];

        if (step->kind == self->round && !step_is_settled(step))
            say(self, "%s: not ready after %lld s",
                process_name(step->process),
                (long long) (self->limit_ms / 1000));
    }
}

static void
look_at_limits(void *owner)
{
    change_t *self = owner;

    for (size_t i = 0; i < self->count; i++)
        kill_undrained(self, self->steps[i]);
    if (is_late(self)) {
        say_late(self);
        finish(self, CHANGE_LATE);
    }
    else
        advance(self);
}

void
change_begin(change_t *self)
{
    self->round_ms = core_loop_now_ms(self->loop);
    self->beat = core_loop_timer(self->loop, BEAT_MS, BEAT_MS, look_at_limits,
                                 self);
    advance(self);
}

void
change_note(change_t *self, process_t *process)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->steps[i]->process == process)
            look_at(self->steps[i]);
    if (self->beat != NULL)
        advance(self);
}
