/*
 * mend - what was put on the wires by hand and has ended is taken out
 *
 * It is looked for from the loop, after whatever led there: most changes of a
 * process are steps of a job, and that job knows what to do.
 */

#include "ctl/mend.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/stage.h"

#include "ctl/parts.h"

#define AGAIN_MS 1000                   /* after it has failed */

struct lease {
    pid_t pid;
    int pidfd;
    bool is_over;
};

struct mend {
    struct house *house;
    core_timer_t *timer;                /* NULL: nothing is to be looked for */
    struct lease *leases;
    size_t count, capacity;
};

mend_t *
mend_new(struct house *house)
{
    mend_t *self = core_allocate(sizeof *self);

    self->house = house;
    return self;
}

static void
end_lease(mend_t *self, size_t number)
{
    struct lease *lease = &self->leases[number];

    if (lease->pidfd != -1) {
        core_loop_unwatch(self->house->loop, lease->pidfd);
        close(lease->pidfd);
    }
    *lease = self->leases[--self->count];
}

void
mend_destroy(mend_t **self_p)
{
    assert(self_p);

    mend_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_timer_cancel(self->house->loop, &self->timer);
    while (self->count > 0)
        end_lease(self, 0);
    free(self->leases);
    free(self);
    *self_p = NULL;
}

/* ---- leases -------------------------------------------------------------- */

static struct lease *
find_lease(const mend_t *self, pid_t pid)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->leases[i].pid == pid)
            return &self->leases[i];
    return NULL;
}

static void
take_end(void *owner, int fd, uint32_t events)
{
    mend_t *self = owner;

    (void) events;
    core_loop_unwatch(self->house->loop, fd);
    for (size_t i = 0; i < self->count; i++)
        if (self->leases[i].pidfd == fd) {
            self->leases[i].is_over = true;
            self->leases[i].pidfd = -1;
        }
    close(fd);
    mend_look(self);
}

static void
add_lease(mend_t *self, pid_t pid)
{
    struct lease lease = { .pid = pid, .pidfd = pidfd_open(pid, 0) };

    lease.is_over = lease.pidfd == -1;
    if (lease.is_over)
        mend_look(self);
    else
        core_loop_watch(self->house->loop, lease.pidfd, EPOLLIN, take_end,
                        self);
    self->leases = core_grow(self->leases, self->count, &self->capacity,
                             sizeof *self->leases);
    self->leases[self->count++] = lease;
}

static bool
is_wanted(const struct patches *patches, pid_t pid)
{
    for (size_t i = 0; i < patches->count; i++)
        if (patches->list[i].lease == pid)
            return true;
    return false;
}

void
mend_follow(mend_t *self)
{
    const struct patches *patches = &self->house->plan->patches;

    for (size_t i = 0; i < self->count;)
        if (is_wanted(patches, self->leases[i].pid))
            i++;
        else
            end_lease(self, i);
    for (size_t i = 0; i < patches->count; i++)
        if (patches->list[i].lease != 0
            && find_lease(self, patches->list[i].lease) == NULL)
            add_lease(self, patches->list[i].lease);
}

/* ---- what has ended ------------------------------------------------------ */

static bool
has_ended(const mend_t *self, const struct patch *patch)
{
    const struct house *house = self->house;
    const struct lease *lease = find_lease(self, patch->lease);

    if (lease != NULL && lease->is_over)
        return true;
    for (size_t i = 0; i < house->count; i++) {
        const process_t *process = house->processes[i];
        enum process_state state = process_state(process);

        if (process_spec(process)->stage->patch == patch
            && (state == PROCESS_FAILED || state == PROCESS_STOPPED))
            return true;
    }
    return false;
}

static void
look_later(mend_t *self, int64_t delay_ms);

static void
take_mended(struct house *house, enum change_outcome outcome, int exit_code,
            const char *text)
{
    bool is_done = outcome == CHANGE_DONE;

    house_job_end(house, exit_code, text);
    if (!is_done)
        look_later(house->mend, AGAIN_MS);
}

static void
tell(const struct patch *patch)
{
    if (patch->kind == PATCH_SWAP)
        core_log(CORE_LOG_WARNING, "%s: its own program comes back",
                 patch->name);
    else
        core_log(CORE_LOG_NOTICE, "%s: is taken out", patch->name);
}

static void
mend(mend_t *self)
{
    struct house *house = self->house;
    const struct patches *now = &house->plan->patches;
    struct patches rest;
    struct core_fault fault;

    patches_copy(&rest, now);
    for (size_t i = 0; i < now->count; i++)
        if (has_ended(self, &now->list[i])) {
            tell(&now->list[i]);
            patches_remove(&rest, now->list[i].name);
        }
    if (rest.count < now->count && house_job_begin(house, "mend", NULL)
        && patch_orders_begin(house, &rest, take_mended, &fault) == -1) {
        char line[CORE_FAULT_LINE_SIZE];

        house_job_end(house, CORE_EXIT_FAILED,
                      core_fault_format(&fault, line));
        look_later(self, AGAIN_MS);
    }
    patches_free(&rest);
}

static void
look(void *owner)
{
    mend_t *self = owner;
    const struct house *house = self->house;

    self->timer = NULL;                 /* it ends by itself */
    if (house->job.name == NULL && !house->is_stopping && house->plan != NULL
        && house->plan->patches.count > 0)
        mend(self);
}

static void
look_later(mend_t *self, int64_t delay_ms)
{
    if (self->timer == NULL)
        self->timer = core_loop_timer(self->house->loop, delay_ms, 0, look,
                                      self);
}

void
mend_look(mend_t *self)
{
    if (self != NULL)
        look_later(self, 0);
}
