/*
 * template - makes up answers from patterns and texts
 */

#include "template/template.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "template/making.h"

#define LOOKUP_MS 3000
#define LOOKUP_DEPTH 8

struct settings {
    struct core_list rules;             /* of struct rule_settings */
};

struct state {
    core_life_t *life;                  /* from watch() on */
    struct rule **rules;
    size_t count;
    metrics_t *metrics;
};

/* A query whose aliases are looked up. */
struct pursuit {
    core_held_t *held;
    struct making *making;
    unsigned left;                      /* look-ups */
};

/* One of them. */
struct errand {
    struct pursuit *pursuit;
    struct making_piece *piece;
};

/* ---- settings ------------------------------------------------------------ */

#define RULE(field) offsetof(struct rule_settings, field)

static const struct core_setting rule_table[] = {
    { .key = "class", .type = CORE_TEXT, .fallback_text = "IN",
      .offset = RULE(class),
      .says = "class of the queries; ANY: all" },
    { .key = "type", .type = CORE_TEXT, .fallback_text = "ANY",
      .offset = RULE(type),
      .says = "type of the queries; ANY: all" },
    { .key = "zones", .type = CORE_NAME, .list = true, .fallback_text = ".",
      .offset = RULE(zones),
      .says = "the names lie in these zones" },
    { .key = "match", .type = CORE_TEXT, .list = true, .fallback_text = ".*",
      .offset = RULE(match),
      .says = "regular expressions, one of which the name matches, in small "
              "letters" },
    { .key = "answer", .type = CORE_TEXT, .list = true,
      .offset = RULE(answer),
      .says = "texts of the records of the answer" },
    { .key = "authority", .type = CORE_TEXT, .list = true,
      .offset = RULE(authority),
      .says = "the same of the authority section" },
    { .key = "additional", .type = CORE_TEXT, .list = true,
      .offset = RULE(additional),
      .says = "the same of the additional section" },
    { .key = "rcode", .type = CORE_TEXT, .fallback_text = "NOERROR",
      .offset = RULE(rcode),
      .says = "rcode of the reply" },
    { .key = "ede", .type = CORE_INTEGER, .fallback = -1, .minimum = -1,
      .maximum = CORE_EDE_NONE - 1, .offset = RULE(ede),
      .says = "code of an Extended DNS Error (RFC 8914); -1: none" },
    { .key = "ede_text", .type = CORE_TEXT, .offset = RULE(ede_text),
      .says = "its text" },
    { .key = "fallthrough", .type = CORE_NAME, .list = true,
      .offset = RULE(fallthrough),
      .says = "names below which a query that no expression matches goes on; "
              "others fail" },
    { .type = CORE_END },
};

static const struct core_setting setting_table[] = {
    { .key = "rules", .type = CORE_GROUPS, .required = true,
      .members = rule_table, .members_size = sizeof (struct rule_settings),
      .offset = offsetof(struct settings, rules),
      .says = "which queries are answered with what; the first that matches "
              "is the one" },
    { .type = CORE_END },
};

static void
check(const void *settings_read, core_faults_t *faults)
{
    const struct settings *settings = settings_read;
    const struct rule_settings *rules = settings->rules.items;

    for (size_t i = 0; i < settings->rules.count; i++) {
        core_faults_t *found = core_faults_new();
        struct rule *rule = rule_new(&rules[i], found);

        for (size_t j = 0; j < core_faults_count(found); j++)
            core_faults_add(faults, NULL, 0, "template.rules[%zu].%s", i,
                            core_faults_at(found, j)->text);
        rule_destroy(&rule);
        core_faults_destroy(&found);
    }
}

static void
end_rules(struct state *self)
{
    for (size_t i = 0; i < self->count; i++)
        rule_destroy(&self->rules[i]);
    free(self->rules);
    self->rules = NULL;
    self->count = 0;
}

/* The settings have been checked. */
static void
take_rules(struct state *self, const struct settings *settings)
{
    const struct rule_settings *rules = settings->rules.items;
    core_faults_t *faults = core_faults_new();

    self->rules = core_allocate((settings->rules.count + 1)
                                * sizeof *self->rules);
    for (size_t i = 0; i < settings->rules.count; i++) {
        self->rules[i] = rule_new(&rules[i], faults);
        assert(self->rules[i] != NULL);
        self->count++;
    }
    core_faults_destroy(&faults);
}

/* ---- look-ups ------------------------------------------------------------ */

static void
write_answer(const struct making *making, core_query_t *query)
{
    making_write(making, core_query_reply(query));
    if (making->ede != CORE_EDE_NONE)
        core_query_ede(query, making->ede, making->ede_text);
}

static void
end_pursuit(struct pursuit *pursuit)
{
    write_answer(pursuit->making, core_held_query(pursuit->held));
    core_held_end(&pursuit->held, CORE_ANSWERED);
    making_destroy(&pursuit->making);
    free(pursuit);
}

