/*
 * curl_loop - libcurl's transfers on the loop of the process
 *
 * Sockets and timer of a multi handle are those of the loop.  For programs that
 * are linked with libcurl alone.
 */

#ifndef LIB_CURL_LOOP_H
#define LIB_CURL_LOOP_H

#include <curl/curl.h>

#include "coredns/loop.h"

typedef struct curl_loop curl_loop_t;

/*
 * A transfer has ended: transfer is its CURLOPT_PRIVATE.  Called outside of
 * libcurl's own calls: it may be removed, and others begun.
 */
typedef void curl_loop_done(void *transfer, CURLcode code);

/* Keeps so many connections open for the next transfer. */
curl_loop_t *
    curl_loop_new(core_loop_t *loop, long connections, curl_loop_done *done);

/* Transfers must have been removed. */
void
    curl_loop_destroy(curl_loop_t **self_p);

/* What transfers are added to and removed from; lent. */
CURLM *
    curl_loop_multi(const curl_loop_t *self);

#endif
