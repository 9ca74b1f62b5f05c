/*
 * etcd_sync - a source of zones: the services that SkyDNS's users keep in etcd
 *
 * It is ready when all keys have been read and it follows their changes.  An
 * etcd that is away for a while leaves everything as it was; that it is away
 * is said by the zones, the readiness and a gauge.  One that is away from the
 * beginning keeps nothing from starting: whoever has older data answers from
 * them.
 */

#include "etcd-sync/etcd_sync.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/clock.h"
#include "coredns/log.h"
#include "coredns/memory.h"
#include "etcd-sync/gauges.h"
#include "etcd-sync/session.h"
#include "etcd-sync/tls_files.h"

#define AWAY_MS 5000                    /* until it is no longer ready */
#define SHOWN_BAD 1000                  /* keys with bad values */

/* A zone that is being read by a subscriber. */
struct snapshot {
    struct etcd_sync *owner;
    catalogue_reader_t *reader;         /* NULL: what was read is gone */
    struct snapshot *next;
};

struct etcd_sync {
    const struct etcd_sync_settings *settings;
    core_life_t *life;
    core_publisher_t *publisher;
    session_t *session;                 /* what is served; NULL: none yet */
    session_t *coming;                  /* is being loaded; or NULL */
    struct snapshot *snapshots;
    int64_t away_ms;                    /* since when; 0: it is not away */
    bool is_stale;                      /* so long that it was told */
    core_timer_t *away;                 /* until then; or NULL */
    char reason[CORE_FAULT_TEXT_SIZE];  /* why it is away */
    struct gauges gauges;
};

/* ---- snapshots ----------------------------------------------------------- */

static void *
open_snapshot(void *owner, const struct core_zone_id *zone)
{
    struct etcd_sync *self = owner;
    catalogue_reader_t *reader = self->session == NULL ? NULL
        : catalogue_read(session_catalogue(self->session), zone);
    struct snapshot *snapshot;

    if (reader == NULL)
        return NULL;
    snapshot = core_allocate(sizeof *snapshot);
    snapshot->owner = self;
    snapshot->reader = reader;
    snapshot->next = self->snapshots;
    self->snapshots = snapshot;
    return snapshot;
}

static size_t
read_snapshot(void *owner, uint8_t *bytes, size_t limit)
{
    struct snapshot *snapshot = owner;

    return snapshot->reader == NULL ? 0
        : catalogue_reader_write(snapshot->reader, bytes, limit);
}

static void
close_snapshot(void *owner)
{
    struct snapshot *snapshot = owner;
    struct snapshot **link = &snapshot->owner->snapshots;

    while (*link != snapshot)
        link = &(*link)->next;
    *link = snapshot->next;
    catalogue_reader_destroy(&snapshot->reader);
    free(snapshot);
}

static const struct core_snapshot_hooks snapshot_hooks = {
    .open = open_snapshot, .next = read_snapshot, .close = close_snapshot,
};

/* ---- sessions ------------------------------------------------------------ */

/* What the zones are besides their records: flags more than usual, with a
   reason. */
static struct core_zone_options
options_of(const struct etcd_sync *self, unsigned flags, const char *reason)
{
    const struct core_list *fall = &self->settings->fallthrough;
    struct core_zone_options options = {
        .flags = (uint16_t) (CORE_ZONE_LABELS | flags), .reason = reason,
    };

    if (fall->count > 0) {
        options.flags |= CORE_ZONE_FALLTHROUGH;
        options.fall_count = (unsigned) fall->count;
        options.fall = fall->items;
    }
    return options;
}

/* Gives all zones of the session to publish; as they are, or in other words. */
static void
tell_zones(struct etcd_sync *self, const session_t *session,
           void (*publish)(core_publisher_t *publisher,
                           const struct core_zone_id *zone,
                           const struct core_zone_options *options),
           unsigned flags, const char *reason)
{
    const zones_t *zones = catalogue_zones(session_catalogue(session));
    struct core_zone_options options = options_of(self, flags, reason);

    for (size_t i = 0; i < zones_count(zones); i++)
        publish(self->publisher, &zones_at(zones, i)->id, &options);
}

/* Two sessions, one after the other. */
struct succession {
    core_publisher_t *publisher;
    const session_t *next;
};

static void
remove_zone(void *owner, const struct core_zone_id *zone)
{
    const struct succession *succession = owner;

    if (!catalogue_has_zone(session_catalogue(succession->next), zone))
        core_publisher_remove(succession->publisher, zone);
}

/* Zones that only the old one of two sessions has are gone. */
static void
remove_zones(struct etcd_sync *self, const session_t *old,
             const session_t *next)
{
    struct succession succession = { self->publisher, next };

    catalogue_each_zone(session_catalogue(old), remove_zone, &succession);
}

