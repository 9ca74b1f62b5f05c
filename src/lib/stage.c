/*
 * stage - the one life that all stages lead
 *
 * core_stage_main() reads as the order of it: options, configuration,
 * privileges, sockets, open, watch, ready, loop, drain, close.
 */

#include "coredns/stage.h"

#include <assert.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zmq.h>

#include "coredns/clock.h"
#include "coredns/memory.h"
#include "coredns/privilege.h"
#include "lib/curve.h"
#include "lib/zap.h"
#include "life.h"

#define DRAIN_BEAT_MS 10

/* ---- configuration ------------------------------------------------------- */

static void
print_faults(const core_faults_t *faults)
{
    for (size_t i = 0; i < core_faults_count(faults); i++)
        core_log_fault(CORE_LOG_ERROR, core_faults_at(faults, i));
}

/* Looks at the data that the settings name. */
static int
inspect(core_life_t *life, core_faults_t *faults)
{
    core_faults_t *found = core_faults_new();
    int rc;

    life->stage->inspect(life->version.settings, found);
    stage_version_tell(&life->version, life->stage, life->options.name, found,
                       faults);
    rc = core_faults_count(found) > 0 ? -1 : 0;
    core_faults_destroy(&found);
    return rc;
}

/* Reads the configuration; an exit code when the program ends here, or -1. */
static int
load(core_life_t *life)
{
    core_faults_t *faults = core_faults_new();
    struct core_fault fault = { .line = 0 };
    int rc = stage_version_load(&life->version, life->stage,
                                &life->options, faults);

    if (rc == 0 && life->options.checks > 1 && life->stage->inspect != NULL
        && inspect(life, faults) == -1) {
        stage_version_unload(&life->version, life->stage);
        rc = -1;
    }
    print_faults(faults);
    core_faults_destroy(&faults);
    if (rc == -1)
        return CORE_EXIT_CONFIG;
    if (life->options.checks > 0) {
        stage_version_unload(&life->version, life->stage);
        return CORE_EXIT_DONE;
    }
    if (stage_log_open(life, &fault) == -1) {
        core_log_fault(CORE_LOG_ERROR, &fault);
        return CORE_EXIT_AGAIN;
    }
    return -1;
}

/* A stage that no queries can reach is started wrong, now and later. */
static int
check_pipe(core_life_t *life)
{
    if (life->stage->handle_query == NULL
        || core_life_wire(life, "pipe", NULL) != NULL)
        return -1;
    core_log(CORE_LOG_ERROR, "no stage sends it queries: it needs --pipe");
    stage_version_unload(&life->version, life->stage);
    return CORE_EXIT_USAGE;
}

/* Started by hand as root, a stage whose group names a user becomes it; the
   supervisor has done so before. */
static int
drop_privileges(core_life_t *life, struct core_fault *fault)
{
    const char *user = life->version.common.user;

    core_privilege_close();
    if (geteuid() != 0 || user == NULL)
        return 0;
    return core_privilege_drop(user, NULL, life->version.common.reads_any_file,
                               fault);
}

/* ---- sockets ------------------------------------------------------------- */

/* Where stages of other hosts come in they are asked for their keys. */
static int
open_zap(core_life_t *life, struct core_fault *fault)
{
    const char *const kinds[] = { "pipe", "feed" };
    struct curve curve;

    for (int i = 0; i < 2; i++) {
        const char *endpoints = core_life_wire(life, kinds[i], NULL);
        const char *endpoint = endpoints == NULL ? NULL
            : strstr(endpoints, CURVE_SCHEME);

        if (endpoint == NULL)
            continue;

        char *one = strndup(endpoint, strcspn(endpoint, ","));
        int rc = curve_parse(&curve, one, fault);

        free(one);
        if (rc == 0)
            life->zap = zap_new(life->context, life->loop, curve.folder,
                                fault);
        return life->zap == NULL ? -1 : 0;
    }
    return 0;
}

