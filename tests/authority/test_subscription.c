/* subscription - transactions take effect as a whole, or not at all; and what
   is left of them on disk */

#include "authority/subscription.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static void
change_options(unsigned flags)
{
    struct core_zone_options options = { .flags = (uint16_t) flags };

    subscription_hooks.begin(subscription, &zone_id, &options, false);
    subscription_hooks.commit(subscription, 3);
}

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
    change_options(CORE_ZONE_STALE);
    ck_assert_str_eq(names(text), "b");
    ck_assert_uint_eq(zones_find(zones, 0, &zone_id)->flags, CORE_ZONE_STALE);
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

/* All has been said, and nothing is pending. */
static void
say_all(void)
{
    subscription_hooks.known(subscription);
    subscription_hooks.synced(subscription, true, NULL);
}

START_TEST(remembers_that_it_was_complete)
{
    ck_assert(!subscription_has_zones(subscription));
    subscription_hooks.synced(subscription, false, "no answer");
    ck_assert_str_eq(subscription_reason(subscription), "no answer");
    say_all();
    ck_assert(subscription_is_complete(subscription));
    ck_assert_str_eq(subscription_reason(subscription), "");
    subscription_hooks.synced(subscription, false, NULL);
    ck_assert(!subscription_is_complete(subscription));
    ck_assert(subscription_has_zones(subscription));
}
END_TEST

/* ---- the archive --------------------------------------------------------- */

static char path[512];

/* The next life of the process; says how many transactions it remembers. */
static unsigned
live_again(void)
{
    struct core_fault fault;

    tear_down();
    set_up();
    ck_assert_int_eq(subscription_keep(subscription, path, &fault), 0);
    return subscription_restore(subscription, &fault);
}

static void
begin_archive(void)
{
    snprintf(path, sizeof path, "%s/file-sync.zones", core_test_folder());
    ck_assert_uint_eq(live_again(), 0);
}

/* A zone with the name a, and the whole of the source. */
static void
say_zone_a(void)
{
    begin_whole();
    change(CORE_CHANGE_ADD, "a", address);
    subscription_hooks.commit(subscription, 1);
    say_all();
}

START_TEST(what_was_said_comes_back_stale)
{
    char text[32];

    begin_archive();
    say_zone_a();
    begin_part();
    change(CORE_CHANGE_ADD, "b", address);
    change(CORE_CHANGE_ADD, "b", other);
    subscription_hooks.commit(subscription, 2);
    change_options(CORE_ZONE_LABELS);
    ck_assert_uint_eq(live_again(), 3);
    ck_assert_str_eq(names(text), "ab");

    const struct zone *zone = zones_find(zones, 0, &zone_id);

    ck_assert_uint_eq(zone->flags, CORE_ZONE_LABELS | CORE_ZONE_STALE);
    ck_assert_ptr_nonnull(zone->reason);
    ck_assert_uint_eq(zone->version, 3);
    ck_assert(subscription_has_zones(subscription));
    ck_assert(!subscription_is_complete(subscription));
}
END_TEST

START_TEST(a_name_without_records_comes_back)
{
    static const uint8_t name[] = "\1e\2ex";
    char text[32];

    begin_archive();
    begin_whole();
    subscription_hooks.change(subscription, &(struct core_change) {
        .kind = CORE_CHANGE_NAME, .owner = name,
    });
    subscription_hooks.commit(subscription, 1);
    say_all();
    ck_assert_uint_eq(live_again(), 1);
    ck_assert_str_eq(names(text), "e");
}
END_TEST

START_TEST(the_source_itself_replaces_it)
{
    char text[32];

    begin_archive();
    say_zone_a();
    ck_assert_uint_eq(live_again(), 1);
    begin_whole();
    change(CORE_CHANGE_ADD, "c", address);
    subscription_hooks.commit(subscription, 7);
    say_all();
    ck_assert_str_eq(names(text), "c");
    ck_assert_uint_eq(zones_find(zones, 0, &zone_id)->flags, 0);
    ck_assert_uint_eq(live_again(), 1);
    ck_assert_str_eq(names(text), "c");
}
END_TEST

