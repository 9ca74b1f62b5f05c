/* labels - questions in which "*" or "any" stands for any label */

#include "authority/zone_text.h"

#include "core_test.h"

static const char text[] =
    "@ 30 SOA ns h 7 1 2 3 60\n"
    "web.prod.east 300 A 192.0.2.41\n"
    "web.prod.east 60 SRV 10 100 1 web.prod.east\n"
    "web.stage.east 300 A 192.0.2.42\n"
    "web.stage.east 300 SRV 10 100 1 web.stage.east\n"
    "web.prod.west 200 A 192.0.2.43\n"
    "db.prod.west 300 A 192.0.2.44\n"
    "db.prod.west 300 SRV 20 100 1 db.prod.west\n"
    "prod.west 300 A 192.0.2.43\n"
    "prod.west 300 A 192.0.2.44\n"
    "same.a 300 A 192.0.2.50\n"
    "same.b 300 A 192.0.2.50\n"
    "al.a 300 CNAME web.prod.west\n"
    "any.real 300 A 192.0.2.60\n"
    "x.any 300 A 192.0.2.61\n";

#define SOA "~ ex. 30 SOA ns.ex. h.ex. 7 1 2 3 60\n"

static const struct {
    const char *name;
    const char *type;
    const char *reply;
} rows[] = {
    { "web.*.east.ex.", "A",
      "NOERROR aa\nweb.*.east.ex. 300 A 192.0.2.41\n"
      "web.*.east.ex. 300 A 192.0.2.42\n" },
    { "WEB.Any.east.ex.", "A",
      "NOERROR aa\nWEB.Any.east.ex. 300 A 192.0.2.41\n"
      "WEB.Any.east.ex. 300 A 192.0.2.42\n" },
    { "web.*.east.ex.", "SRV",
      "NOERROR aa\nweb.*.east.ex. 60 SRV 10 50 1 web.prod.east.ex.\n"
      "web.*.east.ex. 60 SRV 10 50 1 web.stage.east.ex.\n"
      "+ web.prod.east.ex. 300 A 192.0.2.41\n"
      "+ web.stage.east.ex. 300 A 192.0.2.42\n" },
    { "*.prod.*.ex.", "A",
      "NOERROR aa\n*.prod.*.ex. 200 A 192.0.2.41\n"
      "*.prod.*.ex. 200 A 192.0.2.43\n*.prod.*.ex. 200 A 192.0.2.44\n" },
    { "*.prod.*.ex.", "SRV",        /* shares within a priority */
      "NOERROR aa\n*.prod.*.ex. 60 SRV 10 100 1 web.prod.east.ex.\n"
      "*.prod.*.ex. 60 SRV 20 100 1 db.prod.west.ex.\n"
      "+ db.prod.west.ex. 300 A 192.0.2.44\n"
      "+ web.prod.east.ex. 300 A 192.0.2.41\n" },
    { "*.west.ex.", "A",            /* only names of as many labels */
      "NOERROR aa\n*.west.ex. 300 A 192.0.2.43\n"
      "*.west.ex. 300 A 192.0.2.44\n" },
    { "same.*.ex.", "A", "NOERROR aa\nsame.*.ex. 300 A 192.0.2.50\n" },
    { "*.a.ex.", "AAAA",            /* an alias, where there is nothing else */
      "NOERROR aa\n*.a.ex. 300 CNAME web.prod.west.ex.\n" SOA },
    { "al.*.ex.", "A",
      "NOERROR aa\nal.*.ex. 300 CNAME web.prod.west.ex.\n"
      "web.prod.west.ex. 200 A 192.0.2.43\n" },
    { "al.*.ex.", "CNAME",
      "NOERROR aa\nal.*.ex. 300 CNAME web.prod.west.ex.\n" },
    { "*.east.ex.", "TXT", "NOERROR aa\n" SOA },
    { "nobody.*.east.ex.", "A", "NOERROR aa\n" SOA },
    { "*.nowhere.ex.", "A", "NXDOMAIN aa\n" SOA },
    { "*.real.ex.", "A", "NOERROR aa\n*.real.ex. 300 A 192.0.2.60\n" },
    { "x.*.ex.", "A", "NOERROR aa\nx.*.ex. 300 A 192.0.2.61\n" },
    { "nowhere.ex.", "A", "NXDOMAIN aa\n" SOA },
    { "*x.east.ex.", "A", "NXDOMAIN aa\n" SOA },
};