/* Ends what was served; its zones go, unless they are in the next one too. */
static void
end_session(struct etcd_sync *self, session_t *next)
{
    if (self->session == NULL)
        return;
    if (next != NULL)
        remove_zones(self, self->session, next);
    for (struct snapshot *at = self->snapshots; at != NULL; at = at->next)
        catalogue_reader_destroy(&at->reader);
    session_destroy(&self->session);
}

static void
end_absence(struct etcd_sync *self)
{
    core_loop_timer_cancel(core_life_loop(self->life), &self->away);
    self->away_ms = 0;
    self->is_stale = false;
}

/* Stub zones are not known before the keys are.  Who has those of a former life
   keeps them as long as there is a pending zone of their layer: the root, which
   is never one of them. */
static const struct core_zone_id pending_stubs = {
    .layer = CORE_FEED_UPSTREAMS, .name = { 0 },
};

static void
handle_loaded(void *owner, session_t *session)
{
    struct etcd_sync *self = owner;

    end_absence(self);
    session_publish_to(session, self->publisher);
    end_session(self, session);
    self->session = session;
    self->coming = NULL;
    tell_zones(self, session, core_publisher_renew, 0, NULL);
    core_publisher_remove(self->publisher, &pending_stubs);
    core_publisher_complete(self->publisher);
}

/* Data that were served are stale from here on.  Where there were none, who has
   older ones goes on with them. */
static void
say_away(void *owner)
{
    struct etcd_sync *self = owner;

    self->away = NULL;                  /* it has ended itself */
    self->is_stale = true;
    if (self->session != NULL) {
        tell_zones(self, self->session, core_publisher_options,
                   CORE_ZONE_STALE, self->reason);
    } else {
        tell_zones(self, self->coming, core_publisher_renew,
                   CORE_ZONE_FAILED | CORE_ZONE_PENDING, self->reason);
        core_publisher_renew(self->publisher, &pending_stubs,
                             &(struct core_zone_options) {
                                 .flags = CORE_ZONE_FAILED | CORE_ZONE_PENDING,
                                 .reason = self->reason,
                             });
        core_publisher_complete(self->publisher);
        core_life_ready(self->life, true, NULL);    /* the process is up */
    }
    core_life_ready(self->life, false, self->reason);
    core_log(CORE_LOG_WARNING, "%s", self->reason);
}

/* A connection that fails because of our own files is no etcd that is away. */
static void
set_reason(struct etcd_sync *self, const char *reason)
{
    struct http_files files = etcd_sync_settings_files(self->settings);
    core_faults_t *faults = core_faults_new();

    tls_files_check(&files, faults);
    if (core_faults_count(faults) > 0)
        snprintf(self->reason, sizeof self->reason, "%s",
                 core_faults_at(faults, 0)->text);
    else
        snprintf(self->reason, sizeof self->reason, "etcd is away: %s",
                 reason);
    core_faults_destroy(&faults);
}

/* A short absence is not worth a word. */
static void
handle_state(void *owner, session_t *session, bool is_following,
             const char *reason)
{
    struct etcd_sync *self = owner;
    core_loop_t *loop = core_life_loop(self->life);

    if (is_following) {
        if (self->is_stale) {
            core_log(CORE_LOG_NOTICE, "following %s",
                     follower_endpoint(session_follower(session)));
            tell_zones(self, self->session, core_publisher_options, 0, NULL);
        }
        end_absence(self);
        core_life_ready(self->life, true, NULL);
        return;
    }
    set_reason(self, reason);
    if (self->away_ms != 0)
        return;
    self->away_ms = core_loop_now_ms(loop);
    self->away = core_loop_timer(loop, self->session == NULL ? 0 : AWAY_MS, 0,
                                 say_away, self);
}

static const struct session_hooks session_hooks = {
    .loaded = handle_loaded, .state = handle_state,
};

static void
refresh(void *owner)
{
    struct etcd_sync *self = owner;
    const session_t *session = self->coming != NULL ? self->coming
        : self->session;

    if (session != NULL)
        gauges_count(&self->gauges, session);
    self->gauges.stale_seconds = !self->is_stale ? 0
        : (uint64_t) (core_clock_ms() - self->away_ms) / 1000;
}

/* ---- life ---------------------------------------------------------------- */

static void *
open_etcd_sync(const void *settings, struct core_fault *fault)
{
    struct etcd_sync *self = core_allocate(sizeof *self);

    (void) fault;
    self->settings = settings;
    return self;
}

