/*
 * traffic - requests to the API server, counted as CoreDNS does
 */

#include "kubernetes-sync/traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define CODES 32                        /* different ones; others are not
                                           counted */
#define PREFIX "coredns_kubernetes_rest_client_"

struct code {
    long status;
    uint64_t count;
    char *name;                         /* of the metric */
};

struct traffic {
    char host[300];
    core_telemetry_t *telemetry;
    struct code codes[CODES];
    unsigned code_count;
    struct core_histogram durations, waits;
    char *durations_name, *waits_name;
};

traffic_t *
traffic_new(const char *url)
{
    traffic_t *self = core_allocate(sizeof *self);
    const char *host = strstr(url, "://");

    host = host == NULL ? url : host + 3;
    snprintf(self->host, sizeof self->host, "%.*s",
             (int) strcspn(host, "/\"\\\n"), host);
    if (asprintf(&self->durations_name, PREFIX "request_duration_seconds"
                 "{host=\"%s\",verb=\"GET\"}", self->host) == -1
        || asprintf(&self->waits_name, PREFIX "rate_limiter_duration_seconds"
                    "{host=\"%s\",verb=\"GET\"}", self->host) == -1)
        abort();
    self->durations.buckets = self->waits.buckets = &core_buckets_usual;
    return self;
}

void
traffic_destroy(traffic_t **self_p)
{
    traffic_t *self = *self_p;

    if (self == NULL)
        return;
    for (unsigned i = 0; i < self->code_count; i++)
        free(self->codes[i].name);
    free(self->durations_name);
    free(self->waits_name);
    free(self);
    *self_p = NULL;
}

const char *
traffic_host(const traffic_t *self)
{
    return self->host;
}

static void
tell_code(traffic_t *self, struct code *code)
{
    if (self->telemetry != NULL)
        core_telemetry_add(self->telemetry, CORE_COUNTER, code->name,
                           "Requests to the API server.", &code->count);
}

void
traffic_tell(traffic_t *self, core_telemetry_t *telemetry)
{
    self->telemetry = telemetry;
    core_telemetry_add_histogram(telemetry, self->durations_name,
                                 "How long requests to the API server took.",
                                 &self->durations);
    core_telemetry_add_histogram(telemetry, self->waits_name,
                                 "How long requests to the API server waited "
                                 "for their turn.", &self->waits);
    for (unsigned i = 0; i < self->code_count; i++)
        tell_code(self, &self->codes[i]);
}

static struct code *
find_code(traffic_t *self, long status)
{
    char text[24] = "<error>";
    struct code *code;

    for (unsigned i = 0; i < self->code_count; i++)
        if (self->codes[i].status == status)
            return &self->codes[i];
    if (self->code_count == CODES)
        return NULL;
    code = &self->codes[self->code_count++];
    code->status = status;
    if (status != 0)
        snprintf(text, sizeof text, "%ld", status);
    if (asprintf(&code->name, PREFIX "requests_total{code=\"%s\",host=\"%s\","
                 "method=\"GET\"}", text, self->host) == -1)
        abort();
    tell_code(self, code);
    return code;
}

void
traffic_count(traffic_t *self, long status)
{
    struct code *code = find_code(self, status);

    if (code != NULL)
        code->count++;
}

void
traffic_time(traffic_t *self, int64_t duration_us)
{
    core_histogram_add(&self->durations, duration_us);
}

void
traffic_wait(traffic_t *self, int64_t duration_us)
{
    core_histogram_add(&self->waits, duration_us);
}
