/*
 * fuzz_curve - an endpoint between hosts, and a certificate of another host
 *
 * The first line is the endpoint; the rest is the file with the key.
 */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/curve.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
read_endpoint(const uint8_t *bytes, size_t size)
{
    char *text = strndup((const char *) bytes, size);
    struct curve curve;
    struct core_fault fault;

    assert(text != NULL);
    if (curve_parse(&curve, text, &fault) == 0)
        assert(*curve.us != '\0' && *curve.transport != '\0'
               && *curve.folder == '/');
    free(text);
}

static void
read_certificate(const char *folder, const uint8_t *bytes, size_t size)
{
    char path[64];
    uint8_t key[CURVE_KEY_SIZE];
    struct core_fault fault;

    snprintf(path, sizeof path, "%s/them", folder);

    FILE *file = fopen(path, "w");

    assert(file != NULL);
    fwrite(bytes, 1, size, file);
    fclose(file);
    curve_public_key(folder, "them", key, &fault);
    unlink(path);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char folder[] = "/tmp/fuzz-curve-XXXXXX";
    const uint8_t *end = memchr(bytes, '\n', size);
    size_t first = end == NULL ? size : (size_t) (end - bytes);

    read_endpoint(bytes, first);
    if (end == NULL || mkdtemp(folder) == NULL)
        return 0;
    read_certificate(folder, end + 1, size - first - 1);
    rmdir(folder);
    return 0;
}
