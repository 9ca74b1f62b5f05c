/*
 * transition - from the plan that runs to another, and back when that fails
 *
 * A move notes for each process what it was before, so that the way back is
 * the same list read again.  Sockets are opened for all moves before the first
 * process is touched: what cannot be bound ends the attempt there.
 */

#include "ctl/transition.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/stage.h"

#include "ctl/directory.h"
#include "ctl/listener.h"
#include "ctl/parts.h"
#include "ctl/toolkit.h"

#define PATCH_LIMIT_MS 10000            /* a stage may be away so long */
#define COPY "coredns.conf"
#define OLD_COPY "coredns.conf.old"

enum move_kind { MOVE_NONE, MOVE_START, MOVE_RESTART, MOVE_RELOAD, MOVE_STOP };

/* What is done for it. */
static const enum step_kind move_steps[] = {
    [MOVE_START] = STEP_START, [MOVE_RESTART] = STEP_RESTART,
    [MOVE_RELOAD] = STEP_RELOAD, [MOVE_STOP] = STEP_STOP,
};

struct move {
    enum move_kind kind;
    bool leads;                         /* its queries go elsewhere */
    process_t *process;
    bool is_new;                        /* the process was added for this */
    bool was_alive;
    const struct plan_process *old_spec;    /* NULL when it is new */
    const struct plan_process *new_spec;    /* NULL when it goes */
    struct core_handover old_descriptors;   /* when has_fresh */
    bool has_fresh;                     /* it was given other descriptors */
};

struct transition {
    struct house *house;
    enum transition_cause cause;
    transition_done *done;
    core_config_t *config;
    struct plan *plan;
    bool has_copy;                      /* of another configuration */
    struct move *moves;
    size_t count;
    char *text;                         /* what failed, when it goes back */
    int exit_code;
};

static void
destroy(struct transition *self)
{
    self->house->transition = NULL;
    free(self->moves);
    free(self->text);
    free(self);
}

/* ---- what is to be done -------------------------------------------------- */

static enum move_kind
kind_of_move(const struct transition *self, const struct move *move)
{
    const struct plan_stage *stage = move->new_spec->stage;
    bool is_start = self->cause == TRANSITION_START;
    enum process_state state = process_state(move->process);

    if (!move->was_alive)
        return state == PROCESS_WAITING && !is_start
            && !plan_needs_restart(move->old_spec, move->new_spec)
            ? MOVE_NONE : MOVE_START;
    if (plan_needs_restart(move->old_spec, move->new_spec))
        return MOVE_RESTART;
    if (stage->patch == NULL
        && (strcmp(move->old_spec->stage->settings, stage->settings) != 0
            || (self->cause == TRANSITION_RELOAD && stage->has_feed)))
        return MOVE_RELOAD;
    return is_start && state == PROCESS_STARTING ? MOVE_START : MOVE_NONE;
}

/* One that was taken over may have been led anywhere. */
static bool
is_led(const struct move *move)
{
    return move->was_alive
        && (move->kind == MOVE_NONE || move->kind == MOVE_RELOAD)
        && (plan_needs_lead(move->old_spec, move->new_spec)
            || process_is_adopted(move->process));
}

static void
add_wanted(struct transition *self, const struct plan_process *spec)
{
    struct move *move = &self->moves[self->count++];

    move->new_spec = spec;
    move->process = house_find(self->house, spec->name);
    move->is_new = move->process == NULL;
    if (move->is_new)
        move->process = house_add(self->house, spec);
    else
        move->old_spec = process_spec(move->process);
    move->was_alive = process_is_alive(move->process);
    move->kind = kind_of_move(self, move);
    move->leads = is_led(move);
}

static void
find_moves(struct transition *self)
{
    struct house *house = self->house;
    size_t old_count = house->count;

    self->moves = core_allocate((old_count + self->plan->process_count)
                                * sizeof *self->moves);
    for (size_t i = 0; i < old_count; i++) {
        process_t *process = house->processes[i];

        if (plan_process(self->plan, process_name(process)) == NULL)
            self->moves[self->count++] = (struct move) {
                .kind = MOVE_STOP, .process = process,
                .was_alive = process_is_alive(process),
                .old_spec = process_spec(process),
            };
    }
    for (size_t i = 0; i < self->plan->process_count; i++)
        add_wanted(self, &self->plan->processes[i]);
}

/* ---- sockets ------------------------------------------------------------- */

/*
 * Who has sockets that the process may go on with: itself; or, for the first
 * instance, a process of the same stage that goes because the count of
 * instances has changed.
 */
