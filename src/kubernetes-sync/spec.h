/*
 * spec - what is kept of a Service, a ServiceImport or an EndpointSlice
 *
 * No more than answers need, packed into a row of octets: lists of addresses,
 * ports and endpoints behind each other.  Two specs are the same when their
 * octets are.
 *
 *   service: kind, flags, addresses, ports, external addresses, host name of
 *            the load balancer, external name
 *   slice:   ports, endpoints
 */

#ifndef KUBERNETES_SYNC_SPEC_H
#define KUBERNETES_SYNC_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kubernetes-sync/address.h"

#define SPEC_TEXT_SIZE 255
#define SPEC_LIST_SIZE 255              /* addresses or ports; more are left
                                           out */
#define SPEC_ENDPOINTS 65535

enum service_kind {
    SERVICE_CLUSTER_IP, SERVICE_HEADLESS, SERVICE_EXTERNAL_NAME,
};

enum service_flag { SERVICE_HAS_SELECTOR = 0x01 };

/* ---- writing ------------------------------------------------------------- */

struct spec {
    uint8_t *bytes;                     /* free() it */
    size_t size, limit;
};

void
    spec_put8(struct spec *self, unsigned value);
void
    spec_put16(struct spec *self, unsigned value);
void
    spec_put_address(struct spec *self, const struct address *address);

/* A text; what is too long becomes empty. */
void
    spec_put_text(struct spec *self, const char *text);

/* protocol is one of "TCP", "UDP", "SCTP"; false for others. */
bool
    spec_put_port(struct spec *self, unsigned number, const char *protocol,
                  const char *name);

/* ---- reading ------------------------------------------------------------- */

/* What is left of a list. */
struct spec_list {
    unsigned count;
    const uint8_t *at;
};

struct spec_text {
    uint8_t size;
    const char *text;                   /* lent, without NUL */
};

struct spec_port {
    uint16_t number;
    const char *protocol;               /* small letters */
    struct spec_text name;
};

struct spec_endpoint {
    struct address address;
    struct spec_text host;              /* empty: the address is its name */
    struct spec_text zone;
};

struct spec_service {
    enum service_kind kind;
    unsigned flags;                     /* enum service_flag */
    struct spec_list addresses;
    struct spec_list ports;
    struct spec_list externals;
    struct spec_text load_balancer;
    struct spec_text external_name;
};

struct spec_slice {
    struct spec_list ports;
    struct spec_list endpoints;
};

void
    spec_read_service(struct spec_service *self, const uint8_t *bytes);
void
    spec_read_slice(struct spec_slice *self, const uint8_t *bytes);

/* The next of a list; false at its end. */
bool
    spec_next_address(struct spec_list *list, struct address *address);
bool
    spec_next_port(struct spec_list *list, struct spec_port *port);
bool
    spec_next_endpoint(struct spec_list *list, struct spec_endpoint *endpoint);

#endif
