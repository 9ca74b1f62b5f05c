/*
 * reflector - one kind of objects, as the API has them
 *
 * This file watches; reflector_list.c reads lists.
 */

#include "kubernetes-sync/reflector.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "kubernetes-sync/reflector_parts.h"

#define LEAST_DELAY_MS 100
#define MOST_DELAY_MS 30000
#define WATCH_SECONDS 300               /* and up to as many again */
#define QUICK_MS 1000                   /* a watch that ends earlier has
                                           failed */
#define TRIES 3                         /* watches that fail, then a list */

static const char *const names[OBJECT_KINDS] = {
    [OBJECT_NAMESPACE] = "namespaces", [OBJECT_SERVICE] = "services",
    [OBJECT_SLICE] = "endpointslices", [OBJECT_IMPORT] = "serviceimports",
    [OBJECT_POD] = "pods",
};

const char *
reflector_name(enum object_kind kind)
{
    return names[kind];
}

static uint64_t
draw(reflector_t *self)
{
    self->state = self->state * 6364136223846793005u + 1442695040888963407u;
    return self->state >> 33;
}

int64_t
reflector_delay(reflector_t *self, unsigned failures, int64_t least_ms)
{
    int64_t delay = LEAST_DELAY_MS;

    for (unsigned i = 1; i < failures && delay < MOST_DELAY_MS; i++)
        delay *= 2;
    if (delay > MOST_DELAY_MS)
        delay = MOST_DELAY_MS;
    delay = delay / 2 + (int64_t) (draw(self) % (uint64_t) delay);
    return least_ms > 0 ? least_ms + delay / 4 : delay;
}

void
reflector_later(reflector_t *self, int64_t delay_ms,
                core_loop_run_callback *run)
{
    core_loop_timer_cancel(self->loop, &self->retry);
    self->retry = core_loop_timer(self->loop, delay_ms, 0, run, self);
}

/* ---- what is said -------------------------------------------------------- */

void
reflector_say(reflector_t *self, const char *what,
              const struct request_end *end)
{
    char reason[REFLECTOR_REASON_SIZE];

    self->counters.failures++;
    reflector_describe(reason, what, end);
    if (strcmp(reason, self->reason) == 0)
        return;
    strcpy(self->reason, reason);
    core_log(CORE_LOG_WARNING, "%s: %s", names[self->kind], reason);
    self->is_up_to_date = false;
    self->hooks.changed(self->owner);
}

void
reflector_be_up_to_date(reflector_t *self)
{
    if (self->is_up_to_date)
        return;
    if (*self->reason != '\0')
        core_log(CORE_LOG_NOTICE, "%s: up to date again", names[self->kind]);
    self->reason[0] = '\0';
    self->is_up_to_date = true;
    self->hooks.changed(self->owner);
}

/* ---- watching ------------------------------------------------------------ */

static void
list_anew(void *owner)
{
    reflector_t *self = owner;

    self->retry = NULL;
    self->counters.lists++;
    reading_begin(&self->list, self, REFLECTOR_LIST);
}

static void
watch_again(void *owner)
{
    reflector_t *self = owner;

    self->retry = NULL;
    reflector_begin_watch(self);
}

/* An event that tells of an error: too old a version, or what it says. */
static bool
take_error(reflector_t *self, const json_t *status)
{
    json_int_t code = json_integer_value(json_object_get(status, "code"));

    self->is_gone = code == 410;
    self->broken = code == 410 ? "too old" : "an error came";
    return false;
}

static void
note_version(reflector_t *self, const json_t *json)
{
    const char *version = json_string_value(
        json_object_get(json_object_get(json, "metadata"),
                        "resourceVersion"));

    if (version != NULL && strlen(version) < sizeof self->version)
        strcpy(self->version, version);
}

static bool
take_event(reflector_t *self, const json_t *event)
{
    const char *type = json_string_value(json_object_get(event, "type"));
    const json_t *object = json_object_get(event, "object");

    if (type == NULL || object == NULL) {
        self->broken = "an event is none";
        return false;
    }
    if (strcmp(type, "ERROR") == 0)
        return take_error(self, object);
    self->was_heard = true;
    self->failures = 0;
    self->counters.events++;
    self->counters.heard_ms = core_loop_now_ms(self->loop);
    note_version(self, object);
    if (strcmp(type, "ADDED") == 0 || strcmp(type, "MODIFIED") == 0)
        self->hooks.object(self->owner, self->kind, REFLECTOR_CHANGE, object);
    else if (strcmp(type, "DELETED") == 0)
        self->hooks.object(self->owner, self->kind, REFLECTOR_DELETION,
                           object);
    return true;
}

static bool
read_event(void *owner, const char *key, const char *bytes, size_t size)
{
    reflector_t *self = owner;
    json_t *event = json_loadb(bytes, size, 0, NULL);
    bool goes_on = false;

    (void) key;
    if (event == NULL)
        self->broken = "an event is no JSON";
    else
        goes_on = take_event(self, event);
    json_decref(event);
    return goes_on;
}

static const char *
receive_events(void *owner, const char *bytes, size_t size)
{
    reflector_t *self = owner;
    const char *fault = splitter_read(self->events, bytes, size);

    return self->broken != NULL ? self->broken : fault;
}

static void
watch_opened(void *owner)
{
    reflector_be_up_to_date(owner);
}

/* True when another watch from the same version would do no good. */
static bool
must_list(const reflector_t *self, const struct request_end *end)
{
    return end->status == 400 || end->status == 404
        || (self->failures >= TRIES
            && (end->status == 200 || end->status == 500));
}

