/* traffic - what Prometheus is told of queries and replies */

#include "frontend/traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_test.h"

static const char *const servers[] = { "dns://:53", "dns://127.0.0.1:53" };

/* A telemetry that publishes nothing, and the traffic it tells of. */
struct world {
    core_loop_t *loop;
    core_telemetry_t *telemetry;
    traffic_t *traffic;
    char *text;                         /* all that was told */
};

static void
begin(struct world *self)
{
    struct core_fault fault;

    self->loop = core_loop_new();
    self->telemetry = core_telemetry_new(NULL, self->loop, NULL, "frontend",
                                         &fault);
    self->traffic = traffic_new(self->telemetry, servers);
    self->text = NULL;
}

static const char *
tell(struct world *self)
{
    size_t size;
    FILE *file;

    free(self->text);
    file = open_memstream(&self->text, &size);
    core_telemetry_write(self->telemetry, file);
    fclose(file);
    return self->text;
}

static void
end(struct world *self)
{
    core_telemetry_destroy(&self->telemetry);
    traffic_destroy(&self->traffic);
    core_loop_destroy(&self->loop);
    free(self->text);
}

#define SERIES(labels) \
    "coredns_dns_requests_total{server=\"dns://:53\",zone=\"a.\"," labels \
    "} 1\n"

static const struct {
    enum core_transport transport;
    bool is_v6;
    uint16_t qtype;
    const char *line;
} requests[] = {
    { CORE_UDP, false, 1, SERIES("proto=\"udp\",family=\"1\",type=\"A\"") },
    { CORE_TCP, true, 28,
      SERIES("proto=\"tcp\",family=\"2\",type=\"AAAA\"") },
    { CORE_UDP, true, 2, SERIES("proto=\"udp\",family=\"2\",type=\"NS\"") },
    { CORE_TCP, false, 255,
      SERIES("proto=\"tcp\",family=\"1\",type=\"ANY\"") },
    { CORE_TCP, false, 251,
      SERIES("proto=\"tcp\",family=\"1\",type=\"IXFR\"") },
    { CORE_UDP, false, 65,
      SERIES("proto=\"udp\",family=\"1\",type=\"HTTPS\"") },
    { CORE_UDP, false, 0,
      SERIES("proto=\"udp\",family=\"1\",type=\"other\"") },
    { CORE_UDP, false, 257,             /* CAA */
      SERIES("proto=\"udp\",family=\"1\",type=\"other\"") },
    { CORE_UDP, false, 65535,
      SERIES("proto=\"udp\",family=\"1\",type=\"other\"") },
};

/* How many series of that family there are. */
static int
count_series(const char *text, const char *family)
{
    char start[64];
    int count = 0;

    snprintf(start, sizeof start, "\n%s{", family);
    while ((text = strstr(text, start)) != NULL) {
        count++;
        text++;
    }
    return count;
}

START_TEST(counts_a_query_in_one_place)
{
    struct world world;

    begin(&world);
    traffic_count_query(traffic_block(world.traffic, 0, "a."),
                        &(struct traffic_query) {
        .transport = requests[_i].transport, .is_v6 = requests[_i].is_v6,
        .qtype = requests[_i].qtype, .size = 40,
    });

    const char *text = tell(&world);

    ck_assert_msg(strstr(text, requests[_i].line) != NULL, "%s", text);
    ck_assert_int_eq(count_series(text, "coredns_dns_requests_total"), 1);
    ck_assert_int_eq(count_series(text, "coredns_dns_do_requests_total"), 0);
    end(&world);
}
END_TEST

#define LABELS "server=\"dns://:53\",zone=\"a.\""

static const struct {
    unsigned rcode;
    const char *line;
} replies[] = {
    { 0, "coredns_dns_responses_total{" LABELS ",rcode=\"NOERROR\"} 1\n" },
    { 3, "coredns_dns_responses_total{" LABELS ",rcode=\"NXDOMAIN\"} 1\n" },
    { 16, "coredns_dns_responses_total{" LABELS ",rcode=\"BADVERS\"} 1\n" },
    { 12, "coredns_dns_responses_total{" LABELS ",rcode=\"other\"} 1\n" },
    { 4095, "coredns_dns_responses_total{" LABELS ",rcode=\"other\"} 1\n" },
    { 0, "coredns_dns_request_duration_seconds_count{" LABELS "} 1\n" },
    { 0, "coredns_dns_request_duration_seconds_sum{" LABELS "} 0.000300\n" },
    { 0, "coredns_dns_response_size_bytes_sum{" LABELS ",proto=\"tcp\"} "
      "512\n" },
};

START_TEST(counts_a_reply)
{
    struct world world;

    begin(&world);
    traffic_count_reply(traffic_block(world.traffic, 0, "a."), CORE_TCP,
                        replies[_i].rcode, 512, 300);
    ck_assert_msg(strstr(tell(&world), replies[_i].line) != NULL, "%s",
                  world.text);
    ck_assert_ptr_null(strstr(world.text, "proto=\"udp\""));
    end(&world);
}
END_TEST

START_TEST(a_block_is_of_one_address_and_zone)
{
    struct world world;

    begin(&world);

    struct traffic_block *block = traffic_block(world.traffic, 0, "a.");

    ck_assert_ptr_eq(traffic_block(world.traffic, 0, "a."), block);
    ck_assert_ptr_ne(traffic_block(world.traffic, 1, "a."), block);
    ck_assert_ptr_ne(traffic_block(world.traffic, 0, "b."), block);
    end(&world);
}
END_TEST

/* A label may not end early. */
START_TEST(odd_zones_are_escaped)
{
    struct world world;

    begin(&world);
    traffic_count_reply(traffic_block(world.traffic, 1, "a\\\".b."),
                        CORE_UDP, 0, 12, 1);
    ck_assert_ptr_nonnull(strstr(tell(&world),
                                 "zone=\"a\\\\\\\".b.\",rcode"));
    end(&world);
}
END_TEST

START_TEST(many_zones_are_counted_as_one)
{
    struct world world;
    struct traffic_block *last = NULL;

    begin(&world);
    for (int i = 0; i < TRAFFIC_BLOCKS + 3; i++) {
        char zone[16];

        snprintf(zone, sizeof zone, "z%d.", i);
        last = traffic_block(world.traffic, 0, zone);
    }
    ck_assert_ptr_eq(last, traffic_block(world.traffic, 0, TRAFFIC_OTHER));
    ck_assert_ptr_ne(last, traffic_block(world.traffic, 0, "z1."));
    ck_assert_ptr_ne(last, traffic_block(world.traffic, 1, "z1."));
    end(&world);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("traffic");

    tcase_add_loop_test(cases, counts_a_query_in_one_place, 0,
                        CORE_TEST_ROWS(requests));
    tcase_add_loop_test(cases, counts_a_reply, 0, CORE_TEST_ROWS(replies));
    tcase_add_test(cases, a_block_is_of_one_address_and_zone);
    tcase_add_test(cases, odd_zones_are_escaped);
    tcase_add_test(cases, many_zones_are_counted_as_one);
    return core_test_run(cases);
}
