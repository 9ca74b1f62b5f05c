/*
 * authority - the stage that answers from the records that the feeds bring
 */

#include "authority/authority.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "authority/answer.h"
#include "authority/counters.h"
#include "authority/listing.h"
#include "authority/subscription.h"
#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/rrtype.h"

#define LOOKUP_DEPTH 8                  /* coredns-pipe(7) */
#define DEFAULT_LOOKUP_MS 3000
#define SOURCE_VERSION_SIZE 8

struct settings {
    struct core_list sources;           /* const char * */
    bool ns_in_authority;
    int any;                            /* enum answer_any */
    int negative_ttl;                   /* enum answer_negative */
    int64_t lookup_ms;
};

struct authority {
    core_life_t *life;                  /* NULL before watch() */
    struct answer_style style;
    int64_t lookup_ms;
    bool has_next;
    bool has_been_ready;
    zones_t *zones;
    hasher_t *hasher;
    size_t source_count;
    subscription_t **subscriptions;
    const char **source_names;          /* lent from the subscriptions */
    struct counters counters;
};

/* A query that waits for the target of its alias. */
struct pursuit {
    struct authority *authority;
    core_held_t *held;
    uint8_t target[CORE_NAME_SIZE];
};

static const char *const any_choices[] = { "one", "all", NULL };
static const char *const negative_choices[] = { "minimum", "soa", NULL };

static const struct core_setting setting_table[] = {
    { .key = "sources", .type = CORE_STAGE, .list = true, .required = true,
      .offset = offsetof(struct settings, sources),
      .says = "feeds, in the order in which their data are tried" },
    { .key = "ns_in_authority", .type = CORE_BOOLEAN,
      .offset = offsetof(struct settings, ns_in_authority),
      .says = "name the servers of the question's zone in positive replies" },
    { .key = "any", .type = CORE_CHOICE, .choices = any_choices,
      .offset = offsetof(struct settings, any),
      .says = "what ANY gets over UDP: one RRset (RFC 8482) or all" },
    { .key = "negative_ttl", .type = CORE_CHOICE,
      .choices = negative_choices,
      .offset = offsetof(struct settings, negative_ttl),
      .says = "TTL of negative replies: at most the SOA's minimum (RFC 2308), "
              "or that of the SOA" },
    { .key = "lookup_timeout", .type = CORE_DURATION,
      .fallback = DEFAULT_LOOKUP_MS, .minimum = 100, .maximum = 60000,
      .offset = offsetof(struct settings, lookup_ms),
      .says = "how long the target of an alias out of all zones may take" },
    { .type = CORE_END },
};

/* ---- queries ------------------------------------------------------------- */

static void
start_answer(struct authority *self, core_query_t *query,
             struct answer *answer)
{
    answer->zones = self->zones;
    answer->style = &self->style;
    answer->hasher = self->hasher;
    answer->query = core_query_message(query);
    answer->writer = core_query_reply(query);
    answer->is_datagram = core_query_record(query)->transport == CORE_UDP;
    answer->can_look_up = false;
    answer->looked_up = NULL;
    answer->followed = NULL;
}

/* Says which stage and which version of which zone the reply is from. */
static enum core_verdict
finish(struct authority *self, core_query_t *query,
       const struct answer *answer)
{
    const struct zone *zone = answer->zone;
    uint8_t source[SOURCE_VERSION_SIZE + CORE_NAME_SIZE];
    const char *name = core_life_name(self->life);

    counters_count(&self->counters, answer);
    core_query_trail(query, CORE_TRAIL_ANSWERED_BY, name, strlen(name));
    if (zone != NULL) {
        size_t size = core_name_size(zone->id.name);

        for (unsigned i = 0; i < SOURCE_VERSION_SIZE; i++)
            source[i] = (uint8_t) (zone->version >> 8 * i);
        memcpy(source + SOURCE_VERSION_SIZE, zone->id.name, size);
        core_query_trail(query, CORE_TRAIL_SOURCE, source,
                         SOURCE_VERSION_SIZE + size);
    }
    if (answer->ede != CORE_EDE_NONE)
        core_query_ede(query, answer->ede, answer->ede_text);
    return CORE_ANSWERED;
}

/*
 * No zone of ours, or one whose unknown names fall through: the next stage has
 * it.  Without one, a name that has fallen through is a failure of ours.
 */
