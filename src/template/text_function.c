/*
 * text_function - the functions that a text may call
 *
 * They say of wrong arguments what Go says, and the text fails.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "template/text_parts.h"

#define MANY TEXT_ARGUMENTS

/* ---- comparing ----------------------------------------------------------- */

static bool
is_number(const struct value *value)
{
    return value->kind == VALUE_INTEGER || value->kind == VALUE_UNSIGNED;
}

static int
compare_numbers(const struct value *left, const struct value *right)
{
    bool is_left_below = left->kind == VALUE_INTEGER && left->integer < 0;
    bool is_right_below = right->kind == VALUE_INTEGER && right->integer < 0;

    if (is_left_below != is_right_below)
        return is_left_below ? -1 : 1;
    if (is_left_below)
        return left->integer < right->integer ? -1
            : left->integer > right->integer;
    return left->number < right->number ? -1 : left->number > right->number;
}

static int
compare_texts(const struct value *left, const struct value *right)
{
    size_t size = left->text.size < right->text.size ? left->text.size
        : right->text.size;
    int order = memcmp(left->text.octets, right->text.octets, size);

    if (order != 0)
        return order;
    return left->text.size < right->text.size ? -1
        : left->text.size > right->text.size;
}

/* Negative, 0 or positive; the run fails when they have no order. */
static int
compare(struct run *run, const struct value *left, const struct value *right)
{
    if (is_number(left) && is_number(right))
        return compare_numbers(left, right);
    if (left->kind == VALUE_TEXT && right->kind == VALUE_TEXT)
        return compare_texts(left, right);
    text_fail(run, "incompatible types for comparison");
    return 0;
}

static bool
is_equal(struct run *run, const struct value *left, const struct value *right)
{
    if (left->kind == VALUE_BOOLEAN && right->kind == VALUE_BOOLEAN)
        return left->boolean == right->boolean;
    if (left->kind == VALUE_NONE || right->kind == VALUE_NONE)
        return left->kind == right->kind;
    return compare(run, left, right) == 0;
}

/* True when the first is equal to any of the others. */
static struct value
call_eq(struct run *run, const struct value *arguments, size_t count)
{
    bool is_any = false;

    for (size_t i = 1; i < count; i++)
        is_any |= is_equal(run, &arguments[0], &arguments[i]);
    return value_boolean(is_any);
}

static struct value
call_ne(struct run *run, const struct value *arguments, size_t count)
{
    (void) count;
    return value_boolean(!is_equal(run, &arguments[0], &arguments[1]));
}

static struct value
call_lt(struct run *run, const struct value *arguments, size_t count)
{
    (void) count;
    return value_boolean(compare(run, &arguments[0], &arguments[1]) < 0);
}

static struct value
call_le(struct run *run, const struct value *arguments, size_t count)
{
    (void) count;
    return value_boolean(compare(run, &arguments[0], &arguments[1]) <= 0);
}

static struct value
call_gt(struct run *run, const struct value *arguments, size_t count)
{
    (void) count;
    return value_boolean(compare(run, &arguments[0], &arguments[1]) > 0);
}

static struct value
call_ge(struct run *run, const struct value *arguments, size_t count)
{
    (void) count;
    return value_boolean(compare(run, &arguments[0], &arguments[1]) >= 0);
}

static struct value
call_not(struct run *run, const struct value *arguments, size_t count)
{
    (void) run;
    (void) count;
    return value_boolean(!value_is_true(&arguments[0]));
}

/* ---- parts --------------------------------------------------------------- */

static struct value
call_len(struct run *run, const struct value *arguments, size_t count)
{
    const struct value *value = &arguments[0];

    (void) count;
    switch (value->kind) {
    case VALUE_TEXT:
        return value_integer((int64_t) value->text.size);
    case VALUE_LIST:
        return value_integer((int64_t) value->list.count);
    case VALUE_MAP:
        return value_integer((int64_t) value->map.count);
    default:
        return text_fail(run, "len of type %s", value_kind_name(value));
    }
}

/* The index, at most limit; the run fails when it is none. */
static size_t
read_index(struct run *run, const struct value *index, size_t limit)
{
    if (!is_number(index))
        text_fail(run, "cannot index with type %s", value_kind_name(index));
    else if (index->number > limit) {
        if (index->kind == VALUE_INTEGER)
            text_fail(run, "index out of range: %" PRId64, index->integer);
        else
            text_fail(run, "index out of range: %" PRIu64, index->number);
    }
    else
        return (size_t) index->number;
    return 0;
}

