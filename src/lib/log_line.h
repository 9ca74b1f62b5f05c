/*
 * log_line - an event as one line of text or of JSON
 */

#ifndef LIB_LOG_LINE_H
#define LIB_LOG_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/log.h"

#define CORE_LOG_TEXT_SIZE CORE_FAULT_LINE_SIZE

/* PIPE_BUF: what a pipe takes whole, so that lines of two processes that
   share one do not mix. */
#define CORE_LOG_LINE_SIZE 4096

struct core_log_event {
    const char *program;
    enum core_log_level level;
    const char *text;
    int64_t real_us;                    /* see core_clock_real_us() */
};

/*
 * Both return the octets written, the final line feed counted; there is no
 * NUL.  What does not fit is cut.
 */
size_t
    core_log_line_text(char line[CORE_LOG_LINE_SIZE],
                       const struct core_log_event *event, bool with_time);
size_t
    core_log_line_json(char line[CORE_LOG_LINE_SIZE],
                       const struct core_log_event *event);

/* The moment in UTC, to the millisecond. */
const char *
    core_log_line_time(char text[CORE_LOG_TIME_SIZE], int64_t real_us);

#endif
