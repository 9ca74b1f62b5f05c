/* hosts - which stage runs where, and the endpoints between hosts */

#include "ctl/hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_test.h"

#define HOSTS "hosts: { a = \"10.0.0.1\"; b = \"10.0.0.2:7000\"; " \
              "c = \"2001:db8::3\"; };\n"

struct world {
    core_faults_t *faults;
    core_config_t *config;
    struct plan *plan;
};

static bool
is_b(const char *address)
{
    return strcmp(address, "10.0.0.2") == 0;
}

static bool
is_any(const char *address)
{
    (void) address;
    return true;
}

static bool
is_none(const char *address)
{
    (void) address;
    return false;
}

static void
read_plan(struct world *self, const char *text, const char *host,
          bool (*is_own_address)(const char *address))
{
    struct plan_options options = {
        .run_directory = "/run/x", .host = host,
        .is_own_address = is_own_address, .machine = 0xabc,
    };

    self->faults = core_faults_new();
    self->config = core_config_load(core_test_file(text), self->faults);
    ck_assert_ptr_nonnull(self->config);
    self->plan = plan_new(self->config, &options, self->faults);
}

static void
end(struct world *self)
{
    plan_destroy(&self->plan);
    core_config_destroy(&self->config);
    core_faults_destroy(&self->faults);
}

/* ---- wires --------------------------------------------------------------- */

#define STAGES \
    HOSTS "stages: {\n" \
    "  frontend: { host = [ \"a\", \"b\" ]; routes = (" \
    "    { next = \"cache\"; } ); };\n" \
    "  cache: { host = [ \"a\", \"b\" ]; next = \"authority\"; };\n" \
    "  authority: { host = [ \"c\", \"b\" ]; port = 5401; instances = 2;" \
    "    sources = [ \"feed\" ]; };\n" \
    "  feed: { host = \"c\"; port = 5410; };\n" \
    "  everywhere: { next = \"cache\"; };\n" \
    "};\n"

static const struct {
    const char *host, *process, *option, *value;    /* NULL: not there */
} wires[] = {
    { "a", "frontend", "--next", "cache=ipc:///run/x/cache.pipe" },
    { "a", "cache", "--pipe", "ipc:///run/x/cache.pipe,"
      "curve://a@10.0.0.1:5500/run/x/keys" },
    { "a", "cache", "--next", "authority="
      "curve://a:b@10.0.0.2:5401/run/x/keys,"
      "curve://a:b@10.0.0.2:5402/run/x/keys,"
      "curve://a:c@[2001:db8::3]:5401/run/x/keys,"
      "curve://a:c@[2001:db8::3]:5402/run/x/keys" },
    { "a", "cache", "--host", "a" },
    { "a", "authority.0", "--pipe", NULL },
    { "b", "cache", "--next", "authority=ipc:///run/x/authority.0.pipe,"
      "ipc:///run/x/authority.1.pipe" },
    { "b", "authority.1", "--pipe", "ipc:///run/x/authority.1.pipe,"
      "curve://b@10.0.0.2:5402/run/x/keys" },
    { "b", "authority.1", "--source", "feed="
      "curve://b:c@[2001:db8::3]:5410/run/x/keys,"
      "curve://b:c@[2001:db8::3]:5411/run/x/keys" },
    { "c", "feed", "--feed", "curve://c@[2001:db8::3]:5410/run/x/keys" },
    { "c", "feed", "--snapshot", "curve://c@[2001:db8::3]:5411/run/x/keys" },
    { "c", "authority.0", "--source", "feed="
      "curve://c:c@[2001:db8::3]:5410/run/x/keys,"
      "curve://c:c@[2001:db8::3]:5411/run/x/keys" },
    { "c", "everywhere", "--next", "cache="
      "curve://c:a@10.0.0.1:5500/run/x/keys,"
      "curve://c:b@10.0.0.2:5500/run/x/keys" },
};