static struct value
index_once(struct run *run, const struct value *from,
           const struct value *index)
{
    if (from->kind == VALUE_MAP) {
        const struct value_map_entry *entry = index->kind != VALUE_TEXT ? NULL
            : value_map_find(from, index->text.octets, index->text.size);

        return entry == NULL ? value_text("")
            : value_octets(entry->text, entry->size);
    }
    if (from->kind == VALUE_LIST) {
        size_t at = read_index(run, index, from->list.count - 1);

        return from->list.count == 0 || run->has_failed
            ? text_fail(run, "index out of range") : from->list.items[at];
    }
    if (from->kind == VALUE_TEXT) {
        size_t at = read_index(run, index, from->text.size - 1);

        return from->text.size == 0 || run->has_failed
            ? text_fail(run, "index out of range")
            : value_unsigned((unsigned char) from->text.octets[at]);
    }
    return text_fail(run, "cannot index item of type %s",
                     value_kind_name(from));
}

static struct value
call_index(struct run *run, const struct value *arguments, size_t count)
{
    struct value value = arguments[0];

    for (size_t i = 1; i < count && !run->has_failed; i++)
        value = index_once(run, &value, &arguments[i]);
    return value;
}

static struct value
call_slice(struct run *run, const struct value *arguments, size_t count)
{
    struct value value = arguments[0];
    size_t size = value.kind == VALUE_TEXT ? value.text.size
        : value.kind == VALUE_LIST ? value.list.count : 0;
    size_t start = count > 1 ? read_index(run, &arguments[1], size) : 0;
    size_t end = count > 2 ? read_index(run, &arguments[2], size) : size;

    if (value.kind != VALUE_TEXT && value.kind != VALUE_LIST)
        return text_fail(run, "cannot slice item of type %s",
                         value_kind_name(&value));
    if (start > end)
        return text_fail(run, "invalid slice index: %zu > %zu", start, end);
    if (value.kind == VALUE_TEXT) {
        value.text.octets += start;
        value.text.size = end - start;
    }
    else {
        value.list.items += start;
        value.list.count = end - start;
    }
    return value;
}

/* ---- texts --------------------------------------------------------------- */

/* Go's Sprint: blanks between two values that are no texts. */
static struct value
call_print(struct run *run, const struct value *arguments, size_t count)
{
    struct text_maker maker;

    text_maker_begin(&maker);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && arguments[i].kind != VALUE_TEXT
            && arguments[i - 1].kind != VALUE_TEXT)
            putc(' ', maker.file);
        if (!value_print(&arguments[i], maker.file))
            text_fail(run, "a value that cannot be printed");
    }
    return text_maker_end(&maker, run);
}

static struct value
call_println(struct run *run, const struct value *arguments, size_t count)
{
    struct text_maker maker;

    text_maker_begin(&maker);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            putc(' ', maker.file);
        if (!value_print(&arguments[i], maker.file))
            text_fail(run, "a value that cannot be printed");
    }
    putc('\n', maker.file);
    return text_maker_end(&maker, run);
}

/* parseInt TEXT BASE BITS: a number without a sign that fits so many bits. */
static struct value
call_parse_int(struct run *run, const struct value *arguments, size_t count)
{
    int64_t base = arguments[1].integer;
    int64_t bits = arguments[2].integer;
    char digits[80] = "";
    char *end;

    (void) count;
    if (arguments[0].kind != VALUE_TEXT || arguments[1].kind != VALUE_INTEGER
        || arguments[2].kind != VALUE_INTEGER)
        return text_fail(run, "parseInt wants a text, a base and bits");
    if (base < 0 || base == 1 || base > 36 || bits < 0 || bits > 64
        || arguments[0].text.size >= sizeof digits)
        return text_fail(run, "parseInt: base, bits or text out of range");
    memcpy(digits, arguments[0].text.octets, arguments[0].text.size);
    errno = 0;

    unsigned long long number = strtoull(digits, &end, (int) base);
    bool is_one = strspn(digits, " \t\n\v\f\r+-") == 0 && end != digits
        && *end == '\0'
        && (base != 16 || strncasecmp(digits, "0x", 2) != 0);

    if (!is_one)
        return text_fail(run, "parseInt: \"%s\": invalid syntax", digits);
    if (errno != 0 || (bits > 0 && bits < 64 && number >> bits != 0))
        return text_fail(run, "parseInt: \"%s\": value out of range", digits);
    return value_unsigned(number);
}

/* ---- the table ----------------------------------------------------------- */

static const struct function functions[] = {
    { "and", NULL, 1, MANY }, { "or", NULL, 1, MANY },
    { "not", call_not, 1, 1 }, { "eq", call_eq, 2, MANY },
    { "ne", call_ne, 2, 2 }, { "lt", call_lt, 2, 2 }, { "le", call_le, 2, 2 },
    { "gt", call_gt, 2, 2 }, { "ge", call_ge, 2, 2 },
    { "len", call_len, 1, 1 }, { "index", call_index, 1, MANY },
    { "slice", call_slice, 1, 3 }, { "print", call_print, 0, MANY },
    { "printf", text_format, 1, MANY }, { "println", call_println, 0, MANY },
    { "parseInt", call_parse_int, 3, 3 },
};

const struct function *
text_function_find(const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strlen(functions[i].name) == size
            && memcmp(functions[i].name, name, size) == 0)
            return &functions[i];
    return NULL;
}
