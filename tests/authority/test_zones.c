/* zones - which zone of which layer speaks for a name */

#include "authority/zone_text.h"

#include "core_test.h"

static const char *const origins[] = {
    ".", "ex.", "a.ex.", "b.a.ex.", "other.",
};

static const struct {
    const char *name;
    const char *match;                  /* NULL: no zone at all */
    const char *above;
} rows[] = {
    { "x.b.a.ex.", "b.a.ex.", "b.a.ex." },
    { "B.A.ex.", "b.a.ex.", "a.ex." },
    { "c.a.ex.", "a.ex.", "a.ex." },
    { "ba.ex.", "ex.", "ex." },
    { "ex.", "ex.", "." },
    { "example.", ".", "." },
    { ".", ".", NULL },
};

static void
check(const struct zone *zone, const char *name)
{
    char text[CORE_NAME_TEXT_SIZE];

    if (name == NULL) {
        ck_assert_ptr_null(zone);
        return;
    }
    ck_assert_ptr_nonnull(zone);
    ck_assert_str_eq(core_name_to_text(text, zone->id.name), name);
}

START_TEST(finds_the_longest_match)
{
    zones_t *zones = zones_new();
    uint8_t name[CORE_NAME_SIZE];
    struct key key;

    for (int i = 0; i < CORE_TEST_ROWS(origins); i++)
        zone_text_put(zones, 0, 0, origins[i], 0, "\n");
    core_name_from_text(name, rows[_i].name, NULL);
    key_make(&key, name);
    check(zones_match(zones, 0, &key), rows[_i].match);
    check(zones_match_above(zones, 0, &key), rows[_i].above);
    zones_destroy(&zones);
}
END_TEST

static void
note(void *owner, const struct zone *zone)
{
    char text[CORE_NAME_TEXT_SIZE];

    sprintf((char *) owner + strlen(owner), "%u.%u %s ", zone->source,
            zone->id.layer, core_name_to_text(text, zone->id.name));
}

START_TEST(layers_are_sources_then_numbers)
{
    zones_t *zones = zones_new();
    char text[256] = "";

    zone_text_put(zones, 1, 0, "ex.", 0, "\n");
    zone_text_put(zones, 0, 2, "ex.", 0, "\n");
    zone_text_put(zones, 0, 1, "ex.", 0, "\n");
    zone_text_put(zones, 0, 1, "a.ex.", 0, "\n");
    zones_walk(zones, note, text);
    ck_assert_str_eq(text, "0.1 ex. 0.1 a.ex. 0.2 ex. 1.0 ex. ");
    ck_assert_uint_eq(zones_layers(zones), 3);
    ck_assert_uint_eq(zones_count(zones), 4);
    zones_destroy(&zones);
}
END_TEST

START_TEST(replaces_and_removes)
{
    zones_t *zones = zones_new();
    struct core_zone_id id = { .layer = 0, .name = "\2ex" };
    struct core_zone_id other = { .layer = 1, .name = "\2ex" };

    zone_text_put(zones, 0, 0, "ex.", 0, "@ A 192.0.2.1\n");
    ck_assert_uint_eq(zone_names(zones_find(zones, 0, &id)), 1);
    zone_text_put(zones, 0, 0, "ex.", 0, "\n");
    ck_assert_uint_eq(zones_count(zones), 1);
    ck_assert_uint_eq(zone_names(zones_find(zones, 0, &id)), 0);
    zones_remove(zones, 1, &id);
    zones_remove(zones, 0, &other);
    ck_assert_uint_eq(zones_count(zones), 1);
    zones_remove(zones, 0, &id);
    ck_assert_uint_eq(zones_count(zones), 0);
    ck_assert_uint_eq(zones_layers(zones), 0);
    ck_assert_ptr_null(zones_find(zones, 0, &id));
    zones_destroy(&zones);
    ck_assert_ptr_null(zones);
}
END_TEST

/* Twelve thousand zones are an ordinary day. */
START_TEST(many_zones_are_found)
{
    zones_t *zones = zones_new();
    uint8_t name[CORE_NAME_SIZE];
    struct key key;
    char origin[64];

    for (unsigned i = 0; i < 12000; i++) {
        sprintf(origin, "customer-%u.example.", i);
        zone_text_put(zones, 0, 0, origin, 0, "@ A 192.0.2.1\n");
    }
    for (unsigned i = 0; i < 12000; i++) {
        sprintf(origin, "www.customer-%u.example.", i);
        core_name_from_text(name, origin, NULL);
        key_make(&key, name);
        check(zones_match(zones, 0, &key), origin + 4);
    }
    zones_destroy(&zones);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("zones");

    tcase_add_loop_test(cases, finds_the_longest_match, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, layers_are_sources_then_numbers);
    tcase_add_test(cases, replaces_and_removes);
    tcase_add_test(cases, many_zones_are_found);
    return core_test_run(cases);
}
