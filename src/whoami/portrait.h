/*
 * portrait - a client's address, port and transport, as records
 */

#ifndef WHOAMI_PORTRAIT_H
#define WHOAMI_PORTRAIT_H

#include "coredns/batch.h"
#include "coredns/writer.h"

/*
 * Completes the reply that writer was started with for the query: no answer
 * and, in the additional section, the client's address as an A or AAAA record
 * of the name, and its port in a SRV record of _udp or _tcp in front of the
 * name, which is left out when there is no room for another label.
 */
void
    portrait_write(struct core_writer *writer,
                   const struct core_message *query,
                   const struct core_record *client);

#endif
