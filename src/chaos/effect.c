/*
 * effect - one thing that befalls some queries or replies
 */

#include "chaos/effect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/name.h"
#include "coredns/rcode.h"
#include "coredns/rrtype.h"

#define DELAY_MOST_MS 60000

/* ---- settings ------------------------------------------------------------ */

static const char *const kinds[] = {
    [EFFECT_DELAY] = "delay", [EFFECT_DROP] = "drop",
    [EFFECT_DUPLICATE] = "duplicate", [EFFECT_REORDER] = "reorder",
    [EFFECT_TRUNCATE] = "truncate", [EFFECT_RCODE] = "rcode",
    [EFFECT_ANSWER] = "answer", NULL,
};
static const char *const targets[] = {
    [EFFECT_QUERIES] = "queries", [EFFECT_REPLIES] = "replies", NULL,
};
static const char *const distributions[] = {
    [DICE_FIXED] = "fixed", [DICE_UNIFORM] = "uniform",
    [DICE_EXPONENTIAL] = "exponential", [DICE_NORMAL] = "normal", NULL,
};
static const char *const transports[] = {
    "udp", "tcp", "tls", "https", "quic", "internal", NULL,
};

#define OFFSET(field) offsetof(struct effect_settings, field)

const struct core_setting effect_table[] = {
    { .key = "do", .type = CORE_CHOICE, .choices = kinds, .required = true,
      .offset = OFFSET(kind), .says = "what befalls them" },
    { .key = "to", .type = CORE_CHOICE, .choices = targets,
      .offset = OFFSET(target), .says = "whether it is queries or replies" },
    { .key = "rate", .type = CORE_TEXT, .offset = OFFSET(rate),
      .says = "by chance, how many of them, as \"5%\"" },
    { .key = "every", .type = CORE_INTEGER, .maximum = INT32_MAX,
      .offset = OFFSET(every), .says = "every so many of them; 0: all" },
    { .key = "first", .type = CORE_INTEGER, .maximum = INT32_MAX,
      .offset = OFFSET(first),
      .says = "the first one of every so many; 0: the last" },
    { .key = "without_bits", .type = CORE_INTEGER, .maximum = INT32_MAX,
      .offset = OFFSET(without_bits),
      .says = "those whose number, from 0 on, has none of these bits" },
    { .key = "names", .type = CORE_NAME, .list = true,
      .offset = OFFSET(names),
      .says = "the names and all below them; none: all" },
    { .key = "types", .type = CORE_TEXT, .list = true,
      .offset = OFFSET(types), .says = "types that are asked for; none: all" },
    { .key = "transports", .type = CORE_CHOICE, .list = true,
      .choices = transports, .offset = OFFSET(transports),
      .says = "how the client asked; none: all" },
    { .key = "delay", .type = CORE_DURATION, .fallback = 100,
      .maximum = DELAY_MOST_MS, .offset = OFFSET(delay_ms),
      .says = "time of a delay; the least, or the mean, where it varies" },
    { .key = "distribution", .type = CORE_CHOICE, .choices = distributions,
      .offset = OFFSET(distribution), .says = "how the time varies" },
    { .key = "spread", .type = CORE_DURATION, .maximum = DELAY_MOST_MS,
      .offset = OFFSET(spread_ms),
      .says = "the most of uniform, the standard deviation of normal" },
    { .key = "delay_limit", .type = CORE_DURATION, .fallback = DELAY_MOST_MS,
      .minimum = 1, .maximum = DELAY_MOST_MS, .offset = OFFSET(most_ms),
      .says = "no delay is longer" },
    { .key = "by", .type = CORE_INTEGER, .fallback = 1, .minimum = 1,
      .maximum = 1000, .offset = OFFSET(by),
      .says = "queries that overtake one that is reordered" },
    { .key = "within", .type = CORE_DURATION, .fallback = 200, .minimum = 1,
      .maximum = DELAY_MOST_MS, .offset = OFFSET(within_ms),
      .says = "time it waits for them at most" },
    { .key = "keep", .type = CORE_BOOLEAN, .offset = OFFSET(keeps_records),
      .says = "leave a truncated reply its records" },
    { .key = "rcode", .type = CORE_TEXT, .fallback_text = "SERVFAIL",
      .offset = OFFSET(rcode_word), .says = "what rcode says" },
    { .key = "large", .type = CORE_BOOLEAN, .offset = OFFSET(is_large),
      .says = "thirty addresses in an answer to A, instead of one" },
    { .type = CORE_END },
};

/* "5%": the share, or -1. */
static double
read_rate(const char *text)
{
    char *end;
    double share = strtod(text, &end);

    if (end == text || strcmp(end, "%") != 0 || !(share >= 0 && share <= 100))
        return -1;
    return share / 100;
}