START_TEST(a_label_stands_for_any)
{
    zones_t *zones = zones_new();
    char *reply;

    zone_text_put(zones, 0, 0, "ex.", CORE_ZONE_LABELS, text);
    reply = zone_text_ask(zones, NULL, rows[_i].name, rows[_i].type, 0);
    ck_assert_str_eq(reply, rows[_i].reply);
    free(reply);
    zones_destroy(&zones);
}
END_TEST

START_TEST(without_the_option_it_is_a_label)
{
    zones_t *zones = zones_new();
    char *reply;

    zone_text_put(zones, 0, 0, "ex.", 0, text);
    reply = zone_text_ask(zones, NULL, "web.*.east.ex.", "A", 0);
    ck_assert_str_eq(reply, "NXDOMAIN aa\n" SOA);
    free(reply);
    zones_destroy(&zones);
}
END_TEST

START_TEST(labels_of_the_zone_itself_are_not_looked_at)
{
    zones_t *zones = zones_new();
    char *reply;

    zone_text_put(zones, 0, 0, "any.", CORE_ZONE_LABELS,
                  "@ 30 SOA ns h 7 1 2 3 60\na A 192.0.2.1\n");
    reply = zone_text_ask(zones, NULL, "a.any.", "A", 0);
    ck_assert_str_eq(reply, "NOERROR aa\na.any. 3600 A 192.0.2.1\n");
    free(reply);
    zones_destroy(&zones);
}
END_TEST

START_TEST(what_fits_nothing_falls_through)
{
    zones_t *zones = zones_new();
    char *reply;

    zone_text_put(zones, 0, 0, "ex.",
                  CORE_ZONE_LABELS | CORE_ZONE_FALLTHROUGH, text);
    reply = zone_text_ask(zones, NULL, "*.nowhere.ex.", "A", 0);
    ck_assert_str_eq(reply, "passed\n");
    free(reply);
    zones_destroy(&zones);
}
END_TEST

START_TEST(no_more_names_are_looked_at_than_the_limit)
{
    zones_t *zones = zones_new();
    struct zone *zone = zone_text_put(zones, 0, 0, "ex.", CORE_ZONE_LABELS,
                                      "@ 30 SOA ns h 7 1 2 3 60\n");
    struct labels *labels = malloc(sizeof *labels);
    uint8_t pattern[] = "\1*\2ex";

    ck_assert_ptr_nonnull(labels);
    for (unsigned i = 0; i < LABELS_NAMES + 100; i++) {
        uint8_t owner[] = { 4, 'a', 'a', 'a', 'a', 2, 'e', 'x', 0 };
        uint8_t rdatas[] = { 0, 4, 10, 0, (uint8_t) (i >> 8), (uint8_t) i };

        for (unsigned j = 0; j < 4; j++)
            owner[4 - j] = (uint8_t) ('a' + (i >> 4 * j) % 16);
        zone_change(zone, &(struct core_change) {
            .kind = CORE_CHANGE_PUT, .owner = owner, .type = CORE_A,
            .ttl = 1, .count = 1, .rdatas = rdatas, .rdatas_size = 6,
        });
    }
    zone_settle(zone, 2);
    labels_gather(labels, zone, pattern, CORE_A);
    ck_assert_uint_eq(labels->rrset.count, LABELS_NAMES);
    free(labels);
    zones_destroy(&zones);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("labels");

    tcase_add_loop_test(cases, a_label_stands_for_any,
                        0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, without_the_option_it_is_a_label);
    tcase_add_test(cases, labels_of_the_zone_itself_are_not_looked_at);
    tcase_add_test(cases, what_fits_nothing_falls_through);
    tcase_add_test(cases, no_more_names_are_looked_at_than_the_limit);
    return core_test_run(cases);
}
