/*
 * value - what a text computes with
 */

#include "template/value.h"

#include <inttypes.h>
#include <string.h>

struct value
value_none(void)
{
    return (struct value) { .kind = VALUE_NONE };
}

struct value
value_boolean(bool boolean)
{
    return (struct value) { .kind = VALUE_BOOLEAN, .boolean = boolean };
}

struct value
value_integer(int64_t integer)
{
    return (struct value) { .kind = VALUE_INTEGER, .integer = integer };
}

struct value
value_unsigned(uint64_t number)
{
    return (struct value) { .kind = VALUE_UNSIGNED, .number = number };
}

struct value
value_octets(const void *octets, size_t size)
{
    return (struct value) { .kind = VALUE_TEXT, .text = { octets, size } };
}

struct value
value_text(const char *text)
{
    return value_octets(text, strlen(text));
}

bool
value_is_true(const struct value *self)
{
    switch (self->kind) {
    case VALUE_BOOLEAN:
        return self->boolean;
    case VALUE_INTEGER:
        return self->integer != 0;
    case VALUE_UNSIGNED:
        return self->number != 0;
    case VALUE_TEXT:
        return self->text.size > 0;
    case VALUE_LIST:
        return self->list.count > 0;
    case VALUE_MAP:
        return self->map.count > 0;
    case VALUE_OBJECT:
        return true;
    case VALUE_NONE:
        break;
    }
    return false;
}

const struct value_map_entry *
value_map_find(const struct value *self, const char *key, size_t size)
{
    for (size_t i = 0; i < self->map.count; i++) {
        const struct value_map_entry *entry = &self->map.entries[i];

        if (strlen(entry->key) == size && memcmp(entry->key, key, size) == 0)
            return entry;
    }
    return NULL;
}

static bool
print_list(const struct value *self, FILE *file)
{
    putc('[', file);
    for (size_t i = 0; i < self->list.count; i++) {
        if (i > 0)
            putc(' ', file);
        if (!value_print(&self->list.items[i], file))
            return false;
    }
    putc(']', file);
    return true;
}

static void
print_map(const struct value *self, FILE *file)
{
    fputs("map[", file);
    for (size_t i = 0; i < self->map.count; i++) {
        const struct value_map_entry *entry = &self->map.entries[i];

        fprintf(file, "%s%s:", i > 0 ? " " : "", entry->key);
        fwrite(entry->text, 1, entry->size, file);
    }
    putc(']', file);
}

bool
value_print(const struct value *self, FILE *file)
{
    switch (self->kind) {
    case VALUE_NONE:
        fputs("<no value>", file);
        break;
    case VALUE_BOOLEAN:
        fputs(self->boolean ? "true" : "false", file);
        break;
    case VALUE_INTEGER:
        fprintf(file, "%" PRId64, self->integer);
        break;
    case VALUE_UNSIGNED:
        fprintf(file, "%" PRIu64, self->number);
        break;
    case VALUE_TEXT:
        if (self->text.size > 0)
            fwrite(self->text.octets, 1, self->text.size, file);
        break;
    case VALUE_LIST:
        return print_list(self, file);
    case VALUE_MAP:
        print_map(self, file);
        break;
    case VALUE_OBJECT:
        return false;
    }
    return true;
}

const char *
value_kind_name(const struct value *self)
{
    static const char *const names[] = {
        [VALUE_NONE] = "<nil>", [VALUE_BOOLEAN] = "bool",
        [VALUE_INTEGER] = "int", [VALUE_UNSIGNED] = "uint64",
        [VALUE_TEXT] = "string", [VALUE_LIST] = "[]string",
        [VALUE_MAP] = "map[string]string", [VALUE_OBJECT] = "struct",
    };

    return names[self->kind];
}
