/*
 * session - the keys of an etcd by one set of settings
 *
 * What a round of the loop has changed is published at its end, so that many
 * changes that come together cost one transaction.
 */

#include "etcd-sync/session.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/clock.h"
#include "coredns/log.h"
#include "coredns/memory.h"

#define LOGGED_BAD 50                   /* bad values told of in a while */
#define LOGGED_MS 60000                 /* which is so long */
#define SETTLE_MS 1000                  /* serials move once a second */
#define PAUSE_SERVICES 40               /* that cost a millisecond of it */
#define KEY_SHOWN 200                   /* octets of a key in the log */

struct session {
    core_loop_t *loop;
    const struct session_hooks *hooks;
    void *owner;
    struct follower_settings target;
    catalogue_t *catalogue;
    follower_t *follower;               /* NULL: frozen */
    errands_t *errands;                 /* NULL likewise */
    core_timer_t *flush;                /* or NULL */
    core_timer_t *pause;                /* of names with many services; or
                                           NULL */
    core_timer_t *settling;             /* or NULL */
    unsigned logged_bad;
    struct catalogue_counters told;     /* in the log */
    int64_t logged_ms;                  /* since when they are counted */
    bool is_loaded;
};

static uint32_t
now_seconds(void)
{
    return (uint32_t) (core_clock_real_us() / 1000000);
}

/* ---- publishing ---------------------------------------------------------- */

static void
    flush_soon(session_t *self);
static void
    end_pause(void *owner);
static void
    settle_later(session_t *self);

/* Tells of more than there was before; which ones these are, the verb `bad`
   says. */
static void
tell_more(uint64_t now, uint64_t *before, const char *what)
{
    if (now > *before)
        core_log(CORE_LOG_WARNING, "%" PRIu64 " %s", now, what);
    *before = now;
}

static void
tell_left_out(session_t *self)
{
    struct catalogue_counters counters;

    catalogue_count(self->catalogue, &counters);
    tell_more(counters.too_wide, &self->told.too_wide,
              "names have too many services below them: they have no records "
              "of these");
    tell_more(counters.too_large, &self->told.too_large,
              "names lack records of a type, which no message could hold");
    tell_more(counters.too_many_hosts, &self->told.too_many_hosts,
              "names have several hosts that are names of others: the first "
              "counts");
    tell_more(counters.stubs_left_out, &self->told.stubs_left_out,
              "services below dns/stub are no servers of a zone, or too many");
}

static void
settle(void *owner)
{
    session_t *self = owner;

    self->settling = NULL;              /* it has ended itself */
    if (catalogue_settle(self->catalogue, now_seconds()))
        settle_later(self);
}

/* Looks in a second whether serials have to move once more. */
static void
settle_later(session_t *self)
{
    if (self->settling == NULL)
        self->settling = core_loop_timer(self->loop, SETTLE_MS, 0, settle,
                                         self);
}

/*
 * Names with many services are published at once when they have been at rest,
 * and then left alone for as long as they cost: however often something changes
 * below them, it is told a few times a second.
 */
static void
publish(session_t *self)
{
    size_t cost;

    catalogue_flush(self->catalogue, now_seconds(), self->pause == NULL
                    ? CATALOGUE_ALL : CATALOGUE_NARROW, &cost);
    settle_later(self);
    if (cost > 0)
        self->pause = core_loop_timer(self->loop,
                                      (int64_t) (cost / PAUSE_SERVICES), 0,
                                      end_pause, self);
    if (catalogue_waits(self->catalogue, self->pause == NULL ? CATALOGUE_ALL
                        : CATALOGUE_NARROW))
        flush_soon(self);
    tell_left_out(self);
}

static void
end_pause(void *owner)
{
    session_t *self = owner;

    self->pause = NULL;                 /* it has ended itself */
    publish(self);
}

static void
flush(void *owner)
{
    session_t *self = owner;

    self->flush = NULL;                 /* it has ended itself */
    publish(self);
}

static void
flush_soon(session_t *self)
{
    if (self->flush == NULL)
        self->flush = core_loop_timer(self->loop, 0, 0, flush, self);
}

/* ---- what the follower brings -------------------------------------------- */

static void
handle_load_begin(void *owner)
{
    session_t *self = owner;

    catalogue_load_begin(self->catalogue);
}

static void
handle_load_end(void *owner)
{
    session_t *self = owner;

    catalogue_load_end(self->catalogue);
    flush_soon(self);
    if (self->is_loaded)
        return;
    self->is_loaded = true;
    self->hooks->loaded(self->owner, self);
}

static void
tell_bad(session_t *self, const struct core_etcd_key *key,
         const struct core_fault *fault)
{
    int size = key->key.size < KEY_SHOWN ? (int) key->key.size : KEY_SHOWN;
    int64_t now_ms = core_loop_now_ms(self->loop);

    if (now_ms - self->logged_ms >= LOGGED_MS) {
        self->logged_ms = now_ms;
        self->logged_bad = 0;
    }
    if (self->logged_bad > LOGGED_BAD)
        return;
    if (self->logged_bad++ == LOGGED_BAD)
        core_log(CORE_LOG_WARNING, "there are more bad values");
    else
        core_log(CORE_LOG_WARNING, "%.*s: %s", size, key->key.bytes,
                 fault->text);
}

