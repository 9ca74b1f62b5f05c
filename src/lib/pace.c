/*
 * pace - how eagerly the threads of a process ask for a processor
 */

#include "lib/pace.h"

#include <assert.h>
#include <dirent.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "coredns/clock.h"
#include "coredns/memory.h"

#define BEAT_MS 200
#define BUSY_PERCENT 12                 /* of one processor, all threads */
#define CALM_PERCENT 6
#define SLICE_NS 100000                 /* the shortest that Linux knows */

struct core_pace {
    core_loop_t *loop;
    core_timer_t *beat;
    int64_t seen_us;                    /* when it was looked at last */
    int64_t used_us;                    /* processor time until then */
    bool is_busy;
};

static int64_t
processor_us(void)
{
    struct timespec used;

    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == -1)
        return 0;
    return (int64_t) used.tv_sec * 1000000 + used.tv_nsec / 1000;
}

/* As sched_setattr(2) has it; the C library of Debian 12 has not. */
struct attributes {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t slice_ns;
    uint64_t deadline, period;
};

static void
set_slice(pid_t thread)
{
    struct attributes attributes;

    if (syscall(SYS_sched_getattr, thread, &attributes, sizeof attributes, 0)
        == -1)
        return;
    attributes.slice_ns = SLICE_NS;
    syscall(SYS_sched_setattr, thread, &attributes, 0);
}

static void
set_policy(pid_t thread, int policy)
{
    static const struct sched_param none = { .sched_priority = 0 };

    sched_setscheduler(thread, policy, &none);
}

/* Those of libzmq are ours too.  What cannot be set stays as it is. */
static void
set_threads(int policy)
{
    DIR *tasks = opendir("/proc/self/task");
    const struct dirent *task;

    if (tasks == NULL)
        return;
    while ((task = readdir(tasks)) != NULL) {
        int thread = atoi(task->d_name);

        if (thread > 0) {
            set_policy(thread, policy);
            set_slice(thread);
        }
    }
    closedir(tasks);
}

static void
look(void *owner)
{
    core_pace_t *self = owner;
    int64_t now_us = core_clock_us();
    int64_t used_us = processor_us();
    int64_t passed_us = now_us - self->seen_us;
    int64_t percent = passed_us > 0
        ? (used_us - self->used_us) * 100 / passed_us : 0;
    bool is_busy = percent >= (self->is_busy ? CALM_PERCENT : BUSY_PERCENT);

    self->seen_us = now_us;
    self->used_us = used_us;
    if (is_busy == self->is_busy)
        return;
    self->is_busy = is_busy;
    set_threads(is_busy ? SCHED_BATCH : SCHED_OTHER);
}

core_pace_t *
core_pace_new(core_loop_t *loop)
{
    core_pace_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->seen_us = core_clock_us();
    self->used_us = processor_us();

    /* Whoever has chosen another policy for us knows why. */
    if (sched_getscheduler(0) == SCHED_OTHER) {
        set_threads(SCHED_OTHER);
        self->beat = core_loop_timer(loop, BEAT_MS, BEAT_MS, look, self);
    }
    return self;
}

void
core_pace_destroy(core_pace_t **self_p)
{
    assert(self_p);

    core_pace_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_timer_cancel(self->loop, &self->beat);
    free(self);
    *self_p = NULL;
}
