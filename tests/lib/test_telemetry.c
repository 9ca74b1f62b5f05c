/* telemetry - the exposition format, a family described once */

#include "coredns/telemetry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_test.h"

static uint64_t yes = 3;
static uint64_t no = 4;
static uint64_t zones;

static void
fill_in(void *owner)
{
    (void) owner;
    zones = 12;
}

START_TEST(writes_all_values_as_they_are_at_that_moment)
{
    core_loop_t *loop = core_loop_new();
    struct core_fault fault;
    core_telemetry_t *self = core_telemetry_new(NULL, loop, NULL, "test",
                                                &fault);
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    core_telemetry_add(self, CORE_COUNTER, "coredns_x_total{is=\"yes\"}",
                       "Of them", &yes);
    core_telemetry_add(self, CORE_COUNTER, "coredns_x_total{is=\"no\"}",
                       "Of them", &no);
    core_telemetry_add(self, CORE_GAUGE, "coredns_x_zones", "Zones", &zones);
    core_telemetry_refresher(self, fill_in, NULL);
    yes++;
    core_telemetry_write(self, file);
    fclose(file);
    ck_assert_str_eq(text,
                     "# HELP coredns_x_total Of them\n"
                     "# TYPE coredns_x_total counter\n"
                     "coredns_x_total{is=\"yes\"} 4\n"
                     "coredns_x_total{is=\"no\"} 4\n"
                     "# HELP coredns_x_zones Zones\n"
                     "# TYPE coredns_x_zones gauge\n"
                     "coredns_x_zones 12\n");
    free(text);
    core_telemetry_destroy(&self);
    ck_assert_ptr_null(self);
    core_loop_destroy(&loop);
}
END_TEST

START_TEST(writes_a_family_together_however_late_one_is_added)
{
    core_loop_t *loop = core_loop_new();
    struct core_fault fault;
    core_telemetry_t *self = core_telemetry_new(NULL, loop, NULL, "test",
                                                &fault);
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    core_telemetry_add(self, CORE_COUNTER, "coredns_x_total{n=\"1\"}", "X",
                       &no);
    core_telemetry_add(self, CORE_COUNTER, "coredns_y_total", "Y", &no);
    core_telemetry_add(self, CORE_COUNTER, "coredns_x_total{n=\"2\"}", "X",
                       &no);
    core_telemetry_write(self, file);
    fclose(file);
    ck_assert_str_eq(text,
                     "# HELP coredns_x_total X\n"
                     "# TYPE coredns_x_total counter\n"
                     "coredns_x_total{n=\"1\"} 4\n"
                     "coredns_x_total{n=\"2\"} 4\n"
                     "# HELP coredns_y_total Y\n"
                     "# TYPE coredns_y_total counter\n"
                     "coredns_y_total 4\n");
    free(text);
    core_telemetry_destroy(&self);
    core_loop_destroy(&loop);
}
END_TEST

/* As many as there can be. */
static const struct core_buckets long_buckets = {
    .count = CORE_HISTOGRAM_BUCKETS,
    .bounds_us = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
                   18, 262144000, 524288000 },
};

/* A duration and the first bucket that counts it. */
static const struct {
    int64_t duration_us;
    const char *le;
    const char *sum;
    const struct core_buckets *buckets;
} durations[] = {
    { -5, "0.00025", "0.000000", NULL },
    { 250, "0.00025", "0.000250", NULL },       /* a bound is in its bucket */
    { 251, "0.0005", "0.000251", NULL },
    { 500, "0.0005", "0.000500", NULL },
    { 1001, "0.002", "0.001001", NULL },
    { 8192000, "8.192", "8.192000", NULL },
    { 9000000, "+Inf", "9.000000", NULL },
    { 0, "0.005", "0.000000", &core_buckets_usual },
    { 5001, "0.01", "0.005001", &core_buckets_usual },
    { 2500000, "2.5", "2.500000", &core_buckets_usual },
    { 10000001, "+Inf", "10.000001", &core_buckets_usual },
    { 262145000, "524.288", "262.145000", &long_buckets },
};

START_TEST(sorts_durations_into_buckets)
{
    core_loop_t *loop = core_loop_new();
    struct core_fault fault;
    core_telemetry_t *self = core_telemetry_new(NULL, loop, NULL, "test",
                                                &fault);
    struct core_histogram histogram = { .buckets = durations[_i].buckets };
    char *text = NULL, line[128];
    size_t size;
    FILE *file = open_memstream(&text, &size);

    core_histogram_add(&histogram, durations[_i].duration_us);
    core_telemetry_add_histogram(self, "coredns_d_seconds{to=\"a\"}", "D",
                                 &histogram);
    core_telemetry_write(self, file);
    fclose(file);
    ck_assert_ptr_nonnull(strstr(text, "# TYPE coredns_d_seconds histogram"));
    snprintf(line, sizeof line, "le=\"%s\"} 1\n", durations[_i].le);
    ck_assert_ptr_eq(strstr(text, "} 1\n") - strlen(line) + 4,
                     strstr(text, line));
    snprintf(line, sizeof line,
             "coredns_d_seconds_bucket{to=\"a\",le=\"+Inf\"} 1\n"
             "coredns_d_seconds_sum{to=\"a\"} %s\n"
             "coredns_d_seconds_count{to=\"a\"} 1\n", durations[_i].sum);
    ck_assert_ptr_nonnull(strstr(text, line));
    free(text);
    core_telemetry_destroy(&self);
    core_loop_destroy(&loop);
}
END_TEST

static const struct {
    size_t octets;
    const char *le;
} sizes[] = {
    { 0, "0" },
    { 1, "100" },
    { 100, "100" },                     /* a bound belongs to its bucket */
    { 101, "200" },
    { 511, "511" },
    { 512, "1023" },
    { 64000, "64000" },
    { 65535, "+Inf" },
};

START_TEST(sorts_sizes_into_buckets)
{
    core_loop_t *loop = core_loop_new();
    struct core_fault fault;
    core_telemetry_t *self = core_telemetry_new(NULL, loop, NULL, "test",
                                                &fault);
    struct core_sizes value = { .sum = 0 };
    char *text = NULL, line[128];
    size_t size;
    FILE *file = open_memstream(&text, &size);

    core_sizes_add(&value, sizes[_i].octets);
    core_telemetry_add_sizes(self, "coredns_s_bytes", "S", &value);
    core_telemetry_write(self, file);
    fclose(file);
    ck_assert_ptr_nonnull(strstr(text, "# TYPE coredns_s_bytes histogram"));
    snprintf(line, sizeof line, "le=\"%s\"} 1\n", sizes[_i].le);
    ck_assert_ptr_eq(strstr(text, "} 1\n") - strlen(line) + 4,
                     strstr(text, line));
    snprintf(line, sizeof line,
             "coredns_s_bytes_bucket{le=\"+Inf\"} 1\n"
             "coredns_s_bytes_sum %zu\ncoredns_s_bytes_count 1\n",
             sizes[_i].octets);
    ck_assert_ptr_nonnull(strstr(text, line));
    free(text);
    core_telemetry_destroy(&self);
    core_loop_destroy(&loop);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("telemetry");

    tcase_add_test(cases, writes_all_values_as_they_are_at_that_moment);
    tcase_add_test(cases, writes_a_family_together_however_late_one_is_added);
    tcase_add_loop_test(cases, sorts_durations_into_buckets, 0,
                        CORE_TEST_ROWS(durations));
    tcase_add_loop_test(cases, sorts_sizes_into_buckets, 0,
                        CORE_TEST_ROWS(sizes));
    return core_test_run(cases);
}
