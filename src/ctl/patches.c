/*
 * patches - programs that were put on the wires by hand
 *
 * There are a few at most: they lie in a row and are looked for one by one.
 */

#include "ctl/patches.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "coredns/memory.h"

static char **
copy_words(char *const *words)
{
    size_t count = 0;

    while (words[count] != NULL)
        count++;

    char **copy = core_allocate((count + 1) * sizeof *copy);

    for (size_t i = 0; i < count; i++)
        copy[i] = core_copy_text(words[i]);
    return copy;
}

void
patch_free(struct patch *patch)
{
    free(patch->name);
    free(patch->before);
    free(patch->folder);
    for (char **word = patch->command; word != NULL && *word != NULL; word++)
        free(*word);
    free(patch->command);
    *patch = (struct patch) { .name = NULL };
}

static struct patch
copy_patch(const struct patch *patch)
{
    return (struct patch) {
        .kind = patch->kind, .name = core_copy_text(patch->name),
        .before = core_copy_text(patch->before),
        .folder = core_copy_text(patch->folder),
        .command = copy_words(patch->command), .lease = patch->lease,
    };
}

void
patches_copy(struct patches *self, const struct patches *from)
{
    *self = (struct patches) { .count = 0 };
    for (size_t i = 0; i < from->count; i++)
        patches_put(self, &from->list[i]);
}

void
patches_free(struct patches *self)
{
    for (size_t i = 0; i < self->count; i++)
        patch_free(&self->list[i]);
    free(self->list);
    *self = (struct patches) { .count = 0 };
}

const struct patch *
patches_find(const struct patches *self, const char *name)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->list[i].name, name) == 0)
            return &self->list[i];
    return NULL;
}

void
patches_put(struct patches *self, const struct patch *patch)
{
    struct patch copy = copy_patch(patch);

    patches_remove(self, copy.name);
    self->list = core_grow(self->list, self->count, &self->capacity,
                           sizeof *self->list);
    self->list[self->count++] = copy;
}

bool
patches_remove(struct patches *self, const char *name)
{
    const struct patch *found = patches_find(self, name);

    if (found == NULL)
        return false;

    size_t number = (size_t)(found - self->list);

    for (size_t i = 0; i < self->count; i++)
        if (found->before != NULL && self->list[i].before != NULL
            && strcmp(self->list[i].before, name) == 0) {
            free(self->list[i].before);
            self->list[i].before = core_copy_text(found->before);
        }
    patch_free(&self->list[number]);
    self->count--;
    memmove(&self->list[number], &self->list[number + 1],
            (self->count - number) * sizeof *self->list);
    return true;
}

/* ---- the file ------------------------------------------------------------ */

static json_t *
json_of(const struct patch *patch)
{
    json_t *command = json_array();

    for (char **word = patch->command; *word != NULL; word++)
        json_array_append_new(command, json_string(*word));
    return json_pack("{ss ss* ss so sI}", "name", patch->name, "before",
                     patch->before, "folder", patch->folder, "command",
                     command, "lease", (json_int_t) patch->lease);
}

/* The texts of an array, ended by NULL; yours. */
static char **
read_words(json_t *array)
{
    char **words = core_allocate((json_array_size(array) + 1)
                                 * sizeof *words);
    json_t *word;
    size_t i;

    json_array_foreach (array, i, word)
        words[i] = core_copy_text(json_is_string(word)
                                  ? json_string_value(word) : "");
    return words;
}

/* Puts a patch of the file into the list, unless it is none. */
static void
take_json(struct patches *self, json_t *json)
{
    const char *name, *folder, *before = NULL;
    json_t *command;
    json_int_t lease;

    if (json_unpack(json, "{ss s?s ss so sI}", "name", &name, "before",
                    &before, "folder", &folder, "command", &command, "lease",
                    &lease) == -1 || json_array_size(command) == 0)
        return;

    struct patch patch = {
        .kind = before == NULL ? PATCH_SWAP : PATCH_INSERT,
        .name = core_copy_text(name), .before = core_copy_text(before),
        .folder = core_copy_text(folder), .command = read_words(command),
        .lease = (pid_t) lease,
    };

    patches_put(self, &patch);
    patch_free(&patch);
}

void
patches_load(struct patches *self, const char *path)
{
    json_t *root = json_load_file(path, 0, NULL);
    json_t *json;
    size_t i;

    *self = (struct patches) { .count = 0 };
    json_array_foreach (root, i, json)
        take_json(self, json);
    json_decref(root);
}

int
patches_save(const struct patches *self, const char *path,
             struct core_fault *fault)
{
    json_t *root = json_array();
    char *new_path;
    int rc;

    /* What was only tried is nobody's after us. */
    for (size_t i = 0; i < self->count; i++)
        if (self->list[i].kind != PATCH_TRIAL)
            json_array_append_new(root, json_of(&self->list[i]));
    if (asprintf(&new_path, "%s.new", path) == -1)
        abort();
    if (json_array_size(root) == 0)
        rc = unlink(path) == -1 && errno != ENOENT ? -1 : 0;
    else
        rc = json_dump_file(root, new_path, JSON_INDENT(2)) == -1
            || chmod(new_path, 0600) == -1
            || rename(new_path, path) == -1 ? -1 : 0;
    if (rc == -1)
        core_fault_set(fault, path, 0, "cannot write: %s", strerror(errno));
    free(new_path);
    json_decref(root);
    return rc;
}
