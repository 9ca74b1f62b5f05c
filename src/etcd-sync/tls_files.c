/*
 * tls_files - what is wrong with the files of certificates and keys
 */

#include "etcd-sync/tls_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

/* The file, or NULL and a fault. */
static FILE *
open_file(const char *path, const char *key, core_faults_t *faults)
{
    FILE *file = fopen(path, "re");

    if (file == NULL)
        core_faults_add(faults, NULL, 0, "etcd-sync.%s: cannot read %s: %s",
                        key, path, strerror(errno));
    return file;
}

/* The first certificate of a file; NULL: there is none, which was told, or no
   such file. */
static X509 *
read_certificate(const char *path, const char *key, core_faults_t *faults)
{
    FILE *file = path == NULL ? NULL : open_file(path, key, faults);
    X509 *certificate;

    if (file == NULL)
        return NULL;
    certificate = PEM_read_X509_AUX(file, NULL, NULL, NULL);
    if (certificate == NULL)
        core_faults_add(faults, NULL, 0, "etcd-sync.%s: no certificate in PEM "
                        "in %s", key, path);
    fclose(file);
    return certificate;
}

/* Nobody is there to be asked. */
static int
refuse_phrase(char *phrase, int size, int is_for_writing, void *owner)
{
    (void) phrase;
    (void) size;
    (void) is_for_writing;
    (void) owner;
    return -1;
}

static EVP_PKEY *
read_key(const char *path, core_faults_t *faults)
{
    FILE *file = path == NULL ? NULL : open_file(path, "key", faults);
    EVP_PKEY *key;

    if (file == NULL)
        return NULL;
    key = PEM_read_PrivateKey(file, NULL, refuse_phrase, NULL);
    if (key == NULL)
        core_faults_add(faults, NULL, 0, "etcd-sync.key: no private key in "
                        "PEM, or one with a pass phrase, in %s", path);
    fclose(file);
    return key;
}

void
tls_files_check(const struct http_files *files, core_faults_t *faults)
{
    X509 *ca = read_certificate(files->ca, "ca", faults);
    X509 *own = read_certificate(files->certificate, "certificate", faults);
    EVP_PKEY *key = read_key(files->key, faults);

    if (own != NULL && key != NULL && X509_check_private_key(own, key) != 1)
        core_faults_add(faults, NULL, 0, "etcd-sync.key: %s is not the key of "
                        "the certificate in %s", files->key,
                        files->certificate);
    ERR_clear_error();                  /* libcurl would find them */
    EVP_PKEY_free(key);
    X509_free(own);
    X509_free(ca);
}
