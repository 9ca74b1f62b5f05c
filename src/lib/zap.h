/*
 * zap - who may connect from another host
 *
 * libzmq asks in the process itself, by the ZeroMQ Authentication Protocol (RFC
 * 27 of rfc.zeromq.org), whenever a peer has shown its key.
 */

#ifndef LIB_ZAP_H
#define LIB_ZAP_H

#include <stdint.h>

#include "coredns/fault.h"
#include "coredns/loop.h"

typedef struct zap zap_t;

/*
 * Answers for the process' ZeroMQ context: those may connect whose public key
 * is in the folder, as it is when they come.  NULL and a fault when the
 * folder cannot be read or another one answers already.
 */
zap_t *
    zap_new(void *context, core_loop_t *loop, const char *folder,
            struct core_fault *fault);

void
    zap_destroy(zap_t **self_p);

struct zap_counters {
    uint64_t admitted;                  /* connections that were let in */
    uint64_t refused;                   /* and those that were not */
};

/* Lent as long as it lives. */
const struct zap_counters *
    zap_counters(const zap_t *self);

#endif
