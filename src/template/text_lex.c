/*
 * text_lex - a source as tokens
 */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "template/text_parts.h"

static struct token
fail(struct lexer *self, const char *why)
{
    core_fault_set(self->fault, NULL, 0, "%s", why);
    return (struct token) { .kind = TOKEN_FAULT };
}

static bool
starts_with(const struct lexer *self, const char *text)
{
    size_t size = strlen(text);

    return (size_t) (self->end - self->at) >= size
        && memcmp(self->at, text, size) == 0;
}

static bool
is_word(char c)
{
    return isalnum((unsigned char) c) || c == '_';
}

static void
skip_blanks(struct lexer *self)
{
    while (self->at < self->end && isspace((unsigned char) *self->at))
        self->at++;
}

/* ---- outside of braces --------------------------------------------------- */

/* Skips "{{- " or "{{", and a comment with its braces. */
static struct token
open_braces(struct lexer *self)
{
    const char *end;

    self->at += 2;
    if (starts_with(self, "-") && self->at + 1 < self->end
        && isspace((unsigned char) self->at[1]))
        self->at += 2;

    const char *at = self->at;

    skip_blanks(self);
    if (!starts_with(self, "/*")) {
        self->at = at;
        self->is_inside = true;
        return (struct token) { .kind = TOKEN_OPEN };
    }
    end = strstr(self->at + 2, "*/");
    if (end == NULL)
        return fail(self, "a comment does not end");
    self->at = end + 2;
    if (self->at < self->end && isspace((unsigned char) *self->at)) {
        skip_blanks(self);
        self->trims = starts_with(self, "-}}");
        self->at += self->trims;
    }
    if (!starts_with(self, "}}"))
        return fail(self, "a comment must be all there is in its braces");
    self->at += 2;
    return text_lex(self);
}

static struct token
lex_text(struct lexer *self)
{
    struct token token = { .kind = TOKEN_TEXT };
    const char *open;

    if (self->trims)
        skip_blanks(self);
    self->trims = false;
    token.text = self->at;
    open = strstr(self->at, "{{");
    if (open == NULL)
        open = self->end;
    token.size = (size_t) (open - self->at);
    self->at = open;
    if (starts_with(self, "{{-") && open + 3 < self->end
        && isspace((unsigned char) open[3]))
        while (token.size > 0
               && isspace((unsigned char) token.text[token.size - 1]))
            token.size--;
    if (token.size > 0)
        return token;
    return self->at < self->end ? open_braces(self)
        : (struct token) { .kind = TOKEN_END };
}

/* ---- strings and numbers ------------------------------------------------- */

/* The octet that an escape stands for; -1 for none.  *at is behind it. */
static int
read_escape(const char **at)
{
    static const char letters[] = "abfnrtv\\'\"";
    static const char octets[] = "\a\b\f\n\r\t\v\\'\"";
    const char *found = **at == '\0' ? NULL : strchr(letters, **at);
    char digits[4] = "";
    int base = **at == 'x' ? 16 : 8;
    char *end;

    if (found != NULL) {
        (*at)++;
        return (unsigned char) octets[found - letters];
    }
    *at += base == 16;
    memcpy(digits, *at, strnlen(*at, base == 16 ? 2 : 3));

    unsigned long octet = strtoul(digits, &end, base);

    if (!isxdigit((unsigned char) digits[0])
        || end - digits != (base == 16 ? 2 : 3) || octet > 255)
        return -1;
    *at += end - digits;
    return (int) octet;
}

static struct token
lex_string(struct lexer *self)
{
    char *octets = core_arena_allocate(self->memory,
                                       (size_t) (self->end - self->at) + 1);
    size_t size = 0;

    for (self->at++; self->at < self->end && *self->at != '"'
         && *self->at != '\n';) {
        int octet = (unsigned char) *self->at++;

        if (octet == '\\')
            octet = read_escape(&self->at);
        if (octet == -1)
            return fail(self, "an escape that is none in a string");
        octets[size++] = (char) octet;
    }
    if (self->at == self->end || *self->at != '"')
        return fail(self, "a string does not end");
    self->at++;
    return (struct token) {
        .kind = TOKEN_STRING, .value = value_octets(octets, size)
    };
}

