/*
 * corefile - a Corefile as the blocks and lines that stand in it
 */

#include "ctl/corefile.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "ctl/corefile_reader.h"
#include "lib/arena.h"

#define DEPTH 16                        /* of braces */
#define NO_ZONES "expected the zones of a server block"

/* A file while it is read. */
struct loading {
    struct corefile *file;
    reader_t *reader;
    size_t block_capacity;
};

/* ---- lines --------------------------------------------------------------- */

/* Lines while they are gathered; kept in the arena when they are whole. */
struct lines {
    struct corefile_line *items;
    size_t count, capacity;
};

static int
read_lines(struct loading *self, struct lines *lines, int depth,
           bool has_braces);

static struct corefile_line *
keep_lines(struct loading *self, struct lines *lines)
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
read_line(struct loading *self, struct corefile_line *line, int depth)
{
    const struct corefile_word *first = reader_peek(self->reader);
    const char **words = NULL;
    size_t capacity = 0;
    const struct corefile_word *word = first;

    *line = (struct corefile_line) { .path = first->path,
                                     .line = first->line };
    do {
        words = core_grow(words, line->count, &capacity, sizeof *words);
        words[line->count++] = core_arena_copy(self->file->memory, word->text,
                                               strlen(word->text) + 1);
        line->first_row += word->line == first->line;
        reader_skip(self->reader);
        word = reader_peek(self->reader);
    } while (word != NULL && !reader_begins_line(self->reader)
             && !reader_is_brace(word, "{") && !reader_is_brace(word, "}"));
    line->words = core_arena_copy(self->file->memory, words,
                                  line->count * sizeof *words);
    free(words);
    if (word == NULL || !reader_is_brace(word, "{"))
        return 0;
    if (depth == DEPTH)
        return reader_fail(self->reader, word, "braces too deep");

    struct lines body = { .items = NULL };
    int rc;

    reader_skip(self->reader);
    line->has_body = true;
    rc = read_lines(self, &body, depth + 1, true);
    line->body_count = body.count;
    line->body = keep_lines(self, &body);
    return rc;
}

/* Reads lines up to the closing brace, or to the end of the file. */
static int
read_lines(struct loading *self, struct lines *lines, int depth,
           bool has_braces)
{
    for (;;) {
        if (reader_settle(self->reader) == -1)
            return -1;

        const struct corefile_word *word = reader_peek(self->reader);

        if (word == NULL)
            return has_braces ? reader_fail_at_end(self->reader) : 0;
        if (reader_is_brace(word, "}")) {
            if (!has_braces)
                return reader_fail(self->reader, word, "there is no { for it");
            reader_skip(self->reader);
            return 0;
        }
        if (reader_is_brace(word, "{"))
            return reader_fail(self->reader, word,
                               "expected a word in front of it");
        lines->items = core_grow(lines->items, lines->count,
                                 &lines->capacity, sizeof *lines->items);
        if (read_line(self, &lines->items[lines->count++], depth) == -1)
            return -1;
    }
}

/* ---- blocks -------------------------------------------------------------- */

/* Reads the keys of a block; "a, b" and "a," with b on the next line too. */
static int
read_keys(struct loading *self, struct corefile_block *block)
{
    const struct corefile_word *word = reader_peek(self->reader);
    const char **keys = NULL;
    size_t capacity = 0;
    bool expects_more = true;

    while (word != NULL && !reader_is_brace(word, "{")
           && (expects_more || !reader_begins_line(self->reader))) {
        size_t size = strlen(word->text);

        if (reader_is_brace(word, "}")) {
            free(keys);
            return reader_fail(self->reader, word, NO_ZONES);
        }
        expects_more = size > 0 && word->text[size - 1] == ',';
        size -= expects_more;
        if (size > 0) {
            char *key = core_arena_allocate(self->file->memory, size + 1);

            memcpy(key, word->text, size);
            keys = core_grow(keys, block->key_count, &capacity, sizeof *keys);
            keys[block->key_count++] = key;
        }
        reader_skip(self->reader);
        word = reader_peek(self->reader);
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

/* Reads one block.  A block without braces is the only one of its file. */
static int
read_block(struct loading *self)
{
    const struct corefile_word *first = reader_peek(self->reader);
    struct corefile_block block = { .path = first->path,
                                    .line = first->line };
    struct lines lines = { .items = NULL };

    if (read_keys(self, &block) == -1)
        return -1;

    const struct corefile_word *word = reader_peek(self->reader);
    bool has_braces = word != NULL && reader_is_brace(word, "{");

    if (block.key_count == 0)
        return reader_fail(self->reader, first, NO_ZONES);
    if (has_braces)
        reader_skip(self->reader);
    if (has_braces && is_snippet(&block))
        return reader_snippet(self->reader, &block);

    int rc = read_lines(self, &lines, 1, has_braces);

    block.line_count = lines.count;
    block.lines = keep_lines(self, &lines);
    self->file->blocks = core_grow(self->file->blocks,
                                   self->file->block_count,
                                   &self->block_capacity, sizeof block);
    self->file->blocks[self->file->block_count++] = block;
    return rc;
}

struct corefile *
corefile_load(const char *path, core_faults_t *faults)
{
    struct loading self = { .file = core_allocate(sizeof *self.file) };
    int rc = -1;

    self.file->memory = core_arena_new();
    self.reader = reader_new(self.file, path, faults);
    if (self.reader != NULL)
        while ((rc = reader_settle(self.reader)) == 0
               && reader_peek(self.reader) != NULL)
            if ((rc = read_block(&self)) == -1)
                break;
    reader_destroy(&self.reader);
    if (rc == -1)
        corefile_destroy(&self.file);
    return self.file;
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
    return strncmp(text, "://", 3) == 0 || (*text != '=' && *text != ':');
}
