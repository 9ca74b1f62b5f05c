/*
 * roster - the processes of the toolkit
 *
 * A toolkit has a few dozen processes, so an array that is searched from the
 * front is as fast as anything, and is in the order of the configuration.
 */

#include "health/roster.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

struct roster {
    struct member *members[ROSTER_MEMBERS];
    size_t count;
    struct member *before[ROSTER_MEMBERS];  /* from begin to end: the former */
    size_t before_count;
};

roster_t *
roster_new(void)
{
    return core_allocate(sizeof (roster_t));
}

static void
free_member(struct member *member)
{
    if (member == NULL)
        return;
    member_clear(member);
    free(member);
}

void
roster_destroy(roster_t **self_p)
{
    assert(self_p);

    roster_t *self = *self_p;

    if (self == NULL)
        return;
    roster_end(self);
    for (size_t i = 0; i < self->count; i++)
        free_member(self->members[i]);
    free(self);
    *self_p = NULL;
}

/* ---- the list ------------------------------------------------------------ */

void
roster_begin(roster_t *self)
{
    assert(self->before_count == 0);
    memcpy(self->before, self->members, sizeof self->members);
    self->before_count = self->count;
    self->count = 0;
}

/* The member of that name from the former list, taken out of it, or NULL. */
static struct member *
take_former(roster_t *self, const char *name)
{
    for (size_t i = 0; i < self->before_count; i++) {
        struct member *member = self->before[i];

        if (member != NULL && strcmp(member->name, name) == 0) {
            self->before[i] = NULL;
            return member;
        }
    }
    return NULL;
}

bool
roster_add(roster_t *self, const char *stage, const char *name,
           int64_t now_ms)
{
    if (self->count == ROSTER_MEMBERS || strlen(name) >= MEMBER_NAME_SIZE
        || strlen(stage) >= MEMBER_NAME_SIZE)
        return false;

    struct member *member = take_former(self, name);

    if (member == NULL) {
        member = core_allocate(sizeof *member);
        strcpy(member->name, name);
        member->heard_ms = now_ms;
    }
    strcpy(member->stage, stage);
    self->members[self->count++] = member;
    return true;
}

void
roster_end(roster_t *self)
{
    for (size_t i = 0; i < self->before_count; i++)
        free_member(self->before[i]);
    self->before_count = 0;
}

size_t
roster_count(const roster_t *self)
{
    return self->count;
}

struct member *
roster_at(const roster_t *self, size_t index)
{
    assert(index < self->count);
    return self->members[index];
}

struct member *
roster_find(const roster_t *self, const char *name, size_t size)
{
    for (size_t i = 0; i < self->count; i++)
        if (strlen(self->members[i]->name) == size
            && memcmp(self->members[i]->name, name, size) == 0)
            return self->members[i];
    return NULL;
}

/* ---- readiness ----------------------------------------------------------- */

bool
roster_is_ready(const roster_t *self, enum roster_demand demand,
                int64_t now_ms)
{
    char why[MEMBER_TEXT_SIZE];

    for (size_t i = 0; i < self->count; i++)
        if (!member_is_ready(self->members[i], now_ms, why)
            && !(demand == ROSTER_READY_ONCE && self->members[i]->was_ready))
            return false;
    return true;
}

void
roster_write(const roster_t *self, enum roster_lines lines, int64_t now_ms,
             FILE *file)
{
    for (size_t i = 0; i < self->count; i++) {
        char why[MEMBER_TEXT_SIZE];
        const struct member *member = self->members[i];
        bool is_ready = member_is_ready(member, now_ms, why);
        bool is_wanted = lines == ROSTER_ALL
            || (lines == ROSTER_NOT_READY ? !is_ready : !member->was_ready);

        if (is_wanted)
            fprintf(file, "%s: %s\n", member->name, is_ready ? "ready" : why);
    }
}
