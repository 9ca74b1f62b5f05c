/* step - what has to come first */

#include "ctl/step.h"

#include "core_test.h"

#define LONG_AGO_MS 5001                /* a head waits no longer */

static const char text[] =
    "stages: {\n"
    "  frontend: { listen = [ \"dns://127.0.0.1:5300\" ];\n"
    "    routes = ( { zones = [ \".\" ]; next = \"cache\"; } ); };\n"
    "  cache: { next = \"authority\"; };\n"
    "  authority: { sources = [ \"file-sync\" ]; next = \"forward\";\n"
    "    lookup = \"frontend\"; };\n"
    "  file-sync: { };\n"
    "  forward: { routes = ( { to = [ \"192.0.2.1\" ]; } ); };\n"
    "};\n";

/* The step of a stage beside that of another one, which is in that state since
   so long: may it begin? */
static const struct {
    enum step_kind kind;
    const char *stage, *other;
    enum step_state state;
    int64_t since_ms;
    bool may_begin;
} rows[] = {
    { STEP_START, "cache", "authority", STEP_WAITING, 0, false },
    { STEP_START, "cache", "authority", STEP_RUNNING, 0, true },
    { STEP_START, "authority", "file-sync", STEP_WAITING, 0, false },
    { STEP_START, "authority", "file-sync", STEP_RUNNING, 0, true },
    { STEP_START, "authority", "cache", STEP_WAITING, 0, true },

    /* A head, though it is somebody's lookup, waits for all behind it... */
    { STEP_START, "frontend", "cache", STEP_RUNNING, 0, false },
    { STEP_START, "frontend", "authority", STEP_WAITING, 0, false },
    { STEP_START, "frontend", "authority", STEP_RUNNING, 0, false },
    { STEP_START, "frontend", "forward", STEP_RUNNING, 0, false },
    { STEP_START, "frontend", "authority", STEP_DONE, 0, true },
    { STEP_START, "frontend", "authority", STEP_FAILED, 0, true },
    { STEP_START, "frontend", "file-sync", STEP_RUNNING, 0, true },

    /* ...but not for ever. */
    { STEP_START, "frontend", "authority", STEP_RUNNING, LONG_AGO_MS, true },

    { STEP_STOP, "cache", "frontend", STEP_RUNNING, 0, false },
    { STEP_STOP, "frontend", "cache", STEP_WAITING, 0, true },
    { STEP_STOP, "file-sync", "authority", STEP_RUNNING, 0, false },
    { STEP_RESTART, "cache", "authority", STEP_RUNNING, 0, false },
    { STEP_RESTART, "cache", "authority", STEP_WAITING, 0, true },
};

START_TEST(waits_for_what_has_to_come_first)
{
    static const struct process_house house;
    struct plan_options options = { .run_directory = "/run/x" };
    core_faults_t *faults = core_faults_new();
    core_config_t *config = core_config_load(core_test_file(text), faults);
    struct plan *plan = plan_new(config, &options, faults);
    process_t *own, *other;

    ck_assert_ptr_nonnull(plan);
    own = process_new(&house, plan_process(plan, rows[_i].stage));
    other = process_new(&house, plan_process(plan, rows[_i].other));

    struct step one = { .kind = rows[_i].kind, .process = own };
    struct step two = {
        .kind = rows[_i].kind, .process = other, .state = rows[_i].state,
    };
    struct step *const steps[] = { &one, &two };

    ck_assert(step_may_begin(&one, steps, 2, rows[_i].since_ms)
              == rows[_i].may_begin);
    process_destroy(&own);
    process_destroy(&other);
    plan_destroy(&plan);
    core_config_destroy(&config);
    core_faults_destroy(&faults);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("step");

    tcase_add_loop_test(cases, waits_for_what_has_to_come_first, 0,
                        CORE_TEST_ROWS(rows));
    return core_test_run(cases);
}
