/*
 * autopath - the stage that walks the client's search path for it
 *
 * Whatever the name itself or the whole path leads to nothing, the query goes
 * on as it came, so that replies are what they are without this stage, and the
 * same to whoever keeps them.  Only where a later name of the path leads to
 * something the reply is made here: an alias of that name, and its records.
 *
 * Whether a client is a pod, and of which namespace, is asked of the zone
 * itself, which has a name for each pod: so no list of pods is kept here.
 */

#include "autopath/autopath.h"

#include <stdlib.h>
#include <string.h>

#include "autopath/search.h"
#include "coredns/memory.h"
#include "coredns/rrtype.h"

#define LOOKUP_DEPTH 8                  /* coredns-pipe(7) */

struct settings {
    struct core_list zones;             /* const uint8_t * */
    struct core_list clusters;          /* const uint8_t * */
    const char *resolv_conf;
    int64_t timeout_ms;
};

struct autopath {
    const struct settings *settings;
    struct search_domains domains;      /* of the file */
    core_life_t *life;
    uint64_t walks;
    uint64_t successes;
};

/* A query whose path is being walked. */
struct walk {
    struct autopath *autopath;
    core_held_t *held;
    bool is_pods;                       /* only pods have that path */
    uint8_t cluster[CORE_NAME_SIZE];    /* zone of these */
    struct search search;
    unsigned step;
    unsigned depth;
    bool dnssec_ok;
    uint16_t qtype;
    uint8_t client[16];
};

static const struct core_setting setting_table[] = {
    { .key = "zones", .type = CORE_NAME, .list = true,
      .offset = offsetof(struct settings, zones),
      .says = "names outside of these are left alone; none: all are in" },
    { .key = "clusters", .type = CORE_NAME, .list = true,
      .offset = offsetof(struct settings, clusters),
      .says = "zones of a cluster, whose pods have the search path of their "
              "namespace" },
    { .key = "resolv_conf", .type = CORE_PATH,
      .offset = offsetof(struct settings, resolv_conf),
      .says = "file with the search path of all clients, or, with clusters, "
              "of what follows in that of pods" },
    { .key = "lookup_timeout", .type = CORE_DURATION, .fallback = 4000,
      .minimum = 100, .maximum = 60000,
      .offset = offsetof(struct settings, timeout_ms),
      .says = "how long one step of the path may take" },
    { .type = CORE_END },
};

/* ---- settings ------------------------------------------------------------ */

/* The path of pods has something in it without the file. */
static bool
needs_file(const struct settings *settings)
{
    return settings->clusters.count == 0;
}

/* A line of the file has its place; the file itself is that of the setting. */
static void
tell_file(const struct core_fault *fault, core_faults_t *faults)
{
    if (fault->line > 0)
        core_faults_copy(faults, fault);
    else
        core_faults_add(faults, NULL, 0, "autopath.resolv_conf: %s: %s",
                        fault->path, fault->text);
}

static void
check(const void *data, core_faults_t *faults)
{
    const struct settings *settings = data;
    struct search_domains domains;
    struct core_fault fault;

    if (needs_file(settings) && settings->resolv_conf == NULL)
        core_faults_add(faults, NULL, 0, "autopath.resolv_conf: is needed "
                        "without clusters");
    else if (needs_file(settings)
             && search_read(&domains, settings->resolv_conf, &fault) == -1)
        tell_file(&fault, faults);
}

static void *
open_autopath(const void *data, struct core_fault *fault)
{
    const struct settings *settings = data;
    struct autopath *self = core_allocate(sizeof *self);

    self->settings = settings;
    if (settings->resolv_conf == NULL
        || search_read(&self->domains, settings->resolv_conf, fault) == 0)
        return self;
    self->domains.count = 0;
    if (needs_file(settings)) {
        free(self);
        return NULL;
    }
    return self;
}

static void
close_autopath(void **state_p)
{
    free(*state_p);
    *state_p = NULL;
}

/* ---- the walk ------------------------------------------------------------ */

static void
end_walk(struct walk *walk, enum core_verdict verdict)
{
    core_held_end(&walk->held, verdict);
    free(walk);
}

static void
fail(struct walk *walk)
{
    core_query_reply_rcode(core_held_query(walk->held), CORE_SERVFAIL);
    end_walk(walk, CORE_ANSWERED);
}

/* The TTL of the first record of the answer; false when there is none. */
static bool
first_ttl(const struct core_message *reply, uint32_t *ttl)
{
    struct core_records records;
    struct core_rr rr;

    core_records_start(&records, reply);
    if (!core_records_next(&records, &rr) || rr.section != CORE_ANSWER)
        return false;
    *ttl = rr.ttl;
    return true;
}

/* The name that was asked for is an alias of the one that was found. */
static void
answer(struct walk *walk, const uint8_t *found,
       const struct core_message *reply)
{
    core_query_t *query = core_held_query(walk->held);
    struct core_writer *writer = core_query_reply(query);
    uint16_t flags = reply->flags & (CORE_AA | CORE_RA);
    struct core_records records;
    struct core_rr rr;
    uint32_t ttl;

    if (first_ttl(reply, &ttl))
        core_writer_rr(writer, CORE_ANSWER, walk->search.name, CORE_CNAME,
                       CORE_IN, ttl, found, core_name_size(found));
    core_records_start(&records, reply);
    while (core_records_next(&records, &rr))
        if (rr.type != CORE_OPT && !core_writer_copy(writer, reply, &rr)) {
            flags |= CORE_TC;
            break;
        }
    core_writer_end(writer, flags, core_message_rcode(reply));
    walk->autopath->successes++;
    end_walk(walk, CORE_ANSWERED);
}

static void
go_on(struct walk *walk);

