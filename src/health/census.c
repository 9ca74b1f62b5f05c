/*
 * census - reads from the configuration which processes there are
 *
 * What a stage is set to is its own business; here only its name counts and
 * how many instances it has.  The supervisor has checked both.
 */

#include "health/census.h"

#include <stdlib.h>
#include <string.h>

#include <libconfig.h>

#include "coredns/setting.h"

#define INSTANCES 64                    /* of a stage, at most */

/* A number may stand in quotes: then it comes from the environment. */
static long
read_instances(const core_config_t *config, core_place_t *stage)
{
    core_place_t *place = core_place_member(stage, "instances");

    if (place == NULL)
        return 1;

    const char *text = core_place_text(config, place);
    long count = text != NULL ? strtol(text, NULL, 10)
                              : config_setting_get_int(place);

    return count < 1 || count > INSTANCES ? 1 : count;
}

/* True when that host runs the stage; NULL: there is but one host. */
static bool
is_of_host(const core_config_t *config, core_place_t *stage, const char *host)
{
    core_place_t *place = core_place_member(stage, "host");
    const char *text = place == NULL ? NULL : core_place_text(config, place);

    if (host == NULL || place == NULL)
        return true;
    if (text != NULL)
        return strcmp(text, host) == 0;
    for (size_t i = 0; i < core_place_count(place); i++) {
        text = core_place_text(config, core_place_at(place, i));
        if (text != NULL && strcmp(text, host) == 0)
            return true;
    }
    return false;
}

static bool
add_stage(roster_t *roster, const core_config_t *config, core_place_t *stage,
          int64_t now_ms)
{
    const char *stage_name = core_place_key(stage);
    long instances = read_instances(config, stage);

    if (instances == 1)
        return roster_add(roster, stage_name, stage_name, now_ms);
    for (long i = 0; i < instances; i++) {
        char name[2 * MEMBER_NAME_SIZE];

        if (snprintf(name, sizeof name, "%s.%ld", stage_name, i)
                >= (int) sizeof name
            || !roster_add(roster, stage_name, name, now_ms))
            return false;
    }
    return true;
}

int
census_take(roster_t *roster, const struct census_source *source,
            int64_t now_ms, struct core_fault *fault)
{
    core_faults_t *faults = core_faults_new();
    core_config_t *config = core_config_load(source->path, faults);

    if (config == NULL) {
        *fault = *core_faults_at(faults, 0);
        core_faults_destroy(&faults);
        return -1;
    }

    core_place_t *stages = core_place_member(core_config_root(config),
                                             "stages");
    int rc = 0;

    roster_begin(roster);
    for (size_t i = 0; i < core_place_count(stages); i++)
        if (is_of_host(config, core_place_at(stages, i), source->host)
            && !add_stage(roster, config, core_place_at(stages, i), now_ms))
            rc = -1;
    roster_end(roster);
    if (rc == -1)
        core_fault_set(fault, source->path, 0, "more than %d processes: some "
                       "are not watched", ROSTER_MEMBERS);
    core_config_destroy(&config);
    core_faults_destroy(&faults);
    return rc;
}
