/* Which queries are logged, and what is told of those that fail */

#include "frontend/query_log.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/log.h"
#include "compose.h"
#include "core_test.h"
#include "frontend/failure_log.h"

static const uint8_t client[16] = { [15] = 1 };

/* ---- classes ------------------------------------------------------------- */

enum has { NOTHING = 0, HAS_A = 1, HAS_SOA = 2, HAS_NS = 4 };

static const struct {
    uint16_t qtype;
    unsigned rcode;
    unsigned has;                       /* enum has */
    enum query_class class;
} classes[] = {
    { CORE_A, CORE_NOERROR, HAS_A, QUERY_SUCCESS },
    { CORE_A, CORE_NOERROR, HAS_NS, QUERY_SUCCESS },    /* a referral */
    { CORE_A, CORE_NOERROR, HAS_SOA, QUERY_DENIAL },
    { CORE_A, CORE_NOERROR, HAS_SOA | HAS_NS, QUERY_DENIAL },
    { CORE_A, CORE_NOERROR, HAS_A | HAS_SOA, QUERY_SUCCESS },
    { CORE_A, CORE_NOERROR, NOTHING, QUERY_SUCCESS },
    { CORE_A, CORE_NXDOMAIN, HAS_SOA, QUERY_DENIAL },
    { CORE_A, CORE_NXDOMAIN, HAS_A | HAS_SOA, QUERY_DENIAL },
    { CORE_A, CORE_NXDOMAIN, NOTHING, QUERY_ERROR },
    { CORE_A, CORE_SERVFAIL, NOTHING, QUERY_ERROR },
    { CORE_A, CORE_REFUSED, NOTHING, QUERY_ERROR },
    { CORE_AXFR, CORE_NOERROR, HAS_A, QUERY_ERROR },
};

static void
compose_reply(struct composed *self, uint16_t qtype, unsigned rcode,
              unsigned has)
{
    static const uint8_t soa[22] = { 0 };

    compose_query(self, "www.example.", qtype, CORE_IN);
    if ((has & HAS_A) != 0)
        compose_rr(self, CORE_ANSWER, "www.example.", CORE_A, "\1\2\3\4", 4);
    if ((has & HAS_SOA) != 0)
        compose_rr(self, CORE_AUTHORITY, "example.", CORE_SOA, soa,
                   sizeof soa);
    if ((has & HAS_NS) != 0)
        compose_rr(self, CORE_AUTHORITY, "example.", CORE_NS, "\1a", 3);
    compose_end(self, CORE_QR, rcode);
}

START_TEST(a_reply_has_a_class)
{
    static struct composed reply;

    compose_reply(&reply, classes[_i].qtype, classes[_i].rcode,
                  classes[_i].has);
    ck_assert_int_eq(query_class(reply.bytes, reply.size),
                     classes[_i].class);
}
END_TEST

/* ---- rules --------------------------------------------------------------- */

static const uint8_t *below_b[] = { (const uint8_t *) "\1b" };
static const uint8_t *everywhere[] = { (const uint8_t *) "" };
static int denials[] = { QUERY_DENIAL, QUERY_ERROR };
static int all[] = { QUERY_ALL };

static struct query_log_settings rules[] = {
    { { below_b, 1 }, { denials, 2 }, "b {name}" },
    { { everywhere, 1 }, { all, 1 }, "all {name}" },
};

static const struct {
    const char *qname;
    unsigned rcode;
    const char *line;
} told[] = {
    { "x.", CORE_NOERROR, "all x." },
    { "x.b.", CORE_REFUSED, "b x.b." },
    { "B.", CORE_REFUSED, "b b." },
    { "x.b.", CORE_NOERROR, "" },       /* the first rule decides */
};

/* A query and its reply, in one. */
static void
compose_exchange(struct composed *composed, struct core_message *query,
                 struct exchange *exchange, const char *qname, unsigned rcode)
{
    compose_query(composed, qname, CORE_A, CORE_IN);
    compose_end(composed, 0, rcode);
    core_message_parse(query, composed->bytes, composed->size);
    *exchange = (struct exchange) {
        .query = query, .reply = composed->bytes,
        .reply_size = composed->size, .rcode = rcode, .ede = CORE_EDE_NONE,
        .client = client,
    };
}

