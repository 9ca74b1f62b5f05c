/*
 * stage_common - settings that every stage has, and changing over to others
 *
 * A version is all that hangs together: the configuration, the settings read
 * from it and the state opened with them.  A reload loads a second one; only
 * when nothing is wrong with it does it take the place of the first.
 */

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coredns/memory.h"
#include "life.h"

static const char *const level_choices[] = {
    "error", "warning", "notice", "debug", NULL,
};
static const char *const format_choices[] = { "text", "json", NULL };
static const char *const target_choices[] = {
    "stderr", "file", "syslog", NULL,
};
static const char *const otherwise_choices[] = {
    [LIFE_REFUSED] = "refused", [LIFE_SERVFAIL] = "servfail", NULL,
};
static const char *const restart_choices[] = { "always", "never", NULL };

static const struct core_setting log_table[] = {
    { .key = "level", .type = CORE_CHOICE, .choices = level_choices,
      .fallback = CORE_LOG_NOTICE,
      .offset = offsetof(struct log_settings, level),
      .says = "what is worth a line" },
    { .key = "format", .type = CORE_CHOICE, .choices = format_choices,
      .offset = offsetof(struct log_settings, format),
      .says = "plain text, or one JSON object a line" },
    { .key = "to", .type = CORE_CHOICE, .choices = target_choices,
      .offset = offsetof(struct log_settings, target),
      .says = "where lines go" },
    { .key = "file", .type = CORE_PATH,
      .offset = offsetof(struct log_settings, path),
      .says = "the file, when lines go to one" },
    { .key = "size", .type = CORE_SIZE, .fallback = 16 * 1024 * 1024,
      .maximum = (int64_t) 1 << 40,
      .offset = offsetof(struct log_settings, size),
      .says = "size at which the file is renamed to FILE.1; 0: never" },
    { .type = CORE_END },
};

const struct core_setting stage_common_table[] = {
    { .key = "program", .type = CORE_TEXT,
      .offset = offsetof(struct common_settings, program),
      .says = "program to run: a path, or NAME for coredns-NAME" },
    { .key = "instances", .type = CORE_INTEGER, .fallback = 1, .minimum = 1,
      .maximum = CORE_OUTLET_INSTANCES,
      .offset = offsetof(struct common_settings, instances),
      .says = "processes that share the work" },
    { .key = "next", .type = CORE_STAGE,
      .offset = offsetof(struct common_settings, next),
      .says = "stage that takes what this one does not answer" },
    { .key = "otherwise", .type = CORE_CHOICE, .choices = otherwise_choices,
      .offset = offsetof(struct common_settings, otherwise),
      .says = "what is said to that when there is no next" },
    { .key = "sources", .type = CORE_STAGE, .list = true,
      .offset = offsetof(struct common_settings, sources),
      .says = "feeds, in the order in which their data are tried" },
    { .key = "lookup", .type = CORE_STAGE,
      .offset = offsetof(struct common_settings, lookup),
      .says = "stage that is asked questions of our own" },
    { .key = "user", .type = CORE_TEXT,
      .offset = offsetof(struct common_settings, user),
      .says = "user to run as, when started by root" },
    { .key = "reads_any_file", .type = CORE_BOOLEAN,
      .offset = offsetof(struct common_settings, reads_any_file),
      .says = "read files that only root can read, when started by root" },
    { .key = CORE_DRAIN_LIMIT, .type = CORE_DURATION,
      .fallback = CORE_DRAIN_LIMIT_MS, .minimum = 100,
      .maximum = CORE_DRAIN_LIMIT_MOST_MS,
      .offset = offsetof(struct common_settings, drain_limit_ms),
      .says = "time that the end may take" },
    { .key = "host", .type = CORE_TEXT, .list = true,
      .offset = offsetof(struct common_settings, host),
      .says = "hosts that run the stage; all, unless given" },
    { .key = "port", .type = CORE_INTEGER, .minimum = 1, .maximum = 65535,
      .offset = offsetof(struct common_settings, port),
      .says = "first of its ports for stages of other hosts" },
    { .key = "restart", .type = CORE_CHOICE, .choices = restart_choices,
      .offset = offsetof(struct common_settings, restart),
      .says = "what the supervisor does when the process ends by itself" },
    { .key = "log", .type = CORE_GROUPS, .members = log_table,
      .members_size = sizeof (struct log_settings),
      .offset = offsetof(struct common_settings, log),
      .says = "where this stage's log goes, instead of the log of all" },
    { .type = CORE_END },
};

/* The group of a process: "authority.2" is an instance of "authority". */
static core_place_t *
find_group(const core_config_t *config, const char *name)
{
    char stage_name[LIFE_NAME_SIZE];

    snprintf(stage_name, sizeof stage_name, "%.*s",
             (int) strcspn(name, "."), name);
    return core_config_stage(config, stage_name);
}

/* Whether the file, or else one in its folder, can be written by us. */
static bool
can_write(const char *path)
{
    if (euidaccess(path, F_OK) == 0)
        return euidaccess(path, W_OK) == 0;

    char *folder = core_copy_text(path);
    char *slash = strrchr(folder, '/');

    if (slash == folder)
        slash++;
    *slash = '\0';

    bool is_writable = euidaccess(folder, W_OK | X_OK) == 0;
    int cause = errno;

    free(folder);
    errno = cause;
    return is_writable;
}

