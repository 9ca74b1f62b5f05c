/*
 * place - one setting, group or list inside the configuration
 *
 * A place is libconfig's own setting, lent as const: it knows its parent, so
 * the way to it need not be kept.
 */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/config_parts.h"

core_place_t *
core_place_member(core_place_t *place, const char *key)
{
    assert(key);
    if (place == NULL || !config_setting_is_group(place))
        return NULL;
    return config_setting_get_member(place, key);
}

size_t
core_place_count(core_place_t *place)
{
    if (place == NULL || !config_setting_is_aggregate(place))
        return 0;
    return (size_t) config_setting_length(place);
}

core_place_t *
core_place_at(core_place_t *place, size_t index)
{
    if (index >= core_place_count(place))
        return NULL;
    return config_setting_get_elem(place, (unsigned) index);
}

const char *
core_place_key(core_place_t *place)
{
    return place != NULL ? config_setting_name(place) : NULL;
}

bool
core_place_is_group(core_place_t *place)
{
    return place != NULL && config_setting_is_group(place);
}

bool
core_place_is_list(core_place_t *place)
{
    return place != NULL && (config_setting_is_list(place)
                             || config_setting_is_array(place));
}

const char *
core_place_text(const core_config_t *self, core_place_t *place)
{
    /* The environment was put in when the configuration was loaded. */
    (void) self;
    if (place == NULL || config_setting_type(place) != CONFIG_TYPE_STRING)
        return NULL;

    const char *text = config_setting_get_string(place);

    return text != NULL ? text : "";
}

struct core_source_place
core_place_source(const core_config_t *config, core_place_t *place)
{
    return core_source_place(config->source,
                             place != NULL ? config_setting_source_line(place)
                                           : 0);
}

static bool
is_top(core_place_t *place)
{
    return config_setting_is_root(place);
}

/* The top-level group "stages" is left out: a stage is known by its name. */
static bool
is_stages(core_place_t *place)
{
    const char *key = config_setting_name(place);

    return key != NULL && strcmp(key, "stages") == 0
        && is_top(config_setting_parent(place));
}

static void
write_way(core_place_t *place, FILE *out)
{
    if (is_top(place))
        return;

    core_place_t *parent = config_setting_parent(place);
    const char *key = config_setting_name(place);
    bool is_first = is_top(parent) || is_stages(parent);

    if (!is_first)
        write_way(parent, out);
    if (key == NULL)
        fprintf(out, "[%d]", config_setting_index(place));
    else
        fprintf(out, "%s%s", is_first ? "" : ".", key);
}

char *
core_place_way(core_place_t *place)
{
    char *way = NULL;
    size_t size;
    FILE *out = open_memstream(&way, &size);

    assert(out);
    if (place != NULL)
        write_way(place, out);
    fclose(out);
    return way;
}
