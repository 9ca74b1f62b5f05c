/* plan - processes, their arguments and their order; and all that is wrong */

#include "ctl/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_test.h"

#define USUAL \
    "stages: {\n" \
    "  frontend: { listen = [ \"dns://127.0.0.1:5300\" ]; instances = 2;\n" \
    "    routes = ( { zones = [ \".\" ]; next = \"authority\"; },\n" \
    "               { zones = [ \"x.\" ]; next = \"authority\"; } ); };\n" \
    "  authority: { sources = [ \"file-sync\" ]; lookup = \"frontend\"; };\n" \
    "  file-sync: { };\n" \
    "};\n"

struct world {
    core_faults_t *faults;
    core_config_t *config;
    struct plan *plan;
};

static void
read_plan(struct world *self, const char *text, const char *default_user)
{
    struct plan_options options = { .run_directory = "/run/x",
                                    .default_user = default_user };

    self->faults = core_faults_new();
    self->config = core_config_load(core_test_file(text), self->faults);
    ck_assert_ptr_nonnull(self->config);
    self->plan = plan_new(self->config, &options, self->faults);
}

static void
end(struct world *self)
{
    plan_destroy(&self->plan);
    ck_assert_ptr_null(self->plan);
    core_config_destroy(&self->config);
    core_faults_destroy(&self->faults);
}

/* All arguments in one text, a blank between them. */
static const char *
join(const struct plan_process *process)
{
    static char text[2048];
    size_t size = 0;

    for (char **argument = process->arguments; *argument; argument++)
        size += (size_t) snprintf(text + size, sizeof text - size, "%s%s",
                                  size == 0 ? "" : " ", *argument);
    return text;
}

START_TEST(starts_the_tail_before_the_head)
{
    static const char *const names[] = { "file-sync", "authority",
                                         "frontend.0", "frontend.1" };
    struct world world;

    read_plan(&world, USUAL, NULL);
    ck_assert_uint_eq(core_faults_count(world.faults), 0);
    ck_assert_uint_eq(world.plan->process_count, 4);
    for (int i = 0; i < 4; i++)
        ck_assert_str_eq(world.plan->processes[i].name, names[i]);
    end(&world);
}
END_TEST

static const struct {
    const char *name;
    const char *arguments;
} argument_rows[] = {
    { "file-sync", "coredns-file-sync -c /run/x/coredns.conf --name file-sync"
      " --feed ipc:///run/x/file-sync.feed"
      " --snapshot ipc:///run/x/file-sync.snapshot"
      " --control ipc:///run/x/file-sync.control"
      " --telemetry ipc:///run/x/file-sync.telemetry" },
    { "authority", "coredns-authority -c /run/x/coredns.conf --name authority"
      " --pipe ipc:///run/x/authority.pipe"
      " --source file-sync=ipc:///run/x/file-sync.feed,"
      "ipc:///run/x/file-sync.snapshot"
      " --lookup ipc:///run/x/frontend.0.pipe,ipc:///run/x/frontend.1.pipe"
      " --control ipc:///run/x/authority.control"
      " --telemetry ipc:///run/x/authority.telemetry" },
    /* Two routes to the same stage are one wire. */
    { "frontend.1", "coredns-frontend -c /run/x/coredns.conf"
      " --name frontend.1 --pipe ipc:///run/x/frontend.1.pipe"
      " --next authority=ipc:///run/x/authority.pipe"
      " --control ipc:///run/x/frontend.1.control"
      " --telemetry ipc:///run/x/frontend.1.telemetry" },
};

START_TEST(tells_each_process_its_wires)
{
    struct world world;
    const struct plan_process *process;

    read_plan(&world, USUAL, NULL);
    process = plan_process(world.plan, argument_rows[_i].name);
    ck_assert_ptr_nonnull(process);
    ck_assert_str_eq(join(process), argument_rows[_i].arguments);
    end(&world);
}
END_TEST

