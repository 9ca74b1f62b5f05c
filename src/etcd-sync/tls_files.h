/*
 * tls_files - what is wrong with the files of certificates and keys
 *
 * libcurl reads them with each connection; what it says of a bad one looks like
 * an endpoint that is away.
 */

#ifndef ETCD_SYNC_TLS_FILES_H
#define ETCD_SYNC_TLS_FILES_H

#include "coredns/fault.h"
#include "etcd-sync/http.h"

/* Adds a fault "etcd-sync.KEY: ..." for each file that cannot be read, holds
   not what it should in PEM, or is no key of the certificate. */
void
    tls_files_check(const struct http_files *files, core_faults_t *faults);

#endif