static void
close_etcd_sync(void **state_p)
{
    struct etcd_sync *self = *state_p;

    if (self->publisher != NULL)
        core_publisher_retire(self->publisher);
    session_destroy(&self->coming);
    end_session(self, NULL);
    core_publisher_destroy(&self->publisher);
    if (self->life != NULL)
        core_loop_timer_cancel(core_life_loop(self->life), &self->away);
    free(self);
    *state_p = NULL;
}

static int
watch_etcd_sync(void *state, core_life_t *life, struct core_fault *fault)
{
    struct etcd_sync *self = state;

    self->life = life;
    self->publisher = core_publisher_new(
        core_life_context(life), core_life_loop(life),
        core_life_wire(life, "feed", NULL),
        core_life_wire(life, "snapshot", NULL), &snapshot_hooks, self, fault);
    if (self->publisher == NULL)
        return -1;
    gauges_tell(&self->gauges, core_life_telemetry(life));
    core_telemetry_refresher(core_life_telemetry(life), refresh, self);
    self->coming = session_new(core_life_loop(life), self->settings,
                               &session_hooks, self);
    return 0;
}

/* What is served stays as it is until all is read by the new settings. */
static int
reload_etcd_sync(void *state, const void *settings, struct core_fault *fault)
{
    struct etcd_sync *self = state;
    session_t *former = self->coming;

    (void) fault;
    self->settings = settings;
    if (self->session != NULL)
        session_freeze(self->session);
    self->coming = session_new(core_life_loop(self->life), settings,
                               &session_hooks, self);
    if (self->session == NULL && self->is_stale) {
        remove_zones(self, former, self->coming);   /* they are pending */
        end_absence(self);
    }
    session_destroy(&former);
    return 0;
}

/* ---- control ------------------------------------------------------------- */

static const char *
state_word(const struct etcd_sync *self)
{
    return self->session == NULL ? "loading"
        : self->is_stale ? "away" : "following";
}

static int
run_zones(void *owner, core_call_t *call)
{
    struct etcd_sync *self = owner;
    FILE *output = core_call_output(call);
    const zones_t *zones;

    if (self->session == NULL) {
        fprintf(output, "loading%s%s\n", *self->reason == '\0' ? "" : " ",
                self->reason);
        return CORE_EXIT_DONE;
    }
    refresh(self);
    zones = catalogue_zones(session_catalogue(self->session));
    for (size_t i = 0; i < zones_count(zones); i++) {
        char name[CORE_NAME_TEXT_SIZE];

        fprintf(output, "%s %s %" PRIu64 "\n",
                core_name_to_text(name, zones_at(zones, i)->id.name),
                state_word(self), zones_services(zones, i));
    }
    return CORE_EXIT_DONE;
}

static int
run_bad(void *owner, core_call_t *call)
{
    struct etcd_sync *self = owner;
    char behind[128];

    /* As a line of the authority's zones: there are no layer and serial. */
    snprintf(behind, sizeof behind, " %s - - 0",
             core_life_name(self->life));
    if (self->session != NULL)
        catalogue_print_bad(session_catalogue(self->session), SHOWN_BAD,
                            behind, core_call_output(call));
    return CORE_EXIT_DONE;
}

/* Carries an errand out, by the settings that were taken last. */
static int
run_errand(struct etcd_sync *self, core_call_t *call,
           int (*run)(errands_t *errands, core_call_t *call))
{
    const session_t *session = self->coming != NULL ? self->coming
        : self->session;

    return run(session_errands(session), call);
}

static int
run_put(void *owner, core_call_t *call)
{
    return run_errand(owner, call, errands_put);
}

static int
run_get(void *owner, core_call_t *call)
{
    return run_errand(owner, call, errands_get);
}

static int
run_remove(void *owner, core_call_t *call)
{
    return run_errand(owner, call, errands_remove);
}

static const struct core_verb verbs[] = {
    { "zones", run_zones, "one line a zone: name, state, services" },
    { "bad", run_bad, "keys with bad values, names without all records; 1000 "
      "at most" },
    { "put", run_put, "a name, a value, a lease in seconds: puts that key" },
    { "get", run_get, "a name: its key and those below, from etcd" },
    { "rm", run_remove, "a name: removes its key" },
    { .name = NULL },
};

const struct core_stage etcd_sync_stage = {
    .name = "etcd-sync",
    .summary = "publishes the services that are kept in etcd as SkyDNS did",
    .settings = etcd_sync_setting_table,
    .settings_size = sizeof (struct etcd_sync_settings),
    .open = open_etcd_sync,
    .check = etcd_sync_settings_check,
    .watch = watch_etcd_sync,
    .reload = reload_etcd_sync,
    .close = close_etcd_sync,
    .verbs = verbs,
};