static const struct {
    const char *text;
    int line;
    const char *fault;
} fault_rows[] = {
    { "stagse: { };", 1, "stagse: unknown key, did you mean stages" },
    { "a = 1;\nstages: { b: { }; };", 1, "a: unknown key" },
    { "user = 1;\nstages: { b: { }; };", 1, "user: must be a text" },
    { "stages: { };", 1, "stages: there are no stages to start" },
    { "stages: {\n a = 1; };", 2, "a: must be a group: a: { ... };" },
    { "stages: {\n cache: { next = \"forwrd\"; };\n forward: { }; };", 2,
      "cache.next: no stage is called forwrd; did you mean forward" },
    { "stages: {\n cache: { next = \"elephant\"; }; };", 2,
      "cache.next: no stage is called elephant" },
    { "stages: {\n a: { routes = ( { next = \"q\"; } ); }; };", 2,
      "a.routes[0].next: no stage is called q" },
    { "stages: {\n a: { sources = [ \"b\", \"zz\" ]; };\n b: { }; };", 2,
      "a.sources[1]: no stage is called zz" },
    { "stages: {\n a: { next = 3; }; };", 2,
      "a.next: must be the name of a stage" },
    { "stages: {\n a: { next = \"b\"; };\n b: { next = \"a\"; }; };", 3,
      "b: the way through a leads back to it" },
    { "stages: {\n a: { next = \"a\"; }; };", 2,
      "a: the way through a leads back to it" },
    { "stages: {\n a: { sources = \"b\"; next = \"b\"; };\n b: { }; };", 2,
      "a: b is a source: it takes no queries" },
    { "stages: {\n a: { sources = \"b\"; };\n b: { instances = 2; }; };", 3,
      "b.instances: a source has one instance" },
    { "stages: {\n a: { listen = \"127.0.0.1:80\"; };\n"
      " b: { listen = [ \"127.0.0.1:80\" ]; }; };", 3,
      "b.listen[0]: 127.0.0.1:80 is taken by a already" },
    { "stages: {\n a: { listen = [ \"x\" ]; }; };", 2,
      "a.listen[0]: x: not an address" },
    { "stages: {\n corednsctl: { }; };", 2,
      "corednsctl: the name is taken by the supervisor itself" },
};

START_TEST(names_what_is_wrong_and_where)
{
    struct world world;
    bool is_there = false;

    read_plan(&world, fault_rows[_i].text, NULL);
    for (size_t i = 0; i < core_faults_count(world.faults); i++) {
        const struct core_fault *fault = core_faults_at(world.faults, i);

        is_there = is_there
            || (strcmp(fault->text, fault_rows[_i].fault) == 0
                && fault->line == fault_rows[_i].line);
    }
    if (!is_there && core_faults_count(world.faults) > 0)
        ck_assert_str_eq(core_faults_at(world.faults, 0)->text,
                         fault_rows[_i].fault);
    ck_assert(is_there);
    end(&world);
}
END_TEST

START_TEST(reports_all_faults_and_not_only_the_first)
{
    struct world world;

    read_plan(&world, "oops = 1;\nstages: {\n a: { next = \"x\"; };\n"
              " b: { next = \"y\"; listen = \"z\"; };\n};\n", NULL);
    ck_assert_uint_eq(core_faults_count(world.faults), 4);
    end(&world);
}
END_TEST

START_TEST(refuses_a_socket_path_that_does_not_fit)
{
    char run_directory[120];
    struct plan_options options = { .run_directory = run_directory };
    core_faults_t *faults = core_faults_new();
    core_config_t *config = core_config_load(
        core_test_file("stages: { elevenchars: { }; };"), faults);
    struct plan *plan;

    /* "/elevenchars.telemetry" is 22 octets, of 107. */
    memset(run_directory, 'r', sizeof run_directory);
    run_directory[0] = '/';
    run_directory[85] = '\0';
    plan = plan_new(config, &options, faults);
    ck_assert_uint_eq(core_faults_count(faults), 0);
    plan_destroy(&plan);

    run_directory[85] = 'r';
    run_directory[86] = '\0';
    plan = plan_new(config, &options, faults);
    ck_assert_uint_eq(core_faults_count(faults), 1);
    ck_assert_ptr_nonnull(strstr(core_faults_at(faults, 0)->text,
                                 "would need 108 octets, the limit is 107"));
    plan_destroy(&plan);
    core_config_destroy(&config);
    core_faults_destroy(&faults);
}
END_TEST

