/*
 * setting - the settings of a stage as one table
 *
 * Each setting has one entry: key, type, unit, range, default and a sentence.
 * From the table come reading, checking, the error with file and line, --help
 * and the list of the man page.  A key that is not in the table is an error
 * that names the nearest one.
 *
 * A settings struct is filled by core_settings_read() and belongs to the
 * caller; what it points to lives as long as the configuration it came from.
 */

#ifndef COREDNS_SETTING_H
#define COREDNS_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "coredns/fault.h"

enum core_setting_type {
    CORE_END,           /* closes a table */
    CORE_BOOLEAN,       /* bool */
    CORE_INTEGER,       /* int64_t */
    CORE_SIZE,          /* int64_t octets: "64 MiB", "512 B", "1 GB", 512 */
    CORE_DURATION,      /* int64_t milliseconds: "30s", "1m30s", "250ms";
                           a bare number is seconds */
    CORE_SECONDS,       /* int64_t seconds, written as CORE_DURATION */
    CORE_TEXT,          /* const char * */
    CORE_PATH,          /* const char *, absolute: relative ones start from
                           the folder that core_config_directory() names */
    CORE_NAME,          /* const uint8_t *, a wire name, small letters */
    CORE_CHOICE,        /* int: the index in `choices` */
    CORE_NETWORK,       /* struct core_network: "10.0.0.0/8", "::1" */
    CORE_GROUPS,        /* a list of groups: struct core_list of structs of
                           members_size, read by the table `members` */
    CORE_STAGE,         /* const char *: the name of another stage (a wire) */
};

struct core_network {
    uint8_t address[16];                /* IPv4 as ::ffff:a.b.c.d */
    uint8_t bits;                       /* 0 to 128, of the mapped form */
};

/* A list setting (`list` is true, or CORE_GROUPS): count items in a row. */
struct core_list {
    void *items;                        /* of the type's own C type */
    size_t count;
};

struct core_setting {
    const char *key;
    enum core_setting_type type;
    bool list;                          /* [ a, b ]; a lone value is a list
                                           of one */
    bool required;
    int64_t fallback;                   /* default of numbers, booleans,
                                           durations (in the type's unit) and
                                           choices */
    const char *fallback_text;          /* default of texts; read like a value
                                           of the file */
    int64_t minimum;                    /* in the type's unit */
    int64_t maximum;                    /* 0: no limit but the type's */
    const char *const *choices;         /* ended by NULL */
    const struct core_setting *members; /* of CORE_GROUPS */
    size_t members_size;
    size_t offset;
    const char *says;                   /* one sentence, no full stop */
};

/*
 * config - the one configuration file, parsed
 *
 * libconfig reads it (with @include); this class adds what it lacks: numbers
 * that do not fit are found and refused, "${NAME}" and "${NAME:-default}" in
 * strings are replaced from the environment, and every place has a file and a
 * line.  A line that ends in the comment "#@ PATH:LINE" counts as that place:
 * so a file written by a program (the supervisor's copy, an imported Corefile)
 * still points at what a person wrote.  A first line "#@ PATH:0" is the name of
 * the whole file; further ones, on lines of their own, name the files it was
 * made from.  "$${" stands for the two characters "${" themselves.
 */
typedef struct core_config core_config_t;

/* One setting, group or list inside the configuration; lent by it. */
typedef const struct config_setting_t core_place_t;

/*
 * Reads the file.  Returns NULL when it cannot be read or is no configuration;
 * then every fault found is in faults.
 */
core_config_t *
    core_config_load(const char *path, core_faults_t *faults);

/*
 * Reads a text that is in no file, each line of which should have its mark.
 * Relative paths start from the working directory.
 */
core_config_t *
    core_config_parse(const char *text, core_faults_t *faults);

void
    core_config_destroy(core_config_t **self_p);

/* The absolute path the configuration was read from; lent. */
const char *
    core_config_path(const core_config_t *self);

/*
 * The files and folders that another reading depends on, the first to the last,
 * absolute; NULL behind the last; lent.
 */
const char *
    core_config_file(const core_config_t *self, size_t index);

/*
 * The folder that relative paths start from: the top-level setting
 * `directory`, or else the folder of the file; lent.
 */
const char *
    core_config_directory(const core_config_t *self);

/* The top of the file; never NULL. */
core_place_t *
    core_config_root(const core_config_t *self);

/* The group stages.NAME, or NULL. */
core_place_t *
    core_config_stage(const core_config_t *self, const char *name);

/* The member of that key in a group, or NULL (place may be NULL). */
core_place_t *
    core_place_member(core_place_t *place, const char *key);

/* How many members a group or list has; the one of that index, or NULL. */
size_t
    core_place_count(core_place_t *place);
core_place_t *
    core_place_at(core_place_t *place, size_t index);

/* The key of a member of a group; NULL in a list. */
const char *
    core_place_key(core_place_t *place);

bool
    core_place_is_group(core_place_t *place);

/* A list ( ) or an array [ ]. */
bool
    core_place_is_list(core_place_t *place);

/* Text with the environment put in, or NULL when it is no text; lent. */
const char *
    core_place_text(const core_config_t *self, core_place_t *place);

/* Adds a fault "path:line: key: text" for that place. */
void
    core_config_fault(const core_config_t *self, core_faults_t *faults,
                      core_place_t *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Adds the faults found to faults.  One without a path whose text begins with
 * the way to a setting ("stage.key[2].key: ...") gets the place of that
 * setting, or of what there is of the way.
 */
void
    core_config_tell(const core_config_t *self, const core_faults_t *found,
                     core_faults_t *faults);

/*
 * Writes the configuration as one file without includes, each line with its
 * "#@ PATH:LINE", environment put in, `directory` made explicit.  Reading it
 * gives the same settings.  Returns -1 and sets errno when writing failed.
 */
int
    core_config_write(const core_config_t *self, FILE *file);

/*
 * Writes the settings of a group, sorted by key, without places: two groups
 * are the same for us exactly when these texts are.  The text is yours.
 */
char *
    core_place_canonical(const core_config_t *self, core_place_t *place);

/*
 * Reads a group into settings (a struct that `table` describes).  group may be
 * NULL: then all defaults.  Every fault is added to faults, prefixed by
 * "STAGE.key".  `also` (may be NULL) is a second table, of keys that are known
 * but not read here.  Returns 0, or -1 when anything was wrong.
 */
int
    core_settings_read(core_config_t *config, core_place_t *group,
                       const char *prefix, const struct core_setting *table,
                       const struct core_setting *also, void *settings,
                       core_faults_t *faults);

/* Writes the table as --help shows it: key, type, default, limits, sentence. */
void
    core_settings_help(const struct core_setting *table, FILE *file);


/*
 * Durations and sizes as users write them ("1m30s", "64 MiB").  Return -1 for
 * what is none or does not fit.
 */
int
    core_duration_from_text(const char *text, int64_t *milliseconds);
int
    core_size_from_text(const char *text, int64_t *octets);

/* An address, or a network with "/bits"; -1 when it is none. */
int
    core_network_from_text(const char *text, struct core_network *network);

bool
    core_network_contains(const struct core_network *network,
                          const uint8_t address[16]);

/*
 * The entry of words (ended by NULL) that is nearest to word, or NULL when
 * none is near enough to be meant.
 */
const char *
    core_nearest(const char *word, const char *const *words);

#endif
