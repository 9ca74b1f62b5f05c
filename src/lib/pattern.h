/*
 * pattern - a regular expression that somebody wrote in a configuration
 *
 * As everybody writes them: PCRE2 takes what Go and Perl take.  A match is
 * bounded in steps, so that no pattern can keep a process busy.  Programs that
 * use this name libpcre2-8 in their `libraries`.
 */

#ifndef LIB_PATTERN_H
#define LIB_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "coredns/fault.h"

#define CORE_PATTERN_LIMIT 10000        /* octets of a pattern's text */

typedef struct core_pattern core_pattern_t;

/* Returns NULL and a fault "pattern: ..." when the text is no pattern. */
core_pattern_t *
    core_pattern_new(const char *text, struct core_fault *fault);
void
    core_pattern_destroy(core_pattern_t **self_p);

/* True when it matches anywhere in the subject; one that takes too many steps
   does not. */
bool
    core_pattern_match(core_pattern_t *self, const char *subject,
                       size_t size);

/* The number of the group of that number or name; -1 when there is none.
   Group 0 is all that matches. */
int
    core_pattern_group(const core_pattern_t *self, const char *name);

/* How many groups there are, group 0 counted. */
unsigned
    core_pattern_groups(const core_pattern_t *self);

/* The name of the group of that number, or NULL; lent. */
const char *
    core_pattern_group_name(const core_pattern_t *self, unsigned group);

/*
 * What the group holds of the subject that matched last: octets from *start
 * on.  Returns their number; 0 and *start 0 when it took no part.
 */
size_t
    core_pattern_found(const core_pattern_t *self, unsigned group,
                       size_t *start);

#endif
