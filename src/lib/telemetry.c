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
#include <stdbool.h>
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
    const void *value;
    void (*write)(FILE *file, const char *name, const void *value);
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

/* ---- histograms ---------------------------------------------------------- */

#define SHORTEST_US 250                 /* bound of the first bucket */
#define QUERY_BUCKETS 16                /* each twice as long */

const struct core_buckets core_buckets_usual = {
    .count = 11,
    .bounds_us = { 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000,
                   2500000, 5000000, 10000000 },
};

static unsigned
find_bucket(const struct core_histogram *self, uint64_t us)
{
    const struct core_buckets *buckets = self->buckets;
    uint64_t times = us > 0 ? (us - 1) / SHORTEST_US : 0;
    unsigned bucket = 0;

    if (buckets != NULL) {
        while (bucket < buckets->count && us > buckets->bounds_us[bucket])
            bucket++;
        return bucket;
    }
    bucket = times == 0 ? 0 : 64 - (unsigned) __builtin_clzll(times);
    return bucket < QUERY_BUCKETS ? bucket : QUERY_BUCKETS;
}

void
core_histogram_add(struct core_histogram *self, int64_t duration_us)
{
    uint64_t us = duration_us > 0 ? (uint64_t) duration_us : 0;

    self->counts[find_bucket(self, us)]++;
    self->sum_us += us;
}

/*
 * "name{a="b"}" becomes "name_SUFFIX{a="b",le="..."}"; le may be NULL.
 */
static void
write_series(FILE *file, const char *name, const char *suffix, const char *le)
{
    int length = (int) strcspn(name, "{");
    const char *labels = name + length;
    int labels_length = (int) strlen(labels);

    fprintf(file, "%.*s_%s", length, name, suffix);
    if (le == NULL)
        fprintf(file, "%s ", labels);
    else if (labels_length == 0)
        fprintf(file, "{le=\"%s\"} ", le);
    else
        fprintf(file, "%.*s,le=\"%s\"} ", labels_length - 1, labels, le);
}

/* The upper bounds of the buckets of something. */
struct bounds {
    unsigned count;
    double (*get)(const void *of, unsigned index);
    const void *of;
};

/* The buckets, each with those below it; the last one has no bound.  Returns
   how many there are in all. */
static uint64_t
write_buckets(FILE *file, const char *name, const uint64_t *counts,
              const struct bounds *bounds)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i <= bounds->count; i++) {
        char le[32] = "+Inf";

        if (i < bounds->count)
            snprintf(le, sizeof le, "%g", bounds->get(bounds->of, i));
        sum += counts[i];
        write_series(file, name, "bucket", le);
        fprintf(file, "%" PRIu64 "\n", sum);
    }
    return sum;
}

static void
write_count(FILE *file, const char *name, uint64_t count)
{
    write_series(file, name, "count", NULL);
    fprintf(file, "%" PRIu64 "\n", count);
}

static double
duration_bound(const void *of, unsigned index)
{
    const struct core_buckets *buckets = of;

    return buckets == NULL ? SHORTEST_US / 1e6 * (1u << index)
        : buckets->bounds_us[index] / 1e6;
}

static void
write_histogram(FILE *file, const char *name, const void *value)
{
    const struct core_histogram *self = value;
    const struct bounds bounds = {
        .count = self->buckets == NULL ? QUERY_BUCKETS : self->buckets->count,
        .get = duration_bound, .of = self->buckets,
    };
    uint64_t count = write_buckets(file, name, self->counts, &bounds);

    write_series(file, name, "sum", NULL);
    fprintf(file, "%" PRIu64 ".%06" PRIu64 "\n", self->sum_us / 1000000,
            self->sum_us % 1000000);
    write_count(file, name, count);
}

/* ---- sizes --------------------------------------------------------------- */

static const uint16_t size_bounds[CORE_SIZES_BUCKETS] = {
    0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16000, 32000, 48000,
    64000,
};

void
core_sizes_add(struct core_sizes *self, size_t size)
{
    unsigned bucket = 0;

    while (bucket < CORE_SIZES_BUCKETS && size > size_bounds[bucket])
        bucket++;
    self->counts[bucket]++;
    self->sum += size;
}

static double
size_bound(const void *of, unsigned index)
{
    const uint16_t *bounds = of;

    return bounds[index];
}

static void
write_sizes(FILE *file, const char *name, const void *value)
{
    const struct core_sizes *self = value;
    const struct bounds bounds = {
        .count = CORE_SIZES_BUCKETS, .get = size_bound, .of = size_bounds,
    };
    uint64_t count = write_buckets(file, name, self->counts, &bounds);

    write_series(file, name, "sum", NULL);
    fprintf(file, "%" PRIu64 "\n", self->sum);
    write_count(file, name, count);
}

/* ---- adding -------------------------------------------------------------- */

/* True when both are of one family: their names differ only in labels. */
static bool
is_same_family(const struct metric *left, const struct metric *right)
{
    size_t length = strcspn(left->name, "{");

    return length == strcspn(right->name, "{")
        && memcmp(left->name, right->name, length) == 0;
}

static void
add(core_telemetry_t *self, struct metric metric)
{
    size_t place = self->count;

    self->metrics = core_reallocate(self->metrics, (self->count + 1)
                                    * sizeof *self->metrics);

    /* Behind the last of its family, or else at the end. */
    for (size_t i = self->count; i > 0; i--) {
        if (is_same_family(&metric, &self->metrics[i - 1])) {
            place = i;
            break;
        }
    }
    memmove(&self->metrics[place + 1], &self->metrics[place],
            (self->count - place) * sizeof *self->metrics);
    self->metrics[place] = metric;
    self->count++;
}

static void
write_value(FILE *file, const char *name, const void *value)
{
    fprintf(file, "%s %" PRIu64 "\n", name, *(const uint64_t *) value);
}

void
core_telemetry_add(core_telemetry_t *self, enum core_metric_type type,
                   const char *name, const char *help, const uint64_t *value)
{
    assert(type != CORE_HISTOGRAM);
    add(self, (struct metric) {
        .type = type, .name = name, .help = help, .value = value,
        .write = write_value,
    });
}

void
core_telemetry_add_all(core_telemetry_t *self,
                       const struct core_metric *metrics, size_t count)
{
    for (size_t i = 0; i < count; i++)
        core_telemetry_add(self, metrics[i].type, metrics[i].name,
                           metrics[i].help, metrics[i].value);
}

void
core_telemetry_label(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\\' || *text == '"')
            putc('\\', file);
        if (*text == '\n')
            fputs("\\n", file);
        else
            putc(*text, file);
    }
}

void
core_telemetry_add_histogram(core_telemetry_t *self, const char *name,
                             const char *help,
                             const struct core_histogram *value)
{
    add(self, (struct metric) {
        .type = CORE_HISTOGRAM, .name = name, .help = help, .value = value,
        .write = write_histogram,
    });
}

void
core_telemetry_add_sizes(core_telemetry_t *self, const char *name,
                         const char *help, const struct core_sizes *value)
{
    add(self, (struct metric) {
        .type = CORE_HISTOGRAM, .name = name, .help = help, .value = value,
        .write = write_sizes,
    });
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

/* ---- writing ------------------------------------------------------------- */

static const char *const type_names[] = {
    [CORE_COUNTER] = "counter", [CORE_GAUGE] = "gauge",
    [CORE_HISTOGRAM] = "histogram",
};

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
                    type_names[metric->type]);
        metric->write(file, metric->name, metric->value);
    }
}
