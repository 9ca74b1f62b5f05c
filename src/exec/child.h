/*
 * child - a running program, with pipes to it
 *
 * It has a session and so a process group of its own: what it starts is ended
 * with it.  No call here waits for anything.
 */

#ifndef EXEC_CHILD_H
#define EXEC_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "coredns/fault.h"

struct child {
    pid_t pid;
    int watch;                          /* pidfd: readable when it has ended;
                                           -1: the kernel gives none */
    int input;                          /* we write; -1: closed */
    int output, error;                  /* we read; -1: closed */
};

/*
 * Starts the program arguments[0] (searched for in PATH when it has no slash)
 * in that folder.  What goes wrong from the fork on, the child says on its
 * standard error, and ends with 127.  Returns -1 and a fault when there is no
 * child at all.
 */
int
    child_start(struct child *self, char *const *arguments,
                const char *folder, struct core_fault *fault);

/* Closes a descriptor of it and sets it to -1; does nothing at -1. */
void
    child_close(int *descriptor);

/* Sends the signal to all of its group. */
void
    child_signal(const struct child *self, int number);

/* True when it has ended: then what it has left of its group is killed. */
bool
    child_has_ended(const struct child *self);

/* Takes the status (see waitpid(2)) of one that has ended, and closes what is
   still open. */
int
    child_reap(struct child *self);

/* What could not be run in that folder: NULL when there is such a program, or
   else why not.  A constant text. */
const char *
    child_fault(const char *program, const char *folder);

#endif
