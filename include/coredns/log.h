/*
 * log - one line for each event that somebody must know
 *
 * A line is "program: level: text", or a JSON object a line.  It goes to
 * standard error, to a file or to syslog.  The log is the one thing in a
 * process that is not handed down: there is one for each process, as there is
 * one standard error.
 *
 * Nothing that a stranger can repeat at will is logged above "debug", but for
 * what the configuration asks for by name: that goes by core_log_traffic().
 */

#ifndef COREDNS_LOG_H
#define COREDNS_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"

enum core_log_level {
    CORE_LOG_ERROR,
    CORE_LOG_WARNING,
    CORE_LOG_NOTICE,
    CORE_LOG_DEBUG,
};

enum core_log_format { CORE_LOG_TEXT, CORE_LOG_JSON };

enum core_log_target { CORE_LOG_STDERR, CORE_LOG_FILE, CORE_LOG_SYSLOG };

struct core_log_options {
    enum core_log_level level;          /* lines above it are not written */
    enum core_log_format format;
    enum core_log_target target;
    const char *path;                   /* of the file, when target is one */
    int64_t size;                       /* bytes at which a file is renamed
                                           to "path.1"; 0: never */
    bool with_time;                     /* in text lines; always in a file */
};

/*
 * Opens the log under that name ("coredns-authority" or
 * "coredns-authority[authority.2]").  May be called again: on a fault the
 * former log stays.  Before the first call lines go to standard error as text,
 * up to CORE_LOG_NOTICE.
 */
int
    core_log_open(const char *name, const struct core_log_options *options,
                  struct core_fault *fault);

void
    core_log_level_set(enum core_log_level level);

/* True when a line of that level would be written. */
bool
    core_log_wants(enum core_log_level level);

void
    core_log(enum core_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void
    core_log_fault(enum core_log_level level, const struct core_fault *fault);

/*
 * For lines that come with the traffic.  They are gathered and written many at
 * a time, by core_log_flush() or when 4 KiB have come together, and nobody is
 * waited for: what the reader does not take at once is lost, counted, and told
 * later.  The text is made printable in place.
 */
void
    core_log_traffic(enum core_log_level level, char *text);

/* The same for a line that is a JSON object already: it is not wrapped. */
void
    core_log_traffic_object(const char *object);

/* Writes what was gathered; a stage's loop does so at the end of each round. */
void
    core_log_flush(void);

/* Now as a line of JSON has it: "2026-01-31T08:00:00.000Z". */
#define CORE_LOG_TIME_SIZE 40
const char *
    core_log_time(char text[CORE_LOG_TIME_SIZE]);

/* The text escaped as in a JSON string (RFC 8259 section 7), as much of it as
   limit octets take; returns those written.  There is no NUL. */
size_t
    core_log_escape(char *out, size_t limit, const char *text);

/* The last line of level error, without its prefix; "" when there is none. */
const char *
    core_log_last_error(void);

#endif
