/*
 * splitter - messages cut out of a stream of JSON objects
 */

#include "etcd-sync/splitter.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define KEPT_SIZE (256 * 1024)          /* memory kept between messages */

struct splitter {
    size_t limit;
    void (*message)(void *owner, const char *text, size_t size);
    void *owner;
    char *bytes;                        /* what there is of a message */
    size_t size;
    size_t capacity;
    size_t depth;                       /* braces and brackets open */
    bool is_in_string;
    bool is_escaped;
    bool is_full;
};

splitter_t *
splitter_new(size_t limit,
             void (*message)(void *owner, const char *text, size_t size),
             void *owner)
{
    splitter_t *self = core_allocate(sizeof *self);

    self->limit = limit;
    self->message = message;
    self->owner = owner;
    return self;
}

void
splitter_destroy(splitter_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    free((*self_p)->bytes);
    free(*self_p);
    *self_p = NULL;
}

bool
splitter_is_full(const splitter_t *self)
{
    return self->is_full;
}

void
splitter_reset(splitter_t *self)
{
    self->size = 0;
    self->depth = 0;
    self->is_in_string = self->is_escaped = false;
    if (self->capacity > KEPT_SIZE) {
        free(self->bytes);
        self->bytes = NULL;
        self->capacity = 0;
    }
}

/* Looks at one octet; true when the object ends with it. */
static bool
look(splitter_t *self, char octet)
{
    if (self->is_escaped) {
        self->is_escaped = false;
    } else if (self->is_in_string) {
        self->is_escaped = octet == '\\';
        self->is_in_string = octet != '"';
    } else if (octet == '"') {
        self->is_in_string = true;
    } else if (octet == '{' || octet == '[') {
        self->depth++;
    } else if (octet == '}' || octet == ']') {
        self->depth--;
        return self->depth == 0;
    }
    return false;
}

static bool
keep(splitter_t *self, const char *bytes, size_t size)
{
    if (size > self->limit - self->size) {
        self->is_full = true;
        return false;
    }
    if (self->capacity - self->size < size) {
        self->capacity = 2 * self->capacity + size;
        self->bytes = core_reallocate(self->bytes, self->capacity);
    }
    memcpy(self->bytes + self->size, bytes, size);
    self->size += size;
    return true;
}

bool
splitter_feed(splitter_t *self, const char *bytes, size_t size)
{
    size_t start = 0;

    for (size_t i = 0; i < size; i++) {
        if (self->depth == 0) {
            start = i;
            if (strchr(" \t\r\n", bytes[i]) != NULL && bytes[i] != '\0')
                continue;
            if (bytes[i] != '{')
                return false;
        }
        if (!look(self, bytes[i]))
            continue;
        if (!keep(self, bytes + start, i + 1 - start))
            return false;
        self->message(self->owner, self->bytes, self->size);
        splitter_reset(self);
    }
    return self->depth == 0 || keep(self, bytes + start, size - start);
}
