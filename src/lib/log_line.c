/*
 * log_line - an event as one line of text or of JSON
 *
 * An error is what a text log is for, so only the other levels are named in
 * it: "coredns-cache: conf/x:14: ..." but "coredns-cache: warning: ...".
 */

#include "lib/log_line.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/printable.h"

static const char *const level_names[] = {
    [CORE_LOG_ERROR] = "error",
    [CORE_LOG_WARNING] = "warning",
    [CORE_LOG_NOTICE] = "notice",
    [CORE_LOG_DEBUG] = "debug",
};

const char *
core_log_line_time(char text[CORE_LOG_TIME_SIZE], int64_t real_us)
{
    time_t seconds = (time_t) (real_us / 1000000);
    char date[CORE_LOG_TIME_SIZE / 2 + 1] = "";
    struct tm parts;

    if (gmtime_r(&seconds, &parts) != NULL)
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text, CORE_LOG_TIME_SIZE, "%s.%03dZ", date,
             (int) (real_us / 1000 % 1000));
    return text;
}

size_t
core_log_line_text(char line[CORE_LOG_LINE_SIZE],
                   const struct core_log_event *event, bool with_time)
{
    char time_text[CORE_LOG_TIME_SIZE];
    int size = snprintf(line, CORE_LOG_LINE_SIZE, "%s%s%s: %s%s%s\n",
        with_time ? core_log_line_time(time_text, event->real_us) : "",
        with_time ? " " : "", event->program,
        event->level == CORE_LOG_ERROR ? "" : level_names[event->level],
        event->level == CORE_LOG_ERROR ? "" : ": ", event->text);

    assert(size > 0);
    if (size < CORE_LOG_LINE_SIZE)
        return (size_t) size;
    line[CORE_LOG_LINE_SIZE - 1] = '\n';
    return CORE_LOG_LINE_SIZE;
}

size_t
core_log_escape(char *out, size_t limit, const char *text)
{
    size_t used = 0;

    while (*text != '\0') {
        size_t size = core_printable_size(text);
        char escaped[8] = "";

        if (size == 0)
            snprintf(escaped, sizeof escaped, "\\u%04x",
                     (unsigned) (unsigned char) *text);
        else if (*text == '"' || *text == '\\')
            snprintf(escaped, sizeof escaped, "\\%c", *text);
        else
            memcpy(escaped, text, size);
        if (used + strlen(escaped) > limit)
            break;
        memcpy(out + used, escaped, strlen(escaped));
        used += strlen(escaped);
        text += size > 0 ? size : 1;
    }
    return used;
}

size_t
core_log_line_json(char line[CORE_LOG_LINE_SIZE],
                   const struct core_log_event *event)
{
    static const char end[] = "\"}\n";
    char time_text[CORE_LOG_TIME_SIZE];
    size_t used = (size_t) snprintf(line, CORE_LOG_LINE_SIZE,
        "{\"time\":\"%s\",\"level\":\"%s\",\"program\":\"",
        core_log_line_time(time_text, event->real_us),
        level_names[event->level]);

    used += core_log_escape(line + used, CORE_LOG_LINE_SIZE / 4,
                            event->program);
    used += (size_t) sprintf(line + used, "\",\"text\":\"");
    used += core_log_escape(line + used,
                            CORE_LOG_LINE_SIZE - used - sizeof end,
                            event->text);
    memcpy(line + used, end, sizeof end - 1);
    return used + sizeof end - 1;
}
