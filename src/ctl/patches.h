/*
 * patches - programs that were put on the wires by hand
 *
 * A swapped program stands in the place of a stage's own; an inserted one in
 * front of a stage.  They are no part of the configuration and end with the
 * toolkit; a supervisor that takes over finds them in the run directory.
 */

#ifndef CTL_PATCHES_H
#define CTL_PATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "coredns/fault.h"

enum patch_kind {
    PATCH_SWAP, PATCH_INSERT,
    PATCH_TRIAL,                        /* beside the stage, and nobody asks it:
                                           to see whether it would do */
};

#define PATCH_TRIAL_NAME "trial"

struct patch {
    enum patch_kind kind;
    char *name;                         /* the stage whose program it takes the
                                           place of, or what is inserted */
    char *before;                       /* the stage, or the one it is tried
                                           for; NULL: swapped */
    char *folder;                       /* the program is started there */
    char **command;                     /* its path and words; ended by NULL */
    pid_t lease;                        /* it goes with that process; 0: it
                                           stays */
};

struct patches {
    struct patch *list;                 /* in the order they were made */
    size_t count, capacity;
};

/* Frees what a patch points to. */
void
    patch_free(struct patch *patch);

/* A second list of the same patches. */
void
    patches_copy(struct patches *self, const struct patches *from);

/* Frees all; the list is empty then. */
void
    patches_free(struct patches *self);

/* The one of that name, or NULL. */
const struct patch *
    patches_find(const struct patches *self, const char *name);

/* Adds a copy of it, in the place of one of the same name. */
void
    patches_put(struct patches *self, const struct patch *patch);

/* Takes the one of that name out; false when there is none.  What was inserted
   in front of it stands in front of what was behind it then. */
bool
    patches_remove(struct patches *self, const char *name);

/*
 * Reads them from a file that patches_save() wrote.  Without a file, or when it
 * holds anything else, there are none.
 */
void
    patches_load(struct patches *self, const char *path);

/* Writes them for us alone; without any the file goes. */
int
    patches_save(const struct patches *self, const char *path,
                 struct core_fault *fault);

#endif
