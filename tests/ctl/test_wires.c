/* wires - the drawing of a plan */

#include "ctl/wires.h"

#include <stdlib.h>

#include <jansson.h>

#include "core_test.h"

#define CHAINS \
    "stages: {\n" \
    "  frontend: { listen = [ \"dns://127.0.0.1:5300\" ];\n" \
    "    routes = ( { next = \"cache\"; }, { next = \"authority\"; } ); };\n" \
    "  cache: { instances = 2; next = \"authority\"; };\n" \
    "  authority: { sources = [ \"zones\" ]; lookup = \"frontend\"; };\n" \
    "  zones: { program = \"file-sync\"; };\n" \
    "  health: { listen = \"127.0.0.1:8080\"; };\n" \
    "};\n"

typedef void drawer(const struct plan *plan, FILE *file);

/* What the drawer makes of the text; yours. */
static char *
draw(drawer *draw_plan, const char *text)
{
    struct plan_options options = { .run_directory = "/run/x" };
    core_faults_t *faults = core_faults_new();
    core_config_t *config = core_config_load(core_test_file(text), faults);
    struct plan *plan = plan_new(config, &options, faults);
    char *drawing = NULL;
    size_t size;
    FILE *file = open_memstream(&drawing, &size);

    ck_assert_uint_eq(core_faults_count(faults), 0);
    draw_plan(plan, file);
    fclose(file);
    plan_destroy(&plan);
    core_config_destroy(&config);
    core_faults_destroy(&faults);
    return drawing;
}

START_TEST(draws_a_tree_with_each_stage_once)
{
    char *drawing = draw(wires_draw, CHAINS);

    ck_assert_str_eq(drawing,
        "frontend  <- 127.0.0.1:5300/udp/tcp\n"
        "|-- next: cache x2  ipc:///run/x/cache.0.pipe\n"
        "|   `-- next: authority  ipc:///run/x/authority.pipe\n"
        "|       |-- source: zones (coredns-file-sync)"
        "  ipc:///run/x/zones.feed\n"
        "|       `-- lookup: frontend (see above)"
        "  ipc:///run/x/frontend.pipe\n"
        "`-- next: authority (see above)  ipc:///run/x/authority.pipe\n"
        "health  <- 127.0.0.1:8080/tcp\n");
    free(drawing);
}
END_TEST

START_TEST(writes_a_graph_for_dot)
{
    char *drawing = draw(wires_dot, "stages: { a: { next = \"b\"; };"
                         " b: { sources = [ \"c\" ]; }; c: { }; };");

    ck_assert_str_eq(drawing,
        "digraph coredns {\n"
        "    rankdir=LR;\n"
        "    \"a\" [shape=box];\n"
        "    \"a\" -> \"b\";\n"
        "    \"b\" [shape=box];\n"
        "    \"b\" -> \"c\" [dir=back, style=dashed];\n"
        "    \"c\" [shape=box];\n"
        "}\n");
    free(drawing);
}
END_TEST

START_TEST(writes_json_with_a_schema)
{
    char *drawing = draw(wires_json, CHAINS);
    json_t *root = json_loads(drawing, 0, NULL);
    json_t *cache;

    ck_assert_ptr_nonnull(root);
    ck_assert_str_eq(json_string_value(json_object_get(root, "schema")),
                     "corednsctl.wires/1");
    cache = json_array_get(json_object_get(root, "stages"), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(cache, "instances")),
                     2);
    json_decref(root);
    free(drawing);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("wires");

    tcase_add_test(cases, draws_a_tree_with_each_stage_once);
    tcase_add_test(cases, writes_a_graph_for_dot);
    tcase_add_test(cases, writes_json_with_a_schema);
    return core_test_run(cases);
}
