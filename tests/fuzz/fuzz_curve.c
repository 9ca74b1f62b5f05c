/*
 * fuzz_curve - an endpoint between hosts
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/curve.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = strndup((const char *) bytes, size);
    struct curve curve;
    struct core_fault fault;

    assert(text != NULL);
    if (curve_parse(&curve, text, &fault) == 0)
        assert(*curve.us != '\0' && *curve.transport != '\0'
               && *curve.folder == '/');
    free(text);
    return 0;
}
