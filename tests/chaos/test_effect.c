/* effect - which queries it befalls, and which settings are none */

#include "chaos/effect.h"

#include <stdio.h>
#include <string.h>

#include "core_test.h"
#include "coredns/rrtype.h"
#include "coredns/writer.h"

static struct effect_settings usual = {
    .rcode_word = "SERVFAIL", .delay_ms = 100, .most_ms = 1000,
};

struct query {
    uint8_t bytes[512];
    struct core_message message;
    struct core_record record;
};

static void
make_query(struct query *self, const char *name, uint16_t type)
{
    uint8_t wire[CORE_NAME_SIZE];
    struct core_writer writer;

    ck_assert_int_gt(core_name_from_text(wire, name, NULL), 0);
    core_writer_query(&writer, self->bytes, sizeof self->bytes, 1, 0, wire,
                      type, CORE_IN);
    ck_assert_int_eq(core_message_parse(&self->message, self->bytes,
                                        core_writer_end(&writer, 0, 0)),
                     CORE_PARSE_OK);
    self->record = (struct core_record) { .transport = CORE_UDP };
}

static struct effect
open_effect(const struct effect_settings *settings, uint64_t seed)
{
    core_faults_t *faults = core_faults_new();
    struct effect effect;

    ck_assert_int_eq(effect_open(&effect, settings, seed, 0, faults), 0);
    core_faults_destroy(&faults);
    return effect;
}

/* ---- which ones ---------------------------------------------------------- */

static const struct {
    int64_t every, first, without_bits;
    const char *befallen;               /* of eight in a row */
} counts[] = {
    { 0, 0, 0, "xxxxxxxx" },
    { 1, 0, 0, "xxxxxxxx" },
    { 3, 0, 0, "--x--x--" },
    { 3, 1, 0, "x--x--x-" },
    { 3, 2, 0, "-x--x--x" },
    { 0, 0, 2, "xx--xx--" },
    { 0, 0, 1, "x-x-x-x-" },
    { 0, 0, 4, "xxxx----" },
};

START_TEST(counts_those_it_could_befall)
{
    struct effect_settings settings = usual;
    struct query query;

    settings.every = counts[_i].every;
    settings.first = counts[_i].first;
    settings.without_bits = counts[_i].without_bits;

    struct effect effect = open_effect(&settings, 1);

    make_query(&query, "example.org.", CORE_A);
    for (unsigned i = 0; i < 8; i++)
        ck_assert_int_eq(effect_befalls(&effect, &query.message,
                                        &query.record),
                         counts[_i].befallen[i] == 'x');
    effect_clear(&effect);
}
END_TEST

static const struct {
    const char *name;
    uint16_t type;
    uint8_t transport;
    bool is_befallen;
} queries[] = {
    { "example.org.",     CORE_A,    CORE_UDP, true },
    { "www.EXAMPLE.org.", CORE_A,    CORE_UDP, true },
    { "www.example.org.", CORE_AAAA, CORE_UDP, true },
    { "other.test.",      CORE_A,    CORE_TCP, true },
    { "badexample.org.",  CORE_A,    CORE_UDP, false },
    { "org.",             CORE_A,    CORE_UDP, false },
    { "example.org.",     CORE_MX,   CORE_UDP, false },
    { "example.org.",     CORE_A,    CORE_DOT, false },
};

START_TEST(befalls_only_what_is_chosen)
{
    static const uint8_t org[] = "\007example\003org";
    static const uint8_t other[] = "\005other\004test";
    const uint8_t *names[] = { org, other };
    const char *types[] = { "A", "aaaa" };
    int transports[] = { CORE_UDP - CORE_UDP, CORE_TCP - CORE_UDP };
    struct effect_settings settings = usual;
    struct query query;

    settings.names = (struct core_list) { names, 2 };
    settings.types = (struct core_list) { types, 2 };
    settings.transports = (struct core_list) { transports, 2 };

    struct effect effect = open_effect(&settings, 1);

    make_query(&query, queries[_i].name, queries[_i].type);
    query.record.transport = queries[_i].transport;
    ck_assert_int_eq(effect_befalls(&effect, &query.message, &query.record),
                     queries[_i].is_befallen);
    ck_assert_uint_eq(effect.seen, queries[_i].is_befallen);
    effect_clear(&effect);
}
END_TEST

