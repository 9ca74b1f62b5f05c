/*
 * tap - prints what passes and changes nothing
 *
 * Without readers nothing is printed, and a query costs a comparison.
 */

#include "tap/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/clock.h"
#include "coredns/log.h"
#include "coredns/memory.h"
#include "tap/audience.h"
#include "tap/filter.h"
#include "tap/gather.h"
#include "tap/output.h"
#include "tap/recent.h"

#define SOCKET_SIZE 256

struct settings {
    int format;                         /* enum format_name */
    const char *file;
    int64_t viewers;
    int64_t backlog;
    struct filter_settings filter;
};

struct counters {
    uint64_t queries, replies;          /* that were printed */
    uint64_t too_large, forgotten, viewers;
    struct audience_counters audience;
};

struct state {
    const struct settings *settings;
    core_life_t *life;                  /* from watch() on */
    const struct format *format;
    filter_t *filter;
    recent_t *recent;                   /* NULL: rcodes do not matter */
    struct gather *gather;
    audience_t *audience;
    struct counters counters;
};

/* ---- settings ------------------------------------------------------------ */

static const char *const format_choices[] = {
    [FORMAT_DIG] = "dig", [FORMAT_LINE] = "line", [FORMAT_JSON] = "json",
    [FORMAT_PCAP] = "pcap", [FORMAT_DNSTAP] = "dnstap", NULL,
};

#define OFFSET(field) offsetof(struct settings, field)

static const struct core_setting setting_table[] = {
    { .key = "format", .type = CORE_CHOICE, .choices = format_choices,
      .offset = OFFSET(format), .says = "how queries and replies are printed" },
    { .key = "file", .type = CORE_PATH, .offset = OFFSET(file),
      .says = "file they are printed to; \"-\": standard output" },
    { .key = "viewers", .type = CORE_INTEGER, .fallback = 8, .minimum = 1,
      .maximum = AUDIENCE_MOST, .offset = OFFSET(viewers),
      .says = "viewers at a time, when there is no file" },
    { .key = "backlog", .type = CORE_SIZE, .fallback = 1024 * 1024,
      .minimum = 512 * 1024, .maximum = 64 * 1024 * 1024,
      .offset = OFFSET(backlog),
      .says = "what waits for a reader that does not read; more is lost" },
    { .key = "names", .type = CORE_NAME, .list = true,
      .offset = OFFSET(filter.names),
      .says = "names that are shown, with all below them; none: all" },
    { .key = "types", .type = CORE_TEXT, .list = true,
      .offset = OFFSET(filter.types),
      .says = "types that are asked for; none: all" },
    { .key = "clients", .type = CORE_NETWORK, .list = true,
      .offset = OFFSET(filter.clients),
      .says = "networks of the clients; none: all" },
    { .key = "rcodes", .type = CORE_TEXT, .list = true,
      .offset = OFFSET(filter.rcodes),
      .says = "rcodes of the replies, which bring their queries; none: all" },
    { .type = CORE_END },
};

static void
check(const void *settings_read, core_faults_t *faults)
{
    const struct settings *settings = settings_read;
    core_faults_t *found = core_faults_new();
    filter_t *filter = filter_new(&settings->filter, found);

    for (size_t i = 0; i < core_faults_count(found); i++)
        core_faults_add(faults, NULL, 0, "tap.%s",
                        core_faults_at(found, i)->text);
    filter_destroy(&filter);
    core_faults_destroy(&found);
}

static int
take_settings(struct state *self, const struct settings *settings,
              struct core_fault *fault)
{
    core_faults_t *faults = core_faults_new();
    filter_t *filter = filter_new(&settings->filter, faults);

    if (filter == NULL)
        *fault = *core_faults_at(faults, 0);
    core_faults_destroy(&faults);
    if (filter == NULL)
        return -1;
    filter_destroy(&self->filter);
    self->filter = filter;
    self->settings = settings;
    if (!filter_has_rcodes(filter))
        recent_destroy(&self->recent);
    else if (self->recent == NULL)
        self->recent = recent_new();
    return 0;
}

