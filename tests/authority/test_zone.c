/* zone - what a zone knows of itself after changes */

#include "authority/zone_text.h"

#include "core_test.h"

static const char text[] =
    "@ 600 SOA ns h 7 1 2 3 60\n"
    "@ NS ns\n"
    "ns A 192.0.2.1\n"
    "*.w A 192.0.2.2\n"
    "sub NS ns.sub\n"
    "ns.sub A 192.0.2.3\n"
    "d DNAME e\n";

static void
change(struct zone *zone, enum core_change_kind kind, const char *record)
{
    ldns_rr *rr = NULL;

    ck_assert_int_eq(ldns_rr_new_frm_str(&rr, record, 3600, NULL, NULL),
                     LDNS_STATUS_OK);
    zone_text_apply(zone, rr, kind);
    ldns_rr_free(rr);
}

START_TEST(knows_its_soa_and_what_is_in_it)
{
    zones_t *zones = zones_new();
    struct zone *zone = zone_text_put(zones, 0, 0, "ex.", 0, text);

    ck_assert(zone->has_soa);
    ck_assert_uint_eq(zone->serial, 7);
    ck_assert_uint_eq(zone->negative_ttl, 60);
    ck_assert_uint_eq(zone->wildcards, 1);
    ck_assert_uint_eq(zone->cuts, 1);
    ck_assert_uint_eq(zone->dnames, 1);
    ck_assert_uint_eq(zone_names(zone), 6);
    ck_assert_int_eq(zone->denial, ZONE_UNSIGNED);
    zones_destroy(&zones);
}
END_TEST

START_TEST(takes_the_lower_ttl_for_what_is_not_there)
{
    zones_t *zones = zones_new();
    struct zone *zone =
        zone_text_put(zones, 0, 0, "ex.", 0, "@ 30 SOA ns h 7 1 2 3 60\n");

    ck_assert_uint_eq(zone->negative_ttl, 30);
    zones_destroy(&zones);
}
END_TEST

START_TEST(a_name_may_exist_without_records)
{
    static const uint8_t name[] = "\1e\2ex";
    struct core_change exists = {
        .kind = CORE_CHANGE_NAME, .owner = name,
    };
    zones_t *zones = zones_new();
    struct zone *zone = zone_text_put(zones, 0, 0, "ex.", 0, text);
    char *reply;

    zone_change(zone, &exists);
    zone_change(zone, &exists);
    zone_settle(zone, 2);
    ck_assert_uint_eq(zone_names(zone), 7);
    reply = zone_text_ask(zones, NULL, "e.ex.", "A", 0);
    ck_assert_str_eq(reply, "NOERROR aa\n"
                     "~ ex. 60 SOA ns.ex. h.ex. 7 1 2 3 60\n");
    free(reply);
    reply = zone_text_ask(zones, NULL, "e.ex.", "ANY", ZONE_TEXT_STREAM);
    ck_assert_str_eq(reply, "NOERROR aa\n"
                     "~ ex. 60 SOA ns.ex. h.ex. 7 1 2 3 60\n");
    free(reply);
    change(zone, CORE_CHANGE_PUT, "e.ex. 300 A 192.0.2.9");
    zone_change(zone, &exists);
    reply = zone_text_ask(zones, NULL, "e.ex.", "A", 0);
    ck_assert_str_eq(reply, "NOERROR aa\ne.ex. 300 A 192.0.2.9\n");
    free(reply);
    change(zone, CORE_CHANGE_DELETE, "e.ex. 300 A 192.0.2.9");
    ck_assert_ptr_nonnull(zone_find(zone, name));
    exists.kind = CORE_CHANGE_DELETE;
    exists.type = CORE_ANY;
    zone_change(zone, &exists);
    ck_assert_ptr_null(zone_find(zone, name));
    zones_destroy(&zones);
}
END_TEST

START_TEST(forgets_what_is_removed)
{
    zones_t *zones = zones_new();
    struct zone *zone = zone_text_put(zones, 0, 0, "ex.", 0, text);

    change(zone, CORE_CHANGE_REMOVE, "*.w.ex. A 192.0.2.2");
    change(zone, CORE_CHANGE_DELETE, "sub.ex. NS ns.sub.ex.");
    change(zone, CORE_CHANGE_DELETE, "d.ex. DNAME e.ex.");
    change(zone, CORE_CHANGE_PUT, "ex. 100 SOA ns.ex. h.ex. 8 1 2 3 99");
    zone_settle(zone, 2);
    ck_assert_uint_eq(zone->wildcards, 0);
    ck_assert_uint_eq(zone->cuts, 0);
    ck_assert_uint_eq(zone->dnames, 0);
    ck_assert_uint_eq(zone_names(zone), 3);
    ck_assert_uint_eq(zone->serial, 8);
    ck_assert_uint_eq(zone->negative_ttl, 99);
    ck_assert_uint_eq(zone->version, 2);
    zones_destroy(&zones);
}
END_TEST

