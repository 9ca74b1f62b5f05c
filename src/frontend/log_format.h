/*
 * log_format - how a line of the query log is written
 *
 * A text with placeholders, as CoreDNS's directive log has them: {remote},
 * {port}, {>id}... and {common}, {combined}; coredns-frontend(8) lists them.
 * One that nobody knows becomes "-".
 */

#ifndef FRONTEND_LOG_FORMAT_H
#define FRONTEND_LOG_FORMAT_H

#include "frontend/exchange.h"

#define LOG_FORMAT_SIZE 2048            /* octets of a line, at most */

typedef struct log_format log_format_t;

log_format_t *
    log_format_new(const char *text);
void
    log_format_destroy(log_format_t **self_p);

/* Writes the line, cut where it does not fit, with a NUL; returns its size. */
size_t
    log_format_write(const log_format_t *self, const struct exchange *exchange,
                     char line[LOG_FORMAT_SIZE]);

/* Writes the same exchange as a JSON object, coredns-frontend(8) has its keys;
   never cut. */
size_t
    log_format_json(const struct exchange *exchange, const char *program,
                    char object[LOG_FORMAT_SIZE]);

#endif
