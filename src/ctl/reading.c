/*
 * reading - what a plan takes from the configuration
 *
 * Only what the supervisor must know is read here; every other setting is
 * checked by the program it is for, which alone has its table.
 */

#include "ctl/reading.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libconfig.h>

#include "coredns/memory.h"

#include "ctl/hosts.h"

#define IPC_PATH_LIMIT 107              /* octets of a socket's path */
#define LONGEST_SUFFIX ".telemetry"
#define OWN_NAME "corednsctl"           /* the supervisor's own endpoint */

static const char *const top_keys[] = {
    "run_directory", "state_directory", "directory", "log_directory", "user",
    "log", "hosts", "keys", "insecure", "reload", "stages", NULL
};

/* What all of the functions below work on. */
struct reading {
    struct plan *plan;
    core_config_t *config;
    const struct plan_options *options;
    core_faults_t *faults;
};

/* ---- the top of the file ------------------------------------------------- */

static void
check_top_keys(const struct reading *reading)
{
    core_place_t *root = core_config_root(reading->config);

    for (size_t i = 0; i < core_place_count(root); i++) {
        core_place_t *place = core_place_at(root, i);
        const char *key = core_place_key(place);
        const char *const *known = top_keys;

        while (*known != NULL && strcmp(*known, key) != 0)
            known++;
        if (*known != NULL)
            continue;

        const char *near = core_nearest(key, top_keys);

        core_config_fault(reading->config, reading->faults, place,
                          near == NULL ? "unknown key"
                          : "unknown key, did you mean %s", near);
    }
}

/* The text of a member, or NULL; what is there but no text is a fault. */
static const char *
read_text(const struct reading *reading, core_place_t *group, const char *key)
{
    core_place_t *place = core_place_member(group, key);

    if (place == NULL)
        return NULL;

    const char *text = core_place_text(reading->config, place);

    if (text == NULL || *text == '\0') {
        core_config_fault(reading->config, reading->faults, place,
                          "must be a text");
        return NULL;
    }
    return text;
}

/* A path of the file, absolute; yours; NULL when it is not set. */
static char *
read_path(const struct reading *reading, const char *key)
{
    core_place_t *root = core_config_root(reading->config);
    const char *text = read_text(reading, root, key);
    char *path;

    if (text == NULL || *text == '/')
        return core_copy_text(text);
    if (asprintf(&path, "%s/%s", core_config_directory(reading->config),
                 text) == -1)
        abort();
    return path;
}

static void
read_reload(const struct reading *reading)
{
    static const struct core_setting table[] = {
        { "every", CORE_DURATION, .required = true, .minimum = 100,
          .offset = offsetof(struct plan_reload, every),
          .says = "how often the files are looked at" },
        { "jitter", CORE_DURATION,
          .offset = offsetof(struct plan_reload, jitter),
          .says = "how much these intervals differ" },
        { .type = CORE_END }
    };
    core_place_t *place = core_place_member(core_config_root(reading->config),
                                            "reload");
    struct plan_reload *reload = &reading->plan->reload;

    if (place == NULL)
        return;
    if (!core_place_is_group(place))
        core_config_fault(reading->config, reading->faults, place,
                          "must be a group: reload: { every = \"30s\"; };");
    else if (core_settings_read(reading->config, place, "reload", table, NULL,
                                reload, reading->faults) == 0
             && reload->jitter > reload->every)
        core_config_fault(reading->config, reading->faults, place,
                          "jitter is longer than every");
}

static void
read_top(const struct reading *reading)
{
    struct plan *plan = reading->plan;
    core_place_t *root = core_config_root(reading->config);
    const char *user = read_text(reading, root, "user");

    check_top_keys(reading);
    read_reload(reading);
    plan->run_directory = core_copy_text(reading->options->run_directory);
    plan->state_directory = read_path(reading, "state_directory");
    plan->log_directory = read_path(reading, "log_directory");
    if (plan->log_directory == NULL
        && asprintf(&plan->log_directory, "%s/log", plan->run_directory) == -1)
        abort();
    if (reading->options->default_user != NULL)
        plan->user = core_copy_text(user != NULL ? user
                                    : reading->options->default_user);
}

/*
 * What the top of the file says to every stage.  The text is yours.
 */