/* Machines that come and go under one name, fed by a host with an address. */
#define NODES \
    "hosts: { sync = \"10.0.0.9\"; node = \"*\"; };\n" \
    "stages: {\n" \
    "  frontend: { host = \"node\"; routes = (" \
    "    { next = \"authority\"; } ); };\n" \
    "  authority: { host = \"node\"; sources = [ \"feed\" ]; };\n" \
    "  feed: { host = \"sync\"; port = 5410; };\n" \
    "};\n"

static const struct {
    const char *host, *process, *option, *value;
} nodes[] = {
    { "node", "frontend", "--host", "node@0000000000000abc" },
    { "node", "frontend", "--next", "authority=ipc:///run/x/authority.pipe" },
    { "node", "authority", "--source", "feed="
      "curve://node:sync@10.0.0.9:5410/run/x/keys,"
      "curve://node:sync@10.0.0.9:5411/run/x/keys" },
    { "node", "authority", "--pipe", "ipc:///run/x/authority.pipe" },
    { "node", "feed", "--feed", NULL },
    { "sync", "feed", "--host", "sync" },
    { "sync", "feed", "--feed", "curve://sync@10.0.0.9:5410/run/x/keys" },
    { "sync", "authority", "--host", NULL },
};

static const char *
value_of(const struct plan_process *process, const char *option)
{
    char *const *argument = process == NULL ? NULL : process->arguments;

    for (; argument != NULL && *argument != NULL; argument++)
        if (strcmp(*argument, option) == 0)
            return argument[1];
    return NULL;
}

START_TEST(tells_each_process_its_endpoints)
{
    static const char port[] = "  cache: { port = 5500; ";
    struct world world;
    char text[2048];
    const char *place = strstr(STAGES, "  cache: { ");

    snprintf(text, sizeof text, "%.*s%s%s", (int)(place - STAGES), STAGES,
             port, place + strlen("  cache: { "));
    read_plan(&world, text, wires[_i].host, is_none);
    ck_assert_uint_eq(core_faults_count(world.faults), 0);

    const char *value = value_of(plan_process(world.plan, wires[_i].process),
                                 wires[_i].option);

    if (wires[_i].value == NULL)
        ck_assert_ptr_null(value);
    else
        ck_assert_str_eq(value, wires[_i].value);
    end(&world);
}
END_TEST

START_TEST(gives_machines_of_one_name_a_way_back)
{
    struct world world;
    const char *value;

    read_plan(&world, NODES, nodes[_i].host, is_none);
    ck_assert_uint_eq(core_faults_count(world.faults), 0);
    value = value_of(plan_process(world.plan, nodes[_i].process),
                     nodes[_i].option);
    if (nodes[_i].value == NULL)
        ck_assert_ptr_null(value);
    else
        ck_assert_str_eq(value, nodes[_i].value);
    end(&world);
}
END_TEST

START_TEST(uses_no_keys_when_told_so)
{
    struct world world;
    char endpoint[PLAN_ENDPOINT_SIZE];

    read_plan(&world, "insecure = true;\n" HOSTS
              "stages: { x: { host = \"a\"; next = \"y\"; };"
              "y: { host = \"b\"; port = 9; }; };", "a", is_none);
    ck_assert_uint_eq(core_faults_count(world.faults), 0);
    ck_assert_str_eq(value_of(plan_process(world.plan, "x"), "--next"),
                     "y=tcp://10.0.0.2:9");
    hosts_control(world.plan, &world.plan->hosts[1], "/keys", endpoint);
    ck_assert_str_eq(endpoint, "tcp://10.0.0.2:7000");
    end(&world);
}
END_TEST

START_TEST(knows_where_it_is_by_its_address)
{
    struct world world;

    read_plan(&world, HOSTS "stages: { x: { host = \"b\"; }; };", NULL, is_b);
    ck_assert_uint_eq(core_faults_count(world.faults), 0);
    ck_assert_str_eq(world.plan->here->name, "b");
    ck_assert_uint_eq(world.plan->process_count, 1);
    end(&world);
}
END_TEST

/* ---- what is wrong ------------------------------------------------------- */

