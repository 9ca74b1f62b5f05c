/*
 * weights - any octets as a file of weights
 *
 * Every weight that comes out of it is one from 1 to 255, and what is refused
 * is so with a line.
 */

#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "frontend/weights.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    int memory = memfd_create("weights", 0);
    struct core_fault fault;
    char path[64];

    assert(memory != -1 && write(memory, bytes, size) == (ssize_t) size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", memory);

    weights_t *weights = weights_load(path, &fault);

    if (weights == NULL)
        assert(fault.line > 0 && fault.text[0] != '\0');
    else {
        static const uint8_t name[] = "\1w";
        static const uint8_t address[4] = { 192, 0, 2, 1 };
        unsigned weight = weights_find(weights, name, address, 4);

        assert(weight >= 1 && weight <= 255);
    }
    weights_destroy(&weights);
    close(memory);
    return 0;
}
