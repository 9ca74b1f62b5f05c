/*
 * fault - what went wrong in the world, where, and why
 *
 * A fault is of fixed size and lent by the caller, so telling of one needs no
 * memory and no clean-up on the way up.
 */

#include "coredns/fault.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "lib/printable.h"

#define FAULTS_LIMIT 1000

struct core_faults {
    struct core_fault *items;
    size_t count;
    size_t capacity;
};

/* By way of a copy: path and the arguments may lie in the fault itself. */
static void __attribute__((format(printf, 4, 0)))
fill(struct core_fault *fault, const char *path, int line,
     const char *format, va_list arguments)
{
    struct core_fault filled = { .line = line };

    snprintf(filled.path, sizeof filled.path, "%s", path != NULL ? path : "");
    vsnprintf(filled.text, sizeof filled.text, format, arguments);
    core_printable_clean(filled.path);
    core_printable_clean(filled.text);
    *fault = filled;
}

void
core_fault_set(struct core_fault *fault, const char *path, int line,
               const char *format, ...)
{
    va_list arguments;

    assert(fault && format);
    va_start(arguments, format);
    fill(fault, path, line, format, arguments);
    va_end(arguments);
}

const char *
core_fault_format(const struct core_fault *fault,
                  char line[CORE_FAULT_LINE_SIZE])
{
    assert(fault && line);
    if (fault->path[0] == '\0')
        snprintf(line, CORE_FAULT_LINE_SIZE, "%s", fault->text);
    else if (fault->line <= 0)
        snprintf(line, CORE_FAULT_LINE_SIZE, "%s: %s", fault->path,
                 fault->text);
    else
        snprintf(line, CORE_FAULT_LINE_SIZE, "%s:%d: %s", fault->path,
                 fault->line, fault->text);
    return line;
}

core_faults_t *
core_faults_new(void)
{
    return core_allocate(sizeof (core_faults_t));
}

void
core_faults_destroy(core_faults_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    free((*self_p)->items);
    free(*self_p);
    *self_p = NULL;
}

static bool
has(const core_faults_t *self, const struct core_fault *fault)
{
    for (size_t i = 0; i < self->count; i++) {
        const struct core_fault *item = &self->items[i];

        if (item->line == fault->line
            && strcmp(item->text, fault->text) == 0
            && strcmp(item->path, fault->path) == 0)
            return true;
    }
    return false;
}

void
core_faults_copy(core_faults_t *self, const struct core_fault *fault)
{
    assert(fault);
    if (self == NULL || self->count == FAULTS_LIMIT || has(self, fault))
        return;
    self->items = core_grow(self->items, self->count, &self->capacity,
                            sizeof *self->items);
    self->items[self->count++] = *fault;
}

void
core_faults_add(core_faults_t *self, const char *path, int line,
                const char *format, ...)
{
    struct core_fault fault;
    va_list arguments;

    va_start(arguments, format);
    fill(&fault, path, line, format, arguments);
    va_end(arguments);
    core_faults_copy(self, &fault);
}

size_t
core_faults_count(const core_faults_t *self)
{
    return self != NULL ? self->count : 0;
}

const struct core_fault *
core_faults_at(const core_faults_t *self, size_t index)
{
    assert(self && index < self->count);
    return &self->items[index];
}
