/*
 * metrics - how often each rule matched, and how often its texts failed
 */

#include "template/metrics.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

struct metric {
    char *name;
    uint64_t value;
};

struct metrics {
    core_telemetry_t *telemetry;
    struct metric **items;
    size_t count, capacity;
};

metrics_t *
metrics_new(core_telemetry_t *telemetry)
{
    metrics_t *self = core_allocate(sizeof *self);

    self->telemetry = telemetry;
    return self;
}

void
metrics_destroy(metrics_t **self_p)
{
    assert(self_p);

    metrics_t *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++) {
        free(self->items[i]->name);
        free(self->items[i]);
    }
    free(self->items);
    free(self);
    *self_p = NULL;
}

/* Counts under that name, which is taken. */
static void
count(metrics_t *self, char *name, const char *help)
{
    struct metric *metric = NULL;

    for (size_t i = 0; i < self->count && metric == NULL; i++)
        if (strcmp(self->items[i]->name, name) == 0)
            metric = self->items[i];
    if (metric == NULL) {
        metric = core_allocate(sizeof *metric);
        metric->name = name;
        self->items = core_grow(self->items, self->count, &self->capacity,
                                sizeof *self->items);
        self->items[self->count++] = metric;
        core_telemetry_add(self->telemetry, CORE_COUNTER, name, help,
                           &metric->value);
    }
    else
        free(name);
    metric->value++;
}

static void
write_labels(FILE *file, const struct rule *rule, size_t zone)
{
    const uint8_t *const *zones = rule->settings->zones.items;
    char text[CORE_NAME_TEXT_SIZE];

    fputs("{zone=\"", file);
    core_telemetry_label(file, core_name_to_text(text, zones[zone]));
    fprintf(file, "\",class=\"%s\",type=\"%s\"", rule->settings->class,
            rule->settings->type);
}

void
metrics_match(metrics_t *self, const struct rule *rule, size_t zone)
{
    char *name = NULL;
    size_t size;
    FILE *file = open_memstream(&name, &size);

    assert(file != NULL);
    fputs("coredns_template_matches_total", file);
    write_labels(file, rule, zone);
    putc('}', file);
    fclose(file);
    count(self, name, "Queries that a rule answered");
}

void
metrics_fail(metrics_t *self, enum metrics_failure failure,
             const struct rule *rule, size_t zone,
             const struct rule_text *text)
{
    static const char *const sections[] = {
        [CORE_ANSWER] = "answer", [CORE_AUTHORITY] = "authority",
        [CORE_ADDITIONAL] = "additional",
    };
    char *name = NULL;
    size_t size;
    FILE *file = open_memstream(&name, &size);

    assert(file != NULL);
    fputs(failure == METRICS_TEXT
          ? "coredns_template_template_failures_total"
          : "coredns_template_rr_failures_total", file);
    write_labels(file, rule, zone);
    fprintf(file, ",section=\"%s\",template=\"", sections[text->section]);
    core_telemetry_label(file, text->source);
    fputs("\"}", file);
    fclose(file);
    count(self, name, failure == METRICS_TEXT
          ? "Texts that could not be carried out"
          : "Texts that made no record");
}
