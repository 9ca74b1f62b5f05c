/*
 * tls - what all encrypted connections of a route share
 *
 * Which authorities are trusted, which certificate we show.  TLS 1.2 or
 * newer; a server is always verified, by its name or else by its address
 * (RFC 8310 section 8, strict privacy).
 */

#ifndef FORWARD_TLS_H
#define FORWARD_TLS_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "coredns/fault.h"
#include "forward/target.h"

struct tls_files {
    const char *ca;                     /* NULL: those the system trusts */
    const char *certificate;            /* NULL: we show none */
    const char *key;
};

typedef struct tls tls_t;

/* Returns NULL and a fault when a file cannot be read. */
tls_t *
    tls_new(const struct tls_files *files, struct core_fault *fault);

void
    tls_destroy(tls_t **self_p);

/*
 * A connection over fd to the server; servername may be "".  *session_p (may
 * hold NULL) is taken up again, and is where a new one is put when the server
 * gives one; it must live as long as the connection.  End it by SSL_free().
 */
SSL *
    tls_connect(tls_t *self, int fd, const struct target *server,
                const char *servername, SSL_SESSION **session_p);

/* True when the server chose HTTP/2, in a handshake that is over. */
bool
    tls_is_http2(SSL *connection);

/* Why a connection failed, in a few words; written to text and returned. */
const char *
    tls_reason(SSL *connection, char text[128]);

#endif
