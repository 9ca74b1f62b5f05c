/* handover - descriptors come out as they went in, under their names */

#include "coredns/handover.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core_test.h"

static void
stop(void *owner)
{
    core_loop_stop(owner);
}

START_TEST(gives_all_descriptors_with_their_names)
{
    core_loop_t *loop = core_loop_new();
    struct core_handover given = { .count = 2 };
    struct core_fault fault;
    char path[128];
    int fds[2];

    ck_assert_int_eq(pipe(fds), 0);
    given.items[0].descriptor = fds[0];
    given.items[1].descriptor = fds[1];
    snprintf(given.items[0].name, CORE_HANDOVER_NAME_SIZE, "listen0.udp");
    snprintf(given.items[1].name, CORE_HANDOVER_NAME_SIZE, "memory");
    snprintf(path, sizeof path, "%s/x.handover", core_test_folder());
    ck_assert_int_eq(core_handover_serve(&given, loop, path, &fault), 0);

    pid_t child = fork();

    if (child == 0) {
        struct core_handover taken;
        int rc = core_handover_fetch(&taken, path, &fault);

        if (rc == 0 && taken.count == 2
            && core_handover_find(&taken, "nothing") == -1
            && write(core_handover_find(&taken, "memory"), "x", 1) == 1)
            _exit(0);
        _exit(1);
    }
    core_loop_timer(loop, 200, 0, stop, loop);
    core_loop_run(loop);

    int status;
    char octet;

    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(read(fds[0], &octet, 1), 1);
    core_loop_destroy(&loop);
}
END_TEST

START_TEST(says_that_nobody_gives_any)
{
    struct core_handover taken;
    struct core_fault fault;

    ck_assert_int_eq(core_handover_fetch(&taken, "/nonexistent/handover",
                                         &fault), -1);
    ck_assert_uint_eq(taken.count, 0);
    ck_assert_str_eq(fault.path, "/nonexistent/handover");
}
END_TEST

/* What the environment says, and how much of it is taken. */
static const struct {
    const char *pid;                    /* NULL: ours */
    const char *count;
    const char *names;
    size_t taken;
} environments[] = {
    { NULL, "2", "listen0.udp:listen0.tcp", 2 },
    { NULL, "1", NULL, 1 },             /* systemd does not always name */
    { "1", "2", "a:b", 0 },             /* meant for another process */
    { NULL, "0", "", 0 },
};

START_TEST(inherits_what_was_meant_for_this_process)
{
    struct core_handover self;
    char pid[16];

    snprintf(pid, sizeof pid, "%ld", (long) getpid());
    setenv("LISTEN_PID", environments[_i].pid == NULL ? pid
                                                      : environments[_i].pid,
           1);
    setenv("LISTEN_FDS", environments[_i].count, 1);
    if (environments[_i].names != NULL)
        setenv("LISTEN_FDNAMES", environments[_i].names, 1);
    core_handover_inherit(&self);
    ck_assert_uint_eq(self.count, environments[_i].taken);
    if (self.count == 2)
        ck_assert_int_eq(core_handover_find(&self, "listen0.tcp"), 4);
    ck_assert_ptr_null(getenv("LISTEN_FDS"));
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("handover");

    tcase_add_test(cases, gives_all_descriptors_with_their_names);
    tcase_add_test(cases, says_that_nobody_gives_any);
    tcase_add_loop_test(cases, inherits_what_was_meant_for_this_process, 0,
                        CORE_TEST_ROWS(environments));
    return core_test_run(cases);
}