START_TEST(zones_that_are_no_more_go_in_the_end)
{
    char text[32];

    begin_archive();
    say_zone_a();
    live_again();
    ck_assert_str_eq(names(text), "a");
    say_all();
    ck_assert_str_eq(names(text), "-");
}
END_TEST

/* Nor while it does not know all its zones. */
START_TEST(zones_that_may_still_be_named_stay)
{
    char text[32];

    begin_archive();
    say_zone_a();
    live_again();
    subscription_hooks.synced(subscription, true, NULL);
    ck_assert_str_eq(names(text), "a");
    ck_assert_uint_eq(live_again(), 1);
    say_all();
    ck_assert_str_eq(names(text), "-");
    ck_assert_uint_eq(live_again(), 0);
}
END_TEST

/* A life in which the source was never complete leaves the old one alone. */
START_TEST(an_incomplete_archive_replaces_no_other)
{
    char text[32];

    begin_archive();
    say_zone_a();
    live_again();
    begin_whole();
    change(CORE_CHANGE_ADD, "d", address);
    subscription_hooks.commit(subscription, 9);
    ck_assert_uint_eq(live_again(), 1);
    ck_assert_str_eq(names(text), "a");
}
END_TEST

START_TEST(removed_and_abandoned_is_not_remembered)
{
    struct core_zone_id second = { .layer = 3, .name = "\2ex" };
    char text[32];

    begin_archive();
    say_zone_a();
    begin_part();
    change(CORE_CHANGE_ADD, "b", address);
    subscription_hooks.abandon(subscription);
    subscription_hooks.begin(subscription, &second,
                             &(struct core_zone_options) { .flags = 0 },
                             true);
    subscription_hooks.commit(subscription, 3);
    subscription_hooks.remove(subscription, &second);
    live_again();
    ck_assert_str_eq(names(text), "a");
    ck_assert_uint_eq(zones_count(zones), 1);
}
END_TEST

/* Wherever the end is lost: whole transactions, from the first on. */
START_TEST(a_shortened_archive_is_read_as_far_as_it_is_whole)
{
    struct stat status;
    char text[32];
    static const char *const possible[] = { "-", "a", "ab" };
    size_t state = 0;

    begin_archive();
    say_zone_a();
    begin_part();
    change(CORE_CHANGE_ADD, "b", address);
    subscription_hooks.commit(subscription, 2);
    tear_down();
    ck_assert_int_eq(stat(path, &status), 0);

    off_t size = status.st_size;

    for (off_t kept = size; kept >= 0; kept--) {
        ck_assert_int_eq(truncate(path, kept), 0);
        set_up();

        struct core_fault fault;

        subscription_keep(subscription, path, &fault);
        subscription_restore(subscription, &fault);
        while (strcmp(names(text), possible[2 - state]) != 0)
            ck_assert_uint_lt(++state, 3);
        tear_down();
    }
    ck_assert_uint_eq(state, 2);
    set_up();
}
END_TEST

START_TEST(an_archive_does_not_grow_for_ever)
{
    struct stat status;
    char text[32];

    begin_archive();
    say_zone_a();
    for (unsigned i = 0; i < 100000; i++) {
        begin_part();
        change(CORE_CHANGE_PUT, "b", i % 2 == 0 ? address : other);
        subscription_hooks.commit(subscription, 2 + i);
    }
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_lt(status.st_size, 5 * 1024 * 1024);
    ck_assert_uint_gt(live_again(), 0);
    ck_assert_str_eq(names(text), "ab");
    ck_assert_uint_eq(zones_find(zones, 0, &zone_id)->version, 100001);
}
END_TEST

