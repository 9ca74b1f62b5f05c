/*
 * keygen - the verb keygen: key pairs for hosts that have none
 *
 * A pair that is there stays: another one would lock the host out until all
 * others know it.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <czmq.h>

#include "coredns/stage.h"
#include "lib/curve.h"

#include "ctl/keys.h"
#include "ctl/message.h"
#include "ctl/toolkit.h"

#define PATH_SIZE 512

static int
fail_to_write(const char *path)
{
    return message_fail(CORE_EXIT_FAILED, "%s: cannot write: %s", path,
                        strerror(errno));
}

/* Makes the pair of a host; an exit code. */
static int
make_pair(const char *folder, const char *host)
{
    char path[PATH_SIZE];
    char secret_path[PATH_SIZE + sizeof CURVE_SECRET_SUFFIX];
    zcert_t *pair;
    mode_t mask;
    int rc;

    snprintf(path, sizeof path, "%s/%s", folder, host);
    snprintf(secret_path, sizeof secret_path, "%s" CURVE_SECRET_SUFFIX, path);
    if (access(secret_path, F_OK) == 0 || access(path, F_OK) == 0) {
        fprintf(stderr, "corednsctl: %s: has keys already\n", host);
        return CORE_EXIT_DONE;
    }
    pair = zcert_new();
    zcert_set_meta(pair, "host", "%s", host);
    mask = umask(0077);
    rc = zcert_save(pair, path);
    umask(mask);
    zcert_destroy(&pair);
    if (rc == -1 || chmod(path, 0600) == -1
        || chmod(secret_path, 0600) == -1)
        return fail_to_write(path);
    printf("%s\n%s\n", path, secret_path);
    return CORE_EXIT_DONE;
}

static bool
is_meant(const struct request *request, const char *host)
{
    for (size_t i = 0; i < request->word_count; i++)
        if (strcmp(request->words[i], host) == 0)
            return true;
    return request->word_count == 0;
}

/* True when the word is a host's name. */
static bool
is_host(const struct plan *plan, const char *word)
{
    for (size_t i = 0; i < plan->host_count; i++)
        if (strcmp(plan->hosts[i].name, word) == 0)
            return true;
    return false;
}

static int
make_all(const struct request *request, const struct plan *plan)
{
    if (plan->host_count == 0)
        return message_fail(CORE_EXIT_CONFIG,
                            "the configuration names no hosts");
    for (size_t i = 0; i < request->word_count; i++)
        if (!is_host(plan, request->words[i]))
            return message_fail(CORE_EXIT_USAGE, "no host is called %s",
                                request->words[i]);
    if (mkdir(plan->keys, 0700) == -1 && errno != EEXIST)
        return fail_to_write(plan->keys);
    for (size_t i = 0; i < plan->host_count; i++) {
        int code = is_meant(request, plan->hosts[i].name)
            ? make_pair(plan->keys, plan->hosts[i].name) : CORE_EXIT_DONE;

        if (code != CORE_EXIT_DONE)
            return code;
    }
    return CORE_EXIT_DONE;
}

/* What else is wrong with the configuration does not matter here. */
int
keygen_run(const struct request *request)
{
    struct toolkit toolkit;
    int code = CORE_EXIT_CONFIG;

    toolkit_plan(&toolkit, request->config_path, request->run_directory,
                 false);
    if (toolkit.plan != NULL)
        code = make_all(request, toolkit.plan);
    else
        for (size_t i = 0; i < core_faults_count(toolkit.faults); i++)
            message_fault(0, core_faults_at(toolkit.faults, i));
    toolkit_end(&toolkit);
    return code;
}
