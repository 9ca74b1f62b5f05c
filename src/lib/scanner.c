/*
 * scanner - cuts zone text into entries, and entries into words
 *
 * One pass with a table of character classes, no copy: a zone of a million
 * lines is read at the speed of its octets.  A quote must end on its line and
 * a parenthesis before the text does: what is forgotten there would swallow
 * the zone.
 */

#include "lib/scanner.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "coredns/memory.h"

#define WORDS 70000                     /* of an entry: more than any rdata
                                           can hold */

enum character {
    PLAIN, BLANK, NEWLINE, COMMENT, OPEN, CLOSE, QUOTE, ESCAPE, NOTHING
};

static const uint8_t classes[256] = {
    [' '] = BLANK, ['\t'] = BLANK, ['\r'] = BLANK, ['\f'] = BLANK,
    ['\n'] = NEWLINE, [';'] = COMMENT, ['('] = OPEN, [')'] = CLOSE,
    ['"'] = QUOTE, ['\\'] = ESCAPE, ['\0'] = NOTHING,
};

/* What a backslash can stand in front of. */
static inline bool
can_be_escaped(char character)
{
    return character != '\n' && character != '\0';
}

static inline enum character
class_of(const char *at)
{
    return (enum character) classes[(uint8_t) *at];
}

void
core_scanner_start(struct core_scanner *self, const char *text, size_t size)
{
    self->start = text;
    self->at = text;
    self->limit = text + size;
    self->line = 1;
    self->fault = NULL;
    self->fault_line = 0;
}

void
core_scanner_end(struct core_scanner *self)
{
    free(self->words);
    self->words = NULL;
    self->capacity = 0;
}

static const char *
find_newline(const struct core_scanner *self, const char *at)
{
    const char *newline = memchr(at, '\n', (size_t) (self->limit - at));

    return newline == NULL ? self->limit : newline;
}

/* Notes a fault and skips the line it is on. */
static enum core_scan
fail(struct core_scanner *self, int line, const char *fault)
{
    self->fault = fault;
    self->fault_line = line;
    self->at = find_newline(self, self->at);
    if (self->at < self->limit) {
        self->at++;
        self->line++;
    }
    return CORE_SCAN_FAULT;
}

static void
add_word(struct core_scanner *self, size_t count, const char *text,
         const char *end, bool is_quoted)
{
    if (count == self->capacity)
        self->words = core_grow(self->words, count, &self->capacity,
                                sizeof *self->words);
    self->words[count] = (struct core_word) {
        text, (uint32_t) (end - text), is_quoted
    };
}

/* The end of a plain word: where anything stands that is not part of it. */
static inline const char *
end_of_plain(const struct core_scanner *self, const char *at)
{
    for (; at < self->limit; at++) {
        enum character class = class_of(at);

        if (class == PLAIN)
            continue;
        if (class != ESCAPE)
            break;
        if (at + 1 < self->limit && can_be_escaped(at[1]))
            at++;
    }
    return at;
}

/* The closing quote; NULL when there is none on the line. */
static const char *
end_of_quoted(const struct core_scanner *self, const char *at)
{
    for (; at < self->limit && can_be_escaped(*at); at++) {
        if (*at == '"')
            return at;
        if (*at == '\\' && at + 1 < self->limit && can_be_escaped(at[1]))
            at++;
    }
    return NULL;
}

/* Where the words of an entry are being gathered. */
struct gathering {
    size_t count;
    unsigned depth;                     /* of parentheses */
    int open_line;                      /* of the outermost one */
    const char *end;                    /* of the last word */
};

/*
 * Takes what stands at `at`: a word, a blank, a parenthesis, a comment.
 * Returns false on a fault; *done is set at the end of the entry.
 */
