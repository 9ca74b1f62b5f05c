/*
 * tls - what all encrypted connections of a route share
 *
 * The session of each upstream is kept for the next connection: with it the
 * handshake costs neither a signature nor the certificates.
 */

#include "forward/tls.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "coredns/memory.h"

struct tls {
    SSL_CTX *context;
};

/* The server's ticket: kept where tls_connect() was told. */
static int
keep_session(SSL *connection, SSL_SESSION *session)
{
    SSL_SESSION **session_p = SSL_get_app_data(connection);

    SSL_SESSION_free(*session_p);
    *session_p = session;
    return 1;                           /* it is ours now */
}

static const char *
last_error(char text[128])
{
    unsigned long error = ERR_get_error();
    const char *reason = ERR_SYSTEM_ERROR(error)
        ? strerror(ERR_GET_REASON(error)) : ERR_reason_error_string(error);

    snprintf(text, 128, "%s", reason == NULL ? "unknown cause" : reason);
    ERR_clear_error();
    return text;
}

static int
load_files(SSL_CTX *context, const struct tls_files *files,
           struct core_fault *fault)
{
    char reason[128];
    const char *path = files->ca;
    int rc = path == NULL ? SSL_CTX_set_default_verify_paths(context)
                          : SSL_CTX_load_verify_locations(context, path, NULL);

    if (rc == 1 && files->certificate != NULL) {
        path = files->certificate;
        rc = SSL_CTX_use_certificate_chain_file(context, path);
    }
    if (rc == 1 && files->key != NULL) {
        path = files->key;
        rc = SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM);
    }
    if (rc == 1)
        return 0;
    core_fault_set(fault, path, 0, "cannot be used for TLS: %s",
                   last_error(reason));
    return -1;
}

tls_t *
tls_new(const struct tls_files *files, struct core_fault *fault)
{
    tls_t *self = core_allocate(sizeof *self);

    self->context = SSL_CTX_new(TLS_client_method());
    assert(self->context != NULL);
    SSL_CTX_set_min_proto_version(self->context, TLS1_2_VERSION);
    SSL_CTX_set_verify(self->context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(self->context, SSL_MODE_ENABLE_PARTIAL_WRITE
                     | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(self->context, SSL_SESS_CACHE_CLIENT
                                   | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(self->context, keep_session);
    if (load_files(self->context, files, fault) == -1)
        tls_destroy(&self);
    return self;
}

void
tls_destroy(tls_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    SSL_CTX_free((*self_p)->context);
    free(*self_p);
    *self_p = NULL;
}

SSL *
tls_connect(tls_t *self, int fd, const struct target *server,
            const char *servername, SSL_SESSION **session_p)
{
    static const unsigned char dot[] = "\3dot", h2[] = "\2h2";
    bool is_https = server->transport == TARGET_HTTPS;
    SSL *connection = SSL_new(self->context);

    assert(connection != NULL);
    SSL_set_fd(connection, fd);
    SSL_set_connect_state(connection);
    SSL_set_app_data(connection, session_p);
    SSL_set_alpn_protos(connection, is_https ? h2 : dot,
                        is_https ? sizeof h2 - 1 : sizeof dot - 1);
    if (*session_p != NULL)
        SSL_set_session(connection, *session_p);
    if (*servername != '\0') {
        SSL_set_tlsext_host_name(connection, servername);
        SSL_set1_host(connection, servername);
    }
    else if (target_is_ipv4(server))
        X509_VERIFY_PARAM_set1_ip(SSL_get0_param(connection),
                                  server->address + 12, 4);
    else
        X509_VERIFY_PARAM_set1_ip(SSL_get0_param(connection),
                                  server->address, 16);
    return connection;
}

bool
tls_is_http2(SSL *connection)
{
    const unsigned char *name;
    unsigned size;

    SSL_get0_alpn_selected(connection, &name, &size);
    return size == 2 && memcmp(name, "h2", 2) == 0;
}

const char *
tls_reason(SSL *connection, char text[128])
{
    long verified = SSL_get_verify_result(connection);

    if (verified == X509_V_OK)
        return last_error(text);
    ERR_clear_error();
    snprintf(text, 128, "%s", X509_verify_cert_error_string(verified));
    return text;
}
