/*
 * skydns_address - the addresses among SkyDNS's options
 */

#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "lib/host_port.h"

#include "ctl/skydns.h"

#define PORT 53                         /* of those that have none */

static void
check_address(const char *origin, const char *text, const char *shown,
              core_faults_t *faults)
{
    struct sockaddr_storage address;
    socklen_t size;
    char why[HOST_PORT_WHY_SIZE];

    if (host_port_from_text(text, PORT, &address, &size, why) == -1)
        core_faults_add(faults, NULL, 0, "%s: %s: %s", origin, why, shown);
}

/* One without a host stands for all addresses. */
static void
check_listener(const skydns_options_t *options, core_faults_t *faults)
{
    const char *origin = skydns_options_origin(options, SKYDNS_ADDR);
    const char *text = skydns_options_text(options, SKYDNS_ADDR);
    char *whole;

    if (origin == NULL)
        return;
    if (asprintf(&whole, "%s%s", *text == ':' ? "[::]" : "", text) == -1)
        abort();
    check_address(origin, whole, text, faults);
    free(whole);
}

/* By default they come from resolv.conf. */
static void
check_servers(const skydns_options_t *options, core_faults_t *faults)
{
    const char *origin = skydns_options_origin(options, SKYDNS_NAMESERVERS);
    char *list, *rest;

    if (origin == NULL)
        return;
    list = core_copy_text(skydns_options_text(options, SKYDNS_NAMESERVERS));
    rest = list;
    for (char *text; (text = strsep(&rest, ",")) != NULL;)
        if (*text != '\0')
            check_address(origin, text, text, faults);
    free(list);
}

void
skydns_check_addresses(const skydns_options_t *options, core_faults_t *faults)
{
    check_listener(options, faults);
    check_servers(options, faults);
}
