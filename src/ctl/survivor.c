/*
 * survivor - stages that live in a run directory, with or without supervisor
 */

#include "ctl/survivor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "coredns/memory.h"

#define LOCK_SUFFIX ".control.lock"
#define OWN_NAME "corednsctl"
#define COMMAND_SIZE 65536

/* What a small file holds, ended by NUL; the octets read, or -1. */
static ssize_t
read_file(int folder, const char *path, char *text, size_t text_size)
{
    int fd = openat(folder, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

    if (fd == -1)
        return -1;

    ssize_t size = read(fd, text, text_size - 1);

    close(fd);
    if (size >= 0)
        text[size] = '\0';
    return size;
}

/* True when the process was started with that argument. */
static bool
has_argument(pid_t pid, const char *argument)
{
    static char command[COMMAND_SIZE];
    char path[64];

    snprintf(path, sizeof path, "/proc/%ld/cmdline", (long) pid);

    ssize_t size = read_file(AT_FDCWD, path, command, sizeof command);

    for (const char *word = command; size > 0 && word < command + size;
         word += strlen(word) + 1)
        if (strcmp(word, argument) == 0)
            return true;
    return false;
}

static void
add_if_alive(struct survivors *self, const char *run_directory, int folder,
             const char *file)
{
    struct survivor found = { .pid = 0 };
    char text[24];
    char endpoint[PLAN_ENDPOINT_SIZE];
    size_t size = strlen(file);

    if (size <= strlen(LOCK_SUFFIX)
        || strcmp(file + size - strlen(LOCK_SUFFIX), LOCK_SUFFIX) != 0)
        return;
    size -= strlen(LOCK_SUFFIX);
    if (size >= sizeof found.name)
        return;
    memcpy(found.name, file, size);
    if (strcmp(found.name, OWN_NAME) == 0
        || read_file(folder, file, text, sizeof text) <= 0)
        return;
    found.pid = (pid_t) atol(text);
    plan_endpoint(run_directory, found.name, "control", endpoint);
    if (found.pid <= 1 || !has_argument(found.pid, endpoint))
        return;
    self->list = core_grow(self->list, self->count, &self->capacity,
                           sizeof *self->list);
    self->list[self->count++] = found;
}

void
survivors_find(struct survivors *self, const char *run_directory)
{
    DIR *folder = opendir(run_directory);

    *self = (struct survivors) { .count = 0 };
    if (folder == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        add_if_alive(self, run_directory, dirfd(folder), entry->d_name);
    closedir(folder);
}

void
survivors_free(struct survivors *self)
{
    free(self->list);
    *self = (struct survivors) { .count = 0 };
}

pid_t
survivors_pid(const struct survivors *self, const char *name)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->list[i].name, name) == 0)
            return self->list[i].pid;
    return 0;
}

/* ---- ending them --------------------------------------------------------- */

/* Ends one, and waits until it is gone. */
static void
stop_one(const struct survivor *one, int64_t limit_ms)
{
    struct pollfd watch = { .fd = pidfd_open(one->pid, 0),
                            .events = POLLIN };

    if (watch.fd == -1)
        return;                         /* gone already */
    if (pidfd_send_signal(watch.fd, SIGTERM, NULL, 0) == -1)
        fprintf(stderr, "corednsctl: %s: cannot end process %ld: %s\n",
                one->name, (long) one->pid, strerror(errno));
    else if (poll(&watch, 1, (int) limit_ms) == 0) {
        fprintf(stderr, "corednsctl: %s: not drained after %d s, killed\n",
                one->name, (int) (limit_ms / 1000));
        pidfd_send_signal(watch.fd, SIGKILL, NULL, 0);
        poll(&watch, 1, -1);
    }
    close(watch.fd);
}

void
survivors_stop(const struct survivors *self, const struct plan *plan)
{
    for (size_t i = plan == NULL ? 0 : plan->process_count; i > 0; i--) {
        const struct plan_process *process = &plan->processes[i - 1];

        for (size_t j = 0; j < self->count; j++)
            if (strcmp(self->list[j].name, process->name) == 0)
                stop_one(&self->list[j], process->stage->kill_ms);
    }

    /* Those the plan does not know; the others are gone by now. */
    for (size_t j = 0; j < self->count; j++)
        if (plan == NULL || plan_process(plan, self->list[j].name) == NULL)
            stop_one(&self->list[j], PLAN_KILL_MS);
}
