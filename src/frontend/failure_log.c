/*
 * failure_log - a line for each query that failed here, and why
 */

#include "frontend/failure_log.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/rcode.h"
#include "coredns/rrtype.h"
#include "lib/pattern.h"
#include "lib/printable.h"
#include "lib/quantity.h"

#define CAUSE_SIZE 256
#define LINE_SIZE (CORE_NAME_TEXT_SIZE + CAUSE_SIZE + 64)

struct failure_group {
    const struct failure_group_settings *settings;
    core_loop_t *loop;
    core_pattern_t *pattern;
    core_timer_t *timer;                /* runs while there is a period */
    uint64_t count;                     /* in it */
};

struct failure_log {
    core_loop_t *loop;
    struct failure_group *groups;
    size_t count;
};

failure_log_t *
failure_log_new(core_loop_t *loop, const struct core_list *groups)
{
    failure_log_t *self = core_allocate(sizeof *self);
    const struct failure_group_settings *settings = groups->items;
    struct core_fault fault;

    self->loop = loop;
    self->groups = core_allocate((groups->count + 1) * sizeof *self->groups);
    self->count = groups->count;
    for (size_t i = 0; i < groups->count; i++) {
        struct failure_group *group = &self->groups[i];

        group->settings = &settings[i];
        group->loop = loop;
        group->pattern = core_pattern_new(settings[i].pattern, &fault);
        assert(group->pattern != NULL);
    }
    return self;
}

/* ---- periods ------------------------------------------------------------- */

static void
end_period(struct failure_group *group)
{
    const struct failure_group_settings *settings = group->settings;
    char period[CORE_QUANTITY_TEXT_SIZE];
    char line[LINE_SIZE];

    if (group->count > 1 || (group->count == 1 && !settings->show_first)) {
        snprintf(line, sizeof line, "%" PRIu64 " errors like '%.200s' in the "
                 "last %s", group->count, settings->pattern,
                 core_duration_to_text(period, settings->period_ms));
        core_log_traffic((enum core_log_level) settings->level, line);
    }
    group->count = 0;
}

static void
take_end(void *owner)
{
    struct failure_group *group = owner;

    group->timer = NULL;                /* it has ended itself */
    end_period(group);
}

/* Counts the failure; true when it is told with others. */
static bool
count_in(struct failure_group *group)
{
    if (group->timer == NULL)
        group->timer = core_loop_timer(group->loop,
                                       group->settings->period_ms, 0,
                                       take_end, group);
    group->count++;
    return group->count > 1 || !group->settings->show_first;
}

void
failure_log_destroy(failure_log_t **self_p)
{
    assert(self_p);

    failure_log_t *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++) {
        core_loop_timer_cancel(self->loop, &self->groups[i].timer);
        end_period(&self->groups[i]);
        core_pattern_destroy(&self->groups[i].pattern);
    }
    free(self->groups);
    free(self);
    *self_p = NULL;
}

/* ---- failures ------------------------------------------------------------ */

static struct failure_group *
find_group(failure_log_t *self, const char *cause)
{
    for (size_t i = 0; i < self->count; i++)
        if (core_pattern_match(self->groups[i].pattern, cause, strlen(cause)))
            return &self->groups[i];
    return NULL;
}

/* "Network Error: 192.0.2.1:53: timed out" */
static void
write_cause(const struct exchange *exchange, char cause[CAUSE_SIZE])
{
    const char *name = core_ede_name(exchange->ede);
    int size = name != NULL ? snprintf(cause, CAUSE_SIZE, "%s", name)
        : snprintf(cause, CAUSE_SIZE, "error %u", exchange->ede);

    if (exchange->ede_text_size > 0)
        snprintf(cause + size, CAUSE_SIZE - (size_t) size, ": %.*s",
                 (int) exchange->ede_text_size,
                 (const char *) exchange->ede_text);
    core_printable_clean(cause);
}

void
failure_log_tell(failure_log_t *self, const struct exchange *exchange)
{
    enum core_log_level level = CORE_LOG_ERROR;
    char name[CORE_NAME_TEXT_SIZE];
    char type[CORE_RRTYPE_TEXT_SIZE];
    char cause[CAUSE_SIZE];
    char line[LINE_SIZE];
    struct failure_group *group;

    if (exchange->rcode != CORE_SERVFAIL || exchange->ede == CORE_EDE_NONE)
        return;
    write_cause(exchange, cause);
    group = find_group(self, cause);
    if (group != NULL) {
        level = (enum core_log_level) group->settings->level;
        if (count_in(group))
            return;
    }
    snprintf(line, sizeof line, "SERVFAIL %s %s: %s",
             core_name_to_text(name, exchange->query->qname),
             core_rrtype_to_text(type, exchange->query->qtype), cause);
    core_log_traffic(level, line);
}