static struct listener_donor
find_donor(const struct transition *self, const struct move *move)
{
    if (!move->is_new || move->new_spec->instance > 0)
        return (struct listener_donor) {
            process_descriptors(move->process), true
        };
    for (size_t i = 0; i < self->count; i++) {
        const struct move *other = &self->moves[i];

        if (other->kind == MOVE_STOP
            && strcmp(other->old_spec->stage->name,
                      move->new_spec->stage->name) == 0) {
            process_note_heir(other->process);
            return (struct listener_donor) {
                process_descriptors(other->process), false
            };
        }
    }
    return (struct listener_donor) { NULL, false };
}

static void
put_descriptors_back(struct move *move)
{
    struct core_handover *descriptors = process_descriptors(move->process);

    if (!move->has_fresh)
        return;
    listener_close(descriptors);
    *descriptors = move->old_descriptors;
    move->has_fresh = false;
}

static int
open_sockets(struct transition *self, struct core_fault *fault)
{
    for (size_t i = 0; i < self->count; i++) {
        struct move *move = &self->moves[i];
        struct core_handover fresh;

        if (move->kind != MOVE_START && move->kind != MOVE_RESTART)
            continue;
        if (move->was_alive && move->kind == MOVE_START)
            continue;
        if (listener_open(&fresh, move->new_spec->stage,
                          find_donor(self, move), fault) == -1)
            return -1;
        move->old_descriptors = *process_descriptors(move->process);
        *process_descriptors(move->process) = fresh;
        move->has_fresh = true;
    }
    return 0;
}

/* ---- the copy of the configuration --------------------------------------- */

/* The copy takes its place; the one before is kept for the way back. */
static int
install_copy(const struct house *house, const char *copy_path,
             struct core_fault *fault)
{
    char *path = house_path(house, COPY);
    char *old_path = house_path(house, OLD_COPY);
    int rc = 0;

    unlink(old_path);
    if ((rename(path, old_path) == -1 && errno != ENOENT)
        || rename(copy_path, path) == -1) {
        core_fault_set(fault, path, 0, "cannot write: %s", strerror(errno));
        rc = -1;
    }
    free(path);
    free(old_path);
    return rc;
}

static void
put_copy_back(const struct house *house)
{
    char *path = house_path(house, COPY);
    char *old_path = house_path(house, OLD_COPY);

    if (rename(old_path, path) == -1 && errno != ENOENT)
        core_log(CORE_LOG_ERROR, "cannot write %s: %s", path,
                 strerror(errno));
    free(path);
    free(old_path);
}

static void
remove_old_copy(const struct house *house)
{
    char *old_path = house_path(house, OLD_COPY);

    unlink(old_path);
    free(old_path);
}

/* What was put on the wires by hand, for a supervisor after us. */
static void
save_patches(const struct house *house, const struct plan *plan)
{
    static const struct patches none = { .count = 0 };
    char *path = house_path(house, TOOLKIT_PATCHES);
    struct core_fault fault;

    if (patches_save(plan == NULL ? &none : &plan->patches, path,
                     &fault) == -1)
        core_log_fault(CORE_LOG_ERROR, &fault);
    free(path);
}

/* ---- the run directory --------------------------------------------------- */

/* Whoever wanted the new plan has given it to the new plan's user. */
static void
put_folder_back(const struct house *house)
{
    struct core_fault fault;

    if (house->plan != NULL
        && directory_prepare_all(house->plan, &fault) == -1)
        core_log_fault(CORE_LOG_ERROR, &fault);
}

/* ---- the end ------------------------------------------------------------- */

/* The stages' user listens to what we publish. */
static void
publish_version(const struct house *house)
{
    char *path = house_path(house, COPY);
    char *socket = house_path(house, "corednsctl.telemetry");

    figures_take_version(house->figures, path);
    directory_share(socket, house->plan->user);
    free(socket);
    free(path);
}

/* All is as the new plan says. */
static void
commit(struct transition *self)
{
    struct house *house = self->house;
    core_config_t *old_config = house->config;
    struct plan *old_plan = house->plan;

    for (size_t i = 0; i < self->count; i++) {
        struct move *move = &self->moves[i];

        if (move->has_fresh)
            listener_close(&move->old_descriptors);
        if (move->kind == MOVE_STOP)
            house_remove(house, move->process);
        else
            process_plan(move->process, move->new_spec);
    }
    house->config = self->config;
    house->plan = self->plan;
    plan_destroy(&old_plan);
    core_config_destroy(&old_config);
    remove_old_copy(house);
    watch_follow(house->watch);
    mend_follow(house->mend);
    publish_version(house);
}

/* All is as it was; the new plan goes. */
static void
roll_back(struct transition *self)
{
    save_patches(self->house, self->house->plan);
    for (size_t i = 0; i < self->count; i++) {
        struct move *move = &self->moves[i];

        put_descriptors_back(move);
        if (move->is_new)
            house_remove(self->house, move->process);
        else
            process_plan(move->process, move->old_spec);
    }
    plan_destroy(&self->plan);
    core_config_destroy(&self->config);
}

