/*
 * fuzz_corefile - a Corefile, and the configuration that is made of it
 *
 * Whatever the text, reading it ends; and what is made of it can be loaded.
 */

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ctl/corefile_import.h"

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* libconfig 1.5 loses the strings it has read when it meets a fault. */
const char *
    __lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
    return "leak:libconfig";
}

/* Files from elsewhere could be endless, as /dev/zero is. */
static bool
may_be_read(const char *text)
{
    return strstr(text, "import") == NULL || strchr(text, '/') == NULL;
}

static void
try_import(const char *path)
{
    core_faults_t *faults = core_faults_new();
    int memory = memfd_create("configuration", 0);
    FILE *file = fdopen(memory, "w");
    char copy[64];
    int rc = corefile_import(path, COREFILE_FOLLOWED, file, faults, faults);

    fflush(file);
    snprintf(copy, sizeof copy, "/proc/self/fd/%d", memory);
    if (rc == 0) {
        core_config_t *config = core_config_load(copy, faults);

        assert(config != NULL);
        core_config_destroy(&config);
    }
    else
        assert(core_faults_count(faults) > 0);
    fclose(file);
    core_faults_destroy(&faults);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = strndup((const char *) bytes, size);
    int memory = memfd_create("corefile", 0);
    char path[64];

    assert(memory != -1);
    snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
    if (size < 65536 && may_be_read(text)
        && write(memory, bytes, size) == (ssize_t) size)
        try_import(path);
    close(memory);
    free(text);
    return 0;
}