START_TEST(ignores_what_is_not_below_it)
{
    zones_t *zones = zones_new();
    struct zone *zone = zone_text_put(zones, 0, 0, "ex.", 0, text);

    change(zone, CORE_CHANGE_ADD, "a.other. A 192.0.2.2");
    change(zone, CORE_CHANGE_ADD, "aex. A 192.0.2.2");
    change(zone, CORE_CHANGE_DELETE, "nobody.ex. A 192.0.2.2");
    ck_assert_uint_eq(zone_names(zone), 6);
    zones_destroy(&zones);
}
END_TEST

/* Owners of NSEC3 are no names, nor are they with their signatures. */
START_TEST(keeps_hashes_apart)
{
    static const char signature[] =
        "1 2 60 20300101000000 20200101000000 1 ex. AAAA";
    zones_t *zones = zones_new();
    struct zone *zone = zone_text_put(zones, 0, 0, "ex.", 0, text);
    struct core_change all = {
        .kind = CORE_CHANGE_DELETE, .type = CORE_ANY,
        .owner = (const uint8_t *)
            "\x20" "2VPTU5TIMAMQTTGL4LUU9KG21E0AOR3S\2ex",
    };
    char record[256];

    change(zone, CORE_CHANGE_ADD, "ex. NSEC3PARAM 1 0 5 abcd");
    change(zone, CORE_CHANGE_ADD,
           "2vptu5timamqttgl4luu9kg21e0aor3s.ex. NSEC3 1 1 5 abcd "
           "2t7b4g4vsa5smi47k61mv5bv1a22bojr A RRSIG");
    sprintf(record, "2vptu5timamqttgl4luu9kg21e0aor3s.ex. RRSIG NSEC3 %s",
            signature);
    change(zone, CORE_CHANGE_ADD, record);
    zone_settle(zone, 2);
    ck_assert_uint_eq(zone_names(zone), 6);
    ck_assert_uint_eq(trie_count(zone->hashes), 1);
    ck_assert_int_eq(zone->denial, ZONE_NSEC3);
    ck_assert_uint_eq(zone->nsec3->iterations, 5);
    ck_assert_uint_eq(zone->nsec3->salt_size, 2);
    ck_assert_mem_eq(zone->nsec3->salt, "\xab\xcd", 2);

    zone_change(zone, &all);
    zone_settle(zone, 3);
    ck_assert_uint_eq(trie_count(zone->hashes), 0);
    ck_assert_int_eq(zone->denial, ZONE_UNSIGNED);
    zones_destroy(&zones);
}
END_TEST

static const struct {
    uint16_t flags;
    const char *name;
    bool falls;
} falls[] = {
    { 0, "a.some.ex.", false },
    { CORE_ZONE_FALLTHROUGH, "a.some.ex.", true },
    { CORE_ZONE_FALLTHROUGH, "SOME.ex.", true },
    { CORE_ZONE_FALLTHROUGH, "other.ex.", false },
    { CORE_ZONE_FALLTHROUGH, "awesome.ex.", false },
};

START_TEST(falls_through_below_the_names_it_was_given)
{
    uint8_t some[CORE_NAME_SIZE];
    uint8_t name[CORE_NAME_SIZE];
    const uint8_t *fall[] = { some };
    struct core_zone_options options = {
        .flags = falls[_i].flags, .fall_count = 1, .fall = fall,
    };
    struct zone *zone = zone_text_new(0, 0, "ex.", 0);

    core_name_from_text(some, "some.ex.", NULL);
    core_name_from_text(name, falls[_i].name, NULL);
    zone_set_options(zone, &options);
    ck_assert(zone_falls_through(zone, name) == falls[_i].falls);
    zone_destroy(&zone);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("zone");

    tcase_add_test(cases, knows_its_soa_and_what_is_in_it);
    tcase_add_test(cases, takes_the_lower_ttl_for_what_is_not_there);
    tcase_add_test(cases, a_name_may_exist_without_records);
    tcase_add_test(cases, forgets_what_is_removed);
    tcase_add_test(cases, ignores_what_is_not_below_it);
    tcase_add_test(cases, keeps_hashes_apart);
    tcase_add_loop_test(cases, falls_through_below_the_names_it_was_given,
                        0, CORE_TEST_ROWS(falls));
    return core_test_run(cases);
}
