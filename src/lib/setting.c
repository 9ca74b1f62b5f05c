/*
 * setting - the settings of a stage as one table
 *
 * All that is wrong is told, not only the first thing: a person mends a file
 * once.  A setting that is wrong keeps its default, so reading goes on.
 */

#include "coredns/setting.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/config_parts.h"
#include "lib/nearest.h"
#include "lib/setting_value.h"

/* The keys that lead to a setting; made into text only for a fault. */
struct way {
    const struct way *parent;
    const char *key;                    /* NULL: the element of that index */
    size_t index;
};

struct reading {
    core_config_t *config;
    core_faults_t *faults;
    struct core_value_home home;
    struct core_fault fault;            /* of the value that is being read */
    int rc;
};

static void
read_group(struct reading *reading, const struct way *way, core_place_t *group,
           const struct core_setting *table, const struct core_setting *also,
           void *settings);

static void
write_way(FILE *out, const struct way *way)
{
    if (way == NULL)
        return;
    write_way(out, way->parent);
    if (way->key == NULL)
        fprintf(out, "[%zu]", way->index);
    else
        fprintf(out, "%s%s", ftell(out) > 0 ? "." : "", way->key);
}

static void __attribute__((format(printf, 4, 5)))
tell(struct reading *reading, const struct way *way, core_place_t *place,
     const char *format, ...)
{
    struct core_source_place source = core_place_source(reading->config, place);
    char text[CORE_FAULT_TEXT_SIZE] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    va_list arguments;

    assert(out);
    setbuf(out, NULL);
    write_way(out, way);
    if (ftell(out) > 0)
        fputs(": ", out);
    va_start(arguments, format);
    vfprintf(out, format, arguments);
    va_end(arguments);
    fclose(out);
    text[sizeof text - 1] = '\0';
    core_faults_add(reading->faults, source.path, source.line, "%s", text);
    reading->rc = -1;
}

/* ---- one setting --------------------------------------------------------- */

static void
read_value(struct reading *reading, const struct way *way, core_place_t *place,
           const struct core_setting *setting, void *target)
{
    struct core_value value = core_value_of_place(place);

    if (setting->type == CORE_GROUPS && !core_place_is_group(place))
        tell(reading, way, place, "expected %s",
             core_value_expected(CORE_GROUPS));
    else if (setting->type == CORE_GROUPS)
        read_group(reading, way, place, setting->members, NULL, target);
    else if (core_value_read(&value, setting, &reading->home, target,
                             &reading->fault) == -1)
        tell(reading, way, place, "%s", reading->fault.text);
}

static bool
is_list(core_place_t *place)
{
    return config_setting_is_list(place) || config_setting_is_array(place);
}

static void
read_list(struct reading *reading, const struct way *way, core_place_t *place,
          const struct core_setting *setting, struct core_list *list)
{
    size_t size = setting->type == CORE_GROUPS ? setting->members_size
                                               : core_value_size(setting);
    bool is_lone = !is_list(place);

    list->count = is_lone ? 1 : core_place_count(place);
    list->items = core_arena_allocate(reading->home.arena,
                                      list->count * size);
    for (size_t i = 0; i < list->count; i++) {
        struct way element = { way, NULL, i };

        read_value(reading, is_lone ? way : &element,
                   is_lone ? place : core_place_at(place, i), setting,
                   (char *) list->items + i * size);
    }
}

static void
read_setting(struct reading *reading, const struct way *way,
             core_place_t *place, const struct core_setting *setting,
             void *settings)
{
    void *target = (char *) settings + setting->offset;

    if (setting->list || setting->type == CORE_GROUPS)
        read_list(reading, way, place, setting, target);
    else
        read_value(reading, way, place, setting, target);
}

/* ---- defaults ------------------------------------------------------------ */

static void
set_default_text(struct reading *reading, const struct core_setting *setting,
                 void *target)
{
    struct core_value value = {
        .kind = CORE_VALUE_TEXT, .text = setting->fallback_text
    };

    if (setting->list) {
        struct core_list *list = target;

        list->count = 1;
        list->items = core_arena_allocate(reading->home.arena,
                                          core_value_size(setting));
        target = list->items;
    }
    int rc = core_value_read(&value, setting, &reading->home, target,
                             &reading->fault);

    assert(rc == 0);                    /* else the table is wrong */
}

