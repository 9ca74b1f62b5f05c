/*
 * address - an address of IPv4 or IPv6, and the names made of it
 */

#ifndef KUBERNETES_SYNC_ADDRESS_H
#define KUBERNETES_SYNC_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/name.h"

struct address {
    uint8_t size;                       /* octets: 4 or 16; 0: none */
    uint8_t bytes[16];
};

/* False when the text is no address. */
bool
    address_read(struct address *self, const char *text);

bool
    address_equal(const struct address *left, const struct address *right);

/* The address as a label: 10-1-2-3, 2001-db8--1.  Returns text. */
char *
    address_label(const struct address *self,
                  char text[CORE_LABEL_SIZE + 1]);

/* Its name below in-addr.arpa or ip6.arpa (RFC 1035 section 3.5, RFC 3596
   section 2.5). */
void
    address_reverse(const struct address *self, uint8_t name[CORE_NAME_SIZE]);

#endif
