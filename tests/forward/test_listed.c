/* listed - which routes there are for the zones whose servers a source lists */

#include "forward/listed.h"

#include <stdio.h>
#include <string.h>

#include "core_test.h"
#include "coredns/feed.h"
#include "coredns/rrtype.h"

static const uint8_t root[] = "", example[] = "\7example",
    a_example[] = "\1a\7example", other[] = "\5other";
static const uint8_t *const root_list[] = { root };
static const uint8_t *const example_list[] = { example };
static const uint8_t *const except_list[] = { a_example };

/* Two routes: all, and example. */
static struct route_settings routes[] = {
    { .zone = { (void *) (uintptr_t) root_list, 1 }, .max_fails = 7,
      .except = { (void *) (uintptr_t) except_list, 1 } },
    { .zone = { (void *) (uintptr_t) example_list, 1 }, .max_fails = 8 },
};
static const struct settings both = { .routes = { routes, 2 } };
static const struct settings none = { .routes = { NULL, 0 } };

static listed_t *listed;
static const struct core_subscriber_hooks *hooks;
static void *source;

static void
set_up(void)
{
    listed = listed_new();
    listed_add_source(listed, "etcd-sync");
    hooks = listed_hooks();
    source = listed_source(listed, 0);
}

static void
tear_down(void)
{
    listed_destroy(&listed);
}

/* One change of a zone, with the texts, separated by blanks. */
static void
say(const uint8_t *zone, bool whole, enum core_change_kind kind,
    const char *texts)
{
    struct core_zone_id id = { .layer = CORE_FEED_UPSTREAMS };
    const struct core_zone_options options = { .flags = 0 };
    uint8_t rdatas[512];
    struct core_change change = {
        .kind = kind, .owner = zone, .type = CORE_TXT, .rdatas = rdatas,
    };

    memcpy(id.name, zone, core_name_size(zone));
    for (; *texts != '\0'; texts += strspn(texts, " ")) {
        size_t size = strcspn(texts, " ");
        uint8_t *at = rdatas + change.rdatas_size;

        at[0] = 0;
        at[1] = (uint8_t) (size + 1);
        at[2] = (uint8_t) size;
        memcpy(at + 3, texts, size);
        change.rdatas_size += size + 3;
        change.count++;
        texts += size;
    }
    hooks->begin(source, &id, whole ? &options : NULL, whole);
    hooks->change(source, &change);
    hooks->commit(source, 1);
}

/* The servers of the route of just that zone; "-": there is none. */
static const char *
servers(const struct settings *settings, const uint8_t *zone,
        int64_t *max_fails)
{
    static char text[512];
    struct settings *all = listed_settings(listed, settings);
    const struct route_settings *found = NULL;

    for (size_t i = 0; i < all->routes.count; i++) {
        const struct route_settings *route =
            (const struct route_settings *) all->routes.items + i;
        const uint8_t *const *zones = route->zone.items;

        if (core_name_equal(zones[0], zone))
            found = route;
    }
    snprintf(text, sizeof text, "%s", found == NULL ? "-" : "");
    for (size_t i = 0; found != NULL && i < found->to.count; i++) {
        const char *const *to = found->to.items;
        size_t size = strlen(text);

        snprintf(text + size, sizeof text - size, "%s%s", i > 0 ? " " : "",
                 to[i]);
    }
    if (found != NULL) {
        *max_fails = found->max_fails;
        ck_assert(found->to.count == 0 || found->except.count == 0);
    }
    listed_end_settings(&all);
    return text;
}

START_TEST(a_route_is_like_the_one_above_it)
{
    int64_t max_fails = 0;

    say(a_example, true, CORE_CHANGE_PUT, "192.0.2.1:53 [2001:db8::1]:5353");
    ck_assert_str_eq(servers(&both, a_example, &max_fails),
                     "192.0.2.1:53 [2001:db8::1]:5353");
    ck_assert_int_eq(max_fails, 8);
    say(other, true, CORE_CHANGE_PUT, "192.0.2.2:53");
    ck_assert_str_eq(servers(&both, other, &max_fails), "192.0.2.2:53");
    ck_assert_int_eq(max_fails, 7);
    ck_assert_str_eq(servers(&none, other, &max_fails), "192.0.2.2:53");
    ck_assert_int_eq(max_fails, 2);     /* the default */
}
END_TEST

START_TEST(a_route_that_is_configured_counts_more)
{
    int64_t max_fails;

    say(example, true, CORE_CHANGE_PUT, "192.0.2.1:53");
    ck_assert_str_eq(servers(&both, example, &max_fails), "");
    ck_assert_str_eq(servers(&none, example, &max_fails), "192.0.2.1:53");
}
END_TEST

START_TEST(servers_come_and_go)
{
    int64_t max_fails;
    struct core_zone_id id = { .layer = CORE_FEED_UPSTREAMS };

    say(other, true, CORE_CHANGE_PUT, "192.0.2.1:53 192.0.2.2:53");
    say(other, false, CORE_CHANGE_ADD, "192.0.2.3:53 192.0.2.2:53");
    ck_assert_str_eq(servers(&none, other, &max_fails),
                     "192.0.2.1:53 192.0.2.3:53 192.0.2.2:53");
    say(other, false, CORE_CHANGE_REMOVE, "192.0.2.1:53");
    ck_assert_str_eq(servers(&none, other, &max_fails),
                     "192.0.2.3:53 192.0.2.2:53");
    say(other, true, CORE_CHANGE_PUT, "192.0.2.4:53");
    ck_assert_str_eq(servers(&none, other, &max_fails), "192.0.2.4:53");
    say(other, false, CORE_CHANGE_DELETE, "");
    ck_assert_str_eq(servers(&none, other, &max_fails), "-");
    say(other, true, CORE_CHANGE_PUT, "192.0.2.5:53");
    memcpy(id.name, other, sizeof other);
    hooks->remove(source, &id);
    ck_assert_str_eq(servers(&none, other, &max_fails), "-");
}
END_TEST

START_TEST(what_is_no_address_is_left_out)
{
    int64_t max_fails;

    say(other, true, CORE_CHANGE_PUT,
        "a.example 192.0.2.1:53 /etc/resolv.conf 192.0.2.300 x:y");
    ck_assert_str_eq(servers(&none, other, &max_fails), "192.0.2.1:53");
    say(other, true, CORE_CHANGE_PUT, "1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 "
        "1.1.1.5 1.1.1.6 1.1.1.7 1.1.1.8 1.1.1.9 1.1.1.10 1.1.1.11 1.1.1.12 "
        "1.1.1.13 1.1.1.14 1.1.1.15 1.1.1.16");
    ck_assert_ptr_nonnull(strstr(servers(&none, other, &max_fails),
                                 "1.1.1.15"));
    ck_assert_ptr_null(strstr(servers(&none, other, &max_fails),
                              "1.1.1.16"));
}
END_TEST

START_TEST(a_source_counts_as_heard_once_it_was_complete)
{
    const char *missing = NULL;

    ck_assert(!listed_is_complete(listed, &missing));
    ck_assert_str_eq(missing, "etcd-sync");
    hooks->synced(source, true, NULL);
    hooks->synced(source, false, "away");
    ck_assert(listed_is_complete(listed, &missing));
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("listed");

    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, a_route_is_like_the_one_above_it);
    tcase_add_test(cases, a_route_that_is_configured_counts_more);
    tcase_add_test(cases, servers_come_and_go);
    tcase_add_test(cases, what_is_no_address_is_left_out);
    tcase_add_test(cases, a_source_counts_as_heard_once_it_was_complete);
    return core_test_run(cases);
}
