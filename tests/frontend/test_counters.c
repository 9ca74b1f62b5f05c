/* counters - what Prometheus is told of queries and replies */

#include "frontend/counters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_test.h"

/* All that is told, as text; yours. */
static char *
tell(struct counters *counters)
{
    core_loop_t *loop = core_loop_new();
    struct core_fault fault;
    core_telemetry_t *telemetry = core_telemetry_new(NULL, loop, NULL,
                                                     "frontend", &fault);
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    counters_register(counters, telemetry);
    core_telemetry_write(telemetry, file);
    fclose(file);
    core_telemetry_destroy(&telemetry);
    core_loop_destroy(&loop);
    return text;
}

static const struct {
    enum counters_proto proto;
    bool is_v6;
    uint16_t qtype;
    const char *line;
} requests[] = {
    { COUNTERS_UDP, false, 1, "{proto=\"udp\",family=\"1\",type=\"A\"} 1\n" },
    { COUNTERS_TCP, true, 28,
      "{proto=\"tcp\",family=\"2\",type=\"AAAA\"} 1\n" },
    { COUNTERS_UDP, true, 2, "{proto=\"udp\",family=\"2\",type=\"NS\"} 1\n" },
    { COUNTERS_TCP, false, 255,
      "{proto=\"tcp\",family=\"1\",type=\"ANY\"} 1\n" },
    { COUNTERS_TCP, false, 251,
      "{proto=\"tcp\",family=\"1\",type=\"IXFR\"} 1\n" },
    { COUNTERS_UDP, false, 65,
      "{proto=\"udp\",family=\"1\",type=\"HTTPS\"} 1\n" },
    { COUNTERS_UDP, false, 0,
      "{proto=\"udp\",family=\"1\",type=\"other\"} 1\n" },
    { COUNTERS_UDP, false, 257,         /* CAA */
      "{proto=\"udp\",family=\"1\",type=\"other\"} 1\n" },
    { COUNTERS_UDP, false, 65535,
      "{proto=\"udp\",family=\"1\",type=\"other\"} 1\n" },
};

START_TEST(counts_a_query_in_one_place)
{
    static const char name[] = "coredns_dns_requests_total";
    struct counters counters = { .queries = 0 };
    char line[128];

    counters_request(&counters, requests[_i].proto, requests[_i].is_v6,
                     requests[_i].qtype, 40);

    char *text = tell(&counters);
    int ones = 0;

    snprintf(line, sizeof line, "%s%s", name, requests[_i].line);
    ck_assert_msg(strstr(text, line) != NULL, "no %s", line);
    for (const char *at = strstr(text, name); at != NULL;
         at = strstr(at + 1, name))
        ones += strncmp(at + strcspn(at, "\n") - 2, " 1", 2) == 0;
    ck_assert_int_eq(ones, 1);
    free(text);
}
END_TEST

static const struct {
    unsigned rcode;
    const char *line;
} replies[] = {
    { 0, "coredns_dns_responses_total{rcode=\"NOERROR\"} 1\n" },
    { 3, "coredns_dns_responses_total{rcode=\"NXDOMAIN\"} 1\n" },
    { 24, "coredns_dns_responses_total{rcode=\"other\"} 1\n" },
    { 4095, "coredns_dns_responses_total{rcode=\"other\"} 1\n" },
    { 0, "coredns_dns_request_duration_seconds_count 1\n" },
    { 0, "coredns_dns_request_duration_seconds_sum 0.000300\n" },
    { 0, "coredns_dns_response_size_bytes_sum{proto=\"tcp\"} 512\n" },
    { 0, "coredns_dns_response_size_bytes_sum{proto=\"udp\"} 0\n" },
};

START_TEST(counts_a_reply)
{
    struct counters counters = { .queries = 0 };

    counters_reply(&counters, COUNTERS_TCP, replies[_i].rcode, 512, 300);

    char *text = tell(&counters);

    ck_assert_msg(strstr(text, replies[_i].line) != NULL, "no %s",
                  replies[_i].line);
    free(text);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("counters");

    tcase_add_loop_test(cases, counts_a_query_in_one_place, 0,
                        CORE_TEST_ROWS(requests));
    tcase_add_loop_test(cases, counts_a_reply, 0, CORE_TEST_ROWS(replies));
    return core_test_run(cases);
}
