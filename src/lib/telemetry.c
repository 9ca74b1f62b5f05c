/*
 * telemetry - what a process tells of itself, once a second
 *
 * Counters are read where they lie, so counting costs their owner one
 * addition.  A PUB socket drops what nobody reads: each message is complete,
 * so a lost one only makes a curve coarser.
 */

#include "coredns/telemetry.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "coredns/memory.h"
#include "coredns/pipe.h"

#define BEAT_MS 1000
#define REFRESHERS 8

struct metric {
    enum core_metric_type type;
    const char *name;
    const char *help;
    const uint64_t *value;
};

struct core_telemetry {
    void *socket;                       /* NULL: nothing is published */
    core_loop_t *loop;
    core_timer_t *timer;
    char *process_name;
    struct metric *metrics;
    size_t count;
    struct {
        core_loop_run_callback *run;
        void *owner;
    } refreshers[REFRESHERS];
    int refresher_count;
};

static void
publish(void *owner)
{
    core_telemetry_t *self = owner;
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    assert(file != NULL);
    core_telemetry_write(self, file);
    fclose(file);
    zmq_send(self->socket, self->process_name, strlen(self->process_name),
             ZMQ_SNDMORE | ZMQ_DONTWAIT);
    zmq_send(self->socket, text, size, ZMQ_DONTWAIT);
    free(text);
}

core_telemetry_t *
core_telemetry_new(void *context, core_loop_t *loop, const char *endpoint,
                   const char *process_name, struct core_fault *fault)
{
    core_telemetry_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->process_name = core_copy_text(process_name);
    if (endpoint == NULL)
        return self;
    self->socket = zmq_socket(context, ZMQ_PUB);
    assert(self->socket != NULL);
    core_socket_prepare(self->socket);
    if (core_endpoint_bind(self->socket, endpoint, fault) == -1) {
        core_telemetry_destroy(&self);
        return NULL;
    }
    self->timer = core_loop_timer(loop, BEAT_MS, BEAT_MS, publish, self);
    return self;
}

void
core_telemetry_destroy(core_telemetry_t **self_p)
{
    assert(self_p);

    core_telemetry_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_timer_cancel(self->loop, &self->timer);
    if (self->socket != NULL)
        zmq_close(self->socket);
    free(self->metrics);
    free(self->process_name);
    free(self);
    *self_p = NULL;
}

void
core_telemetry_add(core_telemetry_t *self, enum core_metric_type type,
                   const char *name, const char *help, const uint64_t *value)
{
    self->metrics = core_reallocate(self->metrics, (self->count + 1)
                                    * sizeof *self->metrics);
    self->metrics[self->count++] = (struct metric) {
        .type = type, .name = name, .help = help, .value = value,
    };
}

void
core_telemetry_refresher(core_telemetry_t *self,
                         core_loop_run_callback *refresh, void *owner)
{
    assert(self->refresher_count < REFRESHERS);
    self->refreshers[self->refresher_count].run = refresh;
    self->refreshers[self->refresher_count].owner = owner;
    self->refresher_count++;
}

/* True when the metric is of the family that the one before it began. */
static bool
is_same_family(const struct metric *metric, const struct metric *before)
{
    size_t length = strcspn(metric->name, "{");

    return length == strcspn(before->name, "{")
        && memcmp(metric->name, before->name, length) == 0;
}

void
core_telemetry_write(core_telemetry_t *self, FILE *file)
{
    for (int i = 0; i < self->refresher_count; i++)
        self->refreshers[i].run(self->refreshers[i].owner);
    for (size_t i = 0; i < self->count; i++) {
        const struct metric *metric = &self->metrics[i];
        int length = (int) strcspn(metric->name, "{");

        if (i == 0 || !is_same_family(metric, metric - 1))
            fprintf(file, "# HELP %.*s %s\n# TYPE %.*s %s\n", length,
                    metric->name, metric->help, length, metric->name,
                    metric->type == CORE_COUNTER ? "counter" : "gauge");
        fprintf(file, "%s %" PRIu64 "\n", metric->name, *metric->value);
    }
}
