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

/* A zone ex. of many names with an address each, as a format makes them of a
   number, which it may name twice. */
static zones_t *
make_many(const char *format, unsigned count)
{
    zones_t *zones = zones_new();
    char *lines = NULL;
    size_t size;
    FILE *output = open_memstream(&lines, &size);

    fprintf(output, "@ 30 SOA ns h 7 1 2 3 60\n");
    for (unsigned i = 0; i < count; i++) {
        fprintf(output, format, i, i);
        fprintf(output, " 300 A 10.0.%u.%u\n", i >> 8 & 0xff, i & 0xff);
    }
    fclose(output);
    zone_text_put(zones, 0, 0, "ex.", CORE_ZONE_LABELS, lines);
    free(lines);
    return zones;
}

#define MANY "s%u.e%u.region"

static const struct {
    const char *name;
    const char *reply;
} many_rows[] = {
    { "s4999.*.region.ex.",
      "NOERROR aa\ns4999.*.region.ex. 300 A 10.0.19.135\n" },
    { "s0.*.*.ex.", "NOERROR aa\ns0.*.*.ex. 300 A 10.0.0.0\n" },
    { "*.e1234.region.ex.",
      "NOERROR aa\n*.e1234.region.ex. 300 A 10.0.4.210\n" },
    { "*.e1234.*.ex.", "NOERROR aa\n*.e1234.*.ex. 300 A 10.0.4.210\n" },
    { "s4999.*.other.ex.", "NXDOMAIN aa\n" SOA },
    { "s5000.*.region.ex.", "NOERROR aa\n" SOA },
};

START_TEST(what_fits_is_found_among_many)
{
    zones_t *zones = make_many(MANY, 5000);
    char *reply = zone_text_ask(zones, NULL, many_rows[_i].name, "A", 0);

    ck_assert_str_eq(reply, many_rows[_i].reply);
    free(reply);
    zones_destroy(&zones);
}
END_TEST

/* What does not fit is not read. */
START_TEST(names_that_cannot_fit_cost_nothing)
{
    zones_t *zones = make_many("n%u.a", 2 * LABELS_STEPS);
    char *reply = zone_text_ask(zones, NULL, "x.*.ex.", "A", 0);

    ck_assert_str_eq(reply, "NOERROR aa\n" SOA);
    free(reply);
    reply = zone_text_ask(zones, NULL, "*.ex.", "A", 0);
    ck_assert_str_eq(reply, "NOERROR aa\n" SOA);
    free(reply);
    zones_destroy(&zones);
}
END_TEST

static const struct {
    const char *format;
    unsigned count;
    const char *name;
    bool is_too_much;
} limit_rows[] = {
    { "n%u", LABELS_STEPS / 2 + 1, "*.ex.", true },   /* a step for the name
                                                         and its record each */
    { "n%u", 5000, "*.ex.", false },
    { "s%u.e%u", LABELS_STEPS + 1, "s1.*.ex.", true },
    { "s.e%u", 20000, "*.e1.ex.", false },
};

START_TEST(more_than_the_limit_is_a_failure)
{
    static struct zone_text_call call;
    zones_t *zones = make_many(limit_rows[_i].format, limit_rows[_i].count);
    enum answer_verdict verdict =
        zone_text_start(&call, zones, NULL, limit_rows[_i].name, "A",
                        ZONE_TEXT_STREAM);
    char *reply = zone_text_end(&call, verdict);

    if (limit_rows[_i].is_too_much) {
        ck_assert_str_eq(reply, "SERVFAIL\n");
        ck_assert_int_eq(call.answer.ending, ENDING_TOO_MANY);
        ck_assert_int_eq(call.answer.ede, CORE_EDE_OTHER);
        ck_assert_str_eq(call.answer.ede_text, "too much fits the name");
    } else {
        ck_assert(strncmp(reply, "NOERROR aa", 10) == 0);
        ck_assert_int_eq(call.answer.ending, ENDING_POSITIVE);
    }
    free(reply);
    zones_destroy(&zones);
}
END_TEST

