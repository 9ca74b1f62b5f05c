/*
 * log_sink - where log lines go: standard error, or a file that is rotated
 */

#ifndef LIB_LOG_SINK_H
#define LIB_LOG_SINK_H

#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"

typedef struct core_log_sink core_log_sink_t;

core_log_sink_t *
    core_log_sink_stderr(void);

/*
 * Opens the file for appending and makes it when it is missing.  Once it holds
 * size octets it is renamed to "path.1" and begun anew; 0: never.  Returns
 * NULL and a fault when it cannot be opened.
 */
core_log_sink_t *
    core_log_sink_file(const char *path, int64_t size,
                       struct core_fault *fault);

void
    core_log_sink_destroy(core_log_sink_t **self_p);

/* For a line that matters: as long as a write may wait for the reader. */
#define CORE_LOG_PATIENCE_MS 100

/*
 * Writes the lines with one call.  Returns -1 when they could not be written:
 * the reader is gone, stands still, or the disk is full.  Waits no longer than
 * that, and not at all when the lines before were lost.
 */
int
    core_log_sink_write(core_log_sink_t *self, const char *lines, size_t size,
                        int patience_ms);

#endif
