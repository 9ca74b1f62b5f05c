/*
 * spawn - starting a program: fork, what must differ in the child, exec
 */

#ifndef CTL_SPAWN_H
#define CTL_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "coredns/fault.h"
#include "coredns/handover.h"

/* The byte in front of a line on the notice pipe that says why the program
   could not be started; the rest is the child's own. */
#define SPAWN_FAILED '\1'
#define SPAWN_EXIT 126                  /* exit code then */

struct launch {
    const char *path;
    char *const *arguments;             /* ended by NULL */
    const char *folder;                 /* NULL: where we are */
    const char *user;                   /* NULL: as we are */
    const char *group_of;               /* see core_privilege_drop() */
    bool reads_any_file;
    const struct core_handover *descriptors;    /* passed by LISTEN_FDS; or
                                                   NULL */
    int output;                         /* standard output and error; -1:
                                           ours */
};

/*
 * Starts it, in a session of its own.  *notice_p becomes the reading end of a
 * pipe whose writing end the program has as "--ready FD", which is added to
 * its arguments; the caller closes it.  With notice_p NULL there is none.
 * Returns -1 and a fault when there is no process to be had.
 */
pid_t
    spawn(const struct launch *launch, int *notice_p,
          struct core_fault *fault);

#endif