static int
open_pipe(core_life_t *life, struct core_fault *fault)
{
    const char *pipe = core_life_wire(life, "pipe", NULL);

    if (life->stage->handle_query == NULL)
        return 0;
    if (core_life_wire(life, "next", NULL) != NULL) {
        life->next = core_life_outlet(life, NULL, life_take_replies,
                                      lookups_return, life, fault);
        if (life->next == NULL)
            return -1;
        core_outlet_follow(life->next, changes_take, changes_away,
                           changes_lost);
    }
    life->inlet = core_inlet_new(life->context, life->loop, pipe,
                                 life_take_queries, life, fault);
    if (life->inlet == NULL)
        return -1;
    changes_new(life);
    core_loop_flusher(life->loop, changes_flush, life);
    core_loop_flusher(life->loop, life_flush_late, life);
    return 0;
}

static int
open_control(core_life_t *life, struct core_fault *fault)
{
    life->telemetry = core_telemetry_new(life->context, life->loop,
                                         life->options.telemetry,
                                         life->options.name, fault);
    if (life->telemetry == NULL)
        return -1;
    if (life->options.control == NULL)
        return 0;
    life->control = core_control_new(life->context, life->loop,
                                     life->options.control, fault);
    if (life->control == NULL)
        return -1;
    core_control_verbs(life->control, stage_verb_table, life);
    return 0;
}

/* Beside "ipc://.../NAME.control" stands ".../NAME.handover". */
static int
serve_handover(core_life_t *life, struct core_fault *fault)
{
    static const char scheme[] = "ipc://";
    static const char suffix[] = ".control";
    const char *control = life->options.control;
    char path[256];

    if (life->handover.count == 0 || control == NULL
        || strncmp(control, scheme, strlen(scheme)) != 0)
        return 0;
    control += strlen(scheme);

    size_t size = strlen(control);

    if (size > strlen(suffix)
        && strcmp(control + size - strlen(suffix), suffix) == 0)
        size -= strlen(suffix);
    snprintf(path, sizeof path, "%.*s.handover", (int) size, control);
    return core_handover_serve(&life->handover, life->loop, path, fault);
}

/* ---- readiness ----------------------------------------------------------- */

static void
announce(core_life_t *life)
{
    int descriptor = life->options.ready_descriptor;

    life->was_announced = true;
    if (descriptor == -1)
        return;

    ssize_t size = write(descriptor, "ready\n", strlen("ready\n"));

    (void) size;                        /* nobody waits any more: fine */
    close(descriptor);
    life->options.ready_descriptor = -1;
}

void
core_life_ready(core_life_t *life, bool ready, const char *reason)
{
    life->is_ready = ready;
    snprintf(life->reason, sizeof life->reason, "%s",
             ready || reason == NULL ? "" : reason);
    if (ready && !life->was_announced)
        announce(life);
}

/* ---- signals and the end ------------------------------------------------- */

static void
drain(void *owner)
{
    core_life_t *life = owner;
    bool is_done = life->stage->drain == NULL
        || life->stage->drain(life->version.state);
    bool is_late = core_loop_now_ms(life->loop) >= life->drain_end_ms;

    if (is_late)
        core_log(CORE_LOG_WARNING, "not drained after %" PRId64 " ms",
                 life->version.common.drain_limit_ms);
    if (is_late || (is_done && life->held_count == 0))
        core_loop_stop(life->loop);
}

static void
begin_drain(void *owner)
{
    core_life_t *life = owner;

    if (life->is_draining)
        return;
    life->is_draining = true;
    life->drain_end_ms = core_loop_now_ms(life->loop)
        + life->version.common.drain_limit_ms;
    life->drain_timer = core_loop_timer(life->loop, 0, DRAIN_BEAT_MS, drain,
                                        life);
}

static void
reload(void *owner)
{
    core_faults_t *faults = core_faults_new();

    stage_version_reload(owner, faults);
    print_faults(faults);
    core_faults_destroy(&faults);
}

static void
watch_signals(core_life_t *life)
{
    signal(SIGPIPE, SIG_IGN);
    core_loop_signal(life->loop, SIGTERM, begin_drain, life);
    core_loop_signal(life->loop, SIGINT, begin_drain, life);
    core_loop_signal(life->loop, SIGHUP, reload, life);
}

/* ---- accessors ----------------------------------------------------------- */

core_loop_t *
core_life_loop(core_life_t *life)
{
    return life->loop;
}

void *
core_life_context(core_life_t *life)
{
    return life->context;
}

core_telemetry_t *
core_life_telemetry(core_life_t *life)
{
    return life->telemetry;
}

const char *
core_life_identity(const core_life_t *life)
{
    return life->identity;
}

const char *
core_life_name(const core_life_t *life)
{
    return life->options.name;
}