static void
set_default(struct reading *reading, const struct core_setting *setting,
            void *settings)
{
    void *target = (char *) settings + setting->offset;
    bool is_list_type = setting->list || setting->type == CORE_GROUPS;

    memset(target, 0, is_list_type ? sizeof (struct core_list)
                                   : core_value_size(setting));
    if (setting->fallback_text != NULL)
        set_default_text(reading, setting, target);
    else if (is_list_type)
        return;
    else if (setting->type == CORE_BOOLEAN)
        *(bool *) target = setting->fallback != 0;
    else if (setting->type == CORE_CHOICE)
        *(int *) target = (int) setting->fallback;
    else if (setting->type == CORE_INTEGER || setting->type == CORE_SIZE
             || setting->type == CORE_DURATION || setting->type == CORE_SECONDS)
        *(int64_t *) target = setting->fallback;
}

/* ---- groups -------------------------------------------------------------- */

static const struct core_setting *
find(const struct core_setting *table, const char *key)
{
    for (; table != NULL && table->type != CORE_END; table++)
        if (strcmp(table->key, key) == 0)
            return table;
    return NULL;
}

static const char *
nearest_key(const char *key, const struct core_setting *table,
            const char *best)
{
    for (; table != NULL && table->type != CORE_END; table++)
        best = core_nearer(key, best, table->key);
    return best;
}

static void
tell_unknown(struct reading *reading, const struct way *way,
             core_place_t *place, const struct core_setting *table,
             const struct core_setting *also)
{
    const char *key = core_place_key(place);
    const char *nearest = nearest_key(key, also, nearest_key(key, table, NULL));

    if (nearest != NULL)
        tell(reading, way, place, "unknown key, did you mean %s", nearest);
    else
        tell(reading, way, place, "unknown key");
}

static void
read_members(struct reading *reading, const struct way *way,
             core_place_t *group, const struct core_setting *table,
             const struct core_setting *also, void *settings)
{
    for (size_t i = 0; i < core_place_count(group); i++) {
        core_place_t *place = core_place_at(group, i);
        struct way member = { way, core_place_key(place), 0 };
        const struct core_setting *setting = find(table, member.key);

        if (setting != NULL)
            read_setting(reading, &member, place, setting, settings);
        else if (find(also, member.key) == NULL)
            tell_unknown(reading, &member, place, table, also);
    }
}

/* A list that must be there, and is, without anything in it. */
static bool
is_empty_list(const struct core_setting *setting, core_place_t *place)
{
    return (setting->list || setting->type == CORE_GROUPS)
        && core_place_is_list(place) && core_place_count(place) == 0;
}

static void
read_group(struct reading *reading, const struct way *way, core_place_t *group,
           const struct core_setting *table, const struct core_setting *also,
           void *settings)
{
    const struct core_setting *setting;

    for (setting = table; setting->type != CORE_END; setting++)
        set_default(reading, setting, settings);
    if (group != NULL && !core_place_is_group(group)) {
        tell(reading, way, group, "expected a group { ... }");
        return;
    }
    read_members(reading, way, group, table, also, settings);
    for (setting = table; setting->type != CORE_END; setting++) {
        struct way member = { way, setting->key, 0 };
        core_place_t *place = group == NULL ? NULL
            : core_place_member(group, setting->key);

        if (setting->required && place == NULL)
            tell(reading, &member, group, "is missing: %s", setting->says);
        else if (setting->required && is_empty_list(setting, place))
            tell(reading, &member, place, "is empty: %s", setting->says);
    }
}

int
core_settings_read(core_config_t *config, core_place_t *group,
                   const char *prefix, const struct core_setting *table,
                   const struct core_setting *also, void *settings,
                   core_faults_t *faults)
{
    assert(config && table && settings);

    struct reading reading = {
        .config = config, .faults = faults,
        .home = { config->arena, core_config_directory(config) },
    };
    struct way way = { NULL, prefix, 0 };

    read_group(&reading, prefix != NULL && *prefix != '\0' ? &way : NULL,
               group, table, also, settings);
    return reading.rc;
}
