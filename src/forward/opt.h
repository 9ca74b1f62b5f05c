/*
 * opt - messages without their OPT record, and what stood in it
 *
 * OPT belongs to one hop (RFC 6891 section 6.2.3): a stage hands up replies
 * without it.
 */

#ifndef FORWARD_OPT_H
#define FORWARD_OPT_H

#include <stddef.h>
#include <stdint.h>

#include "coredns/message.h"

#define OPT_EDES 4                      /* of one message; others are lost */
#define OPT_EDE_SIZE 258                /* info code and text, cut there */

/* Extended DNS errors (RFC 8914), each as it stands in its option. */
struct opt_edes {
    unsigned count;
    struct {
        uint16_t size;
        uint8_t bytes[OPT_EDE_SIZE];
    } items[OPT_EDES];
};

/*
 * Takes the OPT record out of a message that lies at bytes and was read into
 * message.  Returns the new size, or the old one when there is no OPT record,
 * or 0 when there is no such message without it: a name lies in it.  What was
 * read is out of date then.
 */
size_t
    opt_remove(uint8_t *bytes, const struct core_message *message);

/* Copies the errors out of the OPT record; count 0 when there are none. */
void
    opt_edes(const struct core_message *message, struct opt_edes *edes);

#endif