static enum core_verdict
pass(struct authority *self, core_query_t *query, const struct answer *answer)
{
    if (answer->zone == NULL || self->has_next)
        return CORE_PASSED;
    core_query_reply_rcode(query, CORE_SERVFAIL);
    self->counters.replies[CORE_SERVFAIL]++;
    return CORE_ANSWERED;
}

/* Says whether somebody asks for a zone of ours as a whole. */
static bool
is_transfer(const struct authority *self, const struct core_message *query)
{
    struct key key;

    if (query->qtype != CORE_AXFR && query->qtype != CORE_IXFR)
        return false;
    key_make(&key, query->qname);
    for (size_t i = 0; i < zones_layers(self->zones); i++) {
        const struct zone *zone = zones_match(self->zones, i, &key);

        if (zone != NULL && zone->labels == key.labels)
            return true;
    }
    return false;
}

static enum core_verdict
end_pursuit(struct pursuit *pursuit, const struct core_message *reply)
{
    struct authority *self = pursuit->authority;
    core_query_t *query = core_held_query(pursuit->held);
    struct answer answer;

    start_answer(self, query, &answer);
    answer.looked_up = pursuit->target;
    answer.followed = reply;
    if (answer_make(&answer) == ANSWER_DONE)
        return finish(self, query, &answer);
    /* The zones have changed meanwhile. */
    return pass(self, query, &answer);
}

static void
looked_up(void *owner, const struct core_message *reply)
{
    struct pursuit *pursuit = owner;

    if (reply == NULL)
        pursuit->authority->counters.lookups_failed++;

    enum core_verdict verdict = end_pursuit(pursuit, reply);

    core_held_end(&pursuit->held, verdict);
    free(pursuit);
}

/* Holds the query and looks the target up; false when too many are held. */
static bool
pursue(struct authority *self, core_query_t *query,
       const struct answer *answer)
{
    const struct core_message *message = core_query_message(query);
    unsigned depth = core_lookup_depth(query);
    core_held_t *held = core_query_hold(query);
    struct pursuit *pursuit;

    if (held == NULL)
        return false;
    pursuit = core_allocate(sizeof *pursuit);
    pursuit->authority = self;
    pursuit->held = held;
    memcpy(pursuit->target, answer->target, sizeof pursuit->target);
    self->counters.lookups++;
    core_life_lookup(self->life, pursuit->target, message->qtype,
                     message->edns.dnssec_ok, depth, self->lookup_ms,
                     looked_up, pursuit);
    return true;
}

static enum core_verdict
handle_query(void *state, core_query_t *query)
{
    struct authority *self = state;
    const struct core_message *message = core_query_message(query);
    struct answer answer;

    if (core_message_opcode(message) != CORE_OPCODE_QUERY)
        return CORE_PASSED;
    if (is_transfer(self, message)) {
        core_query_reply_rcode(query, CORE_REFUSED);
        return CORE_ANSWERED;
    }
    start_answer(self, query, &answer);
    answer.can_look_up = core_life_can_lookup(self->life)
        && core_lookup_depth(query) < LOOKUP_DEPTH;

    enum answer_verdict verdict = answer_make(&answer);

    if (verdict == ANSWER_LOOK_UP) {
        if (pursue(self, query, &answer))
            return CORE_HELD;
        start_answer(self, query, &answer);
        verdict = answer_make(&answer);
    }
    if (verdict == ANSWER_PASSED)
        return pass(self, query, &answer);
    return finish(self, query, &answer);
}

/* ---- sources and readiness ----------------------------------------------- */

/*
 * Ready is who has had each source's data once.  From then on it stays so:
 * data that may be old answer better than no data.
 */
static void
judge_readiness(void *owner)
{
    struct authority *self = owner;
    char reason[256];

    for (size_t i = 0; i < self->source_count; i++) {
        const subscription_t *subscription = self->subscriptions[i];
        const char *why = subscription_reason(subscription);

        if (subscription_was_complete(subscription))
            continue;
        snprintf(reason, sizeof reason, "waiting for %s%s%s",
                 subscription_name(subscription), *why == '\0' ? "" : ": ",
                 why);
        core_life_ready(self->life, false, reason);
        return;
    }
    core_life_ready(self->life, true, NULL);
}

static void
refresh_counters(void *owner)
{
    struct authority *self = owner;

    counters_refresh(&self->counters, self->zones);
}

