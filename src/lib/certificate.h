/*
 * certificate - keys in a certificate of czmq's zcert
 *
 * That is a text in ZPL (ZeroMQ RFC 4): names, and below them, four blanks
 * further in, names with values.  The keys stand below "curve", in Z85.
 */

#ifndef LIB_CERTIFICATE_H
#define LIB_CERTIFICATE_H

#include <stdbool.h>
#include <stdint.h>

#define CERTIFICATE_KEY_SIZE 32

/* Reads the key of that name, "public-key" or "secret-key"; false when there is
   none, or what is there is no key. */
bool
    certificate_key(const char *text, const char *name,
                    uint8_t key[CERTIFICATE_KEY_SIZE]);

#endif