static void
draw(const struct effect_settings *settings, uint64_t seed, char pattern[1001])
{
    struct effect effect = open_effect(settings, seed);
    struct query query;

    make_query(&query, "example.org.", CORE_A);
    for (unsigned i = 0; i < 1000; i++)
        pattern[i] = effect_befalls(&effect, &query.message, &query.record)
            ? 'x' : '-';
    pattern[1000] = '\0';
    effect_clear(&effect);
}

static unsigned
count_marks(const char *pattern)
{
    unsigned count = 0;

    for (; *pattern != '\0'; pattern++)
        count += *pattern == 'x';
    return count;
}

static const struct {
    const char *rate;
    unsigned least, most;               /* of a thousand */
} rates[] = {
    { "0%", 0, 0 }, { "5%", 25, 80 }, { "50%", 440, 560 },
    { "99.5%", 980, 1000 }, { "100%", 1000, 1000 },
};

START_TEST(befalls_by_chance_as_many_as_told)
{
    struct effect_settings settings = usual;
    char pattern[1001];

    settings.rate = rates[_i].rate;
    draw(&settings, 9, pattern);
    ck_assert_uint_ge(count_marks(pattern), rates[_i].least);
    ck_assert_uint_le(count_marks(pattern), rates[_i].most);
}
END_TEST

START_TEST(the_seed_makes_chance_repeat)
{
    struct effect_settings settings = usual;
    char first[1001], again[1001], other[1001];

    settings.rate = "30%";
    draw(&settings, 9, first);
    draw(&settings, 9, again);
    draw(&settings, 10, other);
    ck_assert_str_eq(first, again);
    ck_assert_str_ne(first, other);
}
END_TEST

/* ---- faults -------------------------------------------------------------- */

static const char *const bad_type[] = { "A", "NOSUCH" };

static const struct {
    struct effect_settings settings;
    const char *fault;
} faulty[] = {
    { { .rate = "5" }, "rate: expected 0% to 100%, not 5" },
    { { .rate = "101%" }, "rate: expected 0% to 100%, not 101%" },
    { { .rate = "nan%" }, "rate: expected 0% to 100%, not nan%" },
    { { .rate = "%" }, "rate: expected 0% to 100%, not %" },
    { { .rate = "5%", .every = 2 },
      "do: only one of rate, every and without_bits" },
    { { .every = 2, .first = 3 }, "first: above every" },
    { { .kind = EFFECT_DELAY, .target = EFFECT_REPLIES },
      "to: only queries can meet delay" },
    { { .distribution = DICE_UNIFORM, .delay_ms = 5, .spread_ms = 4 },
      "spread: the most is below the delay, the least" },
    { { .rcode_word = "FINE" }, "rcode: not one of a header: FINE" },
    { { .rcode_word = "BADVERS" }, "rcode: not one of a header: BADVERS" },
    { { .types = { (void *) (uintptr_t) bad_type, 2 } },
      "types[1]: not a type: NOSUCH" },
};

START_TEST(says_what_is_wrong_with_settings)
{
    struct effect_settings settings = faulty[_i].settings;
    core_faults_t *faults = core_faults_new();
    struct effect effect;

    if (settings.rcode_word == NULL)
        settings.rcode_word = "SERVFAIL";
    ck_assert_int_eq(effect_open(&effect, &settings, 1, 0, faults), -1);
    ck_assert_uint_eq(core_faults_count(faults), 1);
    ck_assert_str_eq(core_faults_at(faults, 0)->text, faulty[_i].fault);
    effect_clear(&effect);
    core_faults_destroy(&faults);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("effect");

    tcase_add_loop_test(cases, counts_those_it_could_befall, 0,
                        CORE_TEST_ROWS(counts));
    tcase_add_loop_test(cases, befalls_only_what_is_chosen, 0,
                        CORE_TEST_ROWS(queries));
    tcase_add_loop_test(cases, befalls_by_chance_as_many_as_told, 0,
                        CORE_TEST_ROWS(rates));
    tcase_add_test(cases, the_seed_makes_chance_repeat);
    tcase_add_loop_test(cases, says_what_is_wrong_with_settings, 0,
                        CORE_TEST_ROWS(faulty));
    return core_test_run(cases);
}
