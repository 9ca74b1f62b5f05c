/*
 * fuzz_certificate - keys in the certificate of a host
 *
 * Whatever the text is, nothing behind its end is read, and a key that is found
 * is found again when it is written down by itself.
 */

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "lib/certificate.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t key[CERTIFICATE_KEY_SIZE], again[CERTIFICATE_KEY_SIZE];
    char *text = malloc(size + 1);
    char z85[41], one[100];

    memcpy(text, bytes, size);
    text[size] = '\0';
    if (certificate_key(text, "secret-key", key)) {
        zmq_z85_encode(z85, key, sizeof key);
        snprintf(one, sizeof one, "curve\n    secret-key = \"%s\"\n", z85);
        assert(certificate_key(one, "secret-key", again));
        assert(memcmp(key, again, sizeof key) == 0);
    }
    free(text);
    return 0;
}