START_TEST(an_rrset_without_some_records_is_none)
{
    zones_t *zones = zones_new();
    char *lines = NULL;
    size_t size;
    FILE *output = open_memstream(&lines, &size);
    char *reply;

    fprintf(output, "@ 30 SOA ns h 7 1 2 3 60\n");
    for (unsigned i = 0; i < LABELS_SIZE / 200; i++)
        fprintf(output, "n%u TXT \"%0200u\"\n", i, i);
    fclose(output);
    zone_text_put(zones, 0, 0, "ex.", CORE_ZONE_LABELS, lines);
    reply = zone_text_ask(zones, NULL, "*.ex.", "TXT", ZONE_TEXT_STREAM);
    ck_assert_str_eq(reply, "SERVFAIL\n");
    free(reply);
    free(lines);
    zones_destroy(&zones);
}
END_TEST

/* ---- against a reading of all names -------------------------------------- */

static unsigned
draw(unsigned *state, unsigned limit)
{
    *state = *state * 1103515245 + 12345;
    return (*state >> 16) % limit;
}

/* A name below ex., of labels that are easily equal, in front of each other,
   or of letters of the other case. */
static void
draw_name(uint8_t name[CORE_NAME_SIZE], const char *const *labels,
          unsigned count, unsigned *state)
{
    char written[64] = "";

    for (unsigned i = draw(state, 4) + 1; i > 0; i--)
        strcat(strcat(written, labels[draw(state, count)]), ".");
    strcat(written, "ex.");
    ck_assert_int_ne(core_name_from_text(name, written, NULL), -1);
}

struct reader {
    const uint8_t *pattern;
    unsigned count;                     /* of the names that fit */
};

static bool
read_name(void *owner, void *thing)
{
    struct reader *self = owner;
    const uint8_t *name = ((const struct node *) thing)->name;
    const uint8_t *pattern = self->pattern;

    if (core_name_labels(name) != core_name_labels(pattern))
        return true;
    for (; *name != 0; name += *name + 1, pattern += *pattern + 1)
        if (!core_name_label_equal(pattern, (const uint8_t *) "\1*")
            && !core_name_label_equal(name, pattern))
            return true;
    self->count++;
    return true;
}

START_TEST(nothing_that_fits_is_stepped_over)
{
    static const char *const given[] =
        { "a", "A", "aa", "ab", "b", "a\\000", "\\255", "z" };
    static const char *const asked[] =
        { "*", "a", "*", "AA", "b", "*", "\\255", "a\\000", "c" };
    static struct labels labels;
    unsigned state = (unsigned) _i + 1;
    zones_t *zones = zones_new();
    struct zone *zone = zone_text_put(zones, 0, 0, "ex.", CORE_ZONE_LABELS,
                                      "@ 30 SOA ns h 7 1 2 3 60\n");
    uint8_t name[CORE_NAME_SIZE];

    for (unsigned i = 0; i < 60; i++) {
        uint8_t rdatas[] = { 0, 4, 10, 0, 0, (uint8_t) i };

        draw_name(name, given, 8, &state);
        zone_change(zone, &(struct core_change) {
            .kind = CORE_CHANGE_PUT, .owner = name, .type = CORE_A,
            .ttl = 1, .count = 1, .rdatas = rdatas, .rdatas_size = 6,
        });
    }
    zone_settle(zone, 2);
    for (unsigned i = 0; i < 60; i++) {
        struct reader reader = { .pattern = name };

        draw_name(name, asked, 9, &state);
        if (!labels_are_open(zone, name))
            continue;
        trie_walk(zone->names, read_name, &reader);
        labels_gather(&labels, zone, name, CORE_A);
        ck_assert_uint_eq(labels.rrset.count, reader.count);
    }
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
    tcase_add_loop_test(cases, what_fits_is_found_among_many,
                        0, CORE_TEST_ROWS(many_rows));
    tcase_add_test(cases, names_that_cannot_fit_cost_nothing);
    tcase_add_loop_test(cases, more_than_the_limit_is_a_failure,
                        0, CORE_TEST_ROWS(limit_rows));
    tcase_add_test(cases, an_rrset_without_some_records_is_none);
    tcase_add_loop_test(cases, nothing_that_fits_is_stepped_over, 0, 50);
    return core_test_run(cases);
}