/* A watch of which nothing was heard is broken, unless nothing happens and the
   server sends no bookmarks: so it is begun again without a word.  When that
   does not help, the version may be one that the server has yet to come to. */
static void
end_silence(reflector_t *self)
{
    if (self->was_heard)
        self->failures = 0;
    if (++self->failures < TRIES) {
        reflector_later(self, 0, watch_again);
        return;
    }
    core_log(CORE_LOG_NOTICE, "%s: the watch stays silent: all is listed anew",
             names[self->kind]);
    reflector_later(self, reflector_delay(self, 1, 0), list_anew);
}

static void
end_watch(reflector_t *self, const struct request_end *end)
{
    int64_t lasted_ms = core_loop_now_ms(self->loop) - self->watch_start_ms;
    bool is_well = end->status == 200 && end->fault == NULL;

    if (self->is_gone || end->status == 410) {
        reflector_later(self, reflector_delay(self, 1, 0), list_anew);
        return;
    }
    if (end->is_silent && end->status == 200) {
        end_silence(self);
        return;
    }
    if (is_well && (self->was_heard || lasted_ms >= QUICK_MS)) {
        reflector_later(self, 0, watch_again);
        return;
    }
    self->failures++;
    reflector_say(self, "cannot watch", end);
    reflector_later(self, reflector_delay(self, self->failures, end->retry_ms),
                    must_list(self, end) ? list_anew : watch_again);
}

static void
watch_ended(void *owner, const struct request_end *end)
{
    reflector_t *self = owner;

    self->watch = NULL;
    splitter_destroy(&self->events);
    /* While a list is being read that is to take its place, nobody cares. */
    if (!self->list.is_begun)
        end_watch(self, end);
}

void
reflector_begin_watch(reflector_t *self)
{
    static const struct request_hooks hooks = {
        .is_watch = true, .opened = watch_opened, .body = receive_events,
        .done = watch_ended,
    };
    char *path;

    if (asprintf(&path, "%s?watch=true&allowWatchBookmarks=true"
                 "&resourceVersion=%s&timeoutSeconds=%" PRIu64 "%s%s",
                 self->settings.path, self->version,
                 WATCH_SECONDS + draw(self) % WATCH_SECONDS,
                 self->settings.selector == NULL ? "" : "&labelSelector=",
                 self->settings.selector == NULL ? ""
                 : self->settings.selector) == -1)
        abort();
    self->broken = NULL;
    self->is_gone = false;
    self->was_heard = false;
    self->events = splitter_new(SPLITTER_STREAM, read_event, self);
    self->watch_start_ms = core_loop_now_ms(self->loop);
    self->counters.watches++;
    self->watch = client_get(self->client, path, self->settings.silence_ms,
                             &hooks, self);
    free(path);
}

/* ---- comparing ----------------------------------------------------------- */

static void
compare(void *owner)
{
    reflector_t *self = owner;

    if (self->watch != NULL && !self->list.is_begun && !self->compare.is_begun)
        reading_begin(&self->compare, self, REFLECTOR_COMPARE);
}

/* ---- life ---------------------------------------------------------------- */

reflector_t *
reflector_new(enum object_kind kind,
              const struct reflector_settings *settings, core_loop_t *loop,
              client_t *client, const struct reflector_hooks *hooks,
              void *owner)
{
    reflector_t *self = core_allocate(sizeof *self);

    self->kind = kind;
    self->settings = *settings;
    self->loop = loop;
    self->client = client;
    self->hooks = *hooks;
    self->owner = owner;
    if (getrandom(&self->state, sizeof self->state, 0) == -1)
        self->state = (uint64_t) (uintptr_t) self;
    return self;
}

void
reflector_destroy(reflector_t **self_p)
{
    reflector_t *self = *self_p;

    if (self == NULL)
        return;
    reading_end(&self->list);
    reading_end(&self->compare);
    request_cancel(&self->watch);
    splitter_destroy(&self->events);
    core_loop_timer_cancel(self->loop, &self->retry);
    core_loop_timer_cancel(self->loop, &self->compare_timer);
    core_loop_timer_cancel(self->loop, &self->compare_retry);
    free(self);
    *self_p = NULL;
}

void
reflector_start(reflector_t *self)
{
    int64_t period = self->settings.compare_ms;

    list_anew(self);
    /* Not all kinds, and not all servers, at the same time. */
    if (period > 0)
        self->compare_timer =
            core_loop_timer(self->loop, period / 2
                            + (int64_t) (draw(self) % (uint64_t) period),
                            period, compare, self);
}

void
reflector_list_again(reflector_t *self)
{
    if (self->list.is_begun)
        return;
    reading_end(&self->compare);
    request_cancel(&self->watch);
    splitter_destroy(&self->events);
    reflector_later(self, reflector_delay(self, 1, 0), list_anew);
}

bool
reflector_was_listed(const reflector_t *self)
{
    return self->was_listed;
}

const char *
reflector_reason(const reflector_t *self)
{
    if (self->was_listed && (self->is_up_to_date || *self->reason == '\0'))
        return NULL;
    return *self->reason == '\0' ? "not listed yet" : self->reason;
}

uint64_t
reflector_version(const reflector_t *self)
{
    return strtoull(self->version, NULL, 10);
}

const struct reflector_counters *
reflector_counters(const reflector_t *self)
{
    return &self->counters;
}
