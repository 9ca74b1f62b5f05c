/*
 * roster - the processes of the toolkit
 *
 * Who belongs to it is said by the configuration, see census.h; how each one
 * is, by itself, see member.h.
 */

#ifndef HEALTH_ROSTER_H
#define HEALTH_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "health/member.h"

#define ROSTER_MEMBERS 256              /* at most */

typedef struct roster roster_t;

roster_t *
    roster_new(void);

void
    roster_destroy(roster_t **self_p);

/*
 * Makes the list anew: begin, add each process, end.  What is known of those
 * that are still on the list stays, the others go.  roster_add() returns false
 * when there are too many, or the name is too long.
 */
void
    roster_begin(roster_t *self);
bool
    roster_add(roster_t *self, const char *stage, const char *name,
               int64_t now_ms);
void
    roster_end(roster_t *self);

size_t
    roster_count(const roster_t *self);

/* The members in the order they were added; lent until roster_end(). */
struct member *
    roster_at(const roster_t *self, size_t index);

/* The member of that name (size octets), or NULL. */
struct member *
    roster_find(const roster_t *self, const char *name, size_t size);

/* Who counts as ready: who is, or also who was at any time. */
enum roster_demand { ROSTER_READY_NOW, ROSTER_READY_ONCE };

/* Says whether all are ready. */
bool
    roster_is_ready(const roster_t *self, enum roster_demand demand,
                    int64_t now_ms);

/* Which lines roster_write() writes: of those that are not ready, of those
   that never were, of all. */
enum roster_lines { ROSTER_NOT_READY, ROSTER_NEVER_READY, ROSTER_ALL };

/* Writes a line "NAME: reason" or "NAME: ready" for each of them. */
void
    roster_write(const roster_t *self, enum roster_lines lines,
                 int64_t now_ms, FILE *file);

#endif