/* One that is written anew in the middle of what has to be said. */
START_TEST(an_archive_begins_at_its_beginning)
{
    char text[32];

    begin_archive();
    say_all();
    begin_whole();
    for (unsigned i = 0; i < 200000; i++)
        change(CORE_CHANGE_PUT, "b", i % 2 == 0 ? address : other);
    subscription_hooks.commit(subscription, 2);
    ck_assert_uint_eq(live_again(), 1);
    ck_assert_str_eq(names(text), "b");
}
END_TEST

static void
begin_pending(void)
{
    struct core_zone_options options = {
        .flags = CORE_ZONE_FAILED | CORE_ZONE_PENDING,
        .reason = "not synced",
    };

    subscription_hooks.begin(subscription, &zone_id, &options, true);
    subscription_hooks.commit(subscription, 5);
}

/* What was heard of a zone outlives a source that begins without data. */
START_TEST(data_stay_when_the_source_has_none_yet)
{
    char text[32];
    const struct zone *zone;

    begin_pending();
    ck_assert_uint_eq(zones_find(zones, 0, &zone_id)->flags
                      & CORE_ZONE_FAILED, CORE_ZONE_FAILED);
    begin_whole();
    change(CORE_CHANGE_ADD, "a", address);
    subscription_hooks.commit(subscription, 6);
    begin_pending();
    ck_assert_str_eq(names(text), "a");
    zone = zones_find(zones, 0, &zone_id);
    ck_assert_uint_eq(zone->flags, CORE_ZONE_STALE);
    ck_assert_str_eq(zone->reason, "not synced");
}
END_TEST

/* And what it does not name. */
START_TEST(zones_on_disk_stay_when_the_source_names_others)
{
    const struct core_zone_id named = { .layer = 0, .name = "\3far" };
    const struct core_zone_options options = {
        .flags = CORE_ZONE_FAILED | CORE_ZONE_PENDING,
    };
    struct core_fault fault;
    char text[32];

    begin_archive();
    say_zone_a();
    tear_down();
    set_up();
    ck_assert_int_eq(subscription_keep(subscription, path, &fault), 0);
    subscription_hooks.begin(subscription, &named, &options, true);
    subscription_hooks.commit(subscription, 5);
    subscription_hooks.synced(subscription, true, NULL);
    ck_assert_str_eq(names(text), "a");
    ck_assert_uint_eq(zones_find(zones, 0, &named)->flags, options.flags);
    say_all();
    ck_assert_str_eq(names(text), "-");
}
END_TEST

/* So do those on disk, for a second and a third life. */
START_TEST(data_on_disk_stay_when_the_source_has_none_yet)
{
    char text[32];
    struct core_fault fault;

    snprintf(path, sizeof path, "%s/kept.zones", core_test_folder());
    ck_assert_int_eq(subscription_keep(subscription, path, &fault), 0);
    begin_whole();
    change(CORE_CHANGE_ADD, "a", address);
    subscription_hooks.commit(subscription, 1);
    say_all();
    begin_part();
    change(CORE_CHANGE_ADD, "b", address);
    subscription_hooks.commit(subscription, 2);
    for (int life = 0; life < 2; life++) {
        tear_down();
        set_up();
        ck_assert_int_eq(subscription_keep(subscription, path, &fault), 0);
        begin_pending();
        ck_assert_str_eq(names(text), "ab");
        ck_assert_uint_eq(zones_find(zones, 0, &zone_id)->flags,
                          CORE_ZONE_STALE);
    }
    begin_whole();
    change(CORE_CHANGE_ADD, "c", address);
    subscription_hooks.commit(subscription, 9);
    ck_assert_str_eq(names(text), "c");
    ck_assert_uint_eq(zones_find(zones, 0, &zone_id)->flags, 0);
}
END_TEST

static void
begin_life(void)
{
    struct core_fault fault;

    tear_down();
    set_up();
    ck_assert_int_eq(subscription_keep(subscription, path, &fault), 0);
    begin_pending();
}