static void
check_choice(const struct effect_settings *settings, core_faults_t *faults)
{
    if ((settings->rate != NULL) + (settings->every > 0)
        + (settings->without_bits > 0) > 1)
        core_faults_add(faults, NULL, 0,
                        "do: only one of rate, every and without_bits");
    if (settings->first > settings->every)
        core_faults_add(faults, NULL, 0, "first: above every");
    if (settings->distribution == DICE_UNIFORM
        && settings->spread_ms < settings->delay_ms)
        core_faults_add(faults, NULL, 0,
                        "spread: the most is below the delay, the least");
    if (settings->target == EFFECT_REPLIES
        && (settings->kind == EFFECT_DELAY || settings->kind == EFFECT_REORDER
            || settings->kind == EFFECT_ANSWER))
        core_faults_add(faults, NULL, 0, "to: only queries can meet %s",
                        kinds[settings->kind]);
}

static void
read_words(struct effect *self, core_faults_t *faults)
{
    const struct effect_settings *settings = self->settings;
    int rcode = core_rcode_from_name(settings->rcode_word);

    if (settings->rate != NULL)
        self->rate = read_rate(settings->rate);
    if (self->rate < 0)
        core_faults_add(faults, NULL, 0,
                        "rate: expected 0%% to 100%%, not %s", settings->rate);
    if (rcode < 0 || rcode > 15)
        core_faults_add(faults, NULL, 0, "rcode: not one of a header: %s",
                        settings->rcode_word);
    else
        self->rcode = (unsigned) rcode;
}

static void
read_types(struct effect *self, core_faults_t *faults)
{
    const struct core_list *list = &self->settings->types;
    const char *const *words = list->items;

    self->types = core_allocate(list->count * sizeof *self->types);
    for (size_t i = 0; i < list->count; i++) {
        int type = core_rrtype_from_text(words[i]);

        if (type == -1)
            core_faults_add(faults, NULL, 0, "types[%zu]: not a type: %s", i,
                            words[i]);
        else
            self->types[self->type_count++] = (uint16_t) type;
    }
}

int
effect_open(struct effect *self, const struct effect_settings *settings,
            uint64_t seed, uint64_t index, core_faults_t *faults)
{
    size_t before = core_faults_count(faults);

    *self = (struct effect) {
        .settings = settings, .rate = 1,
        .dice = { .seed = seed, .thrower = index },
    };
    check_choice(settings, faults);
    read_words(self, faults);
    read_types(self, faults);
    return core_faults_count(faults) == before ? 0 : -1;
}

void
effect_clear(struct effect *self)
{
    free(self->types);
    self->types = NULL;
    self->type_count = 0;
}

/* ---- who is befallen ----------------------------------------------------- */

static bool
has_name(const struct effect *self, const uint8_t *name)
{
    const struct core_list *list = &self->settings->names;
    const uint8_t *const *names = list->items;

    for (size_t i = 0; i < list->count; i++)
        if (core_name_is_below(name, names[i]))
            return true;
    return list->count == 0;
}

static bool
has_type(const struct effect *self, uint16_t type)
{
    for (size_t i = 0; i < self->type_count; i++)
        if (self->types[i] == type)
            return true;
    return self->type_count == 0;
}

static bool
has_transport(const struct effect *self, unsigned transport)
{
    const struct core_list *list = &self->settings->transports;
    const int *known = list->items;

    for (size_t i = 0; i < list->count; i++)
        if ((unsigned) known[i] + CORE_UDP == transport)
            return true;
    return list->count == 0;
}

bool
effect_befalls(struct effect *self, const struct core_message *message,
               const struct core_record *record)
{
    const struct effect_settings *settings = self->settings;
    uint64_t number;

    if (!has_name(self, message->qname) || !has_type(self, message->qtype)
        || !has_transport(self, record->transport))
        return false;
    number = self->seen++;
    self->dice.number = number;
    if (settings->every > 0) {
        int64_t first = settings->first > 0 ? settings->first
                                            : settings->every;

        return number % (uint64_t) settings->every == (uint64_t) first - 1;
    }
    if (settings->without_bits > 0)
        return (number & (uint64_t) settings->without_bits) == 0;
    return self->rate >= 1 || dice_throw(&self->dice, 0) < self->rate;
}

int64_t
effect_delay(const struct effect *self)
{
    const struct effect_settings *settings = self->settings;

    return dice_time(&self->dice,
                     (enum dice_distribution) settings->distribution,
                     settings->delay_ms, settings->spread_ms,
                     settings->most_ms);
}
