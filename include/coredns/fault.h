/*
 * fault - what went wrong in the world, where, and why
 *
 * A function that can fail because of a file, a socket or a configuration
 * returns -1 or NULL and fills the fault that its caller lent.  Nobody prints
 * a fault but the top of a program: one line, "path:line: text".
 */

#ifndef COREDNS_FAULT_H
#define COREDNS_FAULT_H

#include <stddef.h>

#define CORE_FAULT_PATH_SIZE 512
#define CORE_FAULT_TEXT_SIZE 512

/* The largest text core_fault_format() writes, with its final NUL. */
#define CORE_FAULT_LINE_SIZE (CORE_FAULT_PATH_SIZE + CORE_FAULT_TEXT_SIZE + 16)

struct core_fault {
    char path[CORE_FAULT_PATH_SIZE];    /* empty when no file is meant */
    int line;                           /* 0 when no line is meant */
    char text[CORE_FAULT_TEXT_SIZE];    /* lower case, no full stop */
};

/*
 * Fills the fault.  path may be NULL.  What does not fit is cut; bytes that
 * are not printable become '?', so that a fault is always one clean line.
 */
void
    core_fault_set(struct core_fault *fault, const char *path, int line,
                   const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Writes "path:line: text" (or the parts there are) and returns line. */
const char *
    core_fault_format(const struct core_fault *fault,
                      char line[CORE_FAULT_LINE_SIZE]);

/*
 * faults - all that is wrong with a file, not only the first thing
 *
 * At most 1,000 are kept.  One that is there already, letter by letter, is not
 * added again.
 */
typedef struct core_faults core_faults_t;

core_faults_t *
    core_faults_new(void);

void
    core_faults_destroy(core_faults_t **self_p);

/* Adds a fault.  path may be NULL; self may be NULL: then it is forgotten. */
void
    core_faults_add(core_faults_t *self, const char *path, int line,
                    const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds a copy of one that exists. */
void
    core_faults_copy(core_faults_t *self, const struct core_fault *fault);

size_t
    core_faults_count(const core_faults_t *self);

/* The fault of that index, in the order of their coming; lent. */
const struct core_fault *
    core_faults_at(const core_faults_t *self, size_t index);

#endif
