/*
 * config - the one configuration file, parsed
 *
 * The source puts the files together and finds what libconfig overlooks;
 * libconfig parses; what is left to do is to put in the environment and to
 * mend the lines of the elements of lists.
 */

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coredns/memory.h"
#include "lib/config_parts.h"
#include "lib/environment.h"

/* The path itself when it is absolute, or else put under folder. */
static char *
make_absolute(const char *path, const char *folder)
{
    char *absolute = NULL;

    while (strncmp(path, "./", 2) == 0)
        path += 2;
    if (*path == '/')
        return core_copy_text(path);
    if (asprintf(&absolute, "%s%s%s", folder,
                 folder[strlen(folder) - 1] == '/' ? "" : "/", path) == -1)
        abort();
    return absolute;
}

/* Puts the environment into a string. */
static void
expand(core_config_t *self, config_setting_t *setting, core_faults_t *faults)
{
    const char *text = config_setting_get_string(setting);
    struct core_fault fault;

    if (text == NULL || strstr(text, "${") == NULL)
        return;

    char *expanded = core_environment_expand(text, &fault);

    if (expanded == NULL)
        core_config_fault(self, faults, setting, "%s", fault.text);
    else
        config_setting_set_string(setting, expanded);
    free(expanded);
}

/* Walks all settings in the order of the text; scalar counts the scalars. */
static void
finish_settings(core_config_t *self, config_setting_t *setting,
                size_t *scalar, core_faults_t *faults)
{
    if (config_setting_is_aggregate(setting)) {
        unsigned count = (unsigned) config_setting_length(setting);

        for (unsigned i = 0; i < count; i++)
            finish_settings(self, config_setting_get_elem(setting, i),
                            scalar, faults);
        return;
    }
    unsigned line = core_source_scalar_line(self->source, (*scalar)++);

    if (config_setting_name(setting) == NULL && line > 0)
        setting->line = line;
    if (config_setting_type(setting) == CONFIG_TYPE_STRING)
        expand(self, setting, faults);
}

static void
find_directory(core_config_t *self, core_faults_t *faults)
{
    core_place_t *place =
        core_place_member(core_config_root(self), "directory");
    const char *text = core_place_text(self, place);
    char *slash = strrchr(self->path, '/');
    char *folder = slash == self->path ? core_copy_text("/")
                   : strndup(self->path, (size_t) (slash - self->path));

    if (place != NULL && (text == NULL || *text == '\0'))
        core_config_fault(self, faults, place, "expected a path in quotes");
    self->directory = make_absolute(text != NULL ? text : "", folder);
    free(folder);

    /* "/" is the only path that ends in a slash. */
    size_t size = strlen(self->directory);

    while (size > 1 && self->directory[size - 1] == '/')
        self->directory[--size] = '\0';
}

/* True when what is wrong with a text is the key at its end. */
static bool
ends_in_second(const char *text, size_t size)
{
    char *part = strndup(text, size);
    config_t read;
    bool is_second;

    config_init(&read);
    is_second = !config_read_string(&read, part)
        && strcmp(config_error_text(&read), "duplicate setting name") == 0;
    config_destroy(&read);
    free(part);
    return is_second;
}

/*
 * The key in that line which is there already, as libconfig does not say it;
 * returns its size, or 0.  All that ends at that key or behind it is wrong for
 * its sake, so halving finds it.
 */
static int
find_second(const char *text, int line, const char **key)
{
    static const char word[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_*";
    size_t low = 0;
    size_t high;

    while (--line > 0) {
        low += strcspn(text + low, "\n");
        low += text[low] == '\n';
    }
    high = low + strcspn(text + low, "\n");
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (ends_in_second(text, middle + strspn(text + middle, word)))
            high = middle;
        else
            low = middle + 1;
    }
    *key = text + low;
    return (int) strspn(*key, word);
}

static void
tell_second(const char *text, int line, struct core_source_place place,
            core_faults_t *faults)
{
    const char *key;
    int size = find_second(text, line, &key);

    core_faults_add(faults, place.path, place.line, "%.*s stands here a second "
                    "time", size > 0 ? size : (int) strlen("the key"),
                    size > 0 ? key : "the key");
}

