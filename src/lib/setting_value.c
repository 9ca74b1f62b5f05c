/*
 * setting_value - one value of a configuration, read as its type demands
 *
 * One row of the table below is one type.  Numbers and truth values may also
 * stand in quotes, for there alone the environment is put in.
 */

#include "lib/setting_value.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/name.h"
#include "lib/quantity.h"

#define NUMBER_TEXT_SIZE CORE_QUANTITY_TEXT_SIZE

/* What a reader is given. */
struct request {
    const struct core_value *value;
    const struct core_setting *setting;
    const struct core_value_home *home;
    void *target;
    struct core_fault *fault;
};

typedef int value_reader(const struct request *request);

static value_reader read_boolean, read_number, read_text, read_path, read_name,
                    read_choice, read_network;

static const struct {
    size_t size;
    value_reader *read;
    const char *expected;
} types[] = {
    [CORE_BOOLEAN] = { sizeof (bool), read_boolean, "true or false" },
    [CORE_INTEGER] = { sizeof (int64_t), read_number, "a whole number" },
    [CORE_SIZE] = { sizeof (int64_t), read_number,
                    "a size such as \"64 MiB\"" },
    [CORE_DURATION] = { sizeof (int64_t), read_number,
                        "a duration such as \"30s\"" },
    [CORE_SECONDS] = { sizeof (int64_t), read_number,
                       "a duration in whole seconds such as \"30s\"" },
    [CORE_TEXT] = { sizeof (char *), read_text, "a text in quotes" },
    [CORE_PATH] = { sizeof (char *), read_path, "a path in quotes" },
    [CORE_NAME] = { sizeof (uint8_t *), read_name,
                    "a domain name in quotes" },
    [CORE_CHOICE] = { sizeof (int), read_choice, "a word in quotes" },
    [CORE_NETWORK] = { sizeof (struct core_network), read_network,
                       "an address or a network such as \"10.0.0.0/8\"" },
    [CORE_GROUPS] = { sizeof (struct core_list), NULL,
                      "a list of groups ( { ... }, { ... } )" },
    [CORE_STAGE] = { sizeof (char *), read_text,
                     "the name of a stage in quotes" },
};

struct core_value
core_value_of_place(core_place_t *place)
{
    struct core_value value = { .kind = CORE_VALUE_OTHER };

    switch (config_setting_type(place)) {
    case CONFIG_TYPE_STRING:
        value.kind = CORE_VALUE_TEXT;
        value.text = core_place_text(NULL, place);
        break;
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        value.kind = CORE_VALUE_NUMBER;
        value.number = config_setting_get_int64(place);
        break;
    case CONFIG_TYPE_BOOL:
        value.kind = CORE_VALUE_TRUTH;
        value.truth = config_setting_get_bool(place);
        break;
    default:
        break;
    }
    return value;
}

size_t
core_value_size(const struct core_setting *setting)
{
    return types[setting->type].size;
}

const char *
core_value_expected(enum core_setting_type type)
{
    return types[type].expected;
}

/* Years in weeks, days, hours, minutes and seconds say nobody anything. */
static bool
is_odd(int64_t seconds)
{
    return seconds > 7 * 24 * 3600 && seconds % 60 != 0;
}

char *
core_value_number_text(char text[64], enum core_setting_type type,
                       int64_t number)
{
    if (type == CORE_SIZE)
        return core_size_to_text(text, number);
    if (type == CORE_DURATION)
        return core_duration_to_text(text, number);
    if (type == CORE_SECONDS && number <= INT64_MAX / 1000
        && number >= INT64_MIN / 1000 && !is_odd(number))
        return core_duration_to_text(text, number * 1000);
    snprintf(text, 64, "%" PRId64 "%s", number,
             type == CORE_SECONDS ? "s" : "");
    return text;
}

int
core_value_read(const struct core_value *value,
                const struct core_setting *setting,
                const struct core_value_home *home, void *target,
                struct core_fault *fault)
{
    struct request request = { value, setting, home, target, fault };

    assert(types[setting->type].read != NULL);
    fault->text[0] = '\0';

    int rc = types[setting->type].read(&request);

    if (rc == -1 && fault->text[0] == '\0')
        core_fault_set(fault, NULL, 0, "expected %s",
                       types[setting->type].expected);
    return rc;
}

/* ---- the types ----------------------------------------------------------- */

static int
read_boolean(const struct request *request)
{
    const struct core_value *value = request->value;
    bool *target = request->target;

    if (value->kind == CORE_VALUE_TRUTH)
        *target = value->truth;
    else if (value->kind == CORE_VALUE_TEXT && strcmp(value->text, "true") == 0)
        *target = true;
    else if (value->kind == CORE_VALUE_TEXT
             && strcmp(value->text, "false") == 0)
        *target = false;
    else
        return -1;
    return 0;
}

static int
integer_from_text(const char *text, int64_t *number)
{
    char *end;

    if (text[strspn(text, "+-0123456789")] != '\0')
        return -1;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return end != text && *end == '\0' && errno == 0 ? 0 : -1;
}

