/*
 * refill - slices of single services, read once more
 */

#include "kubernetes-sync/refill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "kubernetes-sync/splitter.h"

#define WAITING 1000                    /* services, at most */
#define SILENCE_MS 30000
#define RETRY_MS 1000

struct entry {
    struct entry *next;
    char path[];
};

struct refill {
    core_loop_t *loop;
    client_t *client;
    refill_taken *taken;
    void *owner;
    struct entry *first, **last;
    unsigned count;
    request_t *request;
    splitter_t *splitter;
    core_timer_t *retry;
};

static void
ask(void *owner);

refill_t *
refill_new(core_loop_t *loop, client_t *client, refill_taken *taken,
           void *owner)
{
    refill_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->client = client;
    self->taken = taken;
    self->owner = owner;
    self->last = &self->first;
    return self;
}

static void
remove_first(refill_t *self)
{
    struct entry *entry = self->first;

    self->first = entry->next;
    if (self->first == NULL)
        self->last = &self->first;
    self->count--;
    free(entry);
}

void
refill_destroy(refill_t **self_p)
{
    refill_t *self = *self_p;

    if (self == NULL)
        return;
    request_cancel(&self->request);
    splitter_destroy(&self->splitter);
    core_loop_timer_cancel(self->loop, &self->retry);
    while (self->first != NULL)
        remove_first(self);
    free(self);
    *self_p = NULL;
}

static bool
take(void *owner, const char *key, const char *bytes, size_t size)
{
    refill_t *self = owner;
    json_t *json;

    if (key != NULL)
        return true;
    json = json_loadb(bytes, size, 0, NULL);
    if (json != NULL)
        self->taken(self->owner, json);
    json_decref(json);
    return json != NULL;
}

static const char *
receive(void *owner, const char *bytes, size_t size)
{
    refill_t *self = owner;

    return splitter_read(self->splitter, bytes, size);
}

static void
done(void *owner, const struct request_end *end)
{
    refill_t *self = owner;
    bool is_well = end->status == 200 && end->fault == NULL
        && splitter_is_whole(self->splitter);

    self->request = NULL;
    splitter_destroy(&self->splitter);
    if (is_well)
        remove_first(self);
    if (self->first != NULL)
        self->retry = core_loop_timer(self->loop, is_well ? 0 : RETRY_MS, 0,
                                      ask, self);
}

static void
ask(void *owner)
{
    static const struct request_hooks hooks = {
        .body = receive, .done = done,
    };
    refill_t *self = owner;

    self->retry = NULL;
    self->splitter = splitter_new(SPLITTER_LIST, take, self);
    self->request = client_get(self->client, self->first->path, SILENCE_MS,
                               &hooks, self);
}

bool
refill_add(refill_t *self, const char *space, const char *service)
{
    static const char format[] = "/apis/discovery.k8s.io/v1/namespaces/%s"
        "/endpointslices?labelSelector=kubernetes.io/service-name%%3D%s";
    size_t size = sizeof format + strlen(space) + strlen(service);
    struct entry *entry;

    if (self->count == WAITING)
        return false;
    entry = core_allocate(sizeof *entry + size);
    snprintf(entry->path, size, format, space, service);
    *self->last = entry;
    self->last = &entry->next;
    self->count++;
    if (self->request == NULL && self->retry == NULL)
        self->retry = core_loop_timer(self->loop, 0, 0, ask, self);
    return true;
}
