/*
 * reflector_list - lists, page by page
 *
 * A page that fails is asked for again.  A list whose pages have become too
 * old in the middle is begun anew, in one piece: nothing of it is held anyway,
 * and so it comes to its end however fast the cluster forgets.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "kubernetes-sync/reflector_parts.h"
#include "kubernetes-sync/selector.h"

#define LIST_SILENCE_MS 60000
#define LACKING_MS 30000                /* until an unknown kind is asked for
                                           again */

static void
read_page(struct reading *self);

/* ---- what went wrong ----------------------------------------------------- */

void
reflector_describe(char text[REFLECTOR_REASON_SIZE], const char *what,
                   const struct request_end *end)
{
    json_t *status;
    const char *message = NULL;

    if (end->status == 0 || end->status == 200) {
        snprintf(text, REFLECTOR_REASON_SIZE, "%s: %s", what,
                 end->fault == NULL ? "it ended at once" : end->fault);
        return;
    }
    status = json_loads(end->body, 0, NULL);
    message = json_string_value(json_object_get(status, "message"));
    snprintf(text, REFLECTOR_REASON_SIZE, "%s: status %ld%s%s", what,
             end->status, message == NULL ? "" : ": ",
             message == NULL ? "" : message);
    json_decref(status);
}

/* ---- a page -------------------------------------------------------------- */

static void
take_metadata(struct reading *self, const json_t *metadata)
{
    const char *version = json_string_value(
        json_object_get(metadata, "resourceVersion"));
    const char *next = json_string_value(json_object_get(metadata,
                                                         "continue"));

    if (version != NULL && strlen(version) < sizeof self->version)
        strcpy(self->version, version);
    free(self->next);
    self->next = next == NULL || *next == '\0' ? NULL : core_copy_text(next);
}

static bool
take_part(void *owner, const char *key, const char *bytes, size_t size)
{
    struct reading *self = owner;
    reflector_t *reflector = self->reflector;
    json_t *json;

    if (key != NULL && strcmp(key, "metadata") != 0)
        return true;
    json = json_loadb(bytes, size, 0, NULL);
    if (key != NULL)
        take_metadata(self, json);
    else if (json != NULL)
        reflector->hooks.object(reflector->owner, reflector->kind,
                                self->origin, json);
    json_decref(json);
    return json != NULL;
}

static const char *
receive_page(void *owner, const char *bytes, size_t size)
{
    struct reading *self = owner;

    return splitter_read(self->splitter, bytes, size);
}

/* ---- the end of a list --------------------------------------------------- */

static void
give_up(struct reading *self)
{
    splitter_destroy(&self->splitter);
    free(self->next);
    self->next = NULL;
    self->is_begun = false;
}

void
reading_end(struct reading *self)
{
    request_cancel(&self->request);
    give_up(self);
}

static void
complete_list(struct reading *self)
{
    reflector_t *reflector = self->reflector;

    give_up(self);
    reflector->hooks.end(reflector->owner, reflector->kind, self->origin);
    strcpy(reflector->version, self->version);
    reflector->was_listed = true;
    reflector->is_lacking = false;
    reflector->failures = 0;
    reflector_be_up_to_date(reflector);
    reflector_begin_watch(reflector);
    reflector->hooks.changed(reflector->owner);
}

/* A server whose history lies behind ours was set back: what the watch tells
   has nothing to do with it. */
static void
complete_compare(struct reading *self)
{
    reflector_t *reflector = self->reflector;
    bool is_behind = strtoull(self->version, NULL, 10)
        < reflector_version(reflector);

    give_up(self);
    if (is_behind) {
        core_log(CORE_LOG_WARNING, "%s: the server's history is older than "
                 "what it has told: all is listed anew",
                 reflector_name(reflector->kind));
        reflector_list_again(reflector);
        return;
    }
    reflector->counters.compares++;
    reflector->hooks.end(reflector->owner, reflector->kind, self->origin);
}

static void
complete(struct reading *self)
{
    self->failures = 0;
    if (self->next != NULL) {
        read_page(self);
        return;
    }
    self->reflector->counters.read_ms =
        core_loop_now_ms(self->reflector->loop);
    if (self->origin == REFLECTOR_LIST)
        complete_list(self);
    else
        complete_compare(self);
}

