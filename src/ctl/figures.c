/*
 * figures - what the supervisor tells of itself, as every process does
 *
 * The version of the configuration is told as CoreDNS tells it: by its SHA-512
 * in a label, which is the same on all hosts whose files are the same.
 */

#include "ctl/figures.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include <sha2.h>

#include "coredns/memory.h"
#include "coredns/telemetry.h"

#define VERSION "coredns_reload_version_info{hash=\"sha512\",value=\"%s\"}"

struct figures {
    core_telemetry_t *telemetry;
    uint64_t failures;
    uint64_t panics;
    uint64_t one;
    char version[sizeof VERSION + SHA512_DIGEST_STRING_LENGTH];
};

figures_t *
figures_new(void *context, core_loop_t *loop, const char *endpoint,
            struct core_fault *fault)
{
    core_telemetry_t *telemetry = core_telemetry_new(context, loop, endpoint,
                                                     "corednsctl", fault);

    if (telemetry == NULL)
        return NULL;

    figures_t *self = core_allocate(sizeof *self);

    self->telemetry = telemetry;
    self->one = 1;
    core_telemetry_add(telemetry, CORE_COUNTER, "coredns_reload_failed_total",
                       "Reloads that failed; what ran went on",
                       &self->failures);
    core_telemetry_add(telemetry, CORE_COUNTER, "coredns_panics_total",
                       "Processes that a fault of their own has ended",
                       &self->panics);
    return self;
}

void
figures_destroy(figures_t **self_p)
{
    assert(self_p);

    figures_t *self = *self_p;

    if (self == NULL)
        return;
    core_telemetry_destroy(&self->telemetry);
    free(self);
    *self_p = NULL;
}

void
figures_take_version(figures_t *self, const char *path)
{
    char digest[SHA512_DIGEST_STRING_LENGTH];
    bool is_first = *self->version == '\0';

    if (SHA512File(path, digest) == NULL)
        return;
    snprintf(self->version, sizeof self->version, VERSION, digest);
    if (is_first)
        core_telemetry_add(self->telemetry, CORE_GAUGE, self->version,
                           "The configuration that runs", &self->one);
}

void
figures_count_failure(figures_t *self)
{
    self->failures++;
}

uint64_t *
figures_panics(figures_t *self)
{
    return &self->panics;
}
