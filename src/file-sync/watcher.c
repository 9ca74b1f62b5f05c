/*
 * watcher - is told when something in a folder has changed
 *
 * What cannot be watched (there is no such folder yet, the kernel's limit is
 * reached, a file system of another machine) is found by looking, which the
 * stage does anyway now and then.
 */

#include "file-sync/watcher.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <czmq.h>

#include "coredns/log.h"
#include "coredns/memory.h"

#define EVENTS_SIZE (64 * 1024)
#define EVENTS (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE \
                | IN_CREATE | IN_ONLYDIR)

struct watch {
    int number;                         /* of inotify */
    char folder[];
};

struct watcher {
    core_loop_t *loop;
    int fd;                             /* -1: there is no inotify */
    watcher_changed *changed;
    void *owner;
    zhashx_t *folders;                  /* path -> struct watch, owned */
    struct watch **watches;             /* by their numbers; NULL: none */
    size_t watch_count;
    bool complained;
};

static void
    read_events(void *owner, int fd, uint32_t events);

static void
free_watch(void **watch_p)
{
    free(*watch_p);
    *watch_p = NULL;
}

watcher_t *
watcher_new(core_loop_t *loop, watcher_changed *changed, void *owner)
{
    watcher_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->changed = changed;
    self->owner = owner;
    self->folders = zhashx_new();
    zhashx_set_destructor(self->folders, free_watch);
    self->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (self->fd != -1)
        core_loop_watch(loop, self->fd, EPOLLIN, read_events, self);
    else
        core_log(CORE_LOG_WARNING, "cannot watch folders: %s",
                 strerror(errno));
    return self;
}

void
watcher_destroy(watcher_t **self_p)
{
    assert(self_p);

    watcher_t *self = *self_p;

    if (self == NULL)
        return;
    if (self->fd != -1) {
        core_loop_unwatch(self->loop, self->fd);
        close(self->fd);
    }
    zhashx_destroy(&self->folders);
    free(self->watches);
    free(self);
    *self_p = NULL;
}

/* A path that does not exist is found later by looking; a limit is worth a
   word, once. */
static void
complain(watcher_t *self, const char *folder)
{
    if (self->complained || errno == ENOENT || errno == ENOTDIR)
        return;
    self->complained = true;
    core_log(CORE_LOG_WARNING, "%s: cannot watch this folder: %s", folder,
             errno == ENOSPC ? "fs.inotify.max_user_watches is too small"
             : strerror(errno));
}

void
watcher_add(watcher_t *self, const char *folder)
{
    if (self->fd == -1 || zhashx_lookup(self->folders, folder) != NULL)
        return;

    int number = inotify_add_watch(self->fd, folder, EVENTS);

    if (number == -1) {
        complain(self, folder);
        return;
    }

    struct watch *watch = core_allocate(sizeof *watch + strlen(folder) + 1);

    watch->number = number;
    strcpy(watch->folder, folder);
    if ((size_t) number >= self->watch_count) {
        size_t count = 2 * (size_t) number + 1;

        self->watches = core_reallocate(self->watches,
                                        count * sizeof *self->watches);
        memset(self->watches + self->watch_count, 0,
               (count - self->watch_count) * sizeof *self->watches);
        self->watch_count = count;
    }
    self->watches[number] = watch;
    zhashx_update(self->folders, folder, watch);
}

/* A plain file that has just been made is empty: its writer will close it.
   Links, folders and second names are whole at once. */
static bool
is_whole(const struct watch *watch, const char *name)
{
    char path[PATH_MAX];
    struct stat status;

    if (snprintf(path, sizeof path, "%s/%s", watch->folder, name)
        >= (int) sizeof path || lstat(path, &status) == -1)
        return false;
    return !S_ISREG(status.st_mode) || status.st_nlink > 1;
}

/* The folder is gone, or was moved away. */
static void
forget(watcher_t *self, struct watch *watch)
{
    self->watches[watch->number] = NULL;
    if (zhashx_lookup(self->folders, watch->folder) == watch)
        zhashx_delete(self->folders, watch->folder);
}

static void
handle_event(watcher_t *self, const struct inotify_event *event)
{
    struct watch *watch = event->wd >= 0
        && (size_t) event->wd < self->watch_count
        ? self->watches[event->wd] : NULL;

    if ((event->mask & IN_Q_OVERFLOW) != 0) {
        self->changed(self->owner, &(struct watcher_event) {
            .folder = NULL
        });
    } else if (watch != NULL && (event->mask & IN_IGNORED) != 0) {
        forget(self, watch);
    } else if (watch != NULL && event->len > 0
               && ((event->mask & IN_CREATE) == 0
                   || is_whole(watch, event->name))) {
        self->changed(self->owner, &(struct watcher_event) {
            .folder = watch->folder, .name = event->name,
            .is_folder = (event->mask & IN_ISDIR) != 0,
            .is_gone = (event->mask & (IN_DELETE | IN_MOVED_FROM)) != 0,
        });
    }
}

static void
read_events(void *owner, int fd, uint32_t events)
{
    watcher_t *self = owner;
    char *buffer = core_allocate(EVENTS_SIZE);
    ssize_t size = read(fd, buffer, EVENTS_SIZE);

    (void) events;
    for (ssize_t offset = 0; offset < size;) {
        struct inotify_event event;

        /* Aligned for it by the kernel, but not known to the compiler. */
        const struct inotify_event *at =
            (const struct inotify_event *) (const void *) (buffer + offset);

        memcpy(&event, at, sizeof event);
        handle_event(self, at);
        offset += (ssize_t) (sizeof event + event.len);
    }
    free(buffer);
}
