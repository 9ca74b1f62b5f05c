/*
 * corefile - a Corefile as the blocks and lines that stand in it
 *
 * An import puts a row of words on a stack, and they are read to their end
 * before the row below goes on: so what reads blocks and lines knows nothing
 * of imports, and a thousand of them cost no more than their words.
 */

#include "ctl/corefile.h"

#include <ctype.h>
#include <glob.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "ctl/corefile_scan.h"
#include "lib/arena.h"
#include "lib/source_file.h"

#define IMPORTS 10000                   /* in one file; more is a circle */
#define ROWS 64                         /* imports in imports */
#define DEPTH 16                        /* of braces */

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
    struct row rows[ROWS];
    int depth;                          /* rows in use */
    const struct corefile_word *last;   /* the word that was read last */
    struct snippet *snippets;
    size_t snippet_count, snippet_capacity;
    struct corefile_words **scanned;    /* of each import of files */
    size_t scanned_count, scanned_capacity;
    size_t path_capacity, block_capacity;
    int imports;
};

/* ---- words --------------------------------------------------------------- */

/* The word that is read next; NULL at the end of all. */
static const struct corefile_word *
peek(struct reader *self)
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

static void
skip(struct reader *self)
{
    struct row *row = &self->rows[self->depth - 1];

    self->last = &row->words->items[row->at++];
}

/* True when the word that is read next is the first of its line. */
static bool
begins_line(const struct reader *self)
{
    const struct row *row = &self->rows[self->depth - 1];

    return row->at == 0 || row->words->items[row->at].begins_line;
}

static void
push_row(struct reader *self, const struct corefile_words *words)
{
    self->rows[self->depth++] = (struct row) { .words = words };
}

static bool
is_brace(const struct corefile_word *word, const char *brace)
{
    return !word->is_quoted && strcmp(word->text, brace) == 0;
}

static int
fail(struct reader *self, const struct corefile_word *word, const char *text)
{
    core_faults_add(self->faults, word->path, word->line, "%s: %s",
                    word->text, text);
    return -1;
}

/* Says that the file ends too early. */
static int
fail_at_end(struct reader *self)
{
    core_faults_add(self->faults, self->last->path, self->last->line,
                    "the file ends where a } is expected");
    return -1;
}

/* ---- files --------------------------------------------------------------- */

/* Notes a path that another reading depends on; it is kept in the arena. */
static const char *
keep_path(struct reader *self, const char *path)
{
    struct corefile *file = self->file;

    file->paths = core_grow(file->paths, file->path_count,
                            &self->path_capacity, sizeof *file->paths);
    file->paths[file->path_count] =
        core_arena_copy(file->memory, path, strlen(path) + 1);
    return file->paths[file->path_count++];
}

