/* How a process that works much gives way, and takes it back */

#include "lib/pace.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "coredns/clock.h"
#include "core_test.h"

struct world {
    core_loop_t *loop;
    int64_t busy_until_ms;
    int64_t until_ms;
    bool was_batch;
};

/* Works for all of its time, then for none of it. */
static void
work(void *owner)
{
    struct world *self = owner;
    int64_t end_ms = core_clock_ms() + 20;

    self->was_batch |= sched_getscheduler(0) == SCHED_BATCH;
    while (core_clock_ms() < end_ms && end_ms < self->busy_until_ms)
        continue;
    if (core_clock_ms() >= self->until_ms)
        core_loop_stop(self->loop);
}

START_TEST(who_works_much_gives_way_as_long)
{
    struct world world = { .loop = core_loop_new() };
    core_pace_t *pace = core_pace_new(world.loop);
    core_timer_t *timer = core_loop_timer(world.loop, 0, 20, work, &world);

    world.busy_until_ms = core_clock_ms() + 800;
    world.until_ms = world.busy_until_ms + 1200;
    ck_assert_int_eq(sched_getscheduler(0), SCHED_OTHER);
    core_loop_run(world.loop);
    ck_assert(world.was_batch);
    ck_assert_int_eq(sched_getscheduler(0), SCHED_OTHER);
    core_loop_timer_cancel(world.loop, &timer);
    core_pace_destroy(&pace);
    core_loop_destroy(&world.loop);
}
END_TEST

START_TEST(a_policy_that_was_chosen_stays)
{
    static const struct sched_param none = { .sched_priority = 0 };
    struct world world = { .loop = core_loop_new() };
    core_pace_t *pace;
    core_timer_t *timer;

    sched_setscheduler(0, SCHED_IDLE, &none);
    pace = core_pace_new(world.loop);
    timer = core_loop_timer(world.loop, 0, 20, work, &world);
    world.until_ms = core_clock_ms() + 500;
    world.busy_until_ms = world.until_ms;
    core_loop_run(world.loop);
    ck_assert_int_eq(sched_getscheduler(0), SCHED_IDLE);
    core_loop_timer_cancel(world.loop, &timer);
    core_pace_destroy(&pace);
    core_loop_destroy(&world.loop);
}
END_TEST

/* The slice of this thread in nanoseconds; 0: the kernel does not tell. */
static uint64_t
slice_ns(void)
{
    uint64_t attributes[7] = { 0 };

    syscall(SYS_sched_getattr, 0, attributes, sizeof attributes, 0);
    return attributes[3];
}

START_TEST(short_slices_are_asked_for)
{
    core_loop_t *loop = core_loop_new();
    uint64_t usual_ns = slice_ns();
    core_pace_t *pace = core_pace_new(loop);

    /* Kernels before 6.12 have none, and say 0. */
    ck_assert(usual_ns == 0 || slice_ns() < usual_ns);
    core_pace_destroy(&pace);
    core_loop_destroy(&loop);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("pace");

    tcase_add_test(cases, who_works_much_gives_way_as_long);
    tcase_add_test(cases, a_policy_that_was_chosen_stays);
    tcase_add_test(cases, short_slices_are_asked_for);
    return core_test_run(cases);
}