/* And with what is said of them before they are replaced. */
START_TEST(changes_of_data_on_disk_stay_with_them)
{
    char text[32];

    begin_archive();
    say_zone_a();
    for (int life = 0; life < 2; life++) {
        begin_life();
        ck_assert_str_eq(names(text), life == 0 ? "a" : "ab");
        begin_part();
        change(CORE_CHANGE_ADD, "b", address);
        subscription_hooks.commit(subscription, 7);
        say_all();
    }
}
END_TEST

/* Nor does one that says so of a zone that it has told. */
START_TEST(data_stay_when_options_say_that_there_are_none)
{
    const struct core_zone_options pending = {
        .flags = CORE_ZONE_FAILED | CORE_ZONE_PENDING, .reason = "away",
    };
    char text[32];

    begin_archive();
    say_zone_a();
    subscription_hooks.begin(subscription, &zone_id, &pending, false);
    subscription_hooks.commit(subscription, 2);
    ck_assert_str_eq(names(text), "a");
    ck_assert_uint_eq(zones_find(zones, 0, &zone_id)->flags, CORE_ZONE_STALE);
}
END_TEST

/* A source that fails while it has no data yet takes none away. */
START_TEST(data_on_disk_outlive_a_failure)
{
    const struct core_zone_options failed = {
        .flags = CORE_ZONE_FAILED, .reason = "broken",
    };
    char text[32];

    begin_archive();
    say_zone_a();
    begin_life();
    subscription_hooks.begin(subscription, &zone_id, &failed, true);
    subscription_hooks.commit(subscription, 7);
    say_all();
    begin_pending();
    ck_assert_str_eq(names(text), "a");
    begin_life();
    ck_assert_str_eq(names(text), "a");
}
END_TEST

/* Each one by itself, of a source that has data of others. */
START_TEST(one_of_several_zones_comes_back)
{
    static const struct core_zone_id others[] = {
        { .name = "\3top" }, { .layer = 1, .name = "\2ex" },
    };
    struct core_zone_options none = { .flags = 0 };
    struct core_fault fault;
    char text[32];

    begin_archive();
    for (int i = 0; i < 2; i++) {
        subscription_hooks.begin(subscription, &others[i], &none, true);
        subscription_hooks.commit(subscription, 3);
        if (i == 0)
            say_zone_a();
    }
    begin_part();
    change(CORE_CHANGE_ADD, "b", address);
    subscription_hooks.commit(subscription, 4);
    subscription_hooks.remove(subscription, &others[1]);
    tear_down();
    set_up();
    ck_assert_int_eq(subscription_keep(subscription, path, &fault), 0);
    subscription_hooks.begin(subscription, &others[1], &none, true);
    subscription_hooks.commit(subscription, 5);
    begin_pending();
    ck_assert_str_eq(names(text), "ab");
    ck_assert_uint_eq(zones_count(zones), 2);
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
    tcase_add_test(cases, what_was_said_comes_back_stale);
    tcase_add_test(cases, a_name_without_records_comes_back);
    tcase_add_test(cases, the_source_itself_replaces_it);
    tcase_add_test(cases, zones_that_are_no_more_go_in_the_end);
    tcase_add_test(cases, zones_that_may_still_be_named_stay);
    tcase_add_test(cases, zones_on_disk_stay_when_the_source_names_others);
    tcase_add_test(cases, an_incomplete_archive_replaces_no_other);
    tcase_add_test(cases, removed_and_abandoned_is_not_remembered);
    tcase_add_test(cases, a_shortened_archive_is_read_as_far_as_it_is_whole);
    tcase_add_test(cases, an_archive_does_not_grow_for_ever);
    tcase_add_test(cases, an_archive_begins_at_its_beginning);
    tcase_add_test(cases, one_of_several_zones_comes_back);
    tcase_add_test(cases, data_stay_when_the_source_has_none_yet);
    tcase_add_test(cases, data_on_disk_stay_when_the_source_has_none_yet);
    tcase_add_test(cases, changes_of_data_on_disk_stay_with_them);
    tcase_add_test(cases, data_on_disk_outlive_a_failure);
    tcase_add_test(cases, data_stay_when_options_say_that_there_are_none);
    return core_test_run(cases);
}
