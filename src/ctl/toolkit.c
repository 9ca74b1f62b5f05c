/*
 * toolkit - the one a verb is about: its configuration, plan and folder
 *
 * `stop` and `status` must find a toolkit although somebody has just broken
 * its configuration; so when the file cannot be parsed its run_directory is
 * looked for line by line.
 */

#include "ctl/toolkit.h"

#include <errno.h>
#include <limits.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coredns/memory.h"
#include "lib/source_file.h"

#include "ctl/corefile_import.h"
#include "ctl/directory.h"
#include "ctl/message.h"
#include "ctl/resolve.h"

#define RUN_DIRECTORY "^[[:blank:]]*run_directory[[:blank:]]*[=:]" \
                      "[[:blank:]]*\"([^\"$]+)\""

/* The value of run_directory in a file that is no configuration; yours. */
static char *
scan_for_directory(const char *path)
{
    struct core_source_file file;
    regex_t pattern;
    regmatch_t match[2];
    char *found = NULL;

    if (regcomp(&pattern, RUN_DIRECTORY, REG_EXTENDED | REG_NEWLINE) != 0)
        abort();
    if (core_source_file_read(&file, path) == NULL
        && regexec(&pattern, file.text, 2, match, 0) == 0)
        found = strndup(file.text + match[1].rm_so,
                        (size_t) (match[1].rm_eo - match[1].rm_so));
    regfree(&pattern);
    free(file.text);
    return found;
}

/* The folder that the file asks for, absolute; yours; NULL: none. */
static char *
wanted_directory(const struct toolkit *self)
{
    if (self->config == NULL)
        return scan_for_directory(self->config_path);

    core_place_t *place = core_place_member(core_config_root(self->config),
                                            "run_directory");
    const char *text = place == NULL ? NULL
        : core_place_text(self->config, place);
    char *path;

    if (text == NULL || *text == '/' || *text == '\0')
        return text == NULL || *text == '\0' ? NULL : core_copy_text(text);
    if (asprintf(&path, "%s/%s", core_config_directory(self->config),
                 text) == -1)
        abort();
    return path;
}

static char *
absolute(const char *path)
{
    char here[PATH_MAX];
    char *whole;

    if (*path == '/' || getcwd(here, sizeof here) == NULL)
        return core_copy_text(path);
    if (asprintf(&whole, "%s/%s", here, path) == -1)
        abort();
    return whole;
}

void
toolkit_find(struct toolkit *self, const char *config_path,
             const char *run_directory)
{
    *self = (struct toolkit) { .faults = core_faults_new() };
    self->config_path = absolute(config_path);
    self->config = corefile_load_config(config_path, self->faults);

    char *wanted = wanted_directory(self);

    self->run_directory = directory_path(run_directory, wanted,
                                         self->config_path);
    free(wanted);
}

bool
toolkit_is_there(const struct toolkit *self)
{
    if (access(self->run_directory, X_OK) == -1 && errno == EACCES) {
        message_fail(0, "%s: %s", self->run_directory, strerror(EACCES));
        return false;
    }
    if (self->config != NULL || access(self->run_directory, F_OK) == 0)
        return true;
    for (size_t i = 0; i < core_faults_count(self->faults); i++)
        message_fault(0, core_faults_at(self->faults, i));
    return false;
}

/* Tells this toolkit from those of other machines, and from others here. */
static uint64_t
machine(const char *run_directory)
{
    char text[PATH_MAX + HOST_NAME_MAX + 2];
    size_t size;

    if (gethostname(text, HOST_NAME_MAX) == -1)
        *text = '\0';
    text[HOST_NAME_MAX] = '\0';
    size = strlen(text);
    snprintf(text + size, sizeof text - size, "/%s", run_directory);
    return directory_hash(text);
}

static struct plan *
make_plan(core_config_t *config, const char *run_directory, bool is_verbose,
          const struct patches *patches, core_faults_t *faults)
{
    struct plan_options options = {
        .run_directory = run_directory,
        .default_user = resolve_default_user(),
        .host = getenv(TOOLKIT_HOST),
        .is_own_address = resolve_own_address,
        .machine = machine(run_directory),
        .patches = patches,
        .verbose = is_verbose,
    };
    struct plan *plan = plan_new(config, &options, faults);

    resolve_plan(plan, config, faults);
    return plan;
}

void
toolkit_plan(struct toolkit *self, const char *config_path,
             const char *run_directory, bool is_verbose)
{
    toolkit_find(self, config_path, run_directory);
    if (self->config != NULL)
        self->plan = make_plan(self->config, self->run_directory, is_verbose,
                               NULL, self->faults);
}

void
toolkit_plan_patched(struct toolkit *self, const char *config_path,
                     const char *run_directory)
{
    struct patches patches;
    char *path;

    toolkit_find(self, config_path, run_directory);
    if (self->config == NULL)
        return;
    if (asprintf(&path, "%s/" TOOLKIT_PATCHES, self->run_directory) == -1)
        abort();
    patches_load(&patches, path);
    self->plan = make_plan(self->config, self->run_directory, false, &patches,
                           self->faults);
    patches_free(&patches);
    free(path);
}

void
toolkit_end(struct toolkit *self)
{
    plan_destroy(&self->plan);
    core_config_destroy(&self->config);
    core_faults_destroy(&self->faults);
    free(self->config_path);
    free(self->run_directory);
    *self = (struct toolkit) { .plan = NULL };
}

int
toolkit_load_copy(const char *path, const char *run_directory,
                  bool is_verbose, const struct patches *patches,
                  core_config_t **config_p, struct plan **plan_p,
                  core_faults_t *faults)
{
    size_t before = core_faults_count(faults);

    *plan_p = NULL;
    *config_p = core_config_load(path, faults);
    if (*config_p == NULL)
        return -1;
    *plan_p = make_plan(*config_p, run_directory, is_verbose, patches, faults);
    if (core_faults_count(faults) == before)
        return 0;
    plan_destroy(plan_p);
    core_config_destroy(config_p);
    return -1;
}
