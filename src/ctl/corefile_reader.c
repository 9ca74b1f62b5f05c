/*
 * corefile_reader - the words of a Corefile with all imports put in
 *
 * An import puts a row of words on a stack, and they are read to their end
 * before the row below goes on: so what reads blocks and lines knows nothing
 * of imports, and a thousand of them cost no more than their words.
 */

#include "ctl/corefile_reader.h"

#include <assert.h>
#include <glob.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "lib/arena.h"
#include "lib/source_file.h"

#define IMPORTS 10000                   /* in one file; more is a circle */
#define ROWS 64                         /* imports in imports */

struct snippet {
    char *name;
    struct corefile_words words;
};

/* A row of words that is being read. */
struct row {
    const struct corefile_words *words;
    size_t at;                          /* the word that is read next */
};

struct reader {
    struct corefile *file;
    core_faults_t *faults;
    struct corefile_words words;        /* of the file itself */
    struct row rows[ROWS];
    int depth;                          /* rows in use */
    const struct corefile_word *last;   /* the word that was read last */
    struct snippet *snippets;
    size_t snippet_count, snippet_capacity;
    struct corefile_words **scanned;    /* of each import of files */
    size_t scanned_count, scanned_capacity;
    size_t path_capacity;
    int imports;
};

/* ---- words --------------------------------------------------------------- */

/* The word that is read next; NULL at the end of all. */
const struct corefile_word *
reader_peek(reader_t *self)
{
    for (;;) {
        struct row *row = &self->rows[self->depth - 1];

        if (row->at < row->words->count)
            return &row->words->items[row->at];
        if (self->depth == 1)
            return NULL;
        self->depth--;
    }
}

void
reader_skip(reader_t *self)
{
    struct row *row = &self->rows[self->depth - 1];

    self->last = &row->words->items[row->at++];
}

/* True when the word that is read next is the first of its line. */
bool
reader_begins_line(const reader_t *self)
{
    const struct row *row = &self->rows[self->depth - 1];

    return row->at == 0 || row->words->items[row->at].begins_line;
}

static void
push_row(reader_t *self, const struct corefile_words *words)
{
    self->rows[self->depth++] = (struct row) { .words = words };
}

bool
reader_is_brace(const struct corefile_word *word, const char *brace)
{
    return !word->is_quoted && strcmp(word->text, brace) == 0;
}

int
reader_fail(reader_t *self, const struct corefile_word *word, const char *text)
{
    core_faults_add(self->faults, word->path, word->line, "%s: %s",
                    word->text, text);
    return -1;
}

/* Says that the file ends too early. */
int
reader_fail_at_end(reader_t *self)
{
    core_faults_add(self->faults, self->last->path, self->last->line,
                    "the file ends where a } is expected");
    return -1;
}

/* ---- files --------------------------------------------------------------- */

/* Notes a path that another reading depends on; it is kept in the arena. */
static const char *
keep_path(reader_t *self, const char *path)
{
    struct corefile *file = self->file;

    file->paths = core_grow(file->paths, file->path_count,
                            &self->path_capacity, sizeof *file->paths);
    file->paths[file->path_count] =
        core_arena_copy(file->memory, path, strlen(path) + 1);
    return file->paths[file->path_count++];
}

/* Appends the words of a file; by: what imports it, or NULL. */
static int
scan_file(reader_t *self, const char *path, const struct corefile_word *by,
          struct corefile_words *words)
{
    const char *kept = keep_path(self, path);
    struct core_source_file source;
    const char *wrong = core_source_file_read(&source, path);
    struct core_fault fault;

    if (wrong != NULL) {
        core_faults_add(self->faults, by == NULL ? path : by->path,
                        by == NULL ? 0 : by->line, "%s%s%s",
                        by == NULL ? "" : path, by == NULL ? "" : ": ",
                        wrong);
        free(source.text);
        return -1;
    }

    int rc = corefile_scan(words, source.text, kept, &fault);

    free(source.text);
    if (rc == -1)
        core_faults_copy(self->faults, &fault);
    return rc;
}

/* ---- import -------------------------------------------------------------- */

static const struct snippet *
find_snippet(const reader_t *self, const char *name)
{
    for (size_t i = 0; i < self->snippet_count; i++)
        if (strcmp(self->snippets[i].name, name) == 0)
            return &self->snippets[i];
    return NULL;
}

/* The pattern as a path: relative ones start from the importing file. */
static char *
resolve(const struct corefile_word *word)
{
    char *copy = core_copy_text(word->path);
    const char *folder = dirname(copy);
    size_t size = strlen(folder) + strlen(word->text) + 2;
    char *path = core_allocate(size);

    if (word->text[0] == '/')
        snprintf(path, size, "%s", word->text);
    else
        snprintf(path, size, "%s/%s", folder, word->text);
    free(copy);
    return path;
}

static size_t
count_of(const char *text, char wanted)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += *text == wanted;
    return count;
}

/* The folder where files that match may come and go. */
static void
keep_folder(reader_t *self, const char *pattern)
{
    char *folder = core_copy_text(pattern);

    folder[strcspn(folder, "*?")] = '\0';
    *(strrchr(folder, '/') + 1) = '\0';
    keep_path(self, folder);
    free(folder);
}

