/*
 * config_tell - the place of a setting that a fault names
 *
 * What checks a struct of settings knows keys, but not where they stood.  It
 * says "stage.key[2].key: cause", which is the way to the place.
 */

#include <stdlib.h>
#include <string.h>

#include "coredns/setting.h"
#include "lib/config_parts.h"

/* The member that the next part of a way leads to: ".key" or "[2]". */
static core_place_t *
follow(core_place_t *place, const char **way)
{
    char key[64];
    size_t size;

    if (**way == '[') {
        char *end;
        unsigned long index = strtoul(*way + 1, &end, 10);

        if (*end != ']')
            return NULL;
        *way = end + 1;
        return core_place_at(place, index);
    }
    *way += **way == '.';
    size = strcspn(*way, ".[:");
    if (size == 0 || size >= sizeof key)
        return NULL;
    memcpy(key, *way, size);
    key[size] = '\0';
    *way += size;
    return core_place_member(place, key);
}

/* The place a way leads to, or the last one on it that exists; NULL when it
   is no way. */
static core_place_t *
find_place(const core_config_t *config, const char *way)
{
    core_place_t *place = core_place_member(core_config_root(config),
                                            "stages");

    if (way[strcspn(way, ".[: ")] != '.')
        return NULL;
    while (place != NULL && *way != ':' && *way != '\0') {
        core_place_t *next = follow(place, &way);

        if (next == NULL)
            break;
        place = next;
    }
    return place;
}

void
core_config_tell(const core_config_t *self, const core_faults_t *found,
                 core_faults_t *faults)
{
    for (size_t i = 0; i < core_faults_count(found); i++) {
        const struct core_fault *fault = core_faults_at(found, i);
        core_place_t *place = fault->path[0] != '\0'
            ? NULL : find_place(self, fault->text);

        if (place == NULL)
            core_faults_copy(faults, fault);
        else {
            struct core_source_place source = core_place_source(self, place);

            core_faults_add(faults, source.path, source.line, "%s",
                            fault->text);
        }
    }
}
