/*
 * source - the text of a configuration, its includes put in
 *
 * libconfig looks for an included file in one folder for all, says nothing of
 * a circle, and keeps no more than the line of a setting.  So the files are put
 * together here and libconfig sees one text; a table tells the place of each
 * of its lines.
 *
 * What is wrong is noted with the line of the text first and given its place
 * at the end, for the mark stands at the end of a line.
 */

#include "lib/source.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "lib/arena.h"
#include "lib/environment.h"
#include "lib/source_file.h"
#include "lib/source_scan.h"

#define INCLUDE_DEPTH 10
#define INCLUDE_LIMIT 1000              /* files */
#define NESTING_LIMIT 64                /* of groups and lists */

struct core_source {
    core_arena_t *paths;
    const char *path;                   /* what "the file" is called */
    struct core_paths read;             /* the files themselves */
    struct core_paths marked;           /* those that marks name instead */
    char *text;
    size_t size;
    size_t capacity;
    struct core_source_place *lines;    /* of line i + 1 of the text */
    size_t line_count;
    size_t line_capacity;
    unsigned *scalars;                  /* the line of each */
    size_t scalar_count;
    size_t scalar_capacity;
};

/* One file that is being read; those that include it are its parents. */
struct file {
    const struct file *parent;
    const char *path;
    int line;
    struct core_source_file read;
};

struct reading {
    core_source_t *source;
    core_faults_t *faults;              /* line: of the source's text */
    enum core_token before;             /* the token before, comments apart */
    unsigned files;
    int nesting;
};

static void
note(struct reading *reading, const char *text)
{
    core_faults_add(reading->faults, NULL,
                    (int) reading->source->line_count, "%s", text);
}

static void
append(struct reading *reading, const char *octets, size_t size)
{
    core_source_t *self = reading->source;

    while (self->capacity - self->size <= size) {
        self->capacity = self->capacity > 0 ? self->capacity * 2 : 4096;
        self->text = core_reallocate(self->text, self->capacity);
    }
    memcpy(self->text + self->size, octets, size);
    self->size += size;
    self->text[self->size] = '\0';
}

/* The next line of the text comes from that line of that file. */
static void
begin_line(struct reading *reading, const struct file *file)
{
    core_source_t *self = reading->source;

    self->lines = core_grow(self->lines, self->line_count,
                            &self->line_capacity, sizeof *self->lines);
    self->lines[self->line_count++] =
        (struct core_source_place) { file->path, file->line };
}

static void
begin_scalar(struct reading *reading)
{
    core_source_t *self = reading->source;

    self->scalars = core_grow(self->scalars, self->scalar_count,
                              &self->scalar_capacity, sizeof *self->scalars);
    self->scalars[self->scalar_count++] = (unsigned) self->line_count;
}

static void
add_path(struct core_paths *paths, const char *path)
{
    paths->items = core_grow(paths->items, paths->count, &paths->capacity,
                             sizeof *paths->items);
    paths->items[paths->count++] = path;
}

static bool
is_line_start(const core_source_t *self)
{
    return self->size == 0 || self->text[self->size - 1] == '\n';
}

/* Takes the place of the line from its mark, when that is well written. */
static void
read_mark(struct reading *reading, const char *mark, size_t size)
{
    core_source_t *self = reading->source;
    char *path = core_arena_copy(self->paths, mark, size + 1);

    path[size] = '\0';
    path += strlen("#@ ");

    char *colon = strrchr(path, ':');

    if (colon == NULL || colon == path)
        return;

    char *end;
    long line = strtol(colon + 1, &end, 10);

    if (end == colon + 1 || line < 0 || line > 100000000
        || end[strspn(end, " \t\r")] != '\0')
        return;
    *colon = '\0';
    self->lines[self->line_count - 1] =
        (struct core_source_place) { path, (int) line };
    if (self->line_count == 1 && line == 0)
        self->path = path;              /* the mark of the whole file */
    else if (line == 0 && is_line_start(self))
        add_path(&self->marked, path);
}

