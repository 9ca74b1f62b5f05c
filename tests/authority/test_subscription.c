/* subscription - transactions take effect as a whole, or not at all */

#include "authority/subscription.h"

#include <string.h>

#include "core_test.h"
#include "coredns/rrtype.h"

static const struct core_zone_id zone_id = { .name = "\2ex" };
static const uint8_t address[] = { 0, 4, 192, 0, 2, 1 };
static const uint8_t other[] = { 0, 4, 192, 0, 2, 2 };

static zones_t *zones;
static subscription_t *subscription;
static struct subscription_counters counters;

static void
set_up(void)
{
    zones = zones_new();
    memset(&counters, 0, sizeof counters);
    subscription = subscription_new(zones, 0, "file-sync", &counters);
}

static void
tear_down(void)
{
    subscription_destroy(&subscription);
    zones_destroy(&zones);
}

static void
begin_whole(void)
{
    struct core_zone_options options = { .flags = 0 };

    subscription_hooks.begin(subscription, &zone_id, &options, true);
}

static void
begin_part(void)
{
    subscription_hooks.begin(subscription, &zone_id, NULL, false);
}

static void
change(enum core_change_kind kind, const char *label, const uint8_t *rdatas)
{
    uint8_t owner[CORE_NAME_SIZE] = { 1 };
    struct core_change change = {
        .kind = kind, .owner = owner, .type = CORE_A, .ttl = 60, .count = 1,
        .rdatas = rdatas, .rdatas_size = 6,
    };

    owner[1] = (uint8_t) *label;
    memcpy(owner + 2, zone_id.name, 4);
    subscription_hooks.change(subscription, &change);
}

/* The names of the zone, as "ab"; "-" without a zone. */
static const char *
names(char text[32])
{
    struct zone *zone = zones_find(zones, 0, &zone_id);
    size_t size = 0;

    if (zone == NULL)
        return "-";
    for (char letter = 'a'; letter <= 'z'; letter++) {
        uint8_t name[] = { 1, (uint8_t) letter, 2, 'e', 'x', 0 };

        if (zone_find(zone, name) != NULL)
            text[size++] = letter;
    }
    text[size] = '\0';
    return text;
}

START_TEST(a_whole_zone_replaces_another_at_its_commit)
{
    char text[32];

    begin_whole();
    change(CORE_CHANGE_ADD, "a", address);
    ck_assert_str_eq(names(text), "-");
    subscription_hooks.commit(subscription, 1);
    ck_assert_str_eq(names(text), "a");
    begin_whole();
    change(CORE_CHANGE_ADD, "b", address);
    ck_assert_str_eq(names(text), "a");
    subscription_hooks.commit(subscription, 2);
    ck_assert_str_eq(names(text), "b");
    ck_assert_uint_eq(zones_find(zones, 0, &zone_id)->version, 2);
}
END_TEST

START_TEST(a_part_changes_in_place_at_its_commit)
{
    char text[32];

    begin_whole();
    change(CORE_CHANGE_ADD, "a", address);
    subscription_hooks.commit(subscription, 1);
    begin_part();
    change(CORE_CHANGE_REMOVE, "a", address);
    change(CORE_CHANGE_ADD, "b", address);
    change(CORE_CHANGE_ADD, "b", other);
    ck_assert_str_eq(names(text), "a");
    subscription_hooks.commit(subscription, 2);
    ck_assert_str_eq(names(text), "b");
    ck_assert_uint_eq(counters.transactions, 2);
    ck_assert_uint_eq(counters.changes, 4);
}
END_TEST

START_TEST(what_is_abandoned_leaves_no_trace)
{
    char text[32];

    begin_whole();
    change(CORE_CHANGE_ADD, "a", address);
    subscription_hooks.commit(subscription, 1);
    begin_whole();
    change(CORE_CHANGE_ADD, "b", address);
    subscription_hooks.abandon(subscription);
    begin_part();
    change(CORE_CHANGE_ADD, "c", address);
    subscription_hooks.abandon(subscription);
    begin_part();
    change(CORE_CHANGE_ADD, "d", address);
    subscription_hooks.commit(subscription, 2);
    ck_assert_str_eq(names(text), "ad");
}
END_TEST

START_TEST(a_removed_zone_is_gone)
{
    char text[32];

    begin_whole();
    subscription_hooks.commit(subscription, 1);
    subscription_hooks.remove(subscription, &zone_id);
    ck_assert_str_eq(names(text), "-");
    /* And what comes late for it is lost. */
    begin_part();
    change(CORE_CHANGE_ADD, "a", address);
    subscription_hooks.commit(subscription, 2);
    ck_assert_str_eq(names(text), "-");
}
END_TEST

/* More than a first piece of memory holds. */
START_TEST(large_transactions_are_kept_whole)
{
    struct zone *zone;
    uint8_t owner[] = { 3, 0, 0, 0, 2, 'e', 'x', 0 };
    struct core_change added = {
        .kind = CORE_CHANGE_ADD, .owner = owner, .type = CORE_A, .count = 1,
        .rdatas = address, .rdatas_size = 6,
    };

    begin_whole();
    subscription_hooks.commit(subscription, 1);
    begin_part();
    for (unsigned i = 0; i < 10000; i++) {
        owner[1] = (uint8_t) (i / 10000 % 100 + 128);
        owner[2] = (uint8_t) (i / 100 + 128);
        owner[3] = (uint8_t) (i % 100 + 128);
        subscription_hooks.change(subscription, &added);
    }
    subscription_hooks.commit(subscription, 2);
    zone = zones_find(zones, 0, &zone_id);
    ck_assert_uint_eq(zone_names(zone), 10000);
}
END_TEST

START_TEST(remembers_that_it_was_complete)
{
    ck_assert(!subscription_was_complete(subscription));
    subscription_hooks.synced(subscription, false, "no answer");
    ck_assert_str_eq(subscription_reason(subscription), "no answer");
    subscription_hooks.synced(subscription, true, NULL);
    ck_assert(subscription_is_complete(subscription));
    ck_assert_str_eq(subscription_reason(subscription), "");
    subscription_hooks.synced(subscription, false, NULL);
    ck_assert(!subscription_is_complete(subscription));
    ck_assert(subscription_was_complete(subscription));
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("subscription");

    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, a_whole_zone_replaces_another_at_its_commit);
    tcase_add_test(cases, a_part_changes_in_place_at_its_commit);
    tcase_add_test(cases, what_is_abandoned_leaves_no_trace);
    tcase_add_test(cases, a_removed_zone_is_gone);
    tcase_add_test(cases, large_transactions_are_kept_whole);
    tcase_add_test(cases, remembers_that_it_was_complete);
    return core_test_run(cases);
}