static const struct {
    const char *text;
    const char *host;
    bool (*is_own_address)(const char *address);
    const char *fault;
} faults[] = {
    { HOSTS "stages: { x: { }; };", NULL, is_none,
      "hosts: none of these addresses is this machine's: say which host it "
      "is by --host" },
    { HOSTS "stages: { x: { }; };", NULL, is_any,
      "hosts: several of these addresses are this machine's: say which host "
      "it is by --host" },
    { HOSTS "stages: { x: { }; };", "d", is_none,
      "hosts: no host is called d" },
    { HOSTS "stages: { x: { host = \"d\"; }; };", "a", is_none,
      "x.host: no host is called d" },
    { HOSTS "stages: { x: { host = 7; }; };", "a", is_none,
      "x.host: must be a host's name" },
    { "stages: { x: { host = \"a\"; }; };", NULL, is_none,
      "x.host: no host is called a" },
    { HOSTS "stages: { x: { host = \"a\"; next = \"y\"; };"
      "y: { host = \"b\"; }; };", "a", is_none,
      "y: needs a port: x of host a leads to it" },
    { HOSTS "stages: { x: { host = \"a\"; next = \"y\"; };"
      "y: { host = \"b\"; port = 65535; instances = 2; }; };", "a", is_none,
      "y.port: 2 ports from there on are needed" },
    { HOSTS "stages: { x: { host = \"a\"; routes = ( { next = \"y\"; },"
      "{ next = \"z\"; } ); }; y: { host = \"b\"; port = 9; instances = 2; };"
      "z: { host = \"b\"; port = 10; }; };", "a", is_none,
      "z.port: its ports are those of y, on the same host" },
    { HOSTS "stages: { x: { host = \"a\"; next = \"y\"; };"
      "y: { host = \"b\"; port = 7000; }; };", "a", is_none,
      "y.port: port 7000 is that of the supervisor of b" },
    { "hosts: { a = \"10.0.0.1\"; n = \"*\"; }; stages: {"
      "x: { next = \"y\"; }; y: { host = \"n\"; port = 9; }; };", "a",
      is_none, "y: x of host a leads to it, but host n has no address" },
    { "hosts: { n = \"*\"; }; stages: { x: { }; };", NULL, is_any,
      "hosts: none of these addresses is this machine's: say which host it "
      "is by --host" },
    { "hosts: { a = \"example.org\"; }; stages: { x: { }; };", "a", is_none,
      "hosts.a: must be an address, with a port or without: example.org" },
    { "hosts: { a = \"10.0.0.1:0\"; }; stages: { x: { }; };", "a", is_none,
      "hosts.a: must be an address, with a port or without: 10.0.0.1:0" },
    { "hosts: { abcdefghijklmnop = \"10.0.0.1\"; }; stages: { x: { }; };",
      NULL, is_b, "hosts.abcdefghijklmnop: the name is longer than 15 "
      "characters" },
};

START_TEST(says_what_is_wrong)
{
    struct world world;

    read_plan(&world, faults[_i].text, faults[_i].host,
              faults[_i].is_own_address);
    ck_assert_uint_gt(core_faults_count(world.faults), 0);
    ck_assert_str_eq(core_faults_at(world.faults, 0)->text,
                     faults[_i].fault);
    end(&world);
}
END_TEST

/* Its program says what is wrong with it. */
START_TEST(a_port_that_cannot_be_is_not_missing)
{
    struct world world;

    read_plan(&world, HOSTS "stages: { x: { host = \"a\"; next = \"y\"; };"
              "y: { host = \"b\"; port = 99999; }; };", "a", is_none);
    ck_assert_uint_eq(core_faults_count(world.faults), 0);
    end(&world);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("hosts");

    tcase_add_loop_test(cases, tells_each_process_its_endpoints, 0,
                        CORE_TEST_ROWS(wires));
    tcase_add_loop_test(cases, gives_machines_of_one_name_a_way_back, 0,
                        CORE_TEST_ROWS(nodes));
    tcase_add_test(cases, uses_no_keys_when_told_so);
    tcase_add_test(cases, knows_where_it_is_by_its_address);
    tcase_add_test(cases, a_port_that_cannot_be_is_not_missing);
    tcase_add_loop_test(cases, says_what_is_wrong, 0,
                        CORE_TEST_ROWS(faults));
    return core_test_run(cases);
}
