/*
 * config_parts - what the files of the class config share
 */

#ifndef LIB_CONFIG_PARTS_H
#define LIB_CONFIG_PARTS_H

#include <libconfig.h>

#include "coredns/setting.h"
#include "lib/arena.h"
#include "lib/source.h"

struct core_config {
    config_t parsed;
    core_source_t *source;
    core_arena_t *arena;                /* what settings structs point to */
    char *path;                         /* absolute */
    char *directory;                    /* absolute */
    char **files;                       /* absolute */
    size_t file_count;
};

/* Where the place was written. */
struct core_source_place
    core_place_source(const core_config_t *config, core_place_t *place);

/*
 * The way to the place as a person would write it, "cache.capacity" or
 * "file-sync.zones[3].origin", and "" for the top; it is yours.
 */
char *
    core_place_way(core_place_t *place);

#endif
