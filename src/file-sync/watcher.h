/*
 * watcher - is told when something in a folder has changed
 *
 * inotify on folders, not on files: an editor replaces a file, a ConfigMap
 * turns a link, and both are changes of the folder.  A file that is being
 * written is told of when its writer closes it.
 */

#ifndef FILE_SYNC_WATCHER_H
#define FILE_SYNC_WATCHER_H

#include <stdbool.h>

#include "coredns/loop.h"

typedef struct watcher watcher_t;

/* What has happened.  folder NULL: something was missed, and anything may have
   changed. */
struct watcher_event {
    const char *folder;
    const char *name;
    bool is_folder;                     /* the name is one */
    bool is_gone;                       /* it is not there any more */
};

typedef void watcher_changed(void *owner, const struct watcher_event *event);

watcher_t *
    watcher_new(core_loop_t *loop, watcher_changed *changed, void *owner);
void
    watcher_destroy(watcher_t **self_p);

/* Watches a folder too; does nothing when it is watched or cannot be.  The
   path is one of realpath(3), for a folder has one watch and one name. */
void
    watcher_add(watcher_t *self, const char *folder);

#endif