/* ---- failures ------------------------------------------------------------ */

static void
read_again(void *owner)
{
    reflector_t *reflector = owner;

    reflector->retry = NULL;
    read_page(&reflector->list);
}

static void
begin_again(void *owner)
{
    reflector_t *reflector = owner;

    reflector->retry = NULL;
    reading_begin(&reflector->list, reflector, REFLECTOR_LIST);
}

/* The kind is unknown: there are none of it. */
static void
lack(struct reading *self)
{
    reflector_t *reflector = self->reflector;

    give_up(self);
    reflector->hooks.end(reflector->owner, reflector->kind, self->origin);
    if (!reflector->is_lacking)
        core_log(CORE_LOG_NOTICE, "%s: the server does not know them",
                 reflector_name(reflector->kind));
    reflector->is_lacking = true;
    reflector->was_listed = true;
    reflector_be_up_to_date(reflector);
    reflector_later(reflector, LACKING_MS, begin_again);
    reflector->hooks.changed(reflector->owner);
}

static void
fail_list(struct reading *self, const struct request_end *end)
{
    reflector_t *reflector = self->reflector;
    int64_t delay_ms;

    if (end->status == 404 && reflector->settings.may_lack) {
        lack(self);
        return;
    }
    self->failures++;
    delay_ms = reflector_delay(reflector, self->failures, end->retry_ms);
    reflector_say(reflector, "cannot list", end);
    if (end->status == 410 || end->status == 400) {
        /* The pages have become too old. */
        self->is_paged = false;
        free(self->next);
        self->next = NULL;
        self->is_begun = false;
        reflector_later(reflector, delay_ms, begin_again);
    } else {
        reflector_later(reflector, delay_ms, read_again);
    }
}

static void
page_ended(void *owner, const struct request_end *end)
{
    struct reading *self = owner;
    bool is_whole = end->status == 200 && end->fault == NULL
        && splitter_is_whole(self->splitter) && *self->version != '\0';
    struct request_end cut = *end;

    self->request = NULL;
    splitter_destroy(&self->splitter);
    if (is_whole) {
        complete(self);
        return;
    }
    if (end->status == 200 && end->fault == NULL)
        cut.fault = "the list ends in the middle";
    if (self->origin == REFLECTOR_COMPARE)
        give_up(self);                  /* the next one will do */
    else
        fail_list(self, &cut);
}

/* ---- reading ------------------------------------------------------------- */

static char *
page_path(const struct reading *self)
{
    const struct reflector_settings *settings = &self->reflector->settings;
    char separator = '?';
    char *path;
    size_t size;
    FILE *file = open_memstream(&path, &size);

    fputs(settings->path, file);
    if (self->is_paged && settings->page > 0) {
        fprintf(file, "%climit=%u", separator, settings->page);
        separator = '&';
    }
    if (settings->selector != NULL) {
        fprintf(file, "%clabelSelector=%s", separator, settings->selector);
        separator = '&';
    }
    if (self->next != NULL) {
        char *token = selector_escape(self->next);

        fprintf(file, "%ccontinue=%s", separator, token);
        free(token);
    }
    fclose(file);
    return path;
}

static void
read_page(struct reading *self)
{
    static const struct request_hooks hooks = {
        .body = receive_page, .done = page_ended,
    };
    char *path = page_path(self);

    self->version[0] = '\0';
    self->splitter = splitter_new(SPLITTER_LIST, take_part, self);
    self->request = client_get(self->reflector->client, path, LIST_SILENCE_MS,
                               &hooks, self);
    free(path);
}

void
reading_begin(struct reading *self, reflector_t *reflector,
              enum reflector_origin origin)
{
    bool was_paged = self->is_paged || self->failures == 0;

    self->reflector = reflector;
    self->origin = origin;
    self->is_begun = true;
    self->is_paged = was_paged;
    reflector->hooks.begin(reflector->owner, reflector->kind, origin);
    read_page(self);
}