/* Appends the words of all files that a pattern matches. */
static int
scan_pattern(reader_t *self, const struct corefile_word *word,
             struct corefile_words *words)
{
    bool is_pattern = strpbrk(word->text, "*?[") != NULL;
    char *path = resolve(word);
    glob_t found;
    int rc = 0;

    if (count_of(word->text, '*') > 1 || count_of(word->text, '?') > 1
        || strchr(word->text, '[') != NULL) {
        free(path);
        return reader_fail(self, word, "a pattern may have one wildcard");
    }
    if (is_pattern)
        keep_folder(self, path);
    if (glob(path, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc && rc == 0; i++)
            rc = scan_file(self, found.gl_pathv[i], word, words);
        globfree(&found);
    }
    else if (!is_pattern)
        rc = reader_fail(self, word, "no such file or snippet");
    free(path);
    return rc;
}

/* The words that a name stands for, or NULL when there are none. */
static const struct corefile_words *
find_words(reader_t *self, const struct corefile_word *name)
{
    const struct snippet *snippet = find_snippet(self, name->text);

    if (snippet != NULL)
        return &snippet->words;
    self->scanned = core_grow(self->scanned, self->scanned_count,
                              &self->scanned_capacity,
                              sizeof *self->scanned);

    struct corefile_words *words = core_allocate(sizeof *words);

    self->scanned[self->scanned_count++] = words;
    return scan_pattern(self, name, words) == 0 ? words : NULL;
}

/* Skips what is left of a line. */
static void
skip_line(reader_t *self)
{
    const struct corefile_word *word;

    while ((word = reader_peek(self)) != NULL && !reader_begins_line(self)
           && !reader_is_brace(word, "}"))
        reader_skip(self);
}

/* Reads "import NAME" and puts what it names in its place. */
static int
put_in_import(reader_t *self)
{
    const struct corefile_word *import = reader_peek(self);

    reader_skip(self);

    const struct corefile_word *name = reader_peek(self);

    if (name == NULL || reader_begins_line(self) || reader_is_brace(name, "{"))
        return reader_fail(self, import,
                           "expected the name of a snippet or file");
    reader_skip(self);

    const struct corefile_word *behind = reader_peek(self);

    if (behind != NULL && !reader_begins_line(self)
        && !reader_is_brace(behind, "}")) {
        reader_fail(self, behind, "import takes one argument");
        skip_line(self);
        return 0;
    }
    if (++self->imports > IMPORTS || self->depth == ROWS)
        return reader_fail(self, import, "imports that never end");

    const struct corefile_words *words = find_words(self, name);

    /* What is missing is told, and what follows is read all the same. */
    if (words != NULL)
        push_row(self, words);
    return 0;
}

/* Puts in what is imported at the word that is read next. */
int
reader_settle(reader_t *self)
{
    const struct corefile_word *word;

    while ((word = reader_peek(self)) != NULL && reader_begins_line(self)
           && !word->is_quoted && strcmp(word->text, "import") == 0)
        if (put_in_import(self) == -1)
            return -1;
    return 0;
}

/* Keeps the words up to the closing brace under the snippet's name. */
int
reader_snippet(reader_t *self, const struct corefile_block *block)
{
    const char *key = block->keys[0];
    struct snippet snippet = { .name = core_copy_text(key + 1) };
    int depth = 1;

    snippet.name[strlen(key) - 2] = '\0';
    if (find_snippet(self, snippet.name) != NULL) {
        core_faults_add(self->faults, block->path, block->line,
                        "%s: defined twice", key);
        free(snippet.name);
        return -1;
    }
    self->snippets = core_grow(self->snippets, self->snippet_count,
                               &self->snippet_capacity,
                               sizeof *self->snippets);
    for (;; reader_skip(self)) {
        const struct corefile_word *word = reader_peek(self);

        if (word == NULL) {
            self->snippets[self->snippet_count++] = snippet;
            return reader_fail_at_end(self);
        }
        depth += reader_is_brace(word, "{") ? 1
            : reader_is_brace(word, "}") ? -1 : 0;
        if (depth == 0)
            break;
        corefile_words_add(&snippet.words, word);
    }
    reader_skip(self);
    self->snippets[self->snippet_count++] = snippet;
    return 0;
}

/* ---- life ---------------------------------------------------------------- */

reader_t *
reader_new(struct corefile *file, const char *path,
                    core_faults_t *faults)
{
    reader_t *self = core_allocate(sizeof *self);

    self->file = file;
    self->faults = faults;
    if (scan_file(self, path, NULL, &self->words) == -1)
        reader_destroy(&self);
    else
        push_row(self, &self->words);
    return self;
}

void
reader_destroy(reader_t **self_p)
{
    assert(self_p);

    reader_t *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->snippet_count; i++) {
        free(self->snippets[i].name);
        corefile_words_clear(&self->snippets[i].words);
    }
    free(self->snippets);
    for (size_t i = 0; i < self->scanned_count; i++) {
        corefile_words_clear(self->scanned[i]);
        free(self->scanned[i]);
    }
    free(self->scanned);
    corefile_words_clear(&self->words);
    free(self);
    *self_p = NULL;
}