/* ---- files --------------------------------------------------------------- */

static int
scan_file(struct reading *reading, struct file *file);

/* Why the file must not be included, or NULL. */
static const char *
why_not_included(const struct reading *reading, const struct file *file)
{
    int depth = 0;

    for (const struct file *one = file->parent; one; one = one->parent) {
        if (one->read.device == file->read.device
            && one->read.number == file->read.number)
            return "it includes itself";
        depth++;
    }
    if (depth > INCLUDE_DEPTH)
        return "includes are nested too deeply";
    if (reading->files > INCLUDE_LIMIT)
        return "there are too many includes";
    if (reading->source->size + file->read.size > CORE_SOURCE_LIMIT)
        return "the configuration is too large";
    return NULL;
}

static void
include_path(struct reading *reading, struct file *parent, const char *path)
{
    struct file file = { .parent = parent, .line = 1 };
    const char *slash = strrchr(parent->path, '/');
    int folder_size = slash != NULL && *path != '/'
                      ? (int) (slash - parent->path) + 1 : 0;
    char *joined = NULL;

    if (asprintf(&joined, "%.*s%s", folder_size, parent->path, path) == -1)
        abort();
    file.path = core_arena_copy(reading->source->paths, joined,
                                strlen(joined) + 1);
    free(joined);
    reading->files++;

    const char *reason = core_source_file_read(&file.read, file.path);

    if (reason == NULL)
        reason = why_not_included(reading, &file);
    if (reason != NULL) {
        core_faults_add(reading->faults, NULL,
                        (int) reading->source->line_count,
                        "cannot include %s: %s", file.path, reason);
    } else {
        append(reading, "\n", 1);
        add_path(&reading->source->read, file.path);
        scan_file(reading, &file);
        /* Its last line feed has begun a line, which is the parent's. */
        reading->source->line_count--;
        begin_line(reading, parent);
    }
    free(file.read.text);
}

/* The token is the path with its quotes. */
static void
include(struct reading *reading, struct file *parent,
        const struct core_scan *scan)
{
    char *path = core_allocate(scan->size);
    size_t size = 0;
    struct core_fault fault;

    for (const char *at = scan->token + 1; at[1] != '\0'
         && at < scan->token + scan->size - 1; at++) {
        if (*at == '\\' && (at[1] == '\\' || at[1] == '"'))
            at++;
        path[size++] = *at;
    }
    char *expanded = core_environment_expand(path, &fault);

    if (expanded == NULL)
        note(reading, fault.text);
    else if (scan->lines > 0 || *expanded == '\0')
        note(reading, "expected @include \"FILE\" on a line of its own");
    else
        include_path(reading, parent, expanded);
    free(expanded);
    free(path);
}

/* ---- tokens -------------------------------------------------------------- */

static void
check_nesting(struct reading *reading, enum core_token token)
{
    reading->nesting += token == CORE_TOKEN_OPEN ? 1 : -1;
    if (reading->nesting == NESTING_LIMIT + 1)
        note(reading, "groups and lists are nested too deeply");
}

static void
look_at(struct reading *reading, enum core_token token,
        const struct core_scan *scan)
{
    if (token == CORE_TOKEN_OPEN || token == CORE_TOKEN_CLOSE)
        check_nesting(reading, token);
    else if (token == CORE_TOKEN_MARK)
        read_mark(reading, scan->token, scan->size);
    else if (token == CORE_TOKEN_NUMBER || token == CORE_TOKEN_BOOLEAN)
        begin_scalar(reading);
    else if (token == CORE_TOKEN_STRING
             && reading->before != CORE_TOKEN_STRING)
        begin_scalar(reading);
    else if (token == CORE_TOKEN_NAME && reading->before == CORE_TOKEN_EQUALS)
        core_faults_add(reading->faults, NULL,
                        (int) reading->source->line_count,
                        "%.*s: a text stands in quotes",
                        (int) (scan->size < 100 ? scan->size : 100),
                        scan->token);
    if (token != CORE_TOKEN_LINE && token != CORE_TOKEN_COMMENT
        && token != CORE_TOKEN_MARK && token != CORE_TOKEN_INCLUDE)
        reading->before = token;
}