static void
take_found(void *owner, const struct core_message *reply)
{
    struct errand *errand = owner;
    struct pursuit *pursuit = errand->pursuit;

    making_found(pursuit->making, errand->piece, reply);
    free(errand);
    if (--pursuit->left == 0)
        end_pursuit(pursuit);
}

static bool
has_aliases(const struct making *making, uint16_t qtype)
{
    for (size_t i = 0; i < making->count; i++)
        if (making_must_look_up(&making->pieces[i], qtype))
            return true;
    return false;
}

/* Holds the query and looks the targets up; false when that cannot be. */
static bool
pursue(const struct state *self, core_query_t *query, struct making *making)
{
    const struct core_message *message = core_query_message(query);
    unsigned depth = core_lookup_depth(query);
    uint16_t qtype = message->qtype;
    bool dnssec_ok = message->edns.dnssec_ok;
    struct pursuit *pursuit;
    core_held_t *held;

    if (!core_life_can_lookup(self->life) || depth >= LOOKUP_DEPTH)
        return false;
    held = core_query_hold(query);
    if (held == NULL)
        return false;
    pursuit = core_allocate(sizeof *pursuit);
    pursuit->held = held;
    pursuit->making = making;
    for (size_t i = 0; i < making->count; i++)
        pursuit->left += making_must_look_up(&making->pieces[i], qtype);
    for (size_t i = 0; i < making->count; i++) {
        struct errand *errand;

        if (!making_must_look_up(&making->pieces[i], qtype))
            continue;
        errand = core_allocate(sizeof *errand);
        errand->pursuit = pursuit;
        errand->piece = &making->pieces[i];
        core_life_lookup(self->life, errand->piece->rdata, qtype, dnssec_ok,
                         depth, LOOKUP_MS, take_found, errand);
    }
    return true;
}

/* ---- queries ------------------------------------------------------------- */

static enum core_verdict
fail(core_query_t *query, const char *why)
{
    core_query_reply_rcode(query, CORE_SERVFAIL);
    if (why != NULL)
        core_query_ede(query, CORE_EDE_OTHER, why);
    return CORE_ANSWERED;
}

static enum core_verdict
answer(const struct state *self, core_query_t *query, const struct rule *rule,
       const struct rule_match *match, const char *name)
{
    const struct core_message *message = core_query_message(query);
    struct core_fault fault;
    struct making *making;

    metrics_match(self->metrics, rule, match->zone);
    if (rule->rcode == CORE_SERVFAIL)
        return fail(query, NULL);
    making = making_new(rule, match, name, message, core_query_record(query),
                        self->metrics, &fault);
    if (making == NULL)
        return fail(query, fault.text);
    if (has_aliases(making, message->qtype) && pursue(self, query, making))
        return CORE_HELD;
    write_answer(making, query);
    making_destroy(&making);
    return CORE_ANSWERED;
}

static enum core_verdict
handle_query(void *state, core_query_t *query)
{
    const struct state *self = state;
    const struct core_message *message = core_query_message(query);
    uint8_t small[CORE_NAME_SIZE];
    char name[CORE_NAME_TEXT_SIZE];

    if (core_message_opcode(message) != CORE_OPCODE_QUERY)
        return CORE_PASSED;
    memcpy(small, message->qname, message->qname_size);
    core_name_lower(small);
    core_name_to_text(name, small);
    for (size_t i = 0; i < self->count; i++) {
        struct rule_match match;

        switch (rule_match(self->rules[i], message, name, &match)) {
        case RULE_MATCHED:
            core_query_reason(query, "rule %zu matches", i);
            return answer(self, query, self->rules[i], &match, name);
        case RULE_FAILED:
            core_query_reason(query, "rule %zu holds for the zone", i);
            return fail(query, "no expression matches the name");
        default:
            break;
        }
    }
    core_query_reason(query, "no rule is for it");
    return CORE_PASSED;
}

/* ---- life ---------------------------------------------------------------- */

static void *
open_template(const void *settings, struct core_fault *fault)
{
    struct state *self = core_allocate(sizeof *self);

    (void) fault;
    take_rules(self, settings);
    return self;
}

static int
watch(void *state, core_life_t *life, struct core_fault *fault)
{
    struct state *self = state;

    (void) fault;
    self->life = life;
    self->metrics = metrics_new(core_life_telemetry(life));
    core_life_ready(life, true, NULL);
    return 0;
}

static int
reload(void *state, const void *settings, struct core_fault *fault)
{
    struct state *self = state;

    (void) fault;
    end_rules(self);
    take_rules(self, settings);
    return 0;
}

static void
close_template(void **state_p)
{
    struct state *self = *state_p;

    if (self == NULL)
        return;
    end_rules(self);
    metrics_destroy(&self->metrics);
    free(self);
    *state_p = NULL;
}

const struct core_stage template_stage = {
    .name = "template",
    .summary = "makes up answers from patterns and texts",
    .settings = setting_table,
    .settings_size = sizeof (struct settings),
    .open = open_template,
    .check = check,
    .handle_query = handle_query,
    .watch = watch,
    .reload = reload,
    .close = close_template,
};
