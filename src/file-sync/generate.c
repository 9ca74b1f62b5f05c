/*
 * generate - the lines that a $GENERATE directive stands for
 *
 * Lines are made one at a time and read like any other line of the file, so
 * there is one reader of records and no list in memory.
 */

#include "file-sync/generate.h"

#include <stdio.h>
#include <string.h>

#define NUMBER_LIMIT 0x7fffffffu
#define WIDTH_LIMIT 255

/* A line that is being written. */
struct line {
    char *text;
    size_t size;
    const char *fault;                  /* constant; NULL: none */
};

/* "${offset,width,base}" */
struct format {
    int64_t offset;
    unsigned width;
    char base;
};

static bool
read_digits(const char **at, const char *end, uint64_t maximum,
            uint64_t *number)
{
    const char *first = *at;

    *number = 0;
    for (; *at < end && **at >= '0' && **at <= '9'; (*at)++) {
        *number = *number * 10 + (uint64_t) (**at - '0');
        if (*number > maximum)
            return false;
    }
    return *at > first;
}

/* "start-stop" or "start-stop/step" */
static bool
read_range(struct generate *self, const struct core_word *word)
{
    const char *at = word->text;
    const char *end = at + word->size;

    self->step = 1;
    if (!read_digits(&at, end, NUMBER_LIMIT, &self->number) || at == end
        || *at++ != '-' || !read_digits(&at, end, NUMBER_LIMIT, &self->last))
        return false;
    if (at < end && (*at++ != '/'
                     || !read_digits(&at, end, NUMBER_LIMIT, &self->step)))
        return false;
    return at == end && self->number <= self->last && self->step > 0;
}

bool
generate_start(struct generate *self, const struct core_entry *entry,
               const char **fault)
{
    if (entry->count < 5) {
        *fault = "$GENERATE needs a range, an owner, a type and rdata";
        return false;
    }
    if (!read_range(self, &entry->words[1])) {
        *fault = "$GENERATE: not a range start-stop/step";
        return false;
    }
    self->text = entry->words[2].text;
    self->size = (size_t) (entry->end - self->text);
    return true;
}

uint64_t
generate_left(const struct generate *self)
{
    return self->number > self->last ? 0
        : (self->last - self->number) / self->step + 1;
}

static void
put(struct line *line, const char *text, size_t size)
{
    if (size > GENERATE_LINE_SIZE - line->size) {
        line->fault = "$GENERATE: line is above the limit of 4096 octets";
        return;
    }
    memcpy(line->text + line->size, text, size);
    line->size += size;
}

/* Hex digits from the last to the first, with dots between them; the width
   counts the dots too. */
static void
put_nibbles(struct line *line, uint64_t number, const struct format *format)
{
    const char *digits = format->base == 'n' ? "0123456789abcdef"
        : "0123456789ABCDEF";
    int width = (int) format->width;

    do {
        put(line, &digits[number & 15], 1);
        number >>= 4;
        width--;
        if (width > 0 || number > 0) {
            put(line, ".", 1);
            width--;
        }
    } while (number > 0 || width > 0);
}

static void
put_number(struct line *line, uint64_t number, const struct format *format)
{
    char text[WIDTH_LIMIT + 1];
    int64_t value = (int64_t) number + format->offset;
    int width = (int) format->width;
    int size;

    if (value < 0) {
        line->fault = "$GENERATE: number plus offset is negative";
        return;
    }
    if (format->base == 'n' || format->base == 'N') {
        put_nibbles(line, (uint64_t) value, format);
        return;
    }
    if (format->base == 'o')
        size = snprintf(text, sizeof text, "%0*llo", width,
                        (unsigned long long) value);
    else if (format->base == 'x')
        size = snprintf(text, sizeof text, "%0*llx", width,
                        (unsigned long long) value);
    else if (format->base == 'X')
        size = snprintf(text, sizeof text, "%0*llX", width,
                        (unsigned long long) value);
    else
        size = snprintf(text, sizeof text, "%0*lld", width,
                        (long long) value);
    put(line, text, (size_t) size);
}

/* Reads what stands behind "${", up to its "}". */
static bool
read_format(const char **at, const char *end, struct format *format)
{
    bool negative = *at < end && **at == '-';
    uint64_t number;

    if (*at < end && (**at == '-' || **at == '+'))
        (*at)++;
    if (!read_digits(at, end, NUMBER_LIMIT, &number))
        return false;
    format->offset = negative ? -(int64_t) number : (int64_t) number;
    if (*at < end && **at == ',') {
        (*at)++;
        if (!read_digits(at, end, WIDTH_LIMIT, &number))
            return false;
        format->width = (unsigned) number;
        if (*at < end && **at == ',') {
            (*at)++;
            if (*at == end || **at == '\0'
                || strchr("doxXnN", **at) == NULL)
                return false;
            format->base = *(*at)++;
        }
    }
    return *at < end && *(*at)++ == '}';
}

/* Writes what the dollar sign in front of `at` stands for; returns what
   follows. */
static const char *
put_dollar(struct line *line, const char *at, const char *end,
           uint64_t number)
{
    struct format format = { .base = 'd' };

    if (at < end && *at == '$') {
        put(line, "$", 1);
        return at + 1;
    }
    if (at < end && *at == '{') {
        at++;
        if (!read_format(&at, end, &format)) {
            line->fault = "$GENERATE: not ${offset,width,base}";
            return end;
        }
    }
    put_number(line, number, &format);
    return at;
}

size_t
generate_next(struct generate *self, char text[GENERATE_LINE_SIZE],
              const char **fault)
{
    struct line line = { .text = text };
    const char *at = self->text;
    const char *end = at + self->size;

    while (at < end && line.fault == NULL) {
        if (*at == '$') {
            at = put_dollar(&line, at + 1, end, self->number);
        } else if (*at == '\\' && at + 1 < end) {
            /* "\$" loses its backslash, other escapes stay as they are. */
            size_t kept = at[1] == '$' ? 1 : 2;

            put(&line, at + 2 - kept, kept);
            at += 2;
        } else {
            put(&line, at++, 1);
        }
    }
    self->number += self->step;
    if (line.fault == NULL)
        return line.size;
    *fault = line.fault;
    self->number = self->last + 1;
    return 0;
}
