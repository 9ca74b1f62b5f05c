/*
 * text_format - Go's Sprintf
 *
 * Verbs d b o x X c U for numbers, s q x X for texts, t for truth, v for all.
 * A verb that does not suit its value is written as Go writes it: the text
 * shows what is wrong with it.
 */

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "template/text_parts.h"

#define WIDTH_LIMIT 1000

/* "%-08.3d" */
struct verb {
    bool plus, minus, sharp, blank, zero;
    int width;
    int precision;                      /* -1: none */
    char letter;
};

/* What is written for one value, before it is made as wide as it must be. */
struct field {
    char *text;
    size_t size;
    FILE *file;
};

static int
read_width(const char **at, const char *end)
{
    int width = 0;

    for (; *at < end && isdigit((unsigned char) **at); (*at)++)
        if (width <= WIDTH_LIMIT)
            width = width * 10 + (**at - '0');
    return width > WIDTH_LIMIT ? WIDTH_LIMIT : width;
}

/* Reads the verb behind a '%'; false when the format ends there. */
static bool
read_verb(struct verb *verb, const char **at, const char *end)
{
    static const char flags[] = "+-# 0";
    bool *const places[] = {
        &verb->plus, &verb->minus, &verb->sharp, &verb->blank, &verb->zero
    };

    *verb = (struct verb) { .precision = -1 };
    for (; *at < end && **at != '\0' && strchr(flags, **at) != NULL; (*at)++)
        *places[strchr(flags, **at) - flags] = true;
    verb->width = read_width(at, end);
    if (*at < end && **at == '.') {
        (*at)++;
        verb->precision = read_width(at, end);
    }
    if (*at == end)
        return false;
    verb->letter = *(*at)++;
    return true;
}

/* ---- numbers ------------------------------------------------------------- */

static bool
is_negative(const struct value *value)
{
    return value->kind == VALUE_INTEGER && value->integer < 0;
}

/* Digits of the number in that base, at least so many. */
static void
write_digits(const struct value *value, unsigned base, bool has_capitals,
             int at_least, FILE *file)
{
    static const char small[] = "0123456789abcdef";
    static const char large[] = "0123456789ABCDEF";
    uint64_t number = is_negative(value) ? 0 - value->number : value->number;
    char digits[64];
    int count = 0;

    for (; number != 0; number /= base)
        digits[count++] = (has_capitals ? large : small)[number % base];
    for (int i = count; i < (at_least > 1 ? at_least : 1); i++)
        putc('0', file);
    while (count > 0)
        putc(digits[--count], file);
}

static void
write_number(const struct verb *verb, const struct value *value, FILE *file)
{
    unsigned base = verb->letter == 'b' ? 2 : verb->letter == 'o' ? 8
        : verb->letter == 'x' || verb->letter == 'X' ? 16 : 10;
    const char *sign = is_negative(value) ? "-" : verb->plus ? "+"
        : verb->blank ? " " : "";
    const char *prefix = !verb->sharp ? "" : verb->letter == 'x' ? "0x"
        : verb->letter == 'X' ? "0X" : verb->letter == 'o' ? "0"
        : verb->letter == 'b' ? "0b" : "";
    int at_least = verb->precision;

    /* Zeroes fill the width between the sign and the digits. */
    if (verb->zero && !verb->minus && verb->precision < 0)
        at_least = verb->width - (int) strlen(sign);
    fprintf(file, "%s%s", sign, prefix);
    write_digits(value, base, verb->letter == 'X', at_least, file);
}

/* UTF-8 of the character of that number. */
static void
write_character(const struct value *value, FILE *file)
{
    uint64_t number = value->number;

    if (number > 0x10ffff || is_negative(value))
        number = 0xfffd;
    if (number < 0x80)
        putc((int) number, file);
    else if (number < 0x800)
        fprintf(file, "%c%c", (int) (0xc0 | number >> 6),
                (int) (0x80 | (number & 63)));
    else if (number < 0x10000)
        fprintf(file, "%c%c%c", (int) (0xe0 | number >> 12),
                (int) (0x80 | (number >> 6 & 63)),
                (int) (0x80 | (number & 63)));
    else
        fprintf(file, "%c%c%c%c", (int) (0xf0 | number >> 18),
                (int) (0x80 | (number >> 12 & 63)),
                (int) (0x80 | (number >> 6 & 63)),
                (int) (0x80 | (number & 63)));
}

/* ---- texts --------------------------------------------------------------- */

static void
write_text(const struct verb *verb, const struct value *value, FILE *file)
{
    size_t size = value->text.size;

    if (verb->precision >= 0 && (size_t) verb->precision < size)
        size = (size_t) verb->precision;
    fwrite(value->text.octets, 1, size, file);
}

