/*
 * member - one process of the toolkit: what is known of it
 *
 * The room of the counters is kept and reused, so a process that says the same
 * every second costs no allocation.
 */

#include "health/member.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "lib/printable.h"

/* ---- the reply to `status` ----------------------------------------------- */

static const struct {
    const char *word;
    enum member_state state;
} states[] = {
    { "starting", MEMBER_STARTING },
    { "ready", MEMBER_READY },
    { "not-ready", MEMBER_NOT_READY },
    { "draining", MEMBER_DRAINING },
};

static void
take_text(char text[MEMBER_TEXT_SIZE], const char *value)
{
    snprintf(text, MEMBER_TEXT_SIZE, "%s", value);
    core_printable_clean(text);
}

static void
take_state(struct member *self, const char *value)
{
    self->state = MEMBER_UNKNOWN;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(value, states[i].word) == 0)
            self->state = states[i].state;
}

static void
take_reason(struct member *self, const char *value)
{
    take_text(self->reason, value);
}

static void
take_last_error(struct member *self, const char *value)
{
    take_text(self->last_error, value);
}

static void
take_pid(struct member *self, const char *value)
{
    long pid = strtol(value, NULL, 10);

    if (pid <= 0 || pid > INT32_MAX)
        return;
    if (self->pid != 0 && self->pid != (pid_t) pid) {
        self->restarts++;
        self->usage = (struct usage) { .resident = 0 };
    }
    self->pid = (pid_t) pid;
}

static void
take_uptime(struct member *self, const char *value)
{
    self->uptime_ms = strtoull(value, NULL, 10);
}

static void
take_queries(struct member *self, const char *value)
{
    self->queries = strtoull(value, NULL, 10);
}

static const struct {
    const char *key;
    void (*take)(struct member *self, const char *value);
} status_keys[] = {
    { "state", take_state },
    { "reason", take_reason },
    { "last_error", take_last_error },
    { "pid", take_pid },
    { "uptime_ms", take_uptime },
    { "queries", take_queries },
};

static void
take_line(struct member *self, char *line)
{
    char *value = line + strcspn(line, " ");

    if (*value != '\0')
        *value++ = '\0';
    for (size_t i = 0; i < sizeof status_keys / sizeof *status_keys; i++)
        if (strcmp(line, status_keys[i].key) == 0)
            status_keys[i].take(self, value);
}

static void
hear(struct member *self, int64_t now_ms)
{
    self->heard_ms = now_ms;
    self->was_heard = true;
}

void
member_take_status(struct member *self, const char *text, int64_t now_ms)
{
    hear(self, now_ms);
    while (*text != '\0') {
        char line[2 * MEMBER_TEXT_SIZE];
        size_t size = strcspn(text, "\n");

        snprintf(line, sizeof line, "%.*s",
                 size < sizeof line ? (int) size : (int) sizeof line - 1,
                 text);
        take_line(self, line);
        text += size;
        if (*text == '\n')
            text++;
    }
    self->was_ready |= self->state == MEMBER_READY;
}

/* ---- what else is heard -------------------------------------------------- */

bool
member_take_counters(struct member *self, const char *text, size_t size,
                     int64_t now_ms)
{
    hear(self, now_ms);
    size = strnlen(text, size);
    self->counters_size = 0;
    if (size > MEMBER_COUNTERS_SIZE)
        return false;
    if (self->counters_room < size + 1) {
        self->counters_room = size + size / 4 + 1;
        self->counters = core_reallocate(self->counters, self->counters_room);
    }
    memcpy(self->counters, text, size);
    self->counters[size] = '\0';
    self->counters_size = size;
    return true;
}

void
member_end(struct member *self)
{
    self->state = MEMBER_ENDED;
    self->counters_size = 0;
    self->usage = (struct usage) { .resident = 0 };
}

/* ---- what is to be said of it -------------------------------------------- */

bool
member_is_silent(const struct member *self, int64_t now_ms)
{
    return now_ms - self->heard_ms >= MEMBER_SILENT_MS;
}

bool
member_is_ready(const struct member *self, int64_t now_ms,
                char why[MEMBER_TEXT_SIZE])
{
    why[0] = '\0';
    if (self->state == MEMBER_ENDED)
        snprintf(why, MEMBER_TEXT_SIZE, "process %ld has ended",
                 (long) self->pid);
    else if (member_is_silent(self, now_ms))
        snprintf(why, MEMBER_TEXT_SIZE, "silent for %" PRId64 " s",
                 (now_ms - self->heard_ms) / 1000);
    else if (self->state == MEMBER_READY)
        return true;
    else if (self->reason[0] != '\0')
        snprintf(why, MEMBER_TEXT_SIZE, "%s", self->reason);
    else
        snprintf(why, MEMBER_TEXT_SIZE, "%s",
                 member_state_word(self, now_ms));
    return false;
}

const char *
member_state_word(const struct member *self, int64_t now_ms)
{
    if (self->state == MEMBER_ENDED)
        return "ended";
    if (member_is_silent(self, now_ms))
        return "silent";
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (states[i].state == self->state)
            return states[i].word;
    return self->was_heard ? "without a state" : "not heard of yet";
}

static void
write_one(FILE *file, const char *name, const char *type, const char *help)
{
    fprintf(file, "# HELP %s %s\n# TYPE %s %s\n%s ", name, help, name, type,
            name);
}

void
member_write(const struct member *self, int64_t now_ms, FILE *file)
{
    char why[MEMBER_TEXT_SIZE];

    write_one(file, "coredns_process_ready", "gauge",
              "Whether the process is ready");
    fprintf(file, "%d\n", member_is_ready(self, now_ms, why) ? 1 : 0);
    write_one(file, "coredns_process_restarts_total", "counter",
              "Processes that took the place of another");
    fprintf(file, "%" PRIu64 "\n", self->restarts);
    if (self->usage.resident == 0)
        return;
    write_one(file, "coredns_process_resident_memory_bytes", "gauge",
              "Memory of the process that is in use");
    fprintf(file, "%" PRIu64 "\n", self->usage.resident);
    write_one(file, "coredns_process_cpu_seconds_total", "counter",
              "Time on a processor, user and system");
    fprintf(file, "%" PRIu64 ".%03u\n", self->usage.cpu_ms / 1000,
            (unsigned) (self->usage.cpu_ms % 1000));
    write_one(file, "coredns_process_uptime_seconds", "gauge",
              "Time since the process began");
    fprintf(file, "%" PRIu64 ".%03u\n", self->uptime_ms / 1000,
            (unsigned) (self->uptime_ms % 1000));
}

void
member_clear(struct member *self)
{
    free(self->counters);
    self->counters = NULL;
    self->counters_size = 0;
    self->counters_room = 0;
}
