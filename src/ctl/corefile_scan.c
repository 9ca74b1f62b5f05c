/*
 * corefile_scan - the text of a Corefile as words
 *
 * One function looks at a character and is in one of four states; a word is
 * gathered in a buffer and given its environment when it is whole, so that a
 * variable can hold blanks without becoming two words.
 */

#include "ctl/corefile_scan.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

struct scanner {
    struct corefile_words *words;
    const char *at;
    const char *path;
    int line;
    int last_line;                      /* the logical line of the last word */
    int joined;                         /* lines that a backslash took away */
    char *buffer;
    size_t size;
};

/* The length of "{$NAME}" or "{%NAME%}" at text, or 0; name is found in it. */
static size_t
match_variable(const char *text, const char **name, size_t *name_size)
{
    const char *end;

    if (strncmp(text, "{$", 2) == 0)
        end = strchr(text, '}');
    else if (strncmp(text, "{%", 2) == 0)
        end = strstr(text + 2, "%}");
    else
        return 0;
    if (end == NULL)
        return 0;
    *name = text + 2;
    *name_size = (size_t) (end - *name);
    return (size_t) (end - text) + (*end == '%' ? 2 : 1);
}

static const char *
find_variable(const char *name, size_t size)
{
    char *copy = core_allocate(size + 1);

    memcpy(copy, name, size);

    const char *value = getenv(copy);

    free(copy);
    return value == NULL ? "" : value;
}

/* The word with its variables replaced; yours. */
static char *
replace_variables(const char *text)
{
    char *result = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&result, &size);

    while (*text != '\0') {
        const char *name;
        size_t name_size;
        size_t taken = match_variable(text, &name, &name_size);

        if (taken == 0)
            fputc(*text++, file);
        else {
            fputs(find_variable(name, name_size), file);
            text += taken;
        }
    }
    fclose(file);
    return result;
}

void
corefile_words_add(struct corefile_words *words,
                   const struct corefile_word *word)
{
    words->items = core_grow(words->items, words->count, &words->capacity,
                             sizeof *words->items);
    words->items[words->count] = *word;
    words->items[words->count].text = core_copy_text(word->text);
    words->count++;
}

void
corefile_words_clear(struct corefile_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i].text);
    free(words->items);
    *words = (struct corefile_words) { .items = NULL };
}

/* Puts what was gathered behind the words. */
static void
end_word(struct scanner *self, int line, bool is_quoted)
{
    self->buffer[self->size] = '\0';

    struct corefile_word word = {
        .text = replace_variables(self->buffer),
        .path = self->path, .line = line, .is_quoted = is_quoted,
        .begins_line = line - self->joined != self->last_line,
    };

    corefile_words_add(self->words, &word);
    free(word.text);
    self->last_line = self->line - self->joined;
    self->size = 0;
}

/* Takes the rest of a quoted word; false when the text ends in it. */
static bool
take_quoted(struct scanner *self)
{
    int line = self->line;

    for (self->at++; *self->at != '\0'; self->at++) {
        if (*self->at == '"') {
            self->at++;
            end_word(self, line, true);
            return true;
        }
        if (self->at[0] == '\\' && self->at[1] == '"')
            self->at++;
        if (*self->at == '\n')
            self->line++;
        self->buffer[self->size++] = *self->at;
    }
    self->line = line;
    return false;
}

static bool
is_joint(const char *text)
{
    return text[0] == '\\'
        && (text[1] == '\n' || (text[1] == '\r' && text[2] == '\n'));
}

static void
take_plain(struct scanner *self)
{
    while (*self->at != '\0' && !isspace((unsigned char) *self->at)
           && !is_joint(self->at))
        self->buffer[self->size++] = *self->at++;
    end_word(self, self->line, false);
}

/* One step: a blank, a comment, a joint or a whole word. */
static bool
take_one(struct scanner *self)
{
    if (is_joint(self->at)) {
        self->at = strchr(self->at, '\n') + 1;
        self->line++;
        self->joined++;
    }
    else if (*self->at == '\n') {
        self->at++;
        self->line++;
    }
    else if (isspace((unsigned char) *self->at))
        self->at++;
    else if (*self->at == '#')
        self->at += strcspn(self->at, "\n");
    else if (*self->at == '"')
        return take_quoted(self);
    else
        take_plain(self);
    return true;
}

int
corefile_scan(struct corefile_words *words, const char *text,
              const char *path, struct core_fault *fault)
{
    struct scanner self = {
        .words = words, .at = text, .path = path, .line = 1,
        .buffer = core_allocate(strlen(text) + 1),
    };
    bool is_right = true;

    while (is_right && *self.at != '\0')
        is_right = take_one(&self);
    free(self.buffer);
    if (is_right)
        return 0;
    core_fault_set(fault, path, self.line, "a quote that does not end");
    return -1;
}