/* ---- printing ------------------------------------------------------------ */

static void
flush(struct state *self)
{
    if (self->gather->count == 0)
        return;
    audience_take(self->audience, self->gather);
    gather_clear(self->gather);
}

static void
end_round(void *owner)
{
    flush(owner);
}

static void
show(struct state *self, enum item_kind kind,
     const struct core_message *message, const struct core_record *record,
     int64_t real_us)
{
    const struct item item = {
        .kind = kind, .message = message, .record = record,
        .real_us = real_us, .process = core_life_name(self->life),
        .identity = core_life_identity(self->life),
    };

    if (gather_is_full(self->gather))
        flush(self);
    if (!gather_add(self->gather, self->format, &item))
        self->counters.too_large++;
    else if (kind == ITEM_QUERY)
        self->counters.queries++;
    else
        self->counters.replies++;
}

/* The query of a reply that is about to be shown. */
static void
show_recent(struct state *self, const struct core_record *reply)
{
    const struct recent_query *query = recent_take(self->recent, reply);
    struct core_message message;

    if (query != NULL
        && core_message_parse(&message, query->message,
                              query->record.message_size) == CORE_PARSE_OK)
        show(self, ITEM_QUERY, &message, &query->record, query->real_us);
    else
        self->counters.forgotten++;
}

static enum core_verdict
handle_query(void *state, core_query_t *query)
{
    struct state *self = state;
    const struct core_message *message = core_query_message(query);
    const struct core_record *record = core_query_record(query);

    if (audience_count(self->audience) == 0
        || !filter_shows(self->filter, message, record))
        return CORE_PASSED;
    if (self->recent != NULL)
        recent_put(self->recent, record, core_clock_real_us());
    else
        show(self, ITEM_QUERY, message, record, core_clock_real_us());
    return CORE_PASSED;
}

static enum core_verdict
handle_reply(void *state, core_query_t *reply)
{
    struct state *self = state;
    const struct core_message *message = core_query_message(reply);
    const struct core_record *record = core_query_record(reply);

    if (audience_count(self->audience) == 0
        || !filter_shows(self->filter, message, record)
        || !filter_shows_rcode(self->filter, core_message_rcode(message)))
        return CORE_PASSED;
    if (self->recent != NULL)
        show_recent(self, record);
    show(self, ITEM_REPLY, message, record, core_clock_real_us());
    return CORE_PASSED;
}

/* ---- life ---------------------------------------------------------------- */

static void *
open_tap(const void *settings, struct core_fault *fault)
{
    struct state *self = core_allocate(sizeof *self);

    if (take_settings(self, settings, fault) == -1) {
        free(self);
        return NULL;
    }
    self->gather = gather_new();
    return self;
}

/* Beside "ipc://.../NAME.control" stands ".../NAME.tap". */
static const char *
socket_path(const struct state *self, char path[SOCKET_SIZE])
{
    static const char scheme[] = "ipc://";
    static const char suffix[] = ".control";
    const char *control = core_life_control(self->life);
    size_t size;

    if (control == NULL || strncmp(control, scheme, strlen(scheme)) != 0)
        return NULL;
    control += strlen(scheme);
    size = strlen(control);
    if (size > strlen(suffix)
        && strcmp(control + size - strlen(suffix), suffix) == 0)
        size -= strlen(suffix);
    snprintf(path, SOCKET_SIZE, "%.*s.tap", (int) size, control);
    return path;
}

/* Opens what the settings say in place of what is open. */
static int
open_audience(struct state *self, const struct settings *settings,
              struct core_fault *fault)
{
    char path[SOCKET_SIZE];
    const struct audience_plan plan = {
        .file = settings->file, .socket = socket_path(self, path),
        .format = formats[settings->format],
        .viewers = (size_t) settings->viewers,
        .backlog = (size_t) settings->backlog,
    };
    audience_t *audience;

