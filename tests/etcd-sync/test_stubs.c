/* stubs - whose servers are listed, and what a change of the list tells */

#include "etcd-sync/stubs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_test.h"
#include "coredns/memory.h"
#include "coredns/message.h"

#define TOLD 65536

/* Keys, without what is in front of the names, and their values. */
struct put {
    const char *path;
    const char *value;
};

static const struct {
    struct put puts[3];
    const char *told;
    size_t left_out;
} rows[] = {
    { { { "test/sky/dns/stub/example.net/1", "{\"host\":\"192.0.2.1\"}" } },
      "+example.net. 192.0.2.1:53\n", 0 },
    { { { "test/sky/dns/stub/net/example/1",    /* labels of their own */
          "{\"host\":\"2001:db8::1\",\"port\":5353}" } },
      "+example.net. [2001:db8::1]:5353\n", 0 },
    { { { "test/sky/dns/stub/Example.NET/1", "{\"host\":\"192.0.2.1\"}" },
        { "test/sky/dns/stub/example.net/2", "{\"host\":\"192.0.2.2\"}" },
        { "test/sky/dns/stub/net/example/3", "{\"host\":\"192.0.2.1\"}" } },
      "+example.net. 192.0.2.1:53 192.0.2.2:53\n", 0 },
    { { { "test/sky/dns/stub/b.test/1", "{\"host\":\"192.0.2.1\"}" },
        { "arpa/dns/stub/a.test/1", "{\"host\":\"192.0.2.2\"}" } },
      "+a.test. 192.0.2.2:53\n+b.test. 192.0.2.1:53\n", 0 },
    { { { "test/sky/dns/stub/a.sky.test/1", "{\"host\":\"192.0.2.1\"}" } },
      "+a.sky.test. 192.0.2.1:53\n", 0 },       /* within ours */

    { { { "test/sky/dns/stub/sky.test/1", "{\"host\":\"192.0.2.1\"}" },
        { "test/sky/dns/stub/arpa/1", "{\"host\":\"192.0.2.1\"}" } },
      "", 2 },                          /* these are ours */
    { { { "test/sky/dns/stub/1", "{\"host\":\"192.0.2.1\"}" } },
      "", 1 },                          /* the root */
    { { { "test/sky/dns/stub/a.test/1", "{\"host\":\"a.test\"}" },
        { "test/sky/dns/stub/a.test/2",
          "{\"host\":\"192.0.2.1\",\"port\":-1}" } }, "", 2 },
    { { { "test/sky/dns/stub/a.test/1", "{\"text\":\"x\"}" } },
      "", 0 },                          /* it is for something else */
    { { { "test/sky/stub/a.test/1", "{\"host\":\"192.0.2.1\"}" },
        { "test/sky/x/dns/stub/a.test/1", "{\"host\":\"192.0.2.1\"}" } },
      "", 0 },                          /* not below the top of a zone */
};

struct world {
    tree_t *tree;
    zones_t *zones;
    stubs_t *stubs;
    char told[TOLD];
};

static void
put_stub(void *owner, const struct stub *stub)
{
    struct world *world = owner;
    char zone[CORE_NAME_TEXT_SIZE];
    const uint8_t *at = stub->rdatas;
    size_t size = strlen(world->told);

    size += (size_t) snprintf(world->told + size, TOLD - size, "+%s",
                              core_name_to_text(zone, stub->zone));
    for (unsigned i = 0; i < stub->count; i++) {
        ck_assert_uint_eq(core_read16(at), at[2] + 1);
        size += (size_t) snprintf(world->told + size, TOLD - size, " %.*s",
                                  at[2], at + 3);
        at += 2 + core_read16(at);
    }
    ck_assert_ptr_eq(at, stub->rdatas + stub->size);
    snprintf(world->told + size, TOLD - size, "\n");
}

