/*
 * value - what a text computes with
 *
 * The kinds of values of Go's text/template that a query can give or a text
 * can write.  Octets and items of values are lent from the scene, from the
 * text, or from the memory of the run.
 */

#ifndef TEMPLATE_VALUE_H
#define TEMPLATE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum value_kind {
    VALUE_NONE,                         /* prints as "<no value>" */
    VALUE_BOOLEAN,
    VALUE_INTEGER,
    VALUE_UNSIGNED,
    VALUE_TEXT,
    VALUE_LIST,
    VALUE_MAP,                          /* from texts to texts */
    VALUE_OBJECT,                       /* something with fields */
};

struct value;

/* A field that is asked for by name: false when the object has none. */
typedef bool value_field(const void *object, const char *name,
                         struct value *value);

struct value_map_entry {
    const char *key;
    const char *text;
    size_t size;
};

struct value {
    enum value_kind kind;
    union {
        bool boolean;
        int64_t integer;
        uint64_t number;                /* VALUE_UNSIGNED */
        struct {
            const char *octets;         /* no NUL behind them */
            size_t size;
        } text;
        struct {
            const struct value *items;
            size_t count;
        } list;
        struct {
            const struct value_map_entry *entries;      /* sorted by key */
            size_t count;
        } map;
        struct {
            const void *self;
            value_field *field;
        } object;
    };
};

struct value
    value_none(void);
struct value
    value_boolean(bool boolean);
struct value
    value_integer(int64_t integer);
struct value
    value_unsigned(uint64_t number);
struct value
    value_text(const char *text);
struct value
    value_octets(const void *octets, size_t size);

/* What `if` takes for true: all that is not 0, empty, false or nothing. */
bool
    value_is_true(const struct value *self);

/* What the map holds under the key, or NULL. */
const struct value_map_entry *
    value_map_find(const struct value *self, const char *key, size_t size);

/* Writes the value as Go's "%v" does; false for one that cannot be written. */
bool
    value_print(const struct value *self, FILE *file);

/* The kind as Go calls it in a text of printf: "string", "int"... */
const char *
    value_kind_name(const struct value *self);

#endif
