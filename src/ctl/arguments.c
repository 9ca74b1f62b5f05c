/*
 * arguments - what a process is called and what its command line says
 *
 * Everything a stage must know of the others stands in its arguments, so that
 * ps(1) shows the wiring, and a stage can be started by hand in the same way.
 */

#include "ctl/arguments.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#include "ctl/hosts.h"

struct list {
    char **items;
    size_t count;
    size_t capacity;
};

/* Adds a text, which is the list's from then on. */
static void
add_text(struct list *list, char *text)
{
    list->items = core_grow(list->items, list->count, &list->capacity,
                            sizeof *list->items);
    list->items[list->count++] = text;
}

__attribute__((format(printf, 2, 3)))
static void
add(struct list *list, const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) == -1)
        abort();
    va_end(arguments);
    add_text(list, text);
}

char *
arguments_name(const struct plan_stage *stage, unsigned instance)
{
    char *name;
    int rc = stage->instances == 1 ? asprintf(&name, "%s", stage->name)
        : asprintf(&name, "%s.%u", stage->name, instance);

    if (rc == -1)
        abort();
    return name;
}

/* Adds an endpoint that nobody of another host asks: --control ipc://... */
static void
add_endpoint(struct list *list, const struct plan *plan, const char *process,
             const char *suffix)
{
    char endpoint[PLAN_ENDPOINT_SIZE];

    plan_endpoint(plan->run_directory, process, suffix, endpoint);
    add(list, "--%s", suffix);
    add(list, "%s", endpoint);
}

/* Adds the endpoints by which others reach the process: --pipe ipc://... */
static void
add_own(struct list *list, const struct plan *plan,
        const struct plan_stage *stage, unsigned instance, const char *suffix)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    assert(file != NULL);
    hosts_write_own(plan, stage, instance, suffix, file);
    fclose(file);
    add(list, "--%s", suffix);
    add_text(list, text);
}

static void
add_wire(struct list *list, const struct plan *plan,
         const struct plan_wire *wire)
{
    static const char *const options[] = { [WIRE_NEXT] = ARGUMENT_NEXT,
        [WIRE_SOURCE] = "--source", [WIRE_LOOKUP] = "--lookup" };
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    assert(file != NULL);
    if (wire->kind != WIRE_LOOKUP)
        fprintf(file, "%s=", wire->name);
    hosts_write_wire(plan, wire, file);
    fclose(file);
    add(list, "%s", options[wire->kind]);
    add_text(list, text);
}

/* The name of the host; of many machines each has one of its own. */
static void
add_host(struct list *list, const struct plan *plan)
{
    if (plan->here->address != NULL)
        add(list, "%s", plan->here->name);
    else
        add(list, "%s@%016" PRIx64, plan->here->name, plan->machine);
}

/* Adds the words in front of a "--"; those from there on are returned. */
static char *const *
add_words(struct list *list, char *const *words)
{
    for (; words != NULL && *words != NULL && strcmp(*words, "--") != 0;
         words++)
        add(list, "%s", *words);
    return words;
}

/* True when its settings are those of its group: another program that was put
   in its place by hand would not know them. */
static bool
is_of_file(const struct plan_stage *stage)
{
    return stage->patch == NULL
        || (stage->replaced != NULL
            && strcmp(basename(stage->replaced),
                      basename(stage->program)) == 0);
}

/* What is tried is called as it would be in the stage's place. */
static const char *
shown_name(const struct plan_stage *stage, const char *name)
{
    return stage->patch != NULL && stage->patch->kind == PATCH_TRIAL
        ? stage->patch->before : name;
}

char **
arguments_new(const struct plan *plan, const struct plan_stage *stage,
              unsigned instance, bool verbose)
{
    struct list list = { 0 };
    char *name = arguments_name(stage, instance);

    char *const *words = stage->patch == NULL ? NULL
        : stage->patch->command + 1;

    add(&list, "%s", stage->program);
    words = add_words(&list, words);
    if (is_of_file(stage)) {
        add(&list, "-c");
        add(&list, "%s/coredns.conf", plan->run_directory);
    }
    add(&list, "--name");
    add(&list, "%s", shown_name(stage, name));
    if (plan->here != NULL) {
        add(&list, "--host");
        add_host(&list, plan);
    }
    if (stage->has_pipe || plan_is_head(stage))
        add_own(&list, plan, stage, instance, "pipe");
    if (stage->has_feed) {
        add_own(&list, plan, stage, instance, "feed");
        add_own(&list, plan, stage, instance, "snapshot");
    }
    for (size_t i = 0; i < stage->wire_count; i++)
        add_wire(&list, plan, &stage->wires[i]);
    add_endpoint(&list, plan, name, "control");
    add_endpoint(&list, plan, name, "telemetry");
    if (verbose)
        add(&list, "-v");
    while (words != NULL && *words != NULL)
        add(&list, "%s", *words++);
    add_text(&list, NULL);
    free(name);
    return list.items;
}

void
arguments_destroy(char ***self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    for (char **item = *self_p; *item != NULL; item++)
        free(*item);
    free(*self_p);
    *self_p = NULL;
}

/* What the value of --next begins with is the name of the wire. */
static bool
is_same_wire(const char *one, const char *other)
{
    size_t size = strcspn(one, "=");

    return strncmp(one, other, size + 1) == 0;
}

/* Compares the lists; of the values of --next only the names when so wanted. */
static bool
compare(char *const *one, char *const *other, bool by_name)
{
    bool is_next = false;

    while (*one != NULL && *other != NULL
           && (by_name && is_next ? is_same_wire(*one, *other)
               : strcmp(*one, *other) == 0)) {
        is_next = strcmp(*one, ARGUMENT_NEXT) == 0;
        one++;
        other++;
    }
    return *one == NULL && *other == NULL;
}

bool
arguments_are_equal(char *const *one, char *const *other)
{
    return compare(one, other, false);
}

bool
arguments_start_equal(char *const *one, char *const *other)
{
    return compare(one, other, true);
}
