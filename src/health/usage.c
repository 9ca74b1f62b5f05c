/*
 * usage - what a process takes of the machine
 *
 * One small file tells both figures, so one read a second and process is all
 * it costs.
 */

#include "health/usage.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The name of a program may hold anything, blanks and brackets too: the last
   bracket is the one that ends it.  See proc(5) for the fields behind it. */
int
usage_from_stat(struct usage *self, const char *text, uint64_t page_size,
                uint64_t tick_ms)
{
    const char *name_end = strrchr(text, ')');
    uint64_t user_ticks, system_ticks, pages;

    if (name_end == NULL
        || sscanf(name_end, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
                  "%" SCNu64 " %" SCNu64 " %*d %*d %*d %*d %*d %*d %*u %*u "
                  "%" SCNu64, &user_ticks, &system_ticks, &pages) != 3)
        return -1;
    self->resident = pages * page_size;
    self->cpu_ms = (user_ticks + system_ticks) * tick_ms;
    return 0;
}

int
usage_read(struct usage *self, pid_t pid)
{
    char path[32];
    char text[1024];

    snprintf(path, sizeof path, "/proc/%ld/stat", (long) pid);

    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd == -1)
        return -1;

    ssize_t size = read(fd, text, sizeof text - 1);

    close(fd);
    if (size <= 0)
        return -1;
    text[size] = '\0';
    return usage_from_stat(self, text, (uint64_t) sysconf(_SC_PAGESIZE),
                           1000 / (uint64_t) sysconf(_SC_CLK_TCK));
}
