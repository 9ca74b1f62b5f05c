/*
 * skydns - import --skydns: SkyDNS's options as a configuration of ours
 */

#include "ctl/skydns.h"

#include <stdlib.h>

#include "coredns/stage.h"

#include "ctl/message.h"
#include "ctl/skydns_store.h"

/* Reads what etcd holds, if there is anything; an exit code, when it was told
   why it could not be read. */
static int
read_store(skydns_options_t *options, core_faults_t *faults,
           core_faults_t *notices)
{
    struct core_fault fault;
    char *value, *key;
    int code;

    if (asprintf(&key, "/%s/config",
                 skydns_options_text(options, SKYDNS_PATH_PREFIX)) == -1)
        abort();
    code = skydns_store_read(options, &value, &fault);
    if (code == CORE_EXIT_AGAIN)
        message_fail(code, "cannot read %s from etcd: %s", key, fault.text);
    if (value != NULL)
        skydns_options_read_object(options, value, key, faults, notices);
    free(value);
    free(key);
    return code;
}

static void
print(const core_faults_t *faults)
{
    for (size_t i = 0; i < core_faults_count(faults); i++)
        message_fault(0, core_faults_at(faults, i));
}

/* The exit code; the configuration is written when it is 0. */
static int
import(skydns_options_t *options, const struct request *request,
       core_faults_t *faults, core_faults_t *notices)
{
    int code = CORE_EXIT_DONE;

    skydns_options_read_flags(options, request->command, faults);
    skydns_options_read_environment(options, faults);
    if (core_faults_count(faults) == 0)
        skydns_check(options, faults, NULL);    /* what etcd cannot mend */
    if (core_faults_count(faults) == 0)
        code = read_store(options, faults, notices);
    if (code != CORE_EXIT_DONE)
        return code;
    if (core_faults_count(faults) == 0)
        skydns_check(options, faults, notices);
    if (core_faults_count(faults) > 0) {
        print(faults);
        return CORE_EXIT_CONFIG;
    }
    print(notices);
    skydns_write(options, stdout);
    return CORE_EXIT_DONE;
}

int
skydns_run(const struct request *request)
{
    skydns_options_t *options = skydns_options_new();
    core_faults_t *faults = core_faults_new();
    core_faults_t *notices = core_faults_new();
    int code = import(options, request, faults, notices);

    core_faults_destroy(&faults);
    core_faults_destroy(&notices);
    skydns_options_destroy(&options);
    return code;
}