static struct token
lex_raw_string(struct lexer *self)
{
    const char *start = self->at + 1;
    const char *end = memchr(start, '`', (size_t) (self->end - start));

    if (end == NULL)
        return fail(self, "a string does not end");
    self->at = end + 1;
    return (struct token) {
        .kind = TOKEN_STRING,
        .value = value_octets(start, (size_t) (end - start))
    };
}

/* 'x': the number of a character. */
static struct token
lex_character(struct lexer *self)
{
    const char *at = self->at + 1;
    int octet = (unsigned char) *at++;

    if (octet == '\\')
        octet = read_escape(&at);
    if (octet < 1 || octet > 127 || *at != '\'')
        return fail(self, "a character that is none");
    self->at = at + 1;
    return (struct token) {
        .kind = TOKEN_NUMBER, .value = value_integer(octet)
    };
}

static struct token
lex_number(struct lexer *self)
{
    const char *text = self->at;
    bool is_negative = *text == '-';
    const char *digits = text + (*text == '-' || *text == '+');
    int base = 0;
    char *end;

    if (strncasecmp(digits, "0b", 2) == 0
        || strncasecmp(digits, "0o", 2) == 0) {
        base = tolower((unsigned char) digits[1]) == 'b' ? 2 : 8;
        digits += 2;
    }
    errno = 0;

    unsigned long long number = strtoull(digits, &end, base);

    if (!isxdigit((unsigned char) *digits) || is_word(*end) || *end == '.'
        || errno != 0 || number > (uint64_t) INT64_MAX)
        return fail(self, "not a whole number");
    self->at = end;
    return (struct token) {
        .kind = TOKEN_NUMBER,
        .value = value_integer(is_negative ? -(int64_t) number
                                           : (int64_t) number)
    };
}

/* ---- inside of braces ---------------------------------------------------- */

static struct token
lex_word(struct lexer *self, enum token_kind kind)
{
    struct token token = { .kind = kind, .text = self->at };

    while (self->at < self->end && is_word(*self->at))
        self->at++;
    token.size = (size_t) (self->at - token.text);
    return token;
}

static struct token
lex_sign(struct lexer *self)
{
    static const struct {
        const char *text;
        enum token_kind kind;
    } signs[] = {
        { ":=", TOKEN_DECLARE }, { "=", TOKEN_ASSIGN }, { "|", TOKEN_PIPE },
        { "(", TOKEN_LEFT }, { ")", TOKEN_RIGHT }, { ",", TOKEN_COMMA },
    };

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (starts_with(self, signs[i].text)) {
            self->at += strlen(signs[i].text);
            return (struct token) { .kind = signs[i].kind };
        }
    return fail(self, "a character that has no meaning in braces");
}

/* "}}" or " -}}", if it is that; false otherwise. */
static bool
close_braces(struct lexer *self)
{
    const char *at = self->at;

    skip_blanks(self);
    if (self->at > at && starts_with(self, "-}}")) {
        self->trims = true;
        self->at++;
    }
    if (starts_with(self, "}}")) {
        self->at += 2;
        self->is_inside = false;
        return true;
    }
    self->at = at;
    self->trims = false;
    return false;
}

struct token
text_lex(struct lexer *self)
{
    if (!self->is_inside)
        return lex_text(self);
    if (close_braces(self))
        return (struct token) { .kind = TOKEN_CLOSE };
    if (self->at == self->end)
        return fail(self, "braces do not end");

    char c = *self->at;
    char next = self->at + 1 < self->end ? self->at[1] : '\0';

    if (isspace((unsigned char) c)) {
        skip_blanks(self);
        return (struct token) { .kind = TOKEN_BLANK };
    }
    if (c == '"')
        return lex_string(self);
    if (c == '`')
        return lex_raw_string(self);
    if (c == '\'')
        return lex_character(self);
    if (isdigit((unsigned char) c)
        || ((c == '-' || c == '+') && isdigit((unsigned char) next)))
        return lex_number(self);
    if (c == '$') {
        self->at++;
        return lex_word(self, TOKEN_VARIABLE);
    }
    if (c == '.') {
        self->at++;
        return is_word(next) ? lex_word(self, TOKEN_FIELD)
            : (struct token) { .kind = TOKEN_DOT };
    }
    return is_word(c) ? lex_word(self, TOKEN_WORD) : lex_sign(self);
}
