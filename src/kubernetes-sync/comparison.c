/*
 * comparison - a list that is held against what a watch has told
 */

#include "kubernetes-sync/comparison.h"

#include <czmq.h>
#include <stdio.h>

#include "coredns/log.h"
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

void
comparison_begin(struct comparison *self, enum object_kind kind)
{
    comparison_end(self);
    *self = (struct comparison) {
        .kind = kind, .is_running = true, .deleted = zhashx_new(),
    };
}

uint64_t
comparison_end(struct comparison *self)
{
    uint64_t repaired = self->repaired;

    zhashx_destroy(&self->deleted);
    *self = (struct comparison) { .kind = self->kind };
    return repaired;
}

void
comparison_note_gone(struct comparison *self, const struct object *object)
{
    char key[KEY_SIZE];

    if (!self->is_running)
        return;
    if (zhashx_size(self->deleted) >= DELETED)
        self->is_void = true;
    else
        zhashx_update(self->deleted, object_key(object, key), "");
}

bool
comparison_is_gone(const struct comparison *self, const struct object *object)
{
    char key[KEY_SIZE];

    return zhashx_lookup(self->deleted, object_key(object, key)) != NULL;
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