static char *
canonical_top(const core_config_t *config)
{
    static const char *const keys[] = {
        "state_directory", "log", "hosts", NULL
    };
    core_place_t *root = core_config_root(config);
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    assert(file != NULL);
    fprintf(file, "directory: %s\n", core_config_directory(config));
    for (const char *const *key = keys; *key != NULL; key++) {
        core_place_t *place = core_place_member(root, *key);

        if (place != NULL) {
            char *value = core_place_canonical(config, place);

            fprintf(file, "%s: %s\n", *key, value);
            free(value);
        }
    }
    fclose(file);
    return text;
}

/* ---- a stage ------------------------------------------------------------- */

static void
read_address(const struct reading *reading, struct plan_stage *stage,
             core_place_t *place)
{
    const char *text = core_place_text(reading->config, place);
    char why[ADDRESS_WHY_SIZE] = "must be a text";
    struct address address;

    if (text == NULL || address_parse(&address, text, why) == -1) {
        core_config_fault(reading->config, reading->faults, place,
                          text == NULL ? "%s" : "%s: %s",
                          text == NULL ? why : text, why);
        return;
    }
    if (stage->listen_count == PLAN_LISTEN) {
        core_config_fault(reading->config, reading->faults, place,
                          "more than %d addresses", PLAN_LISTEN);
        return;
    }
    for (size_t i = 0; i < reading->plan->stage_count; i++) {
        struct plan_stage *other = &reading->plan->stages[i];

        for (size_t j = 0; j < other->listen_count; j++)
            if ((other->hosts & stage->hosts) != 0
                && address_collides(&address, &other->listen[j]))
                core_config_fault(reading->config, reading->faults, place,
                                  "%s is taken by %s already", address.text,
                                  other->name);
    }
    stage->listen = core_reallocate(stage->listen, (stage->listen_count + 1)
                                    * sizeof *stage->listen);
    stage->listen[stage->listen_count++] = address;
}

static void
read_listen(const struct reading *reading, struct plan_stage *stage)
{
    core_place_t *place = core_place_member(stage->place, "listen");

    if (place == NULL)
        return;
    if (core_place_text(reading->config, place) != NULL)
        read_address(reading, stage, place);
    for (size_t i = 0; i < core_place_count(place); i++)
        read_address(reading, stage, core_place_at(place, i));
}

/* What is no number from 1 to the limit is reported by the program, which has
   the key in its table. */
static unsigned
read_instances(const struct plan_stage *stage)
{
    core_place_t *place = core_place_member(stage->place, "instances");
    int count = place == NULL ? 1 : config_setting_get_int(place);

    return count < 1 || count > PLAN_INSTANCES ? 1 : (unsigned) count;
}

/* What is no duration is reported by the program, likewise. */
static int64_t
read_kill_time(const struct plan_stage *stage)
{
    core_place_t *place = core_place_member(stage->place, CORE_DRAIN_LIMIT);
    const char *text = place == NULL ? NULL : core_place_text(NULL, place);
    int64_t limit_ms = CORE_DRAIN_LIMIT_MS;

    if (text != NULL && core_duration_from_text(text, &limit_ms) == -1)
        limit_ms = CORE_DRAIN_LIMIT_MS;
    else if (place != NULL && text == NULL)
        limit_ms = config_setting_get_int64(place) * 1000;
    if (limit_ms < 0 || limit_ms > CORE_DRAIN_LIMIT_MOST_MS)
        limit_ms = CORE_DRAIN_LIMIT_MS;
    return limit_ms + PLAN_KILL_MARGIN_MS;
}

static char *
read_program(const struct reading *reading, struct plan_stage *stage)
{
    const char *text = read_text(reading, stage->place, "program");
    char *program;
    int rc;

    if (text == NULL)
        rc = asprintf(&program, PROGRAM_PREFIX "%s", stage->name);
    else if (strchr(text, '/') != NULL && *text != '/')
        rc = asprintf(&program, "%s/%s",
                      core_config_directory(reading->config), text);
    else if (strchr(text, '/') != NULL
             || strncmp(text, PROGRAM_PREFIX, strlen(PROGRAM_PREFIX)) == 0)
        rc = asprintf(&program, "%s", text);
    else
        rc = asprintf(&program, PROGRAM_PREFIX "%s", text);
    if (rc == -1)
        abort();
    return program;
}

