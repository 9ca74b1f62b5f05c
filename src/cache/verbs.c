/*
 * verbs - what the cache can be asked and told
 *
 * A flush also spoils the questions in flight that it names: their replies may
 * have been made before whatever made somebody flush.
 */

#include "cache/state.h"

#include <inttypes.h>
#include <string.h>

#include "cache/dump.h"
#include "coredns/name.h"
#include "coredns/rrtype.h"

#define ANY_TYPE (-1)

/* What an order is about. */
struct scope {
    struct cache *cache;
    uint8_t name[CORE_NAME_SIZE];
    bool is_tree;                       /* all below the name too */
    int type;                           /* or ANY_TYPE */
    unsigned count;
    FILE *output;
    int64_t now_ms;
};

/* ---- scope --------------------------------------------------------------- */

static bool
is_meant(const struct scope *self, const uint8_t *question, size_t size)
{
    if (self->type != ANY_TYPE
        && core_read16(question + size - KEY_FIXED_SIZE) != self->type)
        return false;
    return self->is_tree ? core_name_is_below(question, self->name)
                         : core_name_equal(question, self->name);
}

static bool
is_meant_entry(const struct scope *self, const struct entry *entry)
{
    size_t size;
    const uint8_t *question = entry_question(entry, &size);

    return is_meant(self, question, size);
}

static bool
read_name(struct scope *self, const char *text)
{
    static const uint8_t root[] = { 0 };

    return core_name_from_text(self->name, text, root) != -1;
}

/*
 * Reads [NAME [TYPE] | --tree NAME]; without any, all is meant.  False when it
 * is something else.
 */
static bool
read_scope(struct scope *self, struct cache *cache, const core_call_t *call)
{
    int count = core_call_count(call);
    const char *first = core_call_argument(call, 0);

    *self = (struct scope) { .cache = cache, .type = ANY_TYPE };
    self->now_ms = core_loop_now_ms(cache->loop);
    if (count == 0) {
        self->is_tree = true;
        return true;
    }
    if (strcmp(first, "--tree") == 0) {
        self->is_tree = true;
        return count == 2 && read_name(self, core_call_argument(call, 1));
    }
    if (count == 2) {
        self->type = core_rrtype_from_text(core_call_argument(call, 1));
        if (self->type == -1)
            return false;
    }
    return count <= 2 && read_name(self, first);
}

static int
refuse(core_call_t *call, const char *usage)
{
    fprintf(core_call_output(call), "usage: %s\n", usage);
    return CORE_EXIT_USAGE;
}

/* ---- flush --------------------------------------------------------------- */

static bool
forget_entry(void *owner, const struct entry *entry)
{
    struct scope *scope = owner;

    if (!is_meant_entry(scope, entry))
        return false;
    scope->count++;
    return true;
}

static void
spoil_flight(void *owner, struct flight *flight)
{
    const struct scope *scope = owner;

    if (is_meant(scope, flight->key.question, flight->key.size))
        flight->is_outdated = true;
}

static int
run_flush(void *owner, core_call_t *call)
{
    struct cache *self = owner;
    struct scope scope;

    if (!read_scope(&scope, self, call))
        return refuse(call, "flush [name [type] | --tree name]");
    pending_each(self->pending, spoil_flight, &scope);
    answers_each(self->answers, forget_entry, &scope);
    if (core_call_count(call) == 0)
        answers_clear(self->answers);   /* the ghosts too */
    fprintf(core_call_output(call), "flushed %u\n", scope.count);
    return CORE_EXIT_DONE;
}

/* ---- dump ---------------------------------------------------------------- */

static bool
dump_entry(void *owner, const struct entry *entry)
{
    const struct scope *scope = owner;

    if (is_meant_entry(scope, entry))
        dump_write(entry, scope->cache->policy->stale_ms, scope->now_ms,
                   scope->output);
    return false;
}

static int
run_dump(void *owner, core_call_t *call)
{
    struct cache *self = owner;
    struct scope scope;

    if (!read_scope(&scope, self, call))
        return refuse(call, "dump [name [type] | --tree name]");
    scope.output = core_call_output(call);
    answers_each(self->answers, dump_entry, &scope);
    return CORE_EXIT_DONE;
}

/* ---- stats --------------------------------------------------------------- */

static void
write_total(FILE *output, const char *key, uint64_t value)
{
    fprintf(output, "%s %" PRIu64 "\n", key, value);
}

static int
run_stats(void *owner, core_call_t *call)
{
    struct cache *self = owner;
    const struct cache_counters *counters = &self->counters;
    FILE *output = core_call_output(call);

    if (core_call_count(call) != 0)
        return refuse(call, "stats");
    cache_metrics_refresh(self);
    write_total(output, "capacity", (uint64_t) self->policy->capacity);
    write_total(output, "success_entries", counters->entries[ANSWERS_SUCCESS]);
    write_total(output, "success_bytes", counters->octets[ANSWERS_SUCCESS]);
    write_total(output, "success_hits", counters->hits[ANSWERS_SUCCESS]);
    write_total(output, "success_evictions",
                counters->evictions[ANSWERS_SUCCESS]);
    write_total(output, "denial_entries", counters->entries[ANSWERS_DENIAL]);
    write_total(output, "denial_bytes", counters->octets[ANSWERS_DENIAL]);
    write_total(output, "denial_hits", counters->hits[ANSWERS_DENIAL]);
    write_total(output, "denial_evictions",
                counters->evictions[ANSWERS_DENIAL]);
    write_total(output, "requests", counters->requests);
    write_total(output, "misses", counters->misses);
    write_total(output, "prefetches", counters->prefetches);
    write_total(output, "served_stale", counters->served_stale);
    write_total(output, "drops", counters->drops);
    write_total(output, "pending", counters->pending);
    write_total(output, "waiting", pending_waiters(self->pending));
    write_total(output, "waited", counters->waited);
    write_total(output, "taken_over", counters->taken_over);
    return CORE_EXIT_DONE;
}

const struct core_verb cache_verbs[] = {
    { "flush", run_flush, "[NAME [TYPE] | --tree NAME]: forget answers" },
    { "dump", run_dump, "[NAME [TYPE] | --tree NAME]: show answers" },
    { "stats", run_stats, "what is kept, and how often it was of use" },
    { NULL, NULL, NULL },
};
