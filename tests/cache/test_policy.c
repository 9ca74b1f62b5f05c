/* policy - lifetimes, and zones that are left out */

#include "cache/policy.h"

#include "cache/sample.h"
#include "core_test.h"

static const struct {
    enum image_kind kind;
    int64_t least, most;                /* seconds */
    uint32_t ttl, soa_minimum;
    bool with_minimum;
    int64_t expected;
} rows[] = {
    { IMAGE_POSITIVE, 300, 3600, 1800, SCRUB_NO_SOA, true, 1800 },
    { IMAGE_POSITIVE, 300, 3600, 299, SCRUB_NO_SOA, true, 300 },
    { IMAGE_POSITIVE, 0, 3600, 299, SCRUB_NO_SOA, true, 299 },
    { IMAGE_POSITIVE, 300, 3600, 3601, SCRUB_NO_SOA, true, 3600 },
    { IMAGE_POSITIVE, 0, 3600, 0, SCRUB_NO_SOA, true, 0 },
    { IMAGE_POSITIVE, 5, 3, 10, SCRUB_NO_SOA, true, 3 },    /* upper counts */
    { IMAGE_POSITIVE, 0, 3600, 300, 60, true, 300 },    /* not its business */
    { IMAGE_NEGATIVE, 0, 1800, 300, 60, true, 60 },
    { IMAGE_NEGATIVE, 0, 1800, 60, 300, true, 60 },
    { IMAGE_NEGATIVE, 0, 1800, 300, 60, false, 300 },
    { IMAGE_NEGATIVE, 5, 1800, 300, 0, true, 5 },
    { IMAGE_NEGATIVE, 0, 1800, 86400, 86400, true, 1800 },
    { IMAGE_FAILURE, 0, 3600, 300, 60, true, 7 },
};

START_TEST(limits_lifetimes)
{
    struct policy policy = {
        .success_ttl = rows[_i].most, .success_minimum_ttl = rows[_i].least,
        .denial_ttl = rows[_i].most, .denial_minimum_ttl = rows[_i].least,
        .soa_minimum = rows[_i].with_minimum, .failure_ms = 7000,
    };
    struct scrubbed scrubbed = {
        .image.kind = rows[_i].kind, .ttl_lowest = rows[_i].ttl,
        .soa_minimum = rows[_i].soa_minimum,
    };

    ck_assert_int_eq(policy_lifetime(&policy, &scrubbed),
                     1000 * rows[_i].expected);
}
END_TEST

#define NAME(text) (const uint8_t *) text

static const uint8_t *zones[] = { NAME("\7example\0"), NAME("\3lan\0") };

static const struct {
    const uint8_t *name;
    bool is_covered;
} names[] = {
    { NAME("\7example\0"), true },
    { NAME("\1a\7EXAMPLE\0"), true },
    { NAME("\1a\1b\3lan\0"), true },
    { NAME("\7xexampl\0"), false },
    { NAME("\0"), false },
};

START_TEST(knows_its_zones)
{
    struct policy policy = {
        .zones = { zones, 2 }, .success_disable = { zones, 2 },
    };
    bool is_covered = names[_i].is_covered;

    ck_assert(policy_covers(&policy, names[_i].name) == is_covered);
    ck_assert(policy_keeps(&policy, IMAGE_POSITIVE, names[_i].name)
              != is_covered);
    ck_assert(policy_keeps(&policy, IMAGE_NEGATIVE, names[_i].name));
    ck_assert(policy_keeps(&policy, IMAGE_FAILURE, names[_i].name));
    policy.zones.count = 0;
    ck_assert(policy_covers(&policy, names[_i].name));
}
END_TEST

START_TEST(shares_the_capacity)
{
    struct policy policy = { .capacity = 1 << 20, .denial_share = 25 };

    ck_assert_uint_le(policy_denial_capacity(&policy), 1 << 18);
    ck_assert_uint_eq(policy_denial_capacity(&policy)
                      + policy_success_capacity(&policy), 1 << 20);
}
END_TEST