START_TEST(the_first_rule_with_the_name_decides)
{
    static struct composed composed;
    struct core_message query;
    struct exchange exchange;
    struct core_list list = { rules, 2 };
    query_log_t *self = query_log_new(&list);
    int reader = core_test_stderr();
    char line[128] = "";

    compose_exchange(&composed, &query, &exchange, told[_i].qname,
                     told[_i].rcode);
    query_log_tell(self, &exchange);
    core_log_flush();
    if (*told[_i].line != '\0')
        snprintf(line, sizeof line, "test_query_log: notice: %s\n",
                 told[_i].line);
    ck_assert_str_eq(core_test_read(reader), line);
    query_log_destroy(&self);
}
END_TEST

START_TEST(without_rules_there_is_no_log)
{
    struct core_list none = { .count = 0 };

    ck_assert_ptr_null(query_log_new(&none));
}
END_TEST

/* ---- failures ------------------------------------------------------------ */

static struct failure_group_settings groups[] = {
    { "timed out$", 60000, CORE_LOG_WARNING, true },
    { "^Other", 60000, CORE_LOG_NOTICE, false },
};

static const struct {
    unsigned rcode;
    uint16_t ede;
    const char *text;
    const char *lines;                  /* of three like it */
} failures[] = {
    { CORE_SERVFAIL, 23, "refused", "test_query_log: SERVFAIL x. A: Network "
      "Error: refused\n" },
    { CORE_SERVFAIL, 4095, "", "test_query_log: SERVFAIL x. A: error 4095\n" },
    { CORE_SERVFAIL, 23, "a\nb", "test_query_log: SERVFAIL x. A: Network "
      "Error: a?b\n" },
    { CORE_SERVFAIL, CORE_EDE_NONE, "", "" },
    { CORE_NOERROR, 3, "", "" },        /* stale, and no failure */
    { CORE_SERVFAIL, 23, "1.2.3.4: timed out",
      "test_query_log: warning: SERVFAIL x. A: Network Error: 1.2.3.4: timed "
      "out\ntest_query_log: warning: 3 errors like 'timed out$' in the last "
      "1m\n" },
    { CORE_SERVFAIL, 0, "loop", "test_query_log: notice: 3 errors like "
      "'^Other' in the last 1m\n" },
};

START_TEST(a_failure_is_told_with_its_cause)
{
    static struct composed composed;
    struct core_message query;
    struct exchange exchange;
    struct core_list list = { groups, 2 };
    core_loop_t *loop = core_loop_new();
    failure_log_t *self = failure_log_new(loop, &list);
    int reader = core_test_stderr();
    char wanted[512] = "";
    bool is_grouped = strstr(failures[_i].lines, "3 errors") != NULL;

    compose_exchange(&composed, &query, &exchange, "x.", failures[_i].rcode);
    exchange.ede = failures[_i].ede;
    exchange.ede_text = (const uint8_t *) failures[_i].text;
    exchange.ede_text_size = strlen(failures[_i].text);
    for (int i = 0; i < 3; i++) {
        failure_log_tell(self, &exchange);
        if (i == 0 || !is_grouped)
            strcat(wanted, failures[_i].lines);
    }
    failure_log_destroy(&self);         /* ends the period */
    core_log_flush();
    ck_assert_str_eq(core_test_read(reader), wanted);
    core_loop_destroy(&loop);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("query_log");

    tcase_add_loop_test(cases, a_reply_has_a_class, 0,
                        CORE_TEST_ROWS(classes));
    tcase_add_loop_test(cases, the_first_rule_with_the_name_decides, 0,
                        CORE_TEST_ROWS(told));
    tcase_add_test(cases, without_rules_there_is_no_log);
    tcase_add_loop_test(cases, a_failure_is_told_with_its_cause, 0,
                        CORE_TEST_ROWS(failures));
    return core_test_run(cases);
}
