/*
 * fuzz_skydns - the object that SkyDNS's etcd holds, and the configuration that
 * is made of it
 *
 * Whatever it says, what is written can be read again.
 */

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/setting.h"
#include "ctl/skydns.h"

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Each line of a text that is in no file has its mark. */
static char *
mark_lines(const char *text)
{
    char *marked = NULL;
    size_t size;
    FILE *file = open_memstream(&marked, &size);

    assert(file != NULL);
    for (int line = 1; *text != '\0'; line++) {
        int length = (int) strcspn(text, "\n");

        fprintf(file, "%.*s #@ x:%d\n", length, text, line);
        text += length + (text[length] == '\n');
    }
    fclose(file);
    return marked;
}

static void
write_and_read(const skydns_options_t *options)
{
    core_faults_t *faults = core_faults_new();
    char *text = NULL, *marked;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    core_config_t *config;

    assert(file != NULL);
    skydns_write(options, file);
    fclose(file);
    marked = mark_lines(text);
    config = core_config_parse(marked, faults);
    assert(config != NULL);
    core_config_destroy(&config);
    core_faults_destroy(&faults);
    free(marked);
    free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    skydns_options_t *options = skydns_options_new();
    core_faults_t *faults = core_faults_new();
    core_faults_t *notices = core_faults_new();
    char *text = core_allocate(size + 1);

    memcpy(text, bytes, size);
    skydns_options_read_object(options, text, "/skydns/config", faults,
                               notices);
    if (core_faults_count(faults) == 0)
        skydns_check(options, faults, notices);
    if (core_faults_count(faults) == 0)
        write_and_read(options);
    free(text);
    core_faults_destroy(&faults);
    core_faults_destroy(&notices);
    skydns_options_destroy(&options);
    return 0;
}