/* The table gives what the tests of other classes take for defaults. */
START_TEST(has_the_defaults_of_its_table)
{
    struct policy policy, expected = sample_policy();
    core_faults_t *faults = core_faults_new();
    core_config_t *config = core_config_load(core_test_file(""), faults);

    ck_assert_int_eq(core_settings_read(config, NULL, "cache",
                                        policy_settings, NULL, &policy,
                                        faults), 0);
    ck_assert_int_eq(policy.capacity, 64 << 20);
    ck_assert_int_eq(policy.denial_share, expected.denial_share);
    ck_assert_int_eq(policy.success_ttl, expected.success_ttl);
    ck_assert_int_eq(policy.success_minimum_ttl,
                     expected.success_minimum_ttl);
    ck_assert_int_eq(policy.denial_ttl, expected.denial_ttl);
    ck_assert_int_eq(policy.denial_minimum_ttl, expected.denial_minimum_ttl);
    ck_assert_int_eq(policy.failure_ms, expected.failure_ms);
    ck_assert_int_eq(policy.prefetch, 0);
    ck_assert_int_eq(policy.prefetch_pause_ms, expected.prefetch_pause_ms);
    ck_assert_int_eq(policy.prefetch_percentage,
                     expected.prefetch_percentage);
    ck_assert_int_eq(policy.stale_ms, 0);
    ck_assert_int_eq(policy.stale_mode, STALE_VERIFY);
    ck_assert_int_eq(policy.stale_wait_ms, expected.stale_wait_ms);
    ck_assert_int_eq(policy.stale_ttl, expected.stale_ttl);
    ck_assert_int_eq(policy.stale_recheck_ms, expected.stale_recheck_ms);
    core_config_destroy(&config);
    core_faults_destroy(&faults);
}
END_TEST

/* What is refused, and where the limits lie. */
static const struct {
    const char *setting;
    bool is_right;
} settings[] = {
    { "capacity = \"2 MiB\";", true },
    { "capacity = \"1 MiB\";", false },
    { "capacity = \"64 GiB\";", false },
    { "success_ttl = 0;", false },
    { "success_ttl = \"1h30m\";", true },
    { "denial_ttl = \"-1s\";", false },
    { "failure_ttl = 0;", true },
    { "failure_ttl = \"5m\";", true },
    { "failure_ttl = \"5m1s\";", false },
    { "serve_stale = \"1h20m\";", true },
    { "serve_stale = \"aa\";", false },
    { "stale_mode = \"verify\";", true },
    { "stale_mode = \"nono\";", false },
    { "stale_ttl = \"100ms\";", false },
    { "stale_recheck = \"250ms\";", true },
    { "stale_recheck = \"5m1s\";", false },
    { "stale_wait = \"100ms\";", true },
    { "prefetch = -1;", false },
    { "prefetch_percentage = 101;", false },
    { "keep_ttl = true;", true },
    { "keepttl = true;", false },
    { "zones = [ \"example.\", \"lan.\" ];", true },
    { "denial_disable = \".\";", true },
    { "zones = [ \"a..b\" ];", false },
};

START_TEST(refuses_settings_out_of_range)
{
    char text[128];
    struct policy policy;
    core_faults_t *faults = core_faults_new();
    core_config_t *config;

    snprintf(text, sizeof text, "stages: { cache: { %s }; };",
             settings[_i].setting);
    config = core_config_load(core_test_file(text), faults);

    int rc = core_settings_read(config, core_config_stage(config, "cache"),
                                "cache", policy_settings, NULL, &policy,
                                faults);

    ck_assert_msg((rc == 0) == settings[_i].is_right, "%s",
                  settings[_i].setting);
    core_config_destroy(&config);
    core_faults_destroy(&faults);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("policy");

    tcase_add_loop_test(cases, limits_lifetimes, 0, CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, knows_its_zones, 0, CORE_TEST_ROWS(names));
    tcase_add_test(cases, shares_the_capacity);
    tcase_add_test(cases, has_the_defaults_of_its_table);
    tcase_add_loop_test(cases, refuses_settings_out_of_range, 0,
                        CORE_TEST_ROWS(settings));
    return core_test_run(cases);
}
