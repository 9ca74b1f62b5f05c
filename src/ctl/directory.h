/*
 * directory - the private folder of one running toolkit
 *
 * It holds the endpoints, the checked copy of the configuration, the logs and
 * the lock that says who supervises.  There is one for each configuration
 * file, so that any number of toolkits run side by side and a verb finds the
 * one it is about.
 */

#ifndef CTL_DIRECTORY_H
#define CTL_DIRECTORY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "coredns/fault.h"

#include "ctl/plan.h"

/* Who may enter a folder besides us. */
struct directory_owner {
    const char *user;                   /* NULL: us alone */
    bool is_shared;                     /* with the group of that user */
};

/*
 * The folder's absolute path: override (-r) or else setting (run_directory) or
 * else one of this user for this configuration, made from its real path.
 * override and setting may be NULL.  The path is yours.
 */
char *
    directory_path(const char *override, const char *setting,
                   const char *config_path);

/* The short name of a path, always the same: FNV-1a. */
uint64_t
    directory_hash(const char *text);

/*
 * Makes the folder (and those above it), or checks that the one that is there
 * is ours and private.  A folder that others may enter is refused, unless it
 * is empty or has been a run directory before: then it is closed to them.  One
 * of another user is refused, unless it was root's run directory before and is
 * so again.
 */
int
    directory_prepare(const char *path, const struct directory_owner *owner,
                      struct core_fault *fault);

/* The run directory of a plan, and its state directory when it is not there. */
int
    directory_prepare_all(const struct plan *plan, struct core_fault *fault);

/*
 * Removes what a process of that name has left in the run directory as another
 * user than this one, who could neither use nor replace it.
 */
void
    directory_clear(const char *path, const char *name, const char *user);

/*
 * Opens the log folder, made when it is not there.  The supervisor alone
 * writes in it: it opens the files and hands them on.
 */
int
    directory_open_log(const char *path, struct core_fault *fault);

/*
 * Takes the folder for us, for as long as the descriptor that is returned, or
 * one that was inherited from it, is open.  -1 when another process has it
 * (then *holder is its process id) or on a fault (*holder is 0).
 */
int
    directory_lock(const char *path, pid_t *holder, struct core_fault *fault);

/* Writes our process id into the lock. */
void
    directory_sign(int lock);

/* The process that holds the folder, or 0. */
pid_t
    directory_holder(const char *path);

/*
 * Makes a new file of that path, in the place of any that is there, which the
 * owner's group may read.  The descriptor is for writing; -1 and errno.
 */
int
    directory_create_file(const char *path,
                          const struct directory_owner *owner);

/* Gives a file of ours to the user's group; does nothing when user is NULL. */
void
    directory_share(const char *path, const char *user);

#endif