/* What has come of a name behind the first one. */
static void
judge(struct walk *walk, const struct core_message *reply)
{
    uint8_t found[CORE_NAME_SIZE];

    if (core_message_rcode(reply) == CORE_NXDOMAIN) {
        walk->step++;
        go_on(walk);
    } else if (core_message_rcode(reply) == CORE_NOERROR) {
        search_step(&walk->search, walk->step, found);
        answer(walk, found, reply);
    } else {
        fail(walk);
    }
}

static void
step_done(void *owner, const struct core_message *reply)
{
    struct walk *walk = owner;

    if (reply == NULL)
        fail(walk);
    else
        judge(walk, reply);
}

static void
look_up(struct walk *walk, const uint8_t *name, uint16_t qtype,
        core_lookup_done *done)
{
    core_life_lookup(walk->autopath->life, name, qtype, walk->dnssec_ok,
                     walk->depth, walk->autopath->settings->timeout_ms, done,
                     walk);
}

static void
go_on(struct walk *walk)
{
    uint8_t name[CORE_NAME_SIZE];

    for (;; walk->step++) {
        if (!search_step(&walk->search, walk->step, name)) {
            end_walk(walk, CORE_PASSED);
            return;
        }
        if (name[0] != 0)
            break;
    }
    look_up(walk, name, walk->qtype, step_done);
}

static void
pod_done(void *owner, const struct core_message *reply)
{
    struct walk *walk = owner;

    if (reply == NULL || core_message_rcode(reply) != CORE_NOERROR
        || reply->counts[CORE_ANSWER] == 0) {
        end_walk(walk, CORE_PASSED);
        return;
    }
    walk->step = 1;
    go_on(walk);
}

/* Asks whether the client is a pod of that namespace. */
static void
ask_for_pod(struct walk *walk)
{
    uint8_t name[CORE_NAME_SIZE];
    bool is_four;

    if (!search_pod(&walk->search, walk->cluster, walk->client, name,
                    &is_four))
        end_walk(walk, CORE_PASSED);
    else
        look_up(walk, name, is_four ? CORE_A : CORE_AAAA, pod_done);
}

/* What has come of the name as it was asked for. */
static void
first_done(void *owner, const struct core_message *reply)
{
    struct walk *walk = owner;

    if (reply == NULL || core_message_rcode(reply) != CORE_NXDOMAIN) {
        end_walk(walk, CORE_PASSED);
    } else if (walk->is_pods) {
        ask_for_pod(walk);
    } else {
        walk->step = 1;
        go_on(walk);
    }
}

/* ---- queries ------------------------------------------------------------- */

static bool
is_in(const struct core_list *zones, const uint8_t *name)
{
    const uint8_t *const *items = zones->items;

    for (size_t i = 0; i < zones->count; i++)
        if (core_name_is_below(name, items[i]))
            return true;
    return zones->count == 0;
}

/* Begins the search of a name; false when it has none. */
static bool
begin_search(const struct autopath *self, struct walk *walk,
             const uint8_t *name)
{
    const struct core_list *clusters = &self->settings->clusters;
    const uint8_t *const *items = clusters->items;

    if (clusters->count == 0)
        return search_begin(&walk->search, name, &self->domains);
    for (size_t i = 0; i < clusters->count; i++)
        if (search_begin_in_cluster(&walk->search, name, items[i],
                                    &self->domains)) {
            memcpy(walk->cluster, items[i], core_name_size(items[i]));
            walk->is_pods = true;
            return true;
        }
    return false;
}

static enum core_verdict
handle_query(void *state, core_query_t *query)
{
    struct autopath *self = state;
    const struct core_message *message = core_query_message(query);
    struct walk *walk;

    if (core_message_opcode(message) != CORE_OPCODE_QUERY
        || message->qclass != CORE_IN
        || core_lookup_depth(query) >= LOOKUP_DEPTH
        || !is_in(&self->settings->zones, message->qname))
        return CORE_PASSED;
    walk = core_allocate(sizeof *walk);
    if (!begin_search(self, walk, message->qname)
        || (walk->held = core_query_hold(query)) == NULL) {
        free(walk);
        return CORE_PASSED;
    }
    walk->autopath = self;
    walk->depth = core_lookup_depth(query);
    walk->dnssec_ok = message->edns.dnssec_ok;
    walk->qtype = message->qtype;
    memcpy(walk->client, core_query_record(query)->client,
           sizeof walk->client);
    self->walks++;
    look_up(walk, walk->search.name, walk->qtype, first_done);
    return CORE_HELD;
}

static int
watch_autopath(void *state, core_life_t *life, struct core_fault *fault)
{
    struct autopath *self = state;

    (void) fault;
    self->life = life;
    core_telemetry_add(core_life_telemetry(life), CORE_COUNTER,
                       "coredns_autopath_success_total",
                       "Queries answered with a later name of their path.",
                       &self->successes);
    core_telemetry_add(core_life_telemetry(life), CORE_COUNTER,
                       "coredns_autopath_walks_total",
                       "Queries whose path was walked.", &self->walks);
    core_life_ready(life, true, NULL);
    return 0;
}

static int
reload_autopath(void *state, const void *settings, struct core_fault *fault)
{
    struct autopath *self = state;
    struct autopath *next = open_autopath(settings, fault);

    if (next == NULL)
        return -1;
    self->settings = settings;
    self->domains = next->domains;
    free(next);
    return 0;
}

const struct core_stage autopath_stage = {
    .name = "autopath",
    .summary = "walks the client's search path for it",
    .settings = setting_table,
    .settings_size = sizeof (struct settings),
    .open = open_autopath,
    .check = check,
    .handle_query = handle_query,
    .watch = watch_autopath,
    .reload = reload_autopath,
    .close = close_autopath,
};