/* Appends the file to the text. */
static int
scan_file(struct reading *reading, struct file *file)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    bool is_marked = strncmp(file->read.text, byte_order_mark, 3) == 0;
    struct core_scan scan = {
        .at = file->read.text + (is_marked ? 3 : 0), .at_line_start = true,
    };
    size_t known = core_faults_count(reading->faults);
    enum core_token token;

    begin_line(reading, file);
    do {
        struct core_fault fault;
        const char *from = scan.at;

        token = core_scan_next(&scan, &fault);
        if (fault.text[0] != '\0')
            note(reading, fault.text);
        look_at(reading, token, &scan);
        if (token == CORE_TOKEN_INCLUDE)
            include(reading, file, &scan);
        else
            append(reading, from, (size_t) (scan.at - from));
        for (unsigned i = 0; i < scan.lines; i++) {
            file->line++;
            begin_line(reading, file);
        }
    } while (token != CORE_TOKEN_END);
    return core_faults_count(reading->faults) > known ? -1 : 0;
}

/* ---- the class ----------------------------------------------------------- */

/* Gives the faults that were noted their places. */
static void
tell_faults(const struct reading *reading, core_faults_t *faults)
{
    for (size_t i = 0; i < core_faults_count(reading->faults); i++) {
        const struct core_fault *fault = core_faults_at(reading->faults, i);
        struct core_source_place place =
            core_source_place(reading->source, (unsigned) fault->line);

        core_faults_add(faults, place.path, place.line, "%s", fault->text);
    }
}

/* Makes the text from the file, which has been read. */
static core_source_t *
make(const char *path, struct file *file, core_faults_t *faults)
{
    core_source_t *self = core_allocate(sizeof *self);
    struct reading reading = { .source = self, .faults = core_faults_new() };

    self->paths = core_arena_new();
    self->path = core_arena_copy(self->paths, path, strlen(path) + 1);
    file->path = self->path;
    add_path(&self->read, self->path);

    int rc = scan_file(&reading, file);

    tell_faults(&reading, faults);
    if (rc == -1)
        core_source_destroy(&self);
    core_faults_destroy(&reading.faults);
    return self;
}

core_source_t *
core_source_load(const char *path, core_faults_t *faults)
{
    assert(path);

    struct file file = { .line = 1 };
    const char *reason = core_source_file_read(&file.read, path);
    core_source_t *self = NULL;

    if (reason != NULL)
        core_faults_add(faults, path, 0, "cannot read: %s", reason);
    else
        self = make(path, &file, faults);
    free(file.read.text);
    return self;
}

core_source_t *
core_source_parse(const char *text, core_faults_t *faults)
{
    struct file file = { .line = 1 };

    file.read.text = core_copy_text(text);

    core_source_t *self = make("", &file, faults);

    free(file.read.text);
    return self;
}

void
core_source_destroy(core_source_t **self_p)
{
    assert(self_p);

    core_source_t *self = *self_p;

    if (self == NULL)
        return;
    core_arena_destroy(&self->paths);
    free(self->text);
    free(self->lines);
    free(self->scalars);
    free(self->read.items);
    free(self->marked.items);
    free(self);
    *self_p = NULL;
}

const char *
core_source_text(const core_source_t *self)
{
    return self->text != NULL ? self->text : "";
}

const struct core_paths *
core_source_files(const core_source_t *self)
{
    return self->marked.count > 0 ? &self->marked : &self->read;
}

struct core_source_place
core_source_place(const core_source_t *self, unsigned line)
{
    if (line == 0 || self->line_count == 0)
        return (struct core_source_place) { self->path, 0 };
    if (line > self->line_count)
        line = (unsigned) self->line_count;
    return self->lines[line - 1];
}

unsigned
core_source_scalar_line(const core_source_t *self, size_t index)
{
    return index < self->scalar_count ? self->scalars[index] : 0;
}
