/*
 * log - one line for each event that somebody must know
 *
 * A line is written with one call and never waited for: a process that stands
 * still because nobody reads its complaints is worse than a lost complaint.
 * What is lost is counted and told with the next line that gets through.
 */

#include "coredns/log.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "coredns/clock.h"
#include "lib/log_line.h"
#include "lib/log_sink.h"
#include "lib/printable.h"

#define LOG_NAME_SIZE 128

/* The log is the process' own, as its standard error is. */
static struct {
    enum core_log_level level;
    enum core_log_format format;
    enum core_log_target target;
    bool with_time;
    core_log_sink_t *sink;              /* NULL: not opened yet, or syslog */
    char name[LOG_NAME_SIZE];           /* "": as the program is called */
    char last_error[CORE_LOG_TEXT_SIZE];
    uint64_t lost;
    char traffic[CORE_LOG_LINE_SIZE];   /* lines that wait to be written */
    size_t traffic_size;
    unsigned traffic_lines;
} process_log = { .level = CORE_LOG_NOTICE };

static const int priorities[] = {
    [CORE_LOG_ERROR] = LOG_ERR,
    [CORE_LOG_WARNING] = LOG_WARNING,
    [CORE_LOG_NOTICE] = LOG_NOTICE,
    [CORE_LOG_DEBUG] = LOG_DEBUG,
};

/* Opens what the options ask for; *sink_p stays NULL for syslog. */
static int
open_sink(const struct core_log_options *options, core_log_sink_t **sink_p,
          struct core_fault *fault)
{
    *sink_p = NULL;
    if (options->target == CORE_LOG_SYSLOG)
        return 0;
    if (options->target == CORE_LOG_STDERR) {
        *sink_p = core_log_sink_stderr();
        return 0;
    }
    if (options->path == NULL) {
        core_fault_set(fault, NULL, 0,
                       "the log goes to a file, but none is named");
        return -1;
    }
    *sink_p = core_log_sink_file(options->path, options->size, fault);
    return *sink_p != NULL ? 0 : -1;
}

int
core_log_open(const char *name, const struct core_log_options *options,
              struct core_fault *fault)
{
    core_log_sink_t *sink;

    assert(name && options && fault);
    if (open_sink(options, &sink, fault) == -1)
        return -1;

    core_log_flush();
    core_log_sink_destroy(&process_log.sink);
    if (process_log.target == CORE_LOG_SYSLOG)
        closelog();
    process_log.sink = sink;
    process_log.level = options->level;
    process_log.format = options->format;
    process_log.target = options->target;
    process_log.with_time = options->with_time
        || options->target == CORE_LOG_FILE;
    snprintf(process_log.name, sizeof process_log.name, "%s", name);
    if (options->target == CORE_LOG_SYSLOG)
        openlog(process_log.name, LOG_NDELAY, LOG_DAEMON);
    return 0;
}

void
core_log_level_set(enum core_log_level level)
{
    process_log.level = level;
}

bool
core_log_wants(enum core_log_level level)
{
    return level <= process_log.level;
}

static core_log_sink_t *
sink(void)
{
    if (process_log.sink == NULL)
        process_log.sink = core_log_sink_stderr();
    return process_log.sink;
}

static size_t
make_line(char line[CORE_LOG_LINE_SIZE], enum core_log_level level,
          const char *text)
{
    struct core_log_event event = {
        .program = process_log.name[0] != '\0' ? process_log.name
                                               : program_invocation_short_name,
        .level = level,
        .text = text,
        .real_us = core_clock_real_us(),
    };

    return process_log.format == CORE_LOG_JSON
           ? core_log_line_json(line, &event)
           : core_log_line_text(line, &event, process_log.with_time);
}

static void
write_line(enum core_log_level level, const char *text, int patience_ms)
{
    char line[CORE_LOG_LINE_SIZE];
    size_t size = make_line(line, level, text);

    if (core_log_sink_write(sink(), line, size, patience_ms) == -1)
        process_log.lost++;
}

/* Tells of the lines that could not be written, once one can again. */
static void
tell_of_lost_lines(int patience_ms)
{
    char text[64];
    uint64_t lost = process_log.lost;

    if (lost == 0)
        return;
    process_log.lost = 0;
    snprintf(text, sizeof text, "%ju log lines were lost", (uintmax_t) lost);
    write_line(CORE_LOG_WARNING, text, patience_ms);
    if (process_log.lost > 0)
        process_log.lost = lost;
}

/* True when the line is to be written here: it is wanted and no syslog(3)
   takes it. */
static bool
is_for_sink(enum core_log_level level, const char *text)
{
    if (level == CORE_LOG_ERROR)
        snprintf(process_log.last_error, sizeof process_log.last_error, "%s",
                 text);
    if (!core_log_wants(level))
        return false;
    if (process_log.target != CORE_LOG_SYSLOG)
        return true;
    syslog(priorities[level], "%s", text);
    return false;
}

static void
log_text(enum core_log_level level, char *text)
{
    core_printable_clean(text);
    if (!is_for_sink(level, text))
        return;
    core_log_flush();
    tell_of_lost_lines(CORE_LOG_PATIENCE_MS);
    write_line(level, text, CORE_LOG_PATIENCE_MS);
}

void
core_log(enum core_log_level level, const char *format, ...)
{
    char text[CORE_LOG_TEXT_SIZE];
    va_list arguments;

    assert(format && level <= CORE_LOG_DEBUG);
    if (!core_log_wants(level) && level != CORE_LOG_ERROR)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    log_text(level, text);
}

void
core_log_fault(enum core_log_level level, const struct core_fault *fault)
{
    char text[CORE_LOG_TEXT_SIZE];

    assert(fault && level <= CORE_LOG_DEBUG);
    core_fault_format(fault, text);
    log_text(level, text);
}

/* ---- lines that come with the traffic ------------------------------------ */

void
core_log_flush(void)
{
    size_t size = process_log.traffic_size;
    unsigned lines = process_log.traffic_lines;

    if (size == 0)
        return;
    process_log.traffic_size = process_log.traffic_lines = 0;
    if (core_log_sink_write(sink(), process_log.traffic, size, 0) == -1)
        process_log.lost += lines;
    else
        tell_of_lost_lines(0);
}

static void
gather(const char *line, size_t size)
{
    if (process_log.traffic_size + size > sizeof process_log.traffic)
        core_log_flush();
    memcpy(process_log.traffic + process_log.traffic_size, line, size);
    process_log.traffic_size += size;
    process_log.traffic_lines++;
}

void
core_log_traffic(enum core_log_level level, char *text)
{
    char line[CORE_LOG_LINE_SIZE];

    assert(text && level <= CORE_LOG_DEBUG);
    core_printable_clean(text);
    if (is_for_sink(level, text))
        gather(line, make_line(line, level, text));
}

void
core_log_traffic_object(const char *object)
{
    char line[CORE_LOG_LINE_SIZE];

    assert(object);
    if (!is_for_sink(CORE_LOG_NOTICE, object))
        return;

    int size = snprintf(line, sizeof line, "%s\n", object);

    assert(size > 0 && size < (int) sizeof line);
    gather(line, (size_t) size);
}

const char *
core_log_time(char text[CORE_LOG_TIME_SIZE])
{
    return core_log_line_time(text, core_clock_real_us());
}

const char *
core_log_last_error(void)
{
    return process_log.last_error;
}
