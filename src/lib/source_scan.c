/*
 * source_scan - the tokens of a configuration, as libconfig 1.5 sees them
 *
 * libconfig reads 4294967296 as 0 and 1.5e400 as infinity, so the digits
 * themselves are looked at here.
 */

#include "lib/source_scan.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define NUMBER_SIZE 400                 /* no number needs more */

static void
count_lines(struct core_scan *scan)
{
    scan->lines = 0;
    for (const char *at = scan->token; at < scan->token + scan->size; at++)
        if (*at == '\n')
            scan->lines++;
}

static enum core_token
scan_block_comment(struct core_scan *scan, struct core_fault *fault)
{
    const char *end = strstr(scan->token + 2, "*/");

    if (end == NULL)
        core_fault_set(fault, NULL, 0, "the comment is not closed by */");
    scan->size = end != NULL ? (size_t) (end - scan->token) + 2
                             : strlen(scan->token);
    return CORE_TOKEN_COMMENT;
}

static enum core_token
scan_line_comment(struct core_scan *scan)
{
    scan->size = strcspn(scan->token, "\n");
    return strncmp(scan->token, "#@ ", 3) == 0 ? CORE_TOKEN_MARK
                                               : CORE_TOKEN_COMMENT;
}

static bool
is_nul_escape(const char *text)
{
    return text[0] == '\\' && (text[1] == 'x' || text[1] == 'X')
        && text[2] == '0' && text[3] == '0';
}

/* Only \\ and \" matter for where a string ends. */
static enum core_token
scan_string(struct core_scan *scan, struct core_fault *fault)
{
    const char *at = scan->token + 1;

    while (*at != '"' && *at != '\0') {
        if (is_nul_escape(at))
            core_fault_set(fault, NULL, 0, "a text cannot hold \\x00");
        if (at[0] == '\\' && (at[1] == '"' || at[1] == '\\'))
            at++;
        at++;
    }
    if (*at == '\0')
        core_fault_set(fault, NULL, 0, "the text is not closed by a quote");
    else
        at++;
    scan->size = (size_t) (at - scan->token);
    return CORE_TOKEN_STRING;
}

static enum core_token
scan_include(struct core_scan *scan, struct core_fault *fault)
{
    static const char word[] = "@include";
    const char *start = scan->token;
    size_t skipped = strlen(word);

    scan->size = 1;
    if (strncmp(start, word, skipped) == 0)
        skipped += strspn(start + skipped, " \t");
    if (!scan->at_line_start || skipped == strlen(word)
        || strncmp(start, word, strlen(word)) != 0 || start[skipped] != '"') {
        core_fault_set(fault, NULL, 0,
                       "expected @include \"FILE\" on a line of its own");
        scan->size = strcspn(start, "\n");
        return CORE_TOKEN_OTHER;
    }
    scan->token = start + skipped;
    scan_string(scan, fault);
    return fault->text[0] == '\0' ? CORE_TOKEN_INCLUDE : CORE_TOKEN_OTHER;
}

/* The octets of what a person would call one number or word. */
static size_t
measure_number(const char *text)
{
    size_t size = text[0] == '+' || text[0] == '-';
    bool is_hexadecimal = text[size] == '0' && tolower(text[size + 1]) == 'x';

    for (;;) {
        size += strspn(text + size, LETTERS DIGITS "_.");
        if (is_hexadecimal || size == 0 || tolower(text[size - 1]) != 'e'
            || (text[size] != '+' && text[size] != '-'))
            return size;
        size++;
    }
}

static void
check_integer(const char *number, const char *end, int base,
              struct core_fault *fault)
{
    bool is_long = strcmp(end, "L") == 0 || strcmp(end, "LL") == 0;
    char *stop;

    errno = 0;

    long long value = strtoll(number, &stop, base);

    if (errno == ERANGE)
        core_fault_set(fault, NULL, 0, "%s does not fit in 64 bits", number);
    else if (!is_long && (value > INT32_MAX || value < INT32_MIN))
        core_fault_set(fault, NULL, 0, "%s does not fit in 32 bits: "
                       "write %sL, or a text with a unit", number, number);
}