const char *
core_life_host(const core_life_t *life)
{
    return *life->host == '\0' ? NULL : life->host;
}

const char *
core_life_config_path(const core_life_t *life)
{
    return life->options.config_path;
}

const char *
core_life_control(const core_life_t *life)
{
    return life->options.control;
}

int64_t
core_life_drain_left_ms(const core_life_t *life)
{
    int64_t left_ms = life->drain_end_ms - core_loop_now_ms(life->loop);

    return left_ms > 0 ? left_ms : 0;
}

int
core_life_descriptor(const core_life_t *life, const char *name)
{
    return core_handover_find(&life->handover, name);
}

/* ---- life ---------------------------------------------------------------- */

static void
flush_log(void *owner)
{
    (void) owner;
    core_log_flush();
}

static void
begin(core_life_t *life)
{
    const char *host = life->options.host;

    life->born_ms = core_clock_ms();
    life->loop = core_loop_new();
    core_loop_flusher(life->loop, flush_log, NULL);
    life->context = zmq_ctx_new();
    assert(life->context != NULL);
    life->replies = core_batch_new();
    life->late = core_batch_new();
    core_batch_start(life->late, CORE_BATCH_REPLIES);
    snprintf(life->identity, sizeof life->identity, "%.*s/%s",
             LIFE_HOST_SIZE - 1, host == NULL ? "local" : host,
             life->options.name);
    if (host != NULL)
        snprintf(life->host, sizeof life->host, "%.*s",
                 (int) strcspn(host, "@"), host);
}

static int
live(core_life_t *life, struct core_fault *fault)
{
    const struct core_stage *stage = life->stage;

    watch_signals(life);
    if (open_control(life, fault) == -1
        || open_zap(life, fault) == -1
        || serve_handover(life, fault) == -1
        || open_pipe(life, fault) == -1
        || lookups_new(life, fault) == -1)
        return -1;
    if (life->control != NULL && stage->verbs != NULL)
        core_control_verbs(life->control, stage->verbs, life->version.state);
    stage_counters_add(life);
    life->pace = core_pace_new(life->loop);
    if (stage->watch != NULL) {
        if (stage->watch(life->version.state, life, fault) == -1)
            return -1;
    }
    else
        core_life_ready(life, true, NULL);
    core_loop_run(life->loop);
    return 0;
}

static void
end(core_life_t *life)
{
    life_flush_late(life);
    stage_version_unload(&life->version, life->stage);
    lookups_destroy(life);
    changes_destroy(life);
    core_pace_destroy(&life->pace);
    core_life_outlet_destroy(life, &life->next);
    core_inlet_destroy(&life->inlet);
    core_control_destroy(&life->control);
    zap_destroy(&life->zap);
    core_telemetry_destroy(&life->telemetry);
    core_batch_destroy(&life->replies);
    core_batch_destroy(&life->late);
    free(life->changed);
    for (unsigned i = 0; i < CORE_OUTLET_INSTANCES; i++)
        core_batch_destroy(&life->passed[i]);
    zmq_ctx_term(life->context);
    core_loop_destroy(&life->loop);
    wires_free(life);
    free(life->options.sets);
    free(life);
}

int
core_stage_main(const struct core_stage *stage, int argc, char **argv)
{
    core_life_t *life = core_allocate(sizeof *life);
    struct core_fault fault = { .line = 0 };
    char log_name[LIFE_NAME_SIZE];
    int rc;

    snprintf(log_name, sizeof log_name, "coredns-%s", stage->name);
    core_log_open(log_name, &(struct core_log_options) {
        .level = CORE_LOG_NOTICE }, &fault);
    life->stage = stage;
    rc = stage_options_read(&life->options, stage, argc, argv);
    if (rc == -1)
        rc = load(life);
    if (rc == -1)
        rc = check_pipe(life);
    if (rc != -1) {
        free(life->options.wires);
        free(life->options.sets);
        free(life);
        return rc;
    }
    core_handover_inherit(&life->handover);
    rc = drop_privileges(life, &fault);
    begin(life);
    if (rc == 0)
        rc = live(life, &fault);
    if (rc == -1)
        core_log_fault(CORE_LOG_ERROR, &fault);
    end(life);
    return rc == 0 ? CORE_EXIT_DONE : CORE_EXIT_AGAIN;
}
