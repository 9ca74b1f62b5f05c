/*
 * authority - the stage that answers from the records that the feeds bring
 */

#include "authority/authority.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority/listing.h"
#include "authority/queries.h"
#include "authority/sources.h"
#include "authority/state.h"
#include "coredns/memory.h"
#include "coredns/rrtype.h"

#define DEFAULT_LOOKUP_MS 3000
#define DEFAULT_PATIENCE_MS 3000

struct settings {
    struct core_list sources;           /* const char * */
    bool ns_in_authority;
    int any;                            /* enum answer_any */
    int negative_ttl;                   /* enum answer_negative */
    int alias_loops;                    /* enum answer_loop */
    int64_t lookup_ms;
    int64_t patience_ms;
    struct core_list transfers;         /* struct transfer_rule */
    struct core_list expected;          /* const uint8_t * */
};

static const char *const any_choices[] = { "one", "all", NULL };
static const char *const negative_choices[] = { "minimum", "soa", NULL };
static const char *const loop_choices[] = { "show", "fail", NULL };

static const struct core_setting transfer_table[] = {
    { .key = "zones", .type = CORE_NAME, .list = true, .fallback_text = ".",
      .offset = offsetof(struct transfer_rule, zones),
      .says = "these zones and those below them" },
    { .key = "to", .type = CORE_NETWORK, .list = true,
      .offset = offsetof(struct transfer_rule, to),
      .says = "addresses and networks that may have them; without it nobody" },
    { .key = "notify", .type = CORE_TEXT, .list = true,
      .offset = offsetof(struct transfer_rule, notify),
      .says = "servers that are told of changes (ADDRESS[:PORT])" },
    { .key = "notify_source", .type = CORE_TEXT,
      .offset = offsetof(struct transfer_rule, notify_source),
      .says = "the address that they are told from" },
    { .type = CORE_END },
};

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
    { .key = "alias_loops", .type = CORE_CHOICE, .choices = loop_choices,
      .offset = offsetof(struct settings, alias_loops),
      .says = "aliases without an end: show the loop once around, or fail" },
    { .key = "lookup_timeout", .type = CORE_DURATION,
      .fallback = DEFAULT_LOOKUP_MS, .minimum = 100, .maximum = 60000,
      .offset = offsetof(struct settings, lookup_ms),
      .says = "how long the target of an alias out of all zones may take" },
    { .key = "source_patience", .type = CORE_DURATION,
      .fallback = DEFAULT_PATIENCE_MS, .minimum = 0, .maximum = 3600000,
      .offset = offsetof(struct settings, patience_ms),
      .says = "how long to wait for a source at the start before its zones "
              "are read from disk" },
    { .key = "transfers", .type = CORE_GROUPS, .members = transfer_table,
      .members_size = sizeof (struct transfer_rule),
      .offset = offsetof(struct settings, transfers),
      .says = "which zones are sent to whom (AXFR, IXFR); of several that "
              "cover a zone the nearest counts" },
    { .key = "expected_zones", .type = CORE_NAME, .list = true,
      .offset = offsetof(struct settings, expected),
      .says = "zones that the sources will have: their names get SERVFAIL "
              "until each source has been heard" },
    { .type = CORE_END },
};

/* ---- state --------------------------------------------------------------- */

static void
take_style(struct authority *self, const struct settings *settings)
{
    self->style.ns_in_authority = settings->ns_in_authority;
    self->style.any = (enum answer_any) settings->any;
    self->style.negative = (enum answer_negative) settings->negative_ttl;
    self->style.loop = (enum answer_loop) settings->alias_loops;
    self->lookup_ms = settings->lookup_ms;
    self->patience_ms = settings->patience_ms;
    self->expected = settings->expected;
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
    self->transfers = transfers_new(self->zones);
    transfers_rule(self->transfers, &settings->transfers);
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

static void
check(const void *data, core_faults_t *faults)
{
    const struct settings *settings = data;
    const struct transfer_rule *rules = settings->transfers.items;
    char where[64];

    for (size_t i = 0; i < settings->transfers.count; i++) {
        snprintf(where, sizeof where, "authority.transfers[%zu]", i);
        transfers_check(&rules[i], &settings->transfers, where, faults);
        notify_check(&rules[i], where, faults);
    }
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
    transfers_rule(self->transfers, &settings->transfers);
    if (self->notifier != NULL)
        notifier_rules_changed(self->notifier);
    zones_walk(self->zones, sources_tell_servers, self);
    core_life_changed(self->life, NULL, CORE_ANY);
    return 0;
}

static void
close_authority(void **state_p)
{
    struct authority *self = *state_p;

    if (self == NULL)
        return;
    if (self->life != NULL)
        core_loop_timer_cancel(core_life_loop(self->life), &self->patience);
    for (size_t i = 0; i < self->source_count; i++)
        subscription_destroy(&self->subscriptions[i]);
    notifier_destroy(&self->notifier);
    transfers_destroy(&self->transfers);
    zones_destroy(&self->zones);
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
    .check = check,
    .open = open_authority,
    .handle_query = queries_handle,
    .watch = sources_watch,
    .reload = reload,
    .close = close_authority,
    .verbs = verb_table,
};