static void
check_fraction(const char *number, struct core_fault *fault)
{
    char *end;
    double value = strtod(number, &end);

    if (*end != '\0' || number[strspn(number, "+-.eE" DIGITS)] != '\0')
        core_fault_set(fault, NULL, 0, "%s is no number: "
                       "what has a unit or dots stands in quotes", number);
    else if (!isfinite(value))
        core_fault_set(fault, NULL, 0, "%s is too large a number", number);
}

static enum core_token
scan_number(struct core_scan *scan, struct core_fault *fault)
{
    char number[NUMBER_SIZE];

    scan->size = measure_number(scan->token);
    if (scan->size >= sizeof number) {
        core_fault_set(fault, NULL, 0, "the number is too long");
        return CORE_TOKEN_NUMBER;
    }
    memcpy(number, scan->token, scan->size);
    number[scan->size] = '\0';

    const char *digits = number + (*number == '+' || *number == '-');
    bool is_hexadecimal = strncasecmp(number, "0x", 2) == 0;
    const char *end = is_hexadecimal
        ? number + 2 + strspn(number + 2, DIGITS "abcdefABCDEF")
        : digits + strspn(digits, DIGITS);
    bool has_digits = end > (is_hexadecimal ? number + 2 : digits);

    if (has_digits && end[strspn(end, "L")] == '\0' && strlen(end) <= 2)
        check_integer(number, end, is_hexadecimal ? 16 : 10, fault);
    else
        check_fraction(number, fault);
    return CORE_TOKEN_NUMBER;
}

static enum core_token
scan_name(struct core_scan *scan)
{
    scan->size = strspn(scan->token, LETTERS DIGITS "-_*");
    if ((scan->size == 4 && strncasecmp(scan->token, "true", 4) == 0)
        || (scan->size == 5 && strncasecmp(scan->token, "false", 5) == 0))
        return CORE_TOKEN_BOOLEAN;
    return CORE_TOKEN_NAME;
}

static enum core_token
scan_sign(struct core_scan *scan)
{
    scan->size = 1;
    switch (*scan->token) {
    case '\0':
        scan->size = 0;
        return CORE_TOKEN_END;
    case '\n':
        return CORE_TOKEN_LINE;
    case '{': case '(': case '[':
        return CORE_TOKEN_OPEN;
    case '}': case ')': case ']':
        return CORE_TOKEN_CLOSE;
    case '=': case ':':
        return CORE_TOKEN_EQUALS;
    default:
        return CORE_TOKEN_OTHER;
    }
}

static enum core_token
scan_token(struct core_scan *scan, struct core_fault *fault)
{
    char first = scan->token[0];
    char second = first != '\0' ? scan->token[1] : '\0';

    if (first == '/' && second == '*')
        return scan_block_comment(scan, fault);
    if (first == '#' || (first == '/' && second == '/'))
        return scan_line_comment(scan);
    if (first == '"')
        return scan_string(scan, fault);
    if (first == '@')
        return scan_include(scan, fault);
    if (first != '\0' && strchr("+-." DIGITS, first) != NULL)
        return scan_number(scan, fault);
    if (first != '\0' && strchr(LETTERS "*", first) != NULL)
        return scan_name(scan);
    return scan_sign(scan);
}

enum core_token
core_scan_next(struct core_scan *scan, struct core_fault *fault)
{
    assert(scan && fault);
    fault->text[0] = '\0';

    size_t blanks = strspn(scan->at, " \t");

    scan->token = scan->at + blanks;
    if (*scan->token == '\r' || *scan->token == '\f') {
        blanks += strspn(scan->token, " \t\r\f");
        scan->token = scan->at + blanks;
        scan->at_line_start = false;
    }
    enum core_token token = scan_token(scan, fault);

    scan->at = scan->token + scan->size;
    scan->at_line_start = token == CORE_TOKEN_LINE;
    count_lines(scan);
    return token;
}
