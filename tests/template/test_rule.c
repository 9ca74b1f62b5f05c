/* Which queries a rule is for, and what is wrong with one */

#include "template/rule.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/rrtype.h"
#include "coredns/writer.h"
#include "core_test.h"

static const uint8_t *zones[] = {
    (const uint8_t *) "\1b\1a", (const uint8_t *) "\1a"
};
static const uint8_t *left[] = { (const uint8_t *) "\4left\1a" };
static const char *patterns[] = { "^x[.]", "(?P<n>[0-9]+)" };

static struct rule_settings
usual(void)
{
    return (struct rule_settings) {
        .class = "IN", .type = "A", .zones = { zones, 2 },
        .match = { patterns, 2 }, .rcode = "NOERROR", .ede = -1,
        .fallthrough = { left, 1 },
    };
}

static const struct {
    const char *name;
    uint16_t qclass, qtype;
    enum rule_verdict verdict;
    size_t zone;
    const char *regex;
} rows[] = {
    { "x.a.", CORE_IN, CORE_A, RULE_MATCHED, 1, "^x[.]" },
    { "x.b.a.", CORE_IN, CORE_A, RULE_MATCHED, 0, "^x[.]" },
    { "y7.a.", CORE_IN, CORE_A, RULE_MATCHED, 1, "(?P<n>[0-9]+)" },
    { "y.a.", CORE_IN, CORE_A, RULE_FAILED, 0, NULL },
    { "y.left.a.", CORE_IN, CORE_A, RULE_LEFT, 0, NULL },
    { "x.c.", CORE_IN, CORE_A, RULE_OTHER, 0, NULL },
    { "x.a.", CORE_IN, CORE_AAAA, RULE_OTHER, 0, NULL },
    { "x.a.", CORE_CH, CORE_A, RULE_OTHER, 0, NULL },
    { "x.a.", CORE_CLASS_ANY, CORE_ANY, RULE_MATCHED, 1, "^x[.]" },
};

START_TEST(a_query_has_a_verdict)
{
    struct rule_settings settings = usual();
    core_faults_t *faults = core_faults_new();
    struct rule *rule = rule_new(&settings, faults);
    struct core_message query;
    struct core_writer writer;
    uint8_t bytes[512];
    uint8_t name[CORE_NAME_SIZE];
    struct rule_match match;

    ck_assert_ptr_nonnull(rule);
    core_name_from_text(name, rows[_i].name, NULL);
    core_writer_query(&writer, bytes, sizeof bytes, 1, 0, name, rows[_i].qtype,
                      rows[_i].qclass);
    core_message_parse(&query, bytes, core_writer_end(&writer, 0, 0));
    ck_assert_int_eq(rule_match(rule, &query, rows[_i].name, &match),
                     rows[_i].verdict);
    if (rows[_i].verdict == RULE_MATCHED) {
        ck_assert_uint_eq(match.zone, rows[_i].zone);
        ck_assert_str_eq(match.regex, rows[_i].regex);
    }
    rule_destroy(&rule);
    core_faults_destroy(&faults);
}
END_TEST

START_TEST(all_that_is_wrong_is_told)
{
    static const char *bad_patterns[] = { "(", "a", "[" };
    static const char *bad_texts[] = { "{{ .Name }}", "{{" };
    static const char *const told[] = {
        "class: not a class: XX", "type: not a record type: NOSUCH",
        "rcode: not an rcode: WELL",
        "match[0]: pattern: missing closing parenthesis at character 2",
        "match[2]: pattern: missing terminating ] for character class at "
        "character 2",
        "answer[1]: braces do not end", "authority[1]: braces do not end",
        "additional[1]: braces do not end",
    };
    struct rule_settings settings = usual();
    core_faults_t *faults = core_faults_new();

    settings.class = "XX";
    settings.type = "NOSUCH";
    settings.rcode = "WELL";
    settings.match = (struct core_list) { bad_patterns, 3 };
    settings.answer = settings.authority = settings.additional =
        (struct core_list) { bad_texts, 2 };
    ck_assert_ptr_null(rule_new(&settings, faults));
    ck_assert_uint_eq(core_faults_count(faults), CORE_TEST_ROWS(told));
    for (int i = 0; i < CORE_TEST_ROWS(told); i++)
        ck_assert_str_eq(core_faults_at(faults, (size_t) i)->text, told[i]);
    core_faults_destroy(&faults);
}
END_TEST

START_TEST(words_stand_for_numbers)
{
    static const struct {
        const char *class, *type, *rcode;
        uint16_t rrclass, rrtype;
        unsigned number;
    } words[] = {
        { "ANY", "ANY", "NXDOMAIN", 255, 255, 3 },
        { "CH", "TXT", "refused", 3, 16, 5 },
        { "any", "TYPE65400", "BADVERS", 255, 65400, 16 },
    };

    for (int i = 0; i < CORE_TEST_ROWS(words); i++) {
        struct rule_settings settings = usual();
        core_faults_t *faults = core_faults_new();

        settings.class = words[i].class;
        settings.type = words[i].type;
        settings.rcode = words[i].rcode;

        struct rule *rule = rule_new(&settings, faults);

        ck_assert_ptr_nonnull(rule);
        ck_assert_uint_eq(rule->rrclass, words[i].rrclass);
        ck_assert_uint_eq(rule->type, words[i].rrtype);
        ck_assert_uint_eq(rule->rcode, words[i].number);
        rule_destroy(&rule);
        core_faults_destroy(&faults);
    }
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("rule");

    tcase_add_loop_test(cases, a_query_has_a_verdict, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, all_that_is_wrong_is_told);
    tcase_add_test(cases, words_stand_for_numbers);
    return core_test_run(cases);
}