static int
watch(void *state, core_life_t *life, struct core_fault *fault)
{
    struct authority *self = state;

    self->life = life;
    self->has_next = core_life_wire(life, "next", NULL) != NULL;
    counters_add(&self->counters, core_life_telemetry(life));
    core_telemetry_refresher(core_life_telemetry(life), refresh_counters,
                             self);
    for (size_t i = 0; i < self->source_count; i++) {
        const char *name = self->source_names[i];
        const char *endpoints = core_life_wire(life, "source", name);

        if (endpoints == NULL) {
            core_fault_set(fault, NULL, 0, "no wire to the source %s", name);
            return -1;
        }
        if (subscription_follow(self->subscriptions[i],
                                core_life_context(life), core_life_loop(life),
                                endpoints, core_life_identity(life),
                                judge_readiness, self, fault) == -1)
            return -1;
    }
    judge_readiness(self);
    return 0;
}

/* ---- state --------------------------------------------------------------- */

static void
take_style(struct authority *self, const struct settings *settings)
{
    self->style.ns_in_authority = settings->ns_in_authority;
    self->style.any = (enum answer_any) settings->any;
    self->style.negative = (enum answer_negative) settings->negative_ttl;
    self->lookup_ms = settings->lookup_ms;
}

static void *
open_authority(const void *settings_read, struct core_fault *fault)
{
    const struct settings *settings = settings_read;
    const char *const *names = settings->sources.items;
    struct authority *self = core_allocate(sizeof *self);

    (void) fault;
    take_style(self, settings);
    self->zones = zones_new();
    self->hasher = hasher_new();
    self->source_count = settings->sources.count;
    self->subscriptions =
        core_allocate(self->source_count * sizeof (subscription_t *));
    self->source_names = core_allocate(self->source_count * sizeof (char *));
    for (size_t i = 0; i < self->source_count; i++) {
        self->subscriptions[i] =
            subscription_new(self->zones, (unsigned) i, names[i],
                             &self->counters.feed);
        self->source_names[i] = subscription_name(self->subscriptions[i]);
    }
    return self;
}

/* Other sources are other wires: for them the process is started anew. */
static int
reload(void *state, const void *settings_read, struct core_fault *fault)
{
    struct authority *self = state;
    const struct settings *settings = settings_read;
    const char *const *names = settings->sources.items;
    bool same = settings->sources.count == self->source_count;

    for (size_t i = 0; same && i < self->source_count; i++)
        same = strcmp(names[i], self->source_names[i]) == 0;
    if (!same) {
        core_fault_set(fault, NULL, 0, "other sources need a restart");
        return -1;
    }
    take_style(self, settings);
    return 0;
}

static void
close_authority(void **state_p)
{
    struct authority *self = *state_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->source_count; i++)
        subscription_destroy(&self->subscriptions[i]);
    zones_destroy(&self->zones);
    hasher_destroy(&self->hasher);
    free(self->subscriptions);
    free(self->source_names);
    free(self);
    *state_p = NULL;
}

/* ---- verbs --------------------------------------------------------------- */

static int
run_zones(void *owner, core_call_t *call)
{
    const struct authority *self = owner;
    const char *word = core_call_argument(call, 0);
    const char *name = core_call_argument(call, 1);
    FILE *output = core_call_output(call);

    if (word == NULL) {
        listing_write(self->zones, self->source_names, output);
        return CORE_EXIT_DONE;
    }
    if (strcmp(word, "show") != 0 || name == NULL
        || core_call_count(call) != 2) {
        fprintf(output, "zones takes nothing, or: show NAME\n");
        return CORE_EXIT_USAGE;
    }
    if (listing_show(self->zones, self->source_names, name, output) > 0)
        return CORE_EXIT_DONE;
    fprintf(output, "no zone %s\n", name);
    return CORE_EXIT_FAILED;
}

static const struct core_verb verb_table[] = {
    { "zones", run_zones,
      "lists the zones, or shows one: zones [show NAME]" },
    { NULL, NULL, NULL },
};

const struct core_stage authority_stage = {
    .name = "authority",
    .summary = "answers from the records that the feeds bring",
    .settings = setting_table,
    .settings_size = sizeof (struct settings),
    .open = open_authority,
    .handle_query = handle_query,
    .watch = watch,
    .reload = reload,
    .close = close_authority,
    .verbs = verb_table,
};