static int
number_from_text(const struct request *request, int64_t *number)
{
    const char *text = request->value->text;

    switch (request->setting->type) {
    case CORE_SIZE:
        return core_size_from_text(text, number);
    case CORE_DURATION:
        return core_duration_from_text(text, number);
    case CORE_SECONDS:
        if (core_duration_from_text(text, number) == -1
            || *number % 1000 != 0)
            return -1;
        *number /= 1000;
        return 0;
    default:
        return integer_from_text(text, number);
    }
}

/* A bare number is in the type's unit, but that of a duration is a second. */
static int
number_from_bare(const struct request *request, int64_t *number)
{
    int64_t factor = request->setting->type == CORE_DURATION ? 1000 : 1;

    if (!__builtin_mul_overflow(request->value->number, factor, number))
        return 0;
    core_fault_set(request->fault, NULL, 0, "%" PRId64 " is too large",
                   request->value->number);
    return -1;
}

static int
check_limits(const struct request *request, int64_t number)
{
    const struct core_setting *setting = request->setting;
    bool is_above = setting->maximum != 0 && number > setting->maximum;
    char bare[NUMBER_TEXT_SIZE];
    char limit[NUMBER_TEXT_SIZE];

    if (!is_above && number >= setting->minimum)
        return 0;
    snprintf(bare, sizeof bare, "%" PRId64, request->value->number);
    core_fault_set(request->fault, NULL, 0, "%s is %s the limit %s",
                   request->value->kind == CORE_VALUE_TEXT
                   ? request->value->text : bare,
                   is_above ? "above" : "below",
                   core_value_number_text(limit, setting->type,
                                          is_above ? setting->maximum
                                                   : setting->minimum));
    return -1;
}

static int
read_number(const struct request *request)
{
    int64_t number;
    int rc = -1;

    if (request->value->kind == CORE_VALUE_TEXT)
        rc = number_from_text(request, &number);
    else if (request->value->kind == CORE_VALUE_NUMBER)
        rc = number_from_bare(request, &number);
    if (rc == -1 || check_limits(request, number) == -1)
        return -1;
    *(int64_t *) request->target = number;
    return 0;
}

static char *
keep_text(const struct request *request, const char *text)
{
    return core_arena_copy(request->home->arena, text, strlen(text) + 1);
}

static int
read_text(const struct request *request)
{
    if (request->value->kind != CORE_VALUE_TEXT)
        return -1;
    if (request->setting->type == CORE_STAGE
        && *request->value->text == '\0')
        return -1;
    *(const char **) request->target = keep_text(request, request->value->text);
    return 0;
}

static int
read_path(const struct request *request)
{
    const char *path = request->value->text;
    const char *directory = request->home->directory;
    char *absolute = NULL;

    if (request->value->kind != CORE_VALUE_TEXT || *path == '\0')
        return -1;
    if (*path == '/') {
        *(const char **) request->target = keep_text(request, path);
        return 0;
    }
    if (asprintf(&absolute, "%s%s%s", directory,
                 strcmp(directory, "/") == 0 ? "" : "/", path) == -1)
        abort();
    *(const char **) request->target = keep_text(request, absolute);
    free(absolute);
    return 0;
}

static int
read_name(const struct request *request)
{
    uint8_t name[CORE_NAME_SIZE];

    if (request->value->kind != CORE_VALUE_TEXT)
        return -1;

    int size = core_name_from_text(name, request->value->text, NULL);

    if (size == -1) {
        core_fault_set(request->fault, NULL, 0, "not a domain name: %s",
                       request->value->text);
        return -1;
    }
    core_name_lower(name);
    *(const uint8_t **) request->target =
        core_arena_copy(request->home->arena, name, (size_t) size);
    return 0;
}

static void
tell_choices(const struct request *request)
{
    char words[CORE_FAULT_TEXT_SIZE] = "";
    size_t used = 0;

    for (const char *const *choice = request->setting->choices;
         *choice != NULL && used < sizeof words; choice++)
        used += (size_t) snprintf(words + used, sizeof words - used, "%s%s",
                                  used > 0 ? ", " : "", *choice);
    core_fault_set(request->fault, NULL, 0, "%s is none of %s",
                   request->value->text, words);
}

static int
read_choice(const struct request *request)
{
    const char *const *choices = request->setting->choices;

    if (request->value->kind != CORE_VALUE_TEXT)
        return -1;
    for (int i = 0; choices[i] != NULL; i++) {
        if (strcmp(choices[i], request->value->text) == 0) {
            *(int *) request->target = i;
            return 0;
        }
    }
    tell_choices(request);
    return -1;
}

static int
read_network(const struct request *request)
{
    if (request->value->kind != CORE_VALUE_TEXT)
        return -1;
    if (core_network_from_text(request->value->text, request->target) == 0)
        return 0;
    core_fault_set(request->fault, NULL, 0, "not an address or network: %s",
                   request->value->text);
    return -1;
}