static inline bool
take(struct core_scanner *self, struct gathering *gathering, bool *done)
{
    const char *end;

    switch (class_of(self->at)) {
    case BLANK:
        self->at++;
        return true;
    case COMMENT:
        self->at = find_newline(self, self->at);
        return true;
    case NEWLINE:
        self->at++;
        self->line++;
        *done = gathering->depth == 0;
        return true;
    case OPEN:
        if (gathering->depth++ == 0)
            gathering->open_line = self->line;
        self->at++;
        return true;
    case CLOSE:
        if (gathering->depth-- == 0) {
            self->fault = "closing parenthesis without an opening one";
            return false;
        }
        self->at++;
        return true;
    case NOTHING:
        self->fault = "an octet of zero, which no text has";
        return false;
    case QUOTE:
        end = end_of_quoted(self, self->at + 1);
        if (end == NULL) {
            self->fault = "quote is not closed on its line";
            return false;
        }
        add_word(self, gathering->count++, self->at + 1, end, true);
        self->at = end + 1;
        break;
    default:
        end = end_of_plain(self, self->at);
        add_word(self, gathering->count++, self->at, end, false);
        self->at = end;
        break;
    }
    gathering->end = self->at;
    if (gathering->count <= WORDS)
        return true;
    self->fault = "too many words";
    return false;
}

enum core_scan
core_scanner_next(struct core_scanner *self, struct core_entry *entry)
{
    struct gathering gathering = { .count = 0 };
    bool done = false;

    self->fault = NULL;
    while (self->at < self->limit && !(done && gathering.count > 0)) {
        bool is_first = gathering.count == 0;
        bool at_edge = self->at == self->start || self->at[-1] == '\n';
        int line = self->line;

        done = false;
        if (!take(self, &gathering, &done))
            return fail(self, line, self->fault);
        if (is_first && gathering.count == 1) {
            entry->line = line;
            entry->has_owner = at_edge && gathering.depth == 0;
        }
    }
    if (gathering.depth > 0)
        return fail(self, gathering.open_line, "parenthesis is not closed");
    if (gathering.count == 0)
        return CORE_SCAN_END;
    entry->words = self->words;
    entry->count = gathering.count;
    entry->end = gathering.end;
    return CORE_SCAN_ENTRY;
}

bool
core_word_is(const struct core_word *word, const char *text)
{
    return word->size == strlen(text)
        && strncasecmp(word->text, text, word->size) == 0;
}

bool
core_word_number(const struct core_word *word, uint32_t maximum,
                 uint32_t *number)
{
    uint64_t value = 0;

    if (word->size == 0 || word->is_quoted)
        return false;
    for (uint32_t i = 0; i < word->size; i++) {
        unsigned digit = (unsigned) word->text[i] - '0';

        if (digit > 9)
            return false;
        value = value * 10 + digit;
        if (value > maximum)
            return false;
    }
    *number = (uint32_t) value;
    return true;
}

/* Seconds of a unit, or 0. */
static uint32_t
unit_seconds(char unit)
{
    switch (unit | 0x20) {
    case 's':
        return 1;
    case 'm':
        return 60;
    case 'h':
        return 3600;
    case 'd':
        return 86400;
    case 'w':
        return 604800;
    default:
        return 0;
    }
}

bool
core_word_seconds(const struct core_word *word, uint32_t *seconds)
{
    uint64_t total = 0;
    uint64_t value = 0;
    bool has_digit = false;

    if (word->size == 0 || word->is_quoted)
        return false;
    for (uint32_t i = 0; i < word->size; i++) {
        unsigned digit = (unsigned) word->text[i] - '0';

        if (digit <= 9) {
            value = value * 10 + digit;
            has_digit = true;
        } else {
            uint32_t unit = unit_seconds(word->text[i]);

            if (unit == 0 || !has_digit)
                return false;
            total += value * unit;
            value = 0;
            has_digit = false;
        }
        if (value > UINT32_MAX || total > UINT32_MAX)
            return false;
    }

    /* "1h30" ends in a number without a unit: seconds, as "30" alone. */
    total += value;
    if (total > UINT32_MAX)
        return false;
    *seconds = (uint32_t) total;
    return true;
}
