/*
 * view_parts - what the files of a view share
 */

#ifndef KUBERNETES_SYNC_VIEW_PARTS_H
#define KUBERNETES_SYNC_VIEW_PARTS_H

#include <string.h>

#include "kubernetes-sync/view.h"

/* Records that are being gathered for one view. */
struct gathering {
    const struct view *view;
    const catalog_t *catalog;
    record_set_t *set;
};

/* A name that is made label by label, the first one first. */
struct making {
    uint8_t bytes[CORE_NAME_SIZE];
    size_t size;
    bool is_broken;                     /* it is no name, or is too long */
};

void
    making_label(struct making *self, const char *text, size_t size);
void
    making_prefixed(struct making *self, char prefix, const char *text,
                    size_t size);

/* Ends it with a name; false when it is none. */
bool
    making_end(struct making *self, const uint8_t *origin);

/* Makes LABEL.ORIGIN, or LABEL.SECOND.ORIGIN. */
bool
    making_name(uint8_t name[CORE_NAME_SIZE], const char *label,
                const char *second, const uint8_t *origin);

void
    gather_address(const struct gathering *self, const uint8_t *owner,
                   const struct address *address);
void
    gather_name(const struct gathering *self, uint16_t type,
                const uint8_t *owner, const uint8_t *target);
void
    gather_service(const struct gathering *self, const uint8_t *owner,
                   unsigned port, const uint8_t *target);
void
    gather_existence(const struct gathering *self, const uint8_t *owner);

/* The name of a service in a zone: NAME.SPACE.svc.ORIGIN, or without "svc"
   outside. */
bool
    gather_service_name(const struct gathering *self,
                        const struct service *service, const uint8_t *origin,
                        uint8_t name[CORE_NAME_SIZE]);

/* The name of an endpoint below that of its service. */
bool
    gather_endpoint_name(const struct spec_endpoint *endpoint,
                         const struct slice *slice, const uint8_t *service,
                         uint8_t name[CORE_NAME_SIZE]);

/* ---- view_apex.c --------------------------------------------------------- */

/* All at the top of the zone but the SOA record. */
void
    gather_apex(const struct gathering *self);

/* ---- view_service.c ------------------------------------------------------ */

/* All that a service makes. */
void
    gather_all_of_service(const struct gathering *self,
                          const struct service *service);

/* ---- view_external.c ----------------------------------------------------- */

void
    gather_outside(const struct gathering *self,
                   const struct service *service);
void
    gather_outside_reverse(const struct gathering *self,
                           const struct service *service);

/* The addresses by which a service is reached from outside, at owner; returns
   how many. */
size_t
    gather_outside_addresses(const struct gathering *self,
                             const struct service *service,
                             const uint8_t *owner);

/* Names of endpoints, with addresses and SRV records; also those of the whole
   service when it is headless. */
enum endpoint_names { ENDPOINTS_ALONE, ENDPOINTS_AND_SERVICE };

void
    gather_endpoints(const struct gathering *self,
                     const struct service *service, const uint8_t *name,
                     enum endpoint_names names);

/* What _PORT._PROTOCOL below the name has, if the port has a name: an SRV
   record, and the address unless that is NULL. */
void
    gather_named_port(const struct gathering *self,
                      const struct spec_port *port, const uint8_t *name,
                      const uint8_t *target, const struct address *address);

/* Ports of a service with addresses. */
void
    gather_ports(const struct gathering *self,
                 const struct spec_list *ports,
                 const struct spec_list *addresses, const uint8_t *name,
                 const uint8_t *target);

/* Names of the addresses. */
void
    gather_reverse(const struct gathering *self, const struct address *address,
                   const uint8_t *target);

#endif