START_TEST(users_are_those_of_the_stage_or_of_all)
{
    struct world world;

    read_plan(&world, "stages: { a: { user = \"daemon\"; }; b: { }; };",
              "nobody");
    ck_assert_str_eq(world.plan->user, "nobody");
    ck_assert_str_eq(plan_stage(world.plan, "a")->user, "daemon");
    ck_assert_str_eq(plan_stage(world.plan, "b")->user, "nobody");
    ck_assert(plan_has_several_users(world.plan));
    end(&world);

    /* Who is not root cannot choose. */
    read_plan(&world, "stages: { a: { user = \"daemon\"; }; };", NULL);
    ck_assert_ptr_null(plan_stage(world.plan, "a")->user);
    ck_assert(!plan_has_several_users(world.plan));
    end(&world);
}
END_TEST

static const struct {
    const char *text;
    const char *program;
} program_rows[] = {
    { "stages: { a: { }; };", "coredns-a" },
    { "stages: { a: { program = \"tap\"; }; };", "coredns-tap" },
    { "stages: { a: { program = \"coredns-tap\"; }; };", "coredns-tap" },
    { "stages: { a: { program = \"/bin/x\"; }; };", "/bin/x" },
};

START_TEST(finds_the_name_of_the_program)
{
    struct world world;

    read_plan(&world, program_rows[_i].text, NULL);
    ck_assert_str_eq(plan_stage(world.plan, "a")->program,
                     program_rows[_i].program);
    end(&world);
}
END_TEST

static const struct {
    const char *before;
    const char *after;
    bool restarts;
    bool differs;
    bool leads;                         /* when it is not started anew */
} change_rows[] = {
    { "a: { };", "a: { };", false, false, false },
    { "a: { x = 1; };", "a: { x = 2; };", false, true, false },
    { "a: { x = 1; y = 2; };", "a: {\n y = 2;\n x = 1; };", false, false,
      false },
    { "a: { };", "a: { program = \"b\"; };", true, true, false },
    { "a: { listen = \"1.2.3.4:5\"; };", "a: { listen = \"1.2.3.4:6\"; };",
      true, true, false },
    { "a: { next = \"b\"; }; b: { };", "a: { next = \"c\"; }; c: { };",
      true, true, true },
    { "a: { next = \"b\"; }; b: { instances = 2; };",
      "a: { next = \"b\"; }; b: { instances = 3; };", false, false, true },
    { "a: { lookup = \"b\"; }; b: { instances = 2; };",
      "a: { lookup = \"b\"; }; b: { instances = 3; };", true, false, true },
};

START_TEST(tells_a_restart_from_a_reload)
{
    struct world before, after;
    char text[256];

    snprintf(text, sizeof text, "directory = \"/x\"; stages: { %s };",
             change_rows[_i].before);
    read_plan(&before, text, NULL);
    snprintf(text, sizeof text, "directory = \"/x\"; stages: { %s };",
             change_rows[_i].after);
    read_plan(&after, text, NULL);

    const struct plan_process *one = plan_process(before.plan, "a");
    const struct plan_process *other = plan_process(after.plan, "a");

    ck_assert_int_eq(plan_needs_restart(one, other),
                     change_rows[_i].restarts);
    ck_assert_int_eq(strcmp(one->stage->settings,
                            other->stage->settings) != 0,
                     change_rows[_i].differs);
    if (change_rows[_i].leads)
        ck_assert(plan_needs_lead(one, other));
    end(&before);
    end(&after);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("plan");

    tcase_add_test(cases, starts_the_tail_before_the_head);
    tcase_add_loop_test(cases, tells_each_process_its_wires, 0,
                        CORE_TEST_ROWS(argument_rows));
    tcase_add_loop_test(cases, names_what_is_wrong_and_where, 0,
                        CORE_TEST_ROWS(fault_rows));
    tcase_add_test(cases, reports_all_faults_and_not_only_the_first);
    tcase_add_test(cases, refuses_a_socket_path_that_does_not_fit);
    tcase_add_test(cases, users_are_those_of_the_stage_or_of_all);
    tcase_add_loop_test(cases, finds_the_name_of_the_program, 0,
                        CORE_TEST_ROWS(program_rows));
    tcase_add_loop_test(cases, tells_a_restart_from_a_reload, 0,
                        CORE_TEST_ROWS(change_rows));
    return core_test_run(cases);
}