static void
remove_stub(void *owner, const struct stub *stub)
{
    struct world *world = owner;
    char zone[CORE_NAME_TEXT_SIZE];
    size_t size = strlen(world->told);

    snprintf(world->told + size, TOLD - size, "-%s\n",
             core_name_to_text(zone, stub->zone));
}

static const struct stubs_hooks hooks = { put_stub, remove_stub };

static struct world *
new_world(void)
{
    static const uint8_t sky[] = "\3sky\4test", arpa[] = "\4arpa";
    static const uint8_t *const names[] = { sky, arpa };
    struct world *world = core_allocate(sizeof *world);

    world->tree = tree_new();
    world->zones = zones_new(world->tree, names, 2);
    world->stubs = stubs_new(world->tree, world->zones);
    return world;
}

static void
end_world(struct world *world)
{
    stubs_destroy(&world->stubs);
    zones_destroy(&world->zones);
    tree_destroy(&world->tree);
    free(world);
}

/* NULL: the key goes. */
static void
set(struct world *world, const char *path, const char *value)
{
    struct core_fault fault;
    struct tree_node *node = tree_add(world->tree, path, strlen(path));
    struct service *service = value == NULL ? NULL
        : service_read(value, strlen(value), &fault);

    ck_assert(value == NULL || service != NULL);
    tree_set_service(node, &service);
    tree_prune(world->tree, node);
}

static size_t
refresh(struct world *world)
{
    world->told[0] = '\0';
    return stubs_refresh(world->stubs, &hooks, world);
}

START_TEST(servers_are_listed_by_keys)
{
    struct world *world = new_world();

    for (size_t i = 0; i < 3 && rows[_i].puts[i].path != NULL; i++)
        set(world, rows[_i].puts[i].path, rows[_i].puts[i].value);
    ck_assert_uint_eq(refresh(world), rows[_i].left_out);
    ck_assert_str_eq(world->told, rows[_i].told);
    end_world(world);
}
END_TEST

START_TEST(only_what_became_another_is_told)
{
    struct world *world = new_world();

    set(world, "test/sky/dns/stub/a.test/1", "{\"host\":\"192.0.2.1\"}");
    set(world, "test/sky/dns/stub/b.test/1", "{\"host\":\"192.0.2.1\"}");
    refresh(world);
    set(world, "test/sky/dns/stub/b.test/1",
        "{\"host\":\"192.0.2.1\",\"ttl\":5}");
    refresh(world);
    ck_assert_str_eq(world->told, "");
    set(world, "test/sky/dns/stub/b.test/2", "{\"host\":\"192.0.2.2\"}");
    refresh(world);
    ck_assert_str_eq(world->told, "+b.test. 192.0.2.1:53 192.0.2.2:53\n");
    set(world, "test/sky/dns/stub/a.test/1", NULL);
    refresh(world);
    ck_assert_str_eq(world->told, "-a.test.\n");
    ck_assert_uint_eq(stubs_count(world->stubs), 1);
    end_world(world);
}
END_TEST

START_TEST(zones_and_servers_are_bounded)
{
    struct world *world = new_world();
    char path[64];

    for (int i = 0; i < STUBS_SERVERS + 2; i++) {
        snprintf(path, sizeof path, "test/sky/dns/stub/a.test/%d", i);
        snprintf(world->told, TOLD, "{\"host\":\"192.0.2.%d\"}", i);
        set(world, path, world->told);
    }
    ck_assert_uint_eq(refresh(world), 2);
    for (int i = 0; i < STUBS_ZONES + 3; i++) {
        snprintf(path, sizeof path, "test/sky/dns/stub/b%d.test/1", i);
        set(world, path, "{\"host\":\"192.0.2.1\"}");
    }
    ck_assert_uint_eq(refresh(world), 2 + 4);
    ck_assert_uint_eq(stubs_count(world->stubs), STUBS_ZONES);
    end_world(world);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("stubs");

    tcase_add_loop_test(cases, servers_are_listed_by_keys, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, only_what_became_another_is_told);
    tcase_add_test(cases, zones_and_servers_are_bounded);
    return core_test_run(cases);
}