static int
socket_path_size(const struct plan *plan, const struct plan_stage *stage)
{
    return snprintf(NULL, 0, "%s/%s%s%s", plan->run_directory, stage->name,
                    stage->instances > 9 ? ".10"
                    : stage->instances > 1 ? ".1" : "", LONGEST_SUFFIX);
}

/* The longest path of a socket of ours must fit in sun_path. */
static void
check_path_size(const struct reading *reading)
{
    const struct plan *plan = reading->plan;
    const struct plan_stage own = { .name = OWN_NAME, .instances = 1 };
    const struct plan_stage *longest = &own;

    for (size_t i = 0; i < plan->stage_count; i++)
        if (socket_path_size(plan, &plan->stages[i])
            > socket_path_size(plan, longest))
            longest = &plan->stages[i];

    int size = socket_path_size(plan, longest);

    if (size > IPC_PATH_LIMIT)
        core_config_fault(reading->config, reading->faults, longest->place,
                          "run directory %s is too long a path: a socket of "
                          "%s would need %d octets, the limit is %d",
                          plan->run_directory, longest->name, size,
                          IPC_PATH_LIMIT);
}

static bool
has_text(const struct reading *reading, const struct plan_stage *stage,
         const char *key, const char *wanted)
{
    core_place_t *place = core_place_member(stage->place, key);
    const char *text = place == NULL ? NULL
        : core_place_text(reading->config, place);

    return text != NULL && strcmp(text, wanted) == 0;
}

static bool
is_true(const struct plan_stage *stage, const char *key)
{
    core_place_t *place = core_place_member(stage->place, key);

    return place != NULL && config_setting_get_bool(place);
}

static void
read_stage(const struct reading *reading, struct plan_stage *stage,
           const char *top)
{
    const char *user = read_text(reading, stage->place, "user");
    char *own = core_place_canonical(reading->config, stage->place);

    hosts_read_stage(reading->plan, reading->config, stage, reading->faults);
    stage->program = read_program(reading, stage);
    stage->restarts = !has_text(reading, stage, "restart", "never");
    stage->instances = read_instances(stage);
    stage->kill_ms = read_kill_time(stage);
    stage->reads_any_file = is_true(stage, "reads_any_file");
    stage->group_of = reading->plan->user;
    if (reading->plan->user != NULL)
        stage->user = core_copy_text(user != NULL ? user
                                     : reading->plan->user);
    if (asprintf(&stage->settings, "%s%s", top, own) == -1)
        abort();
    free(own);
    read_listen(reading, stage);
    if (strcmp(stage->name, OWN_NAME) == 0)
        core_config_fault(reading->config, reading->faults, stage->place,
                          "the name is taken by the supervisor itself");
}

/* Stages that may be added: what is there is pointed at and must not move. */
static size_t
count_patches(const struct reading *reading)
{
    return reading->options->patches == NULL ? 0
        : reading->options->patches->count;
}

static void
read_stages(const struct reading *reading)
{
    struct plan *plan = reading->plan;
    core_place_t *root = core_config_root(reading->config);
    core_place_t *place = core_place_member(root, "stages");
    size_t count = core_place_count(place);

    if (!core_place_is_group(place) || count == 0) {
        core_config_fault(reading->config, reading->faults,
                          place == NULL ? root : place,
                          "there are no stages to start");
        return;
    }
    plan->stages = core_allocate((count + count_patches(reading))
                                 * sizeof *plan->stages);
    for (size_t i = 0; i < count; i++) {
        core_place_t *group = core_place_at(place, i);

        if (core_place_is_group(group)) {
            struct plan_stage *stage = &plan->stages[plan->stage_count++];

            stage->name = core_copy_text(core_place_key(group));
            stage->place = group;
        }
        else
            core_config_fault(reading->config, reading->faults, group,
                              "must be a group: %s: { ... };",
                              core_place_key(group));
    }

    char *top = canonical_top(reading->config);

    for (size_t i = 0; i < plan->stage_count; i++)
        read_stage(reading, &plan->stages[i], top);
    check_path_size(reading);
    free(top);
}

void
reading_do(struct plan *plan, core_config_t *config,
           const struct plan_options *options, core_faults_t *faults)
{
    struct reading reading = { plan, config, options, faults };

    read_top(&reading);
    hosts_read(plan, config, options, faults);
    read_stages(&reading);
}
