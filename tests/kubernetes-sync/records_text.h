/*
 * records_text - records as text, one a line: owner, type, rdata
 *
 * TTLs are left out; "exists" is the type of a name that is kept.
 */

#ifndef TESTS_KUBERNETES_SYNC_RECORDS_TEXT_H
#define TESTS_KUBERNETES_SYNC_RECORDS_TEXT_H

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/feed.h"
#include "coredns/message.h"
#include "coredns/rrtype.h"

#define RECORDS_TEXT_LINE 2400

static inline void
records_text_rdata(char *line, uint16_t type, const uint8_t *rdata)
{
    char name[CORE_NAME_TEXT_SIZE];
    char address[INET6_ADDRSTRLEN];

    switch (type) {
    case CORE_A:
    case CORE_AAAA:
        sprintf(line, "%s %s", type == CORE_A ? "A" : "AAAA",
                inet_ntop(type == CORE_A ? AF_INET : AF_INET6, rdata, address,
                          sizeof address));
        break;
    case CORE_SRV:
        sprintf(line, "SRV %u %u %u %s", core_read16(rdata),
                core_read16(rdata + 2), core_read16(rdata + 4),
                core_name_to_text(name, rdata + 6));
        break;
    case CORE_TXT:
        sprintf(line, "TXT %.*s", rdata[0], (const char *) rdata + 1);
        break;
    case CORE_SOA:
        sprintf(line, "SOA %s", core_name_to_text(name, rdata));
        break;
    default:
        sprintf(line, "%s %s", type == CORE_PTR ? "PTR"
                : type == CORE_NS ? "NS"
                : type == CORE_CNAME ? "CNAME" : "?",
                core_name_to_text(name, rdata));
        break;
    }
}

/* Calls visit with a line for each record of the change. */
static inline void
records_text_each(const struct core_change *change,
                  void (*visit)(void *owner, const char *line), void *owner)
{
    char line[RECORDS_TEXT_LINE];
    char name[CORE_NAME_TEXT_SIZE];
    const uint8_t *rdata = change->rdatas;

    core_name_to_text(name, change->owner);
    if (change->count == 0) {
        snprintf(line, sizeof line, "%s exists", name);
        visit(owner, line);
    }
    for (unsigned i = 0; i < change->count; i++) {
        int size = sprintf(line, "%s ", name);

        records_text_rdata(line + size, change->type, rdata + 2);
        visit(owner, line);
        rdata += 2 + core_read16(rdata);
    }
}

#endif