static void
write_quoted(const struct value *value, FILE *file)
{
    putc('"', file);
    for (size_t i = 0; i < value->text.size; i++) {
        int octet = (unsigned char) value->text.octets[i];

        if (octet == '"' || octet == '\\')
            fprintf(file, "\\%c", octet);
        else if (octet < ' ' || octet > '~')
            fprintf(file, "\\x%02x", octet);
        else
            putc(octet, file);
    }
    putc('"', file);
}

static void
write_octets(const struct verb *verb, const struct value *value, FILE *file)
{
    for (size_t i = 0; i < value->text.size; i++) {
        if (verb->blank && i > 0)
            putc(' ', file);
        fprintf(file, verb->letter == 'x' ? "%02x" : "%02X",
                (unsigned char) value->text.octets[i]);
    }
}

/* ---- fields -------------------------------------------------------------- */

/* "%!d(string=hi)" */
static bool
write_mismatch(const struct verb *verb, const struct value *value,
               FILE *file)
{
    if (value->kind == VALUE_NONE) {
        fprintf(file, "%%!%c(<nil>)", verb->letter);
        return true;
    }
    fprintf(file, "%%!%c(%s=", verb->letter, value_kind_name(value));
    if (!value_print(value, file))
        return false;
    putc(')', file);
    return true;
}

static bool
write_value(const struct verb *verb, const struct value *value, FILE *file)
{
    bool is_number = value->kind == VALUE_INTEGER
        || value->kind == VALUE_UNSIGNED;

    if (is_number && verb->letter == 'c')
        write_character(value, file);
    else if (is_number && verb->letter == 'U') {
        fputs("U+", file);
        write_digits(value, 16, true, 4, file);
    }
    else if (is_number && strchr("dboxXv", verb->letter) != NULL)
        write_number(verb, value, file);
    else if (value->kind == VALUE_TEXT && strchr("sv", verb->letter) != NULL)
        write_text(verb, value, file);
    else if (value->kind == VALUE_TEXT && verb->letter == 'q')
        write_quoted(value, file);
    else if (value->kind == VALUE_TEXT && strchr("xX", verb->letter) != NULL)
        write_octets(verb, value, file);
    else if (verb->letter == 'v'
             || (verb->letter == 't' && value->kind == VALUE_BOOLEAN)
             || (verb->letter == 's' && value->kind == VALUE_LIST))
        return value_print(value, file);
    else
        return write_mismatch(verb, value, file);
    return true;
}

static void
write_padding(int count, char filler, FILE *file)
{
    while (count-- > 0)
        putc(filler, file);
}

static bool
write_field(const struct verb *verb, const struct value *value, FILE *file)
{
    struct field field = { .text = NULL };
    bool is_written;
    int blanks;

    field.file = open_memstream(&field.text, &field.size);
    if (field.file == NULL)
        abort();
    is_written = write_value(verb, value, field.file);
    fclose(field.file);
    blanks = verb->width - (int) field.size;
    if (!verb->minus)
        write_padding(blanks, verb->zero && verb->precision < 0 ? '0' : ' ',
                      file);
    fwrite(field.text, 1, field.size, file);
    if (verb->minus)
        write_padding(blanks, ' ', file);
    free(field.text);
    return is_written;
}

/* What is left over: "%!(EXTRA int=3)". */
static void
write_extra(const struct value *arguments, size_t count, FILE *file)
{
    if (count == 0)
        return;
    fputs("%!(EXTRA ", file);
    for (size_t i = 0; i < count; i++) {
        fprintf(file, "%s%s=", i > 0 ? ", " : "",
                value_kind_name(&arguments[i]));
        value_print(&arguments[i], file);
    }
    putc(')', file);
}

struct value
text_format(struct run *run, const struct value *arguments, size_t count)
{
    const char *at = arguments[0].text.octets;
    const char *end;
    struct text_maker maker;
    size_t used = 1;

    if (arguments[0].kind != VALUE_TEXT)
        return text_fail(run, "printf wants a text first");
    end = at + arguments[0].text.size;
    text_maker_begin(&maker);
    while (at < end) {
        struct verb verb;

        if (*at != '%') {
            putc(*at++, maker.file);
            continue;
        }
        at++;
        if (!read_verb(&verb, &at, end))
            fputs("%!(NOVERB)", maker.file);
        else if (verb.letter == '%')
            putc('%', maker.file);
        else if (used == count)
            fprintf(maker.file, "%%!%c(MISSING)", verb.letter);
        else if (!write_field(&verb, &arguments[used++], maker.file))
            text_fail(run, "a value that cannot be printed");
    }
    write_extra(arguments + used, count - used, maker.file);
    return text_maker_end(&maker, run);
}
