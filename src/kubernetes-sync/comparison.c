/*
 * comparison - a list that is held against what a watch has told
 */

#include "kubernetes-sync/comparison.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "kubernetes-sync/reflector.h"

#define REPAIRS 16                      /* that are told one by one */
#define DELETED 100000                  /* objects that are remembered */
#define KEY_SIZE 600

static char *
object_key(const struct object *object, char key[KEY_SIZE])
{
    snprintf(key, KEY_SIZE, "%s/%s", object->space, object->name);
    return key;
}

static int
compare_keys(const void *left, const void *right)
{
    return strcmp(left, right);
}

void
comparison_begin(struct comparison *self, enum object_kind kind)
{
    comparison_end(self);
    *self = (struct comparison) { .kind = kind, .is_running = true };
}

uint64_t
comparison_end(struct comparison *self)
{
    uint64_t repaired = self->repaired;

    tdestroy(self->deleted, free);
    *self = (struct comparison) { .kind = self->kind };
    return repaired;
}

void
comparison_note_gone(struct comparison *self, const struct object *object)
{
    char key[KEY_SIZE];

    if (!self->is_running)
        return;
    if (self->deleted_count >= DELETED) {
        self->is_void = true;
        return;
    }

    char *one = core_copy_text(object_key(object, key));
    char **place = tsearch(one, &self->deleted, compare_keys);

    if (*place == one)
        self->deleted_count++;
    else
        free(one);                      /* it has gone before */
}

bool
comparison_is_gone(const struct comparison *self, const struct object *object)
{
    char key[KEY_SIZE];

    return tfind(object_key(object, key), &self->deleted, compare_keys)
        != NULL;
}

void
comparison_repair(struct comparison *self, const char *space,
                  const char *name)
{
    if (self->repaired++ < REPAIRS)
        core_log(CORE_LOG_WARNING, "%s: %s%s%s is repaired",
                 reflector_name(self->kind), space,
                 *space == '\0' ? "" : "/", name);
}