    /* The socket has one place: who was there must leave it first. */
    if (self->audience != NULL) {
        flush(self);
        audience_destroy(&self->audience);
    }
    audience = audience_new(core_life_loop(self->life), &plan,
                            &self->counters.audience, fault);
    if (audience == NULL)
        return -1;
    self->audience = audience;
    self->format = plan.format;
    return 0;
}

static void
count_viewers(void *owner)
{
    struct state *self = owner;

    self->counters.viewers = audience_count(self->audience);
}

static void
add_metrics(struct state *self)
{
    core_telemetry_t *telemetry = core_life_telemetry(self->life);
    struct counters *counters = &self->counters;
    const struct {
        const char *name, *help;
        const uint64_t *value;
    } all[] = {
        { "coredns_tap_items_total{kind=\"query\"}", "Messages printed",
          &counters->queries },
        { "coredns_tap_items_total{kind=\"reply\"}", "Messages printed",
          &counters->replies },
        { "coredns_tap_lost_total",
          "Messages that a reader did not take in time",
          &counters->audience.lost },
        { "coredns_tap_too_large_total",
          "Messages that were too large to be printed",
          &counters->too_large },
        { "coredns_tap_forgotten_total",
          "Replies by their rcode whose query was not known any more",
          &counters->forgotten },
        { "coredns_tap_refused_total",
          "Viewers that were turned away because of too many",
          &counters->audience.refused },
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        core_telemetry_add(telemetry, CORE_COUNTER, all[i].name, all[i].help,
                           all[i].value);
    core_telemetry_add(telemetry, CORE_GAUGE, "coredns_tap_viewers",
                       "Readers of what is printed", &counters->viewers);
    core_telemetry_refresher(telemetry, count_viewers, self);
}

static int
watch(void *state, core_life_t *life, struct core_fault *fault)
{
    struct state *self = state;

    self->life = life;
    if (open_audience(self, self->settings, fault) == -1)
        return -1;
    core_loop_flusher(core_life_loop(life), end_round, self);
    add_metrics(self);
    core_life_ready(life, true, NULL);
    return 0;
}

static bool
is_same_text(const char *left, const char *right)
{
    return left == right
        || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

/* Readers stay as long as what they read does.  But a text's file may have been
   renamed, and what could not be written may be possible again. */
static bool
stays(const struct state *self, const struct settings *right)
{
    const struct settings *left = self->settings;

    if (right->file != NULL && (formats[right->format]->begin == NULL
                                || audience_count(self->audience) == 0))
        return false;
    return left->format == right->format
        && is_same_text(left->file, right->file)
        && left->viewers == right->viewers && left->backlog == right->backlog;
}

static int
reload(void *state, const void *settings_read, struct core_fault *fault)
{
    struct state *self = state;
    const struct settings *settings = settings_read;
    const struct settings *old = self->settings;

    if (!stays(self, settings)
        && open_audience(self, settings, fault) == -1) {
        struct core_fault second;

        if (open_audience(self, old, &second) == -1)
            core_log_fault(CORE_LOG_ERROR, &second);
        return -1;
    }
    return take_settings(self, settings, fault);
}

static void
close_tap(void **state_p)
{
    struct state *self = *state_p;

    if (self == NULL)
        return;
    if (self->audience != NULL)
        flush(self);
    audience_destroy(&self->audience);
    gather_destroy(&self->gather);
    recent_destroy(&self->recent);
    filter_destroy(&self->filter);
    free(self);
    *state_p = NULL;
}

const struct core_stage tap_stage = {
    .name = "tap",
    .summary = "prints what passes and changes nothing",
    .settings = setting_table,
    .settings_size = sizeof (struct settings),
    .open = open_tap,
    .check = check,
    .handle_query = handle_query,
    .handle_reply = handle_reply,
    .watch = watch,
    .reload = reload,
    .close = close_tap,
};
