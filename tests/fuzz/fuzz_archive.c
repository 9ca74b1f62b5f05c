/*
 * fuzz_archive - any octets as the zones of a source on disk
 *
 * Whatever they are, the hooks are called as a feed calls them: changes and an
 * end only within a transaction, and each transaction has its end.
 */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "authority/archive.h"
#include "authority/subscription.h"

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct state {
    subscription_t *subscription;
    bool is_open;
};

static void
begin(void *owner, const struct core_zone_id *zone,
      const struct core_zone_options *options, bool whole)
{
    struct state *state = owner;

    assert(!state->is_open && (!whole || options != NULL));
    state->is_open = true;
    subscription_hooks.begin(state->subscription, zone, options, whole);
}

static void
change(void *owner, const struct core_change *change_read)
{
    struct state *state = owner;

    assert(state->is_open);
    subscription_hooks.change(state->subscription, change_read);
}

static void
commit(void *owner, uint64_t version)
{
    struct state *state = owner;

    assert(state->is_open);
    state->is_open = false;
    subscription_hooks.commit(state->subscription, version);
}

static void
abandon(void *owner)
{
    struct state *state = owner;

    assert(state->is_open);
    state->is_open = false;
    subscription_hooks.abandon(state->subscription);
}

static void
remove_zone(void *owner, const struct core_zone_id *zone)
{
    struct state *state = owner;

    assert(!state->is_open);
    subscription_hooks.remove(state->subscription, zone);
}

static const struct core_subscriber_hooks hooks = {
    .begin = begin, .change = change, .commit = commit, .abandon = abandon,
    .remove = remove_zone,
};

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct core_zone_id zone = { .name = "\7example\3org" };
    struct subscription_counters counters = { .changes = 0 };
    zones_t *zones = zones_new();
    struct state state = {
        .subscription = subscription_new(zones, 0, "source", &counters),
    };

    archive_read_octets(bytes, size, &zone, &hooks, &state);
    assert(!state.is_open);
    archive_read_octets(bytes, size, NULL, &hooks, &state);
    assert(!state.is_open);
    subscription_destroy(&state.subscription);
    zones_destroy(&zones);
    return 0;
}
