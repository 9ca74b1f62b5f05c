/*
 * setting_value - one value of a configuration, read as its type demands
 */

#ifndef LIB_SETTING_VALUE_H
#define LIB_SETTING_VALUE_H

#include "coredns/setting.h"
#include "lib/arena.h"

enum core_value_kind {
    CORE_VALUE_TEXT, CORE_VALUE_NUMBER, CORE_VALUE_TRUTH, CORE_VALUE_OTHER
};

/* A value as it stands in the file, or as a default is written. */
struct core_value {
    enum core_value_kind kind;
    const char *text;
    int64_t number;
    bool truth;
};

/* Where what is read is kept, and where relative paths start. */
struct core_value_home {
    core_arena_t *arena;
    const char *directory;
};

struct core_value
    core_value_of_place(core_place_t *place);

/* The size of the C type of one value of that type. */
size_t
    core_value_size(const struct core_setting *setting);

/* "a size such as \"64 MiB\"": what a value of that type looks like. */
const char *
    core_value_expected(enum core_setting_type type);

/* A number in the type's unit, as a user would write it; returns text. */
char *
    core_value_number_text(char text[64], enum core_setting_type type,
                           int64_t number);

/*
 * Reads the value into target, which is of the setting's C type.  Returns -1
 * and the fault's text when it is not of that type or not within the limits.
 */
int
    core_value_read(const struct core_value *value,
                    const struct core_setting *setting,
                    const struct core_value_home *home, void *target,
                    struct core_fault *fault);

#endif
