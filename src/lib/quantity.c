/*
 * quantity - durations and sizes as users write them
 *
 * Whole numbers only: "1.5h" is 1h30m, and no rounding can surprise anybody.
 */

#include "lib/quantity.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "coredns/setting.h"

struct unit {
    const char *name;
    int64_t factor;
};

/* From the largest to the smallest: the order they are written in. */
static const struct unit duration_units[] = {
    { "w", 7 * 24 * 3600 * 1000 },
    { "d", 24 * 3600 * 1000 },
    { "h", 3600 * 1000 },
    { "m", 60 * 1000 },
    { "s", 1000 },
    { "ms", 1 },
    { NULL, 0 },
};

static const struct unit size_units[] = {
    { "TiB", INT64_C(1) << 40 },
    { "GiB", INT64_C(1) << 30 },
    { "MiB", INT64_C(1) << 20 },
    { "KiB", INT64_C(1) << 10 },
    { "B", 1 },
    { "TB", INT64_C(1000000000000) },
    { "GB", 1000000000 },
    { "MB", 1000000 },
    { "KB", 1000 },
    { "kB", 1000 },
    { NULL, 0 },
};

static const char *
skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* Reads digits; returns what comes after them, or NULL when there are none or
   too many. */
static const char *
read_digits(const char *text, int64_t *number)
{
    const char *start = text;

    *number = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        if (__builtin_mul_overflow(*number, 10, number)
            || __builtin_add_overflow(*number, *text - '0', number))
            return NULL;
    return text != start ? text : NULL;
}

/* Reads letters that are a unit; returns what comes after, or NULL. */
static const char *
read_unit(const char *text, const struct unit *units,
          const struct unit **unit)
{
    size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    for (*unit = units; (*unit)->name != NULL; (*unit)++)
        if (strlen((*unit)->name) == size
            && memcmp((*unit)->name, text, size) == 0)
            return text + size;
    return NULL;
}

/* Reads a number and its unit, and adds both to *total. */
static const char *
read_part(const char *text, const struct unit *units,
          const struct unit **unit, int64_t *total)
{
    int64_t number;

    text = read_digits(text, &number);
    if (text != NULL)
        text = read_unit(skip_blanks(text), units, unit);
    if (text == NULL
        || __builtin_mul_overflow(number, (*unit)->factor, &number)
        || __builtin_add_overflow(*total, number, total))
        return NULL;
    return skip_blanks(text);
}

/* A number without a unit, times factor. */
static int
read_bare(const char *text, int64_t factor, int64_t *total)
{
    const char *end = read_digits(text, total);

    if (end == NULL || *skip_blanks(end) != '\0')
        return -1;
    return __builtin_mul_overflow(*total, factor, total) ? -1 : 0;
}

int
core_duration_from_text(const char *text, int64_t *milliseconds)
{
    int64_t total = 0;
    const struct unit *before = NULL;
    const struct unit *unit;

    assert(text && milliseconds);
    text = skip_blanks(text);
    if (read_bare(text, 1000, milliseconds) == 0)
        return 0;
    do {
        text = read_part(text, duration_units, &unit, &total);
        if (text == NULL || (before != NULL && unit <= before))
            return -1;                  /* "5s5s" and "1s2m" are slips */
        before = unit;
    } while (*text != '\0');
    *milliseconds = total;
    return 0;
}

int
core_size_from_text(const char *text, int64_t *octets)
{
    int64_t total = 0;
    const struct unit *unit;

    assert(text && octets);
    text = skip_blanks(text);
    if (read_bare(text, 1, octets) == 0)
        return 0;
    text = read_part(text, size_units, &unit, &total);
    if (text == NULL || *text != '\0')
        return -1;
    *octets = total;
    return 0;
}

char *
core_duration_to_text(char text[CORE_QUANTITY_TEXT_SIZE], int64_t milliseconds)
{
    uint64_t rest = milliseconds < 0 ? 0 - (uint64_t) milliseconds
                                     : (uint64_t) milliseconds;
    size_t used = 0;

    if (rest == 0)
        return strcpy(text, "0s");
    if (milliseconds < 0)
        text[used++] = '-';
    for (const struct unit *unit = duration_units; unit->name; unit++) {
        uint64_t number = rest / (uint64_t) unit->factor;

        rest %= (uint64_t) unit->factor;
        if (number > 0)
            used += (size_t) snprintf(text + used,
                                      CORE_QUANTITY_TEXT_SIZE - used, "%ju%s",
                                      (uintmax_t) number, unit->name);
    }
    return text;
}

char *
core_size_to_text(char text[CORE_QUANTITY_TEXT_SIZE], int64_t octets)
{
    const struct unit *unit = size_units;

    while (unit->factor > 1 && (octets == 0 || octets % unit->factor != 0))
        unit++;
    snprintf(text, CORE_QUANTITY_TEXT_SIZE, "%jd %s",
             (intmax_t) (octets / unit->factor), unit->name);
    return text;
}