static void
tell_parse_fault(const core_config_t *self, core_faults_t *faults)
{
    int line = config_error_line(&self->parsed);
    struct core_source_place place = core_source_place(self->source,
                                                       (unsigned) line);
    const char *text = config_error_text(&self->parsed);

    if (text != NULL && strcmp(text, "duplicate setting name") == 0) {
        tell_second(core_source_text(self->source), line, place, faults);
        return;
    }
    if (text == NULL || strcmp(text, "syntax error") == 0)
        text = "syntax error here or at the end of the line before";
    else if (strcmp(text, "mismatched element type in array") == 0)
        text = "the values in [ ] are not all of one type";
    core_faults_add(faults, place.path, place.line, "%s", text);
}

static int
parse(core_config_t *self, core_faults_t *faults)
{
    size_t known = core_faults_count(faults);
    size_t scalar = 0;

    if (!config_read_string(&self->parsed, core_source_text(self->source))) {
        tell_parse_fault(self, faults);
        return -1;
    }
    finish_settings(self, config_root_setting(&self->parsed), &scalar, faults);
    find_directory(self, faults);
    return core_faults_count(faults) > known ? -1 : 0;
}

static void
keep_files(core_config_t *self, const char *here)
{
    const struct core_paths *files = core_source_files(self->source);

    self->files = core_allocate(files->count * sizeof *self->files);
    for (size_t i = 0; i < files->count; i++)
        self->files[i] = make_absolute(files->items[i], here);
    self->file_count = files->count;
}

/* source is taken; NULL: it had faults. */
static core_config_t *
make(core_source_t *source, const char *path, core_faults_t *faults)
{
    if (source == NULL)
        return NULL;

    core_config_t *self = core_allocate(sizeof *self);
    char *here = getcwd(NULL, 0);

    self->source = source;
    self->arena = core_arena_new();
    self->path = make_absolute(path, here != NULL ? here : "/");
    keep_files(self, here != NULL ? here : "/");
    free(here);
    config_init(&self->parsed);
    if (parse(self, faults) == -1)
        core_config_destroy(&self);
    return self;
}

core_config_t *
core_config_load(const char *path, core_faults_t *faults)
{
    assert(path && faults);
    return make(core_source_load(path, faults), path, faults);
}

core_config_t *
core_config_parse(const char *text, core_faults_t *faults)
{
    assert(text && faults);
    return make(core_source_parse(text, faults), "", faults);
}

void
core_config_destroy(core_config_t **self_p)
{
    assert(self_p);

    core_config_t *self = *self_p;

    if (self == NULL)
        return;
    config_destroy(&self->parsed);
    core_source_destroy(&self->source);
    core_arena_destroy(&self->arena);
    for (size_t i = 0; i < self->file_count; i++)
        free(self->files[i]);
    free(self->files);
    free(self->path);
    free(self->directory);
    free(self);
    *self_p = NULL;
}

const char *
core_config_path(const core_config_t *self)
{
    return self->path;
}

const char *
core_config_file(const core_config_t *self, size_t index)
{
    return index < self->file_count ? self->files[index] : NULL;
}

const char *
core_config_directory(const core_config_t *self)
{
    return self->directory;
}

core_place_t *
core_config_root(const core_config_t *self)
{
    return config_root_setting(&self->parsed);
}

core_place_t *
core_config_stage(const core_config_t *self, const char *name)
{
    core_place_t *stages = core_place_member(core_config_root(self), "stages");
    core_place_t *stage = core_place_member(stages, name);

    return stage != NULL && core_place_is_group(stage) ? stage : NULL;
}

void
core_config_fault(const core_config_t *self, core_faults_t *faults,
                  core_place_t *place, const char *format, ...)
{
    struct core_source_place source = core_place_source(self, place);
    char text[CORE_FAULT_TEXT_SIZE];
    char *way = core_place_way(place);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    core_faults_add(faults, source.path, source.line, "%s%s%s", way,
                    *way != '\0' ? ": " : "", text);
    free(way);
}
