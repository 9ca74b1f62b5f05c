/* filter - what is shown, and words that are none */

#include "tap/filter.h"

#include "core_test.h"
#include "tap/sample.h"

static const uint8_t name[] = "\7example\3org";
static const uint8_t *const names[] = { name };
static const char *const types[] = { "A", "aaaa" };
static const struct core_network clients[] = {
    { .address = { [10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2 },
      .bits = 120 },
};
static const char *const rcodes[] = { "NXDOMAIN", "servfail" };

#define LIST(array) { (void *) (uintptr_t) array, \
    sizeof array / sizeof *array }

static const struct filter_settings all = { .names = { NULL, 0 } };
static const struct filter_settings some = {
    LIST(names), LIST(types), LIST(clients), LIST(rcodes)
};

static filter_t *
make(const struct filter_settings *settings)
{
    core_faults_t *faults = core_faults_new();
    filter_t *filter = filter_new(settings, faults);

    ck_assert_ptr_nonnull(filter);
    core_faults_destroy(&faults);
    return filter;
}

static const struct {
    const char *name;
    uint16_t type;
    uint8_t last;                       /* but one octet of the address */
    bool is_shown;
} rows[] = {
    { "example.org.",     CORE_A,    2, true },
    { "WWW.example.ORG.", CORE_AAAA, 2, true },
    { "badexample.org.",  CORE_A,    2, false },
    { "org.",             CORE_A,    2, false },
    { "example.org.",     CORE_MX,   2, false },
    { "example.org.",     CORE_A,    3, false },
};

START_TEST(shows_what_matches_all_lists)
{
    static struct sample query;
    filter_t *filter = make(&some), *any = make(&all);

    sample_query(&query, rows[_i].name, rows[_i].type);
    query.record.client[14] = rows[_i].last;
    ck_assert(filter_shows(filter, &query.message, &query.record)
              == rows[_i].is_shown);
    ck_assert(filter_shows(any, &query.message, &query.record));
    filter_destroy(&filter);
    filter_destroy(&any);
    ck_assert_ptr_null(any);
}
END_TEST

START_TEST(knows_rcodes)
{
    filter_t *filter = make(&some), *any = make(&all);

    ck_assert(filter_has_rcodes(filter) && !filter_has_rcodes(any));
    ck_assert(filter_shows_rcode(filter, CORE_NXDOMAIN));
    ck_assert(filter_shows_rcode(filter, CORE_SERVFAIL));
    ck_assert(!filter_shows_rcode(filter, CORE_NOERROR));
    ck_assert(filter_shows_rcode(any, CORE_NOERROR));
    filter_destroy(&filter);
    filter_destroy(&any);
}
END_TEST

START_TEST(says_which_words_are_none)
{
    static const char *const bad_types[] = { "A", "NOSUCH" };
    static const char *const bad_rcodes[] = { "FINE" };
    const struct filter_settings settings = {
        .types = LIST(bad_types), .rcodes = LIST(bad_rcodes),
    };
    core_faults_t *faults = core_faults_new();

    ck_assert_ptr_null(filter_new(&settings, faults));
    ck_assert_uint_eq(core_faults_count(faults), 2);
    ck_assert_str_eq(core_faults_at(faults, 0)->text,
                     "types[1]: not a type: NOSUCH");
    ck_assert_str_eq(core_faults_at(faults, 1)->text,
                     "rcodes[0]: not an rcode: FINE");
    core_faults_destroy(&faults);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("filter");

    tcase_add_loop_test(cases, shows_what_matches_all_lists, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, knows_rcodes);
    tcase_add_test(cases, says_which_words_are_none);
    return core_test_run(cases);
}
