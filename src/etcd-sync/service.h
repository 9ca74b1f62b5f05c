/*
 * service - what the value of a key says
 *
 * A JSON object of SkyDNS's layout: host, port, priority, weight, text, mail,
 * ttl, targetstrip, group.  Fields are all optional, their names are of any
 * case, others are ignored, null counts as absent.  What is out of its range,
 * of another type, or a host that is neither an address nor a name makes the
 * value a bad one.
 */

#ifndef ETCD_SYNC_SERVICE_H
#define ETCD_SYNC_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"

#define SERVICE_VALUE_SIZE 65536        /* octets of a value, at most */
#define SERVICE_TEXT_SIZE 32768         /* of its text */
#define SERVICE_GROUP_SIZE 255
#define SERVICE_WEIGHT 100              /* where none is given, or 0 */
#define SERVICE_NO_PORT (-1)            /* not for SRV */

enum service_host {
    SERVICE_NO_HOST, SERVICE_IPV4, SERVICE_IPV6, SERVICE_NAME
};

struct service {
    uint32_t ttl_seconds;               /* 0: not given */
    int32_t port;
    uint16_t priority;                  /* 0: not given */
    uint16_t weight;
    uint16_t text_size;
    uint8_t group_size;
    uint8_t host_size;                  /* octets of an address or wire name */
    uint8_t host_kind;                  /* enum service_host */
    uint8_t targetstrip;
    bool mail;
    uint8_t bytes[];                    /* host, text, group */
};

/*
 * Reads a value; the service is yours and ends by free().  Returns NULL and a
 * fault for a bad one.
 */
struct service *
    service_read(const char *value, size_t size, struct core_fault *fault);

/* Says whether both say the same; either may be NULL. */
bool
    service_equal(const struct service *left, const struct service *right);

/* An address, or a wire name in the case it was written. */
const uint8_t *
    service_host(const struct service *self);

/* Octets of any value, without a NUL. */
const uint8_t *
    service_text(const struct service *self);
const uint8_t *
    service_group(const struct service *self);

#endif
