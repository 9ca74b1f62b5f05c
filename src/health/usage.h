/*
 * usage - what a process takes of the machine
 */

#ifndef HEALTH_USAGE_H
#define HEALTH_USAGE_H

#include <stdint.h>
#include <sys/types.h>

struct usage {
    uint64_t resident;                  /* octets */
    uint64_t cpu_ms;                    /* user and system, since its start */
};

/*
 * Asks the kernel for the usage of the process.  Returns -1 when there is no
 * such process, or it may not be looked at; self is unchanged then.
 */
int
    usage_read(struct usage *self, pid_t pid);

/*
 * Takes the usage from the text of /proc/PID/stat.  page_size is in octets,
 * tick_ms how long a clock tick is.  Returns -1 when that is not such a text.
 */
int
    usage_from_stat(struct usage *self, const char *text, uint64_t page_size,
                    uint64_t tick_ms);

#endif
