/*
 * sources - the feeds that an authority follows, and when it is ready
 *
 * Usually all of them answer within milliseconds.  The zones on disk are only
 * for those that do not, so that a node can start while the source is away.
 */

#include "authority/sources.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "authority/state.h"
#include "coredns/log.h"
#include "coredns/setting.h"

#define FOLDER_SIZE 1024

/* ---- readiness ----------------------------------------------------------- */

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

        if (subscription_has_zones(subscription))
            continue;
        snprintf(reason, sizeof reason, "waiting for %s%s%s",
                 subscription_name(subscription), *why == '\0' ? "" : ": ",
                 why);
        core_life_ready(self->life, false, reason);
        return;
    }
    self->is_complete = true;
    core_life_ready(self->life, true, NULL);
}

static void
refresh_counters(void *owner)
{
    struct authority *self = owner;

    counters_refresh(&self->counters, self->zones);
}

/* ---- what is kept on disk ------------------------------------------------ */

/* The folder for our archives, "" without state_directory. */
static void
find_folder(core_life_t *life, char folder[FOLDER_SIZE])
{
    const char *config_path = core_life_config_path(life);
    core_faults_t *faults = core_faults_new();
    core_config_t *config = config_path == NULL ? NULL
        : core_config_load(config_path, faults);
    const char *path = NULL;
    const char *base = "";
    const char *slash = "";

    folder[0] = '\0';
    if (config != NULL)
        path = core_place_text(config,
                               core_place_member(core_config_root(config),
                                                 "state_directory"));
    if (path != NULL && *path != '/') {
        base = core_config_directory(config);
        slash = "/";
    }
    if (path != NULL)
        snprintf(folder, FOLDER_SIZE, "%s%s%s/%s", base, slash, path,
                 core_life_name(life));
    core_config_destroy(&config);
    core_faults_destroy(&faults);
}

static void
keep_archives(struct authority *self, core_life_t *life)
{
    char folder[FOLDER_SIZE];
    char path[FOLDER_SIZE + 128];
    struct core_fault fault;

    find_folder(life, folder);
    if (*folder == '\0')
        return;
    mkdir(folder, 0700);                /* a failure shows in what follows */
    for (size_t i = 0; i < self->source_count; i++) {
        snprintf(path, sizeof path, "%s/%.100s.zones", folder,
                 self->source_names[i]);
        if (subscription_keep(self->subscriptions[i], path, &fault) == -1)
            core_log_fault(CORE_LOG_WARNING, &fault);
    }
}

/* The disk comes behind those who wait. */
static void
flush_archives(void *owner)
{
    struct authority *self = owner;

    core_life_tell_changes(self->life);
    for (size_t i = 0; i < self->source_count; i++)
        subscription_flush(self->subscriptions[i]);
}

/* Sources that have not been heard: what they said last has to do. */
static void
restore_archives(void *owner)
{
    struct authority *self = owner;
    struct core_fault fault;

    self->patience = NULL;              /* it has ended itself */
    for (size_t i = 0; i < self->source_count; i++) {
        if (subscription_has_zones(self->subscriptions[i]))
            continue;
        if (subscription_restore(self->subscriptions[i], &fault) == 0)
            core_log(CORE_LOG_NOTICE, "%s has not been heard, and there are "
                     "no zones of it on disk", self->source_names[i]);
        else
            core_log(CORE_LOG_WARNING, "%s has not been heard: its zones are "
                     "those on disk", self->source_names[i]);
    }
    /* From here on queries are taken, if it is known which have no answer yet;
       that it is not ready is told all the same. */
    if (self->expected.count > 0)
        core_life_ready(self->life, true, NULL);
    judge_readiness(self);
}

static void
tell_change(void *owner, const uint8_t *name, uint16_t type)
{
    struct authority *self = owner;

    core_life_changed(self->life, name, type);
}

void
sources_tell_servers(void *owner, const struct zone *zone)
{
    struct authority *self = owner;
    const struct transfer_rule *rule =
        transfers_rule_of(self->transfers, zone->id.name);

    if (rule != NULL && self->notifier != NULL && zone->has_soa
        && !zone->is_archived
        && transfers_zone(self->transfers, zone->id.name) == zone)
        notifier_tell(self->notifier, zone, rule);
}

/* Of several instances the first one does what is to be done once. */
static bool
is_first_instance(const core_life_t *life)
{
    const char *dot = strrchr(core_life_name(life), '.');

    return dot == NULL || strcmp(dot, ".0") == 0;
}

static int
follow_sources(struct authority *self, core_life_t *life,
               struct core_fault *fault)
{
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
        subscription_tell(self->subscriptions[i], tell_change);
        subscription_settle(self->subscriptions[i], sources_tell_servers);
    }
    return 0;
}

/* ---- the beginning ------------------------------------------------------- */

int
sources_watch(void *state, core_life_t *life, struct core_fault *fault)
{
    struct authority *self = state;

    self->life = life;
    counters_add(&self->counters, core_life_telemetry(life));
    counters_add_transfers(transfers_counters(self->transfers),
                           core_life_telemetry(life));
    transfers_watch(self->transfers, core_life_loop(life));
    if (is_first_instance(life))
        self->notifier = notifier_new(core_life_loop(life),
                                      core_life_telemetry(life));
    core_telemetry_refresher(core_life_telemetry(life), refresh_counters,
                             self);
    keep_archives(self, life);
    if (follow_sources(self, life, fault) == -1)
        return -1;
    self->patience = core_loop_timer(core_life_loop(life), self->patience_ms,
                                     0, restore_archives, self);
    core_loop_flusher(core_life_loop(life), flush_archives, self);
    judge_readiness(self);
    return 0;
}