static void
handle_key(void *owner, const struct core_etcd_key *key)
{
    session_t *self = owner;
    struct core_fault fault;

    flush_soon(self);
    if (key->is_deleted) {
        catalogue_remove(self->catalogue, key->key.bytes, key->key.size);
        return;
    }
    if (catalogue_put(self->catalogue, &(struct catalogue_key) {
            .key = key->key.bytes, .key_size = key->key.size,
            .value = key->value.bytes, .value_size = key->value.size,
            .lease = { key->lease },
        }, core_loop_now_ms(self->loop), &fault) == CATALOGUE_BAD)
        tell_bad(self, key, &fault);
}

static void
handle_state(void *owner, bool is_following, const char *reason)
{
    session_t *self = owner;

    self->hooks->state(self->owner, self, is_following, reason);
}

static bool
handle_next_lease(void *owner, int64_t *lease)
{
    session_t *self = owner;
    struct lease_id id;

    if (!leases_due(catalogue_leases(self->catalogue),
                    core_loop_now_ms(self->loop), &id))
        return false;
    *lease = id.value;
    return true;
}

static void
handle_lease(void *owner, int64_t lease, int64_t remaining, int64_t granted)
{
    session_t *self = owner;

    leases_told(catalogue_leases(self->catalogue),
                (struct lease_id) { lease }, remaining, granted,
                core_loop_now_ms(self->loop), catalogue_touch,
                self->catalogue);
    flush_soon(self);
}

/* ---- life ---------------------------------------------------------------- */

static const struct follower_hooks follower_hooks = {
    .load_begin = handle_load_begin,
    .load_end = handle_load_end,
    .key = handle_key,
    .state = handle_state,
    .next_lease = handle_next_lease,
    .lease = handle_lease,
};

static void
read_style(struct records_style *style,
           const struct etcd_sync_settings *settings)
{
    *style = (struct records_style) {
        .ttl_seconds = (uint32_t) settings->ttl_seconds,
        .negative_seconds = (uint32_t) settings->negative_seconds,
        .refresh_seconds = (uint32_t) settings->refresh_seconds,
        .retry_seconds = (uint32_t) settings->retry_seconds,
        .expire_seconds = (uint32_t) settings->expire_seconds,
        .priority = (uint16_t) settings->priority,
        .has_hostmaster = settings->hostmaster != NULL,
        .has_local = settings->local != NULL,
    };
    if (style->has_hostmaster)
        memcpy(style->hostmaster, settings->hostmaster,
               core_name_size(settings->hostmaster));
    if (style->has_local)
        memcpy(style->local, settings->local,
               core_name_size(settings->local));
}

session_t *
session_new(core_loop_t *loop, const struct etcd_sync_settings *settings,
            const struct session_hooks *hooks, void *owner)
{
    session_t *self = core_allocate(sizeof *self);
    struct records_style style;

    read_style(&style, settings);
    self->loop = loop;
    self->hooks = hooks;
    self->owner = owner;
    self->catalogue = catalogue_new(&(struct catalogue_settings) {
        .path = settings->path, .zones = settings->zones.items,
        .zone_count = settings->zones.count, .style = &style,
        .lease_limits = {
            .least_seconds = (uint32_t) settings->least_lease_seconds,
            .most_seconds = (uint32_t) settings->most_lease_seconds,
        },
    });
    self->target = (struct follower_settings) {
        .endpoints = settings->endpoints.items,
        .endpoint_count = settings->endpoints.count,
        .user = settings->user, .password = settings->password,
        .prefix = catalogue_prefix(self->catalogue),
        .files = etcd_sync_settings_files(settings),
    };
    self->follower = follower_new(loop, &self->target, &follower_hooks, self);
    self->errands = errands_new(self->follower,
                                catalogue_zones(self->catalogue),
                                self->target.prefix);
    return self;
}

void
session_freeze(session_t *self)
{
    errands_destroy(&self->errands);
    follower_destroy(&self->follower);
}

void
session_destroy(session_t **self_p)
{
    assert(self_p);

    session_t *self = *self_p;

    if (self == NULL)
        return;
    session_freeze(self);
    core_loop_timer_cancel(self->loop, &self->flush);
    core_loop_timer_cancel(self->loop, &self->pause);
    core_loop_timer_cancel(self->loop, &self->settling);
    catalogue_destroy(&self->catalogue);
    free(self);
    *self_p = NULL;
}

static void
begin(void *owner, const struct core_zone_id *zone)
{
    core_publisher_begin(owner, zone);
}

static void
add(void *owner, const struct core_change *change)
{
    core_publisher_change(owner, change);
}

static void
commit(void *owner)
{
    core_publisher_commit(owner);
}

static void
tell_zone(void *owner, const struct core_zone_id *zone,
          const struct core_zone_options *options)
{
    if (options == NULL)
        core_publisher_remove(owner, zone);
    else
        core_publisher_renew(owner, zone, options);
}

void
session_publish_to(session_t *self, core_publisher_t *publisher)
{
    catalogue_publish_to(self->catalogue, &(struct catalogue_sink) {
        .begin = begin, .change = add, .commit = commit,
        .zone = tell_zone, .owner = publisher,
    }, now_seconds());
}

catalogue_t *
session_catalogue(const session_t *self)
{
    return self->catalogue;
}

errands_t *
session_errands(const session_t *self)
{
    return self->errands;
}

const follower_t *
session_follower(const session_t *self)
{
    return self->follower;
}
