/*
 * fuzz_address - a text in the setting `listen`
 *
 * What is read as an address is shown in a form that reads the same.
 */

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/address.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = strndup((const char *) bytes, size);
    char why[ADDRESS_WHY_SIZE] = "";
    struct address address, again;

    assert(text != NULL);
    if (address_parse(&address, text, why) == -1)
        assert(*why != '\0');
    else {
        assert(address.udp || address.tcp);
        assert(address_parse(&again, address.text, why) == 0);
        assert(strcmp(address.text, again.text) == 0);
        assert(address.where_size == again.where_size
               && memcmp(&address.where, &again.where,
                         address.where_size) == 0);
    }
    free(text);
    return 0;
}