/* The log of the stage, or else of all, or else the defaults. */
static int
read_log(struct stage_version *self, core_place_t *group,
         core_faults_t *faults)
{
    const struct core_list *own = &self->common.log;
    core_place_t *place = core_place_member(group, "log");
    int rc = 0;

    if (own->count > 0)
        self->log = ((const struct log_settings *) own->items)[0];
    else {
        place = core_place_member(core_config_root(self->config), "log");
        rc = core_settings_read(self->config, place, "log", log_table, NULL,
                                &self->log, faults);
    }
    if (self->log.target != CORE_LOG_FILE)
        return rc;
    if (self->log.path == NULL)
        core_config_fault(self->config, faults, place,
                          "goes to a file, but none is named");
    else if (!can_write(self->log.path))
        core_config_fault(self->config, faults,
                          core_place_member(place, "file"),
                          "cannot write %s: %s", self->log.path,
                          strerror(errno));
    else
        return rc;
    return -1;
}

/* A stage knows its own name, "stage.key: cause"; its group may have another
   one. */
static void
name_group(core_faults_t *named, const struct core_fault *fault,
           const struct core_stage *stage, const char *group)
{
    size_t size = strlen(stage->name);

    if (fault->path[0] == '\0' && fault->text[size] == '.'
        && strncmp(fault->text, stage->name, size) == 0)
        core_faults_add(named, NULL, 0, "%.*s%s",
                        (int) strcspn(group, "."), group, fault->text + size);
    else
        core_faults_copy(named, fault);
}

void
stage_version_tell(const struct stage_version *self,
                   const struct core_stage *stage, const char *name,
                   const core_faults_t *found, core_faults_t *faults)
{
    core_faults_t *named = core_faults_new();

    for (size_t i = 0; i < core_faults_count(found); i++)
        name_group(named, core_faults_at(found, i), stage, name);
    core_config_tell(self->config, named, faults);
    core_faults_destroy(&named);
}

/* What the stage itself finds wrong with its settings. */
static int
check_settings(struct stage_version *self, const struct core_stage *stage,
               const char *name, core_faults_t *faults)
{
    core_faults_t *found = core_faults_new();
    struct core_fault fault = { .line = 0 };

    if (stage->check != NULL)
        stage->check(self->settings, found);
    if (core_faults_count(found) == 0 && stage->open != NULL) {
        self->state = stage->open(self->settings, &fault);
        if (self->state == NULL)
            core_faults_copy(found, &fault);
    }

    int rc = core_faults_count(found) > 0 ? -1 : 0;

    stage_version_tell(self, stage, name, found, faults);
    core_faults_destroy(&found);
    return rc;
}

int
stage_version_load(struct stage_version *self, const struct core_stage *stage,
                   const struct stage_options *options, core_faults_t *faults)
{
    const char *name = options->name;

    *self = (struct stage_version) {
        .config = options->config_path == NULL
            ? stage_words_load(options, stage, faults)
            : core_config_load(options->config_path, faults),
    };
    if (self->config == NULL)
        return -1;

    core_place_t *group = options->config_path == NULL
        ? core_config_root(self->config) : find_group(self->config, name);
    int rc = core_settings_read(self->config, group, name, stage_common_table,
                                stage->settings, &self->common, faults);

    self->settings = core_allocate(stage->settings_size);
    if (stage->settings != NULL
        && core_settings_read(self->config, group, name, stage->settings,
                              stage_common_table, self->settings,
                              faults) == -1)
        rc = -1;
    if (read_log(self, group, faults) == -1)
        rc = -1;
    if (rc == 0)
        rc = check_settings(self, stage, name, faults);
    if (rc == -1)
        stage_version_unload(self, stage);
    return rc;
}

void
stage_version_unload(struct stage_version *self,
                     const struct core_stage *stage)
{
    if (self->state != NULL && stage->close != NULL)
        stage->close(&self->state);
    free(self->settings);
    core_config_destroy(&self->config);
    *self = (struct stage_version) { .config = NULL };
}

/* Standard error of a stage in the background is a file, where lines without
   their time are worth little; a terminal or a journal has its own. */
static bool
is_regular_file(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

int
stage_log_open(const core_life_t *life, struct core_fault *fault)
{
    const struct log_settings *settings = &life->version.log;
    struct core_log_options options = {
        .level = (enum core_log_level) settings->level,
        .format = (enum core_log_format) settings->format,
        .target = (enum core_log_target) settings->target,
        .path = settings->path,
        .size = settings->size,
        .with_time = is_regular_file(STDERR_FILENO),
    };
    char name[2 * LIFE_NAME_SIZE + 16];

    if (life->options.verbose > 0)
        options.level = CORE_LOG_DEBUG;
    if (strcmp(life->options.name, life->stage->name) == 0)
        snprintf(name, sizeof name, "coredns-%s", life->stage->name);
    else
        snprintf(name, sizeof name, "coredns-%s[%s]", life->stage->name,
                 life->options.name);
    return core_log_open(name, &options, fault);
}

int
stage_version_reload(core_life_t *life, core_faults_t *faults)
{
    const struct core_stage *stage = life->stage;
    struct stage_version version;
    struct core_fault fault = { .line = 0 };

    if (stage_version_load(&version, stage, &life->options, faults) == -1)
        return -1;
    if (stage->reload != NULL) {
        /* The state stays; the one opened to prove the settings goes. */
        if (stage->reload(life->version.state, version.settings,
                          &fault) == -1) {
            core_faults_copy(faults, &fault);
            stage_version_unload(&version, stage);
            return -1;
        }

        void *proof = version.state;

        version.state = life->version.state;
        life->version.state = proof;
    }

    struct stage_version old = life->version;

    life->version = version;
    stage_version_unload(&old, stage);
    if (stage_log_open(life, &fault) == -1)
        core_log_fault(CORE_LOG_WARNING, &fault);
    return 0;
}
