/* telemetry - the exposition format, a family described once */

#include "coredns/telemetry.h"

#include <stdio.h>
#include <stdlib.h>

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

int
main(void)
{
    TCase *cases = tcase_create("telemetry");

    tcase_add_test(cases, writes_all_values_as_they_are_at_that_moment);
    return core_test_run(cases);
}
