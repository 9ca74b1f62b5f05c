/*
 * resolve - what a plan names, found on this host: programs and users
 */

#include "ctl/resolve.h"

#include <dirent.h>
#include <errno.h>
#include <ifaddrs.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coredns/memory.h"

#define OWN_USER "coredns"
#define NOBODY "nobody"

const char *
resolve_program_folder(void)
{
    static char folder[PATH_MAX];

    if (*folder == '\0') {
        ssize_t size = readlink("/proc/self/exe", folder, sizeof folder - 1);

        folder[size > 0 ? size : 0] = '\0';

        char *slash = strrchr(folder, '/');

        snprintf(slash == NULL ? folder : slash, 2, "%s",
                 slash == NULL ? "." : slash == folder ? "/" : "");
    }
    return folder;
}

/* FOLDER/PREFIXNAME when it can be run; yours; or NULL. */
static char *
find_in(const char *folder, int folder_size, const char *prefix,
        const char *name)
{
    char *path;

    if (asprintf(&path, "%.*s/%s%s", folder_size, folder, prefix, name) == -1)
        abort();
    if (access(path, X_OK) == 0)
        return path;
    free(path);
    return NULL;
}

static char *
find_in_search_path(const char *name)
{
    const char *rest = getenv("PATH");
    char *found = NULL;

    while (rest != NULL && *rest != '\0' && found == NULL) {
        int size = (int) strcspn(rest, ":");

        if (size > 0)
            found = find_in(rest, size, "", name);
        rest += size + (rest[size] == ':');
    }
    return found;
}

char *
resolve_command(const char *word)
{
    const char *folder = resolve_program_folder();
    int size = (int) strlen(folder);
    char here[PATH_MAX];

    if (strchr(word, '/') != NULL)
        return *word == '/' || getcwd(here, sizeof here) == NULL
            ? core_copy_text(word)
            : find_in(here, (int) strlen(here), "", word);

    const char *const prefixes[] = { PROGRAM_PREFIX, "" };

    for (int i = 0; i < 2; i++) {
        char *found = find_in(folder, size, prefixes[i], word);
        bool is_ours = found != NULL
            && strncmp(found + size + 1, PROGRAM_PREFIX,
                       strlen(PROGRAM_PREFIX)) == 0;

        if (is_ours)
            memmove(found, found + size + 1, strlen(found + size + 1) + 1);
        if (is_ours)
            return found;
        free(found);
    }
    return find_in_search_path(word);
}

const char *
resolve_default_user(void)
{
    if (geteuid() != 0)
        return NULL;
    return getpwnam(OWN_USER) != NULL ? OWN_USER : NOBODY;
}

static int
is_stage_program(const struct dirent *entry)
{
    return strncmp(entry->d_name, PROGRAM_PREFIX,
                   strlen(PROGRAM_PREFIX)) == 0;
}

bool
resolve_own_address(const char *address)
{
    struct ifaddrs *list;
    bool is_own = false;

    if (getifaddrs(&list) == -1)
        return false;
    for (const struct ifaddrs *one = list; one != NULL; one = one->ifa_next) {
        char text[NI_MAXHOST];

        if (one->ifa_addr != NULL
            && (one->ifa_addr->sa_family == AF_INET
                || one->ifa_addr->sa_family == AF_INET6)
            && getnameinfo(one->ifa_addr, one->ifa_addr->sa_family == AF_INET
                           ? sizeof (struct sockaddr_in)
                           : sizeof (struct sockaddr_in6), text, sizeof text,
                           NULL, 0, NI_NUMERICHOST) == 0
            && strcmp(text, address) == 0)
            is_own = true;
    }
    freeifaddrs(list);
    return is_own;
}

/* The program in our folder that is nearest to name; yours; or NULL. */
static char *
nearest_program(const char *name)
{
    struct dirent **entries;
    int count = scandir(resolve_program_folder(), &entries, is_stage_program,
                        alphasort);

    if (count < 0)
        return NULL;

    const char **names = core_allocate(((size_t) count + 1) * sizeof *names);

    for (int i = 0; i < count; i++)
        names[i] = entries[i]->d_name;

    char *near = core_copy_text(core_nearest(name, names));

    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    free(names);
    return near;
}

static void
fault_missing(const core_config_t *config, core_faults_t *faults,
              const struct plan_stage *stage)
{
    core_place_t *place = core_place_member(stage->place, "program");
    int cause = errno;
    char *near = strchr(stage->program, '/') != NULL ? NULL
        : nearest_program(stage->program);

    const char *format = near == NULL ? "cannot run %s: %s"
        : "cannot run %s: %s; did you mean %s";

    if (stage->patch != NULL)
        core_faults_add(faults, NULL, 0, format, stage->path, strerror(cause),
                        near);
    else
        core_config_fault(config, faults, place == NULL ? stage->place : place,
                          format, stage->path, strerror(cause), near);
    free(near);
}

static void
find_program(struct plan_stage *stage, const core_config_t *config,
             core_faults_t *faults)
{
    int rc = 0;

    free(stage->path);
    if (strchr(stage->program, '/') != NULL)
        stage->path = core_copy_text(stage->program);
    else
        rc = asprintf(&stage->path, "%s/%s", resolve_program_folder(),
                      stage->program);
    if (rc == -1)
        abort();

    struct stat found;

    if (access(stage->path, X_OK) == 0 && stat(stage->path, &found) == 0
        && S_ISDIR(found.st_mode)) {
        errno = EISDIR;
        fault_missing(config, faults, stage);
    }
    else if (access(stage->path, X_OK) == -1)
        fault_missing(config, faults, stage);
}

static void
find_user(const char *user, core_place_t *group, const core_config_t *config,
          core_faults_t *faults)
{
    core_place_t *place = core_place_member(group, "user");

    if (getpwnam(user) == NULL)
        core_config_fault(config, faults, place == NULL ? group : place,
                          "there is no user %s", user);
}

void
resolve_plan(struct plan *plan, const core_config_t *config,
             core_faults_t *faults)
{
    if (plan->user != NULL)
        find_user(plan->user, core_config_root(config), config, faults);
    for (size_t i = 0; i < plan->stage_count; i++) {
        struct plan_stage *stage = &plan->stages[i];

        if (!stage->is_here)
            continue;
        find_program(stage, config, faults);
        if (stage->user != NULL && strcmp(stage->user, plan->user) != 0)
            find_user(stage->user, stage->place, config, faults);
    }
}
