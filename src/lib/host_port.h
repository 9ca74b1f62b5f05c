/*
 * host_port - "192.0.2.1:53", "[2001:db8::1]:53": an address and its port
 *
 * Names are not looked up.  The zone of a link-local address is known
 * ("[fe80::1%eth0]:53").
 */

#ifndef LIB_HOST_PORT_H
#define LIB_HOST_PORT_H

#include <sys/socket.h>

#define HOST_PORT_WHY_SIZE 64
#define HOST_PORT_TEXT_SIZE 80

/* Room for the host of host_port_cut(). */
#define HOST_PORT_HOST_SIZE 64

/*
 * Cuts the text into host and port, which is fallback when there is none (0:
 * there must be one), and -1 when it is no port.  Returns -1 when the text has
 * not that form.
 */
int
    host_port_cut(const char *text, int fallback,
                  char host[HOST_PORT_HOST_SIZE], int *port);

/* The address of a host and port; -1, and why, when one of them is none. */
int
    host_port_address(const char *host, int port,
                      struct sockaddr_storage *address, socklen_t *size,
                      char why[HOST_PORT_WHY_SIZE]);

/* Both in one; an IPv6 address without a port needs no brackets. */
int
    host_port_from_text(const char *text, int fallback,
                        struct sockaddr_storage *address, socklen_t *size,
                        char why[HOST_PORT_WHY_SIZE]);

char *
    host_port_to_text(char text[HOST_PORT_TEXT_SIZE],
                      const struct sockaddr_storage *address, socklen_t size);

#endif