/* Appends the words of a file. */
static int
scan_file(struct reader *self, const char *path, struct corefile_words *words)
{
    const char *kept = keep_path(self, path);
    struct core_source_file source;
    const char *wrong = core_source_file_read(&source, path);
    struct core_fault fault;

    if (wrong != NULL) {
        core_faults_add(self->faults, path, 0, "%s", wrong);
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
find_snippet(const struct reader *self, const char *name)
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
keep_folder(struct reader *self, const char *pattern)
{
    char *folder = core_copy_text(pattern);

    folder[strcspn(folder, "*?")] = '\0';
    *(strrchr(folder, '/') + 1) = '\0';
    keep_path(self, folder);
    free(folder);
}

/* Appends the words of all files that a pattern matches. */
static int
scan_pattern(struct reader *self, const struct corefile_word *word,
             struct corefile_words *words)
{
    bool is_pattern = strpbrk(word->text, "*?[") != NULL;
    char *path = resolve(word);
    glob_t found;
    int rc = 0;

    if (count_of(word->text, '*') > 1 || count_of(word->text, '?') > 1
        || strchr(word->text, '[') != NULL) {
        free(path);
        return fail(self, word, "a pattern may have one wildcard");
    }
    if (is_pattern)
        keep_folder(self, path);
    if (glob(path, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc && rc == 0; i++)
            rc = scan_file(self, found.gl_pathv[i], words);
        globfree(&found);
    }
    else if (!is_pattern)
        rc = fail(self, word, "no such file or snippet");
    free(path);
    return rc;
}

/* The words that a name stands for, or NULL when there are none. */
static const struct corefile_words *
find_words(struct reader *self, const struct corefile_word *name)
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

/* Reads "import NAME" and puts what it names in its place. */
static int
put_in_import(struct reader *self)
{
    const struct corefile_word *import = peek(self);

    skip(self);

    const struct corefile_word *name = peek(self);

    if (name == NULL || begins_line(self) || is_brace(name, "{"))
        return fail(self, import, "expected the name of a snippet or file");
    skip(self);

    const struct corefile_word *behind = peek(self);

    if (behind != NULL && !begins_line(self) && !is_brace(behind, "}"))
        return fail(self, behind, "import takes one argument");
    if (++self->imports > IMPORTS || self->depth == ROWS)
        return fail(self, import, "imports that never end");

    const struct corefile_words *words = find_words(self, name);

    if (words == NULL)
        return -1;
    push_row(self, words);
    return 0;
}

/* Puts in what is imported at the word that is read next. */
static int
settle_imports(struct reader *self)
{
    const struct corefile_word *word;

    while ((word = peek(self)) != NULL && begins_line(self)
           && !word->is_quoted && strcmp(word->text, "import") == 0)
        if (put_in_import(self) == -1)
            return -1;
    return 0;
}

/* ---- lines --------------------------------------------------------------- */

/* Lines while they are gathered; kept in the arena when they are whole. */
struct lines {
    struct corefile_line *items;
    size_t count, capacity;
};

static int
read_lines(struct reader *self, struct lines *lines, int depth,
           bool has_braces);

static struct corefile_line *
keep_lines(struct reader *self, struct lines *lines)
{
    struct corefile_line *kept = core_arena_copy(self->file->memory,
                                                 lines->items,
                                                 lines->count
                                                 * sizeof *lines->items);

    free(lines->items);
    return kept;
}

/* Reads the words of one line and, behind an open brace, its body. */
static int
read_line(struct reader *self, struct corefile_line *line, int depth)
{
    const struct corefile_word *first = peek(self);
    const char **words = NULL;
    size_t capacity = 0;
    const struct corefile_word *word = first;

    *line = (struct corefile_line) { .path = first->path,
                                     .line = first->line };
    do {
        words = core_grow(words, line->count, &capacity, sizeof *words);
        words[line->count++] = core_arena_copy(self->file->memory, word->text,
                                               strlen(word->text) + 1);
        skip(self);
        word = peek(self);
    } while (word != NULL && !begins_line(self) && !is_brace(word, "{")
             && !is_brace(word, "}"));
    line->words = core_arena_copy(self->file->memory, words,
                                  line->count * sizeof *words);
    free(words);
    if (word == NULL || !is_brace(word, "{"))
        return 0;
    if (depth == DEPTH)
        return fail(self, word, "braces too deep");

    struct lines body = { .items = NULL };
    int rc;

    skip(self);
    line->has_body = true;
    rc = read_lines(self, &body, depth + 1, true);
    line->body_count = body.count;
    line->body = keep_lines(self, &body);
    return rc;
}

/* Reads lines up to the closing brace, or to the end of the file. */
static int
read_lines(struct reader *self, struct lines *lines, int depth,
           bool has_braces)
{
    for (;;) {
        if (settle_imports(self) == -1)
            return -1;

        const struct corefile_word *word = peek(self);

        if (word == NULL)
            return has_braces ? fail_at_end(self) : 0;
        if (is_brace(word, "}")) {
            if (!has_braces)
                return fail(self, word, "there is no { for it");
            skip(self);
            return 0;
        }
        if (is_brace(word, "{"))
            return fail(self, word, "expected a word in front of it");
        lines->items = core_grow(lines->items, lines->count,
                                 &lines->capacity, sizeof *lines->items);
        if (read_line(self, &lines->items[lines->count++], depth) == -1)
            return -1;
    }
}

/* ---- blocks -------------------------------------------------------------- */

/* Reads the keys of a block; "a, b" and "a," with b on the next line too. */
static int
read_keys(struct reader *self, struct corefile_block *block)
{
    const struct corefile_word *word = peek(self);
    const char **keys = NULL;
    size_t capacity = 0;
    bool expects_more = true;

    while (word != NULL && !is_brace(word, "{")
           && (expects_more || !begins_line(self))) {
        size_t size = strlen(word->text);

        if (is_brace(word, "}")) {
            free(keys);
            return fail(self, word, "expected the zones of a server block");
        }
        expects_more = size > 0 && word->text[size - 1] == ',';
        size -= expects_more;
        if (size > 0) {
            char *key = core_arena_allocate(self->file->memory, size + 1);

            memcpy(key, word->text, size);
            keys = core_grow(keys, block->key_count, &capacity, sizeof *keys);
            keys[block->key_count++] = key;
        }
        skip(self);
        word = peek(self);
    }
    block->keys = core_arena_copy(self->file->memory, keys,
                                  block->key_count * sizeof *keys);
    free(keys);
    return 0;
}

static bool
is_snippet(const struct corefile_block *block)
{
    size_t size = block->key_count == 1 ? strlen(block->keys[0]) : 0;

    return size > 2 && block->keys[0][0] == '('
        && block->keys[0][size - 1] == ')';
}

/* Keeps the words up to the closing brace under the snippet's name. */
static int
read_snippet(struct reader *self, const struct corefile_block *block)
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
    for (;; skip(self)) {
        const struct corefile_word *word = peek(self);

        if (word == NULL) {
            self->snippets[self->snippet_count++] = snippet;
            return fail_at_end(self);
        }
        depth += is_brace(word, "{") ? 1 : is_brace(word, "}") ? -1 : 0;
        if (depth == 0)
            break;
        corefile_words_add(&snippet.words, word);
    }
    skip(self);
    self->snippets[self->snippet_count++] = snippet;
    return 0;
}

/* Reads one block.  A block without braces is the only one of its file. */
static int
read_block(struct reader *self)
{
    const struct corefile_word *first = peek(self);
    struct corefile_block block = { .path = first->path,
                                    .line = first->line };
    struct lines lines = { .items = NULL };

    if (read_keys(self, &block) == -1)
        return -1;

    const struct corefile_word *word = peek(self);
    bool has_braces = word != NULL && is_brace(word, "{");

    if (block.key_count == 0)
        return fail(self, first, "expected the zones of a server block");
    if (has_braces)
        skip(self);
    if (has_braces && is_snippet(&block))
        return read_snippet(self, &block);

    int rc = read_lines(self, &lines, 1, has_braces);

    block.line_count = lines.count;
    block.lines = keep_lines(self, &lines);
    self->file->blocks = core_grow(self->file->blocks,
                                   self->file->block_count,
                                   &self->block_capacity, sizeof block);
    self->file->blocks[self->file->block_count++] = block;
    return rc;
}

static void
clear(struct reader *self)
{
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
}

struct corefile *
corefile_load(const char *path, core_faults_t *faults)
{
    struct corefile *file = core_allocate(sizeof *file);
    struct reader self = { .file = file, .faults = faults };
    struct corefile_words words = { .items = NULL };

    file->memory = core_arena_new();

    int rc = scan_file(&self, path, &words);

    push_row(&self, &words);
    while (rc == 0 && (rc = settle_imports(&self)) == 0
           && peek(&self) != NULL)
        rc = read_block(&self);
    corefile_words_clear(&words);
    clear(&self);
    if (rc == -1)
        corefile_destroy(&file);
    return file;
}

void
corefile_destroy(struct corefile **self_p)
{
    if (*self_p == NULL)
        return;
    free((*self_p)->blocks);
    free((*self_p)->paths);
    core_arena_destroy(&(*self_p)->memory);
    free(*self_p);
    *self_p = NULL;
}

/* ---- which of the two languages ------------------------------------------ */

bool
corefile_is_meant(const char *path, const char *text)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;

    if (strncmp(name, "Corefile", 8) == 0)
        return true;

    /* Ours begins with "key =", "key :" or "@include"; theirs with the key of
       a block, which holds what our keys cannot, or "(snippet) {". */
    for (;;) {
        text += strspn(text, " \t\r\n");
        if (*text == '#' || strncmp(text, "//", 2) == 0)
            text += strcspn(text, "\n");
        else if (strncmp(text, "/*", 2) == 0 && strstr(text, "*/") != NULL)
            text = strstr(text, "*/") + 2;
        else
            break;
    }
    if (*text == '@' || *text == '\0')
        return false;
    while (isalnum((unsigned char) *text) || strchr("-_*", *text) != NULL)
        text++;
    text += strspn(text, " \t\r\n");
    return *text != '=' && *text != ':';
}