static bool
has_begun(const change_t *change, enum step_kind kind,
          const struct move *move)
{
    return change_step_state(change, kind, move->process) != STEP_WAITING;
}

static void
take_undone(void *owner, change_t *change, enum change_outcome outcome)
{
    struct house *house = owner;
    struct transition *self = house->transition;
    transition_done *done = self->done;
    int exit_code = self->exit_code;
    char *text = NULL;

    if (asprintf(&text, "%s%s", self->text,
                 outcome == CHANGE_DONE ? "" : change_text(change)) == -1)
        abort();
    house_change_over(house);
    roll_back(self);
    destroy(self);
    done(house, CHANGE_FAILED, exit_code, text);
    free(text);
}

/* Adds the steps that take a move back. */
static void
add_undo(change_t *undo, const change_t *change, struct move *move)
{
    bool is_led = move->leads && has_begun(change, STEP_LEAD, move);
    bool is_moved = move->kind != MOVE_NONE
        && has_begun(change, move_steps[move->kind], move);

    if (is_moved && move->kind == MOVE_START && !move->was_alive) {
        change_add(undo, STEP_STOP, move->process);
        return;
    }
    if (!is_led && !is_moved)
        return;
    put_descriptors_back(move);
    process_plan(move->process, move->old_spec);
    if (is_led)
        change_add(undo, STEP_LEAD, move->process);
    if (is_moved && move->kind == MOVE_STOP)
        change_add(undo, STEP_START, move->process);
    else if (is_moved && move->kind != MOVE_START)
        change_add(undo, move_steps[move->kind], move->process);
}

static void
go_back(struct transition *self, change_t *change)
{
    struct house *house = self->house;
    change_t *undo;

    self->text = core_copy_text(change_text(change));
    self->exit_code = change_exit_code(change);
    if (self->has_copy)
        put_copy_back(house);
    put_folder_back(house);
    undo = change_new(house->context, house->loop, house->run_directory,
                      take_undone, house);
    for (size_t i = 0; i < self->count; i++)
        add_undo(undo, change, &self->moves[i]);
    house_change_over(house);
    house->change = undo;
    change_begin(undo);
}

static void
take_outcome(void *owner, change_t *change, enum change_outcome outcome)
{
    struct house *house = owner;
    struct transition *self = house->transition;
    transition_done *done = self->done;
    bool must_go_back = outcome == CHANGE_FAILED
        || (outcome == CHANGE_LATE && self->cause != TRANSITION_START);

    if (must_go_back) {
        go_back(self, change);
        return;
    }

    char *text = core_copy_text(change_text(change));

    commit(self);
    house_change_over(house);
    destroy(self);
    done(house, outcome, outcome == CHANGE_DONE ? CORE_EXIT_DONE
         : CORE_EXIT_AGAIN, text);
    free(text);
}

/* ---- the beginning ------------------------------------------------------- */

static void
begin_steps(struct transition *self)
{
    change_t *change = house_change(self->house, take_outcome);

    if (self->cause == TRANSITION_PATCH)
        change_limit(change, PATCH_LIMIT_MS);

    for (size_t i = 0; i < self->count; i++) {
        struct move *move = &self->moves[i];

        if (move->new_spec != NULL)
            process_plan(move->process, move->new_spec);
        if (move->kind != MOVE_NONE)
            change_add(change, move_steps[move->kind], move->process);
        if (move->leads)
            change_add(change, STEP_LEAD, move->process);
    }
    change_begin(change);
}

int
transition_begin(struct house *house, enum transition_cause cause,
                 core_config_t *config, struct plan *plan,
                 const char *copy_path, transition_done *done,
                 struct core_fault *fault)
{
    struct transition *self = core_allocate(sizeof *self);

    self->house = house;
    self->cause = cause;
    self->done = done;
    self->config = config;
    self->plan = plan;
    self->has_copy = copy_path != NULL;
    house->transition = self;
    find_moves(self);
    if (open_sockets(self, fault) == -1
        || (copy_path != NULL
            && install_copy(house, copy_path, fault) == -1)) {
        put_folder_back(house);
        roll_back(self);
        destroy(self);
        return -1;
    }
    save_patches(house, plan);
    begin_steps(self);
    return 0;
}

void
transition_abandon(struct house *house)
{
    struct transition *self = house->transition;

    if (self == NULL)
        return;
    house_change_over(house);

    for (size_t i = 0; i < self->count; i++)
        if (self->moves[i].has_fresh)
            listener_close(&self->moves[i].old_descriptors);
    house->spare_config = self->config;
    house->spare_plan = self->plan;
    destroy(self);
}
