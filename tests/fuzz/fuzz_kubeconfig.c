/*
 * fuzz_kubeconfig - a kubeconfig that may be anything
 *
 * It is of use or it is not: then there is a fault that says why.
 */

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "kubernetes-sync/access.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct access *access = core_allocate(sizeof *access);
    struct core_fault fault = { .line = 0 };

    if (access_read_kubeconfig(access, (const char *) bytes, size, "dir/file",
                               NULL, &fault) == 0)
        assert(access->url != NULL);
    else
        assert(*fault.text != '\0');
    access_destroy(&access);
    return 0;
}
