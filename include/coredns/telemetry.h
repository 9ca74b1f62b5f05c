/*
 * telemetry - what a process tells of itself, once a second
 *
 * A process has a list of counters and gauges: plain uint64_t that their owner
 * counts in, without locks, for there is one thread.  Every second it
 * publishes them all on a PUB socket as one message [name of the process]
 * [text], the text being Prometheus' exposition format, so that whoever
 * collects them only has to put them together.
 */

#ifndef COREDNS_TELEMETRY_H
#define COREDNS_TELEMETRY_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "coredns/fault.h"
#include "coredns/loop.h"

enum core_metric_type { CORE_COUNTER, CORE_GAUGE, CORE_HISTOGRAM };

/* Upper bounds of the buckets that durations are sorted into, rising; what is
   longer has a bucket of its own. */
#define CORE_HISTOGRAM_BUCKETS 20       /* at most */

struct core_buckets {
    unsigned count;
    uint32_t bounds_us[CORE_HISTOGRAM_BUCKETS];
};

/* Those of Prometheus' own libraries: 5 ms, 10 ms, 25 ms... 10 s. */
extern const struct core_buckets core_buckets_usual;

/* Durations sorted by length. */
struct core_histogram {
    const struct core_buckets *buckets; /* lent; NULL: 250 us, 500 us, 1 ms...
                                           8.192 s, as CoreDNS has for
                                           queries */
    uint64_t counts[CORE_HISTOGRAM_BUCKETS + 1];
    uint64_t sum_us;
};

/* Counts one duration; a negative one counts as none. */
void
    core_histogram_add(struct core_histogram *self, int64_t duration_us);

/* Sizes of messages sorted likewise; these bounds too are those of CoreDNS. */
#define CORE_SIZES_BUCKETS 14

struct core_sizes {
    uint64_t counts[CORE_SIZES_BUCKETS + 1];
    uint64_t sum;
};

/* Counts one size in octets. */
void
    core_sizes_add(struct core_sizes *self, size_t size);

typedef struct core_telemetry core_telemetry_t;

/* endpoint may be NULL: then nothing is published. */
core_telemetry_t *
    core_telemetry_new(void *context, core_loop_t *loop, const char *endpoint,
                       const char *process_name, struct core_fault *fault);
void
    core_telemetry_destroy(core_telemetry_t **self_p);

/*
 * Adds a value.  name may carry labels: coredns_x_total{rcode="NOERROR"}; help
 * is one sentence.  Both and value are lent until the telemetry ends.  Names
 * that differ only in labels are written together, however late one is added.
 */
void
    core_telemetry_add(core_telemetry_t *self, enum core_metric_type type,
                       const char *name, const char *help,
                       const uint64_t *value);

/* One row of a table of them. */
struct core_metric {
    enum core_metric_type type;         /* CORE_COUNTER or CORE_GAUGE */
    const char *name;
    const char *help;
    const uint64_t *value;
};

/* Adds a table of them; the table itself is not kept. */
void
    core_telemetry_add_all(core_telemetry_t *self,
                           const struct core_metric *metrics, size_t count);

/* Writes a text as the value of a label: '\', '"' and line feeds escaped. */
void
    core_telemetry_label(FILE *file, const char *text);

/* The same for durations; name ends in "_seconds". */
void
    core_telemetry_add_histogram(core_telemetry_t *self, const char *name,
                                 const char *help,
                                 const struct core_histogram *value);

/* The same for sizes; name ends in "_bytes". */
void
    core_telemetry_add_sizes(core_telemetry_t *self, const char *name,
                             const char *help, const struct core_sizes *value);

/* Calls refresh just before values are read, to fill in gauges. */
void
    core_telemetry_refresher(core_telemetry_t *self,
                             core_loop_run_callback *refresh, void *owner);

/* Writes all values in the exposition format. */
void
    core_telemetry_write(core_telemetry_t *self, FILE *file);

#endif
