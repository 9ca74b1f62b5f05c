/*
 * record_text - a record of a message, in the notation of zone files
 *
 * Takes any message that core_message_parse() found right.  What is broken in
 * a record is shown as octets, or "?" for its owner.
 */

#ifndef LIB_RECORD_TEXT_H
#define LIB_RECORD_TEXT_H

#include "coredns/message.h"
#include "lib/sheet.h"

/* Owner, TTL, class, type and rdata, with tabs between; no line feed. */
void
    core_record_text(struct core_sheet *sheet,
                     const struct core_message *message,
                     const struct core_rr *rr);

/* The same as a text of its own, of any length; free() it. */
char *
    core_record_to_text(const struct core_message *message,
                        const struct core_rr *rr);

/* The owner alone, and the rdata alone. */
void
    core_record_owner_text(struct core_sheet *sheet,
                           const struct core_message *message,
                           const struct core_rr *rr);
void
    core_record_rdata_text(struct core_sheet *sheet,
                           const struct core_message *message,
                           const struct core_rr *rr);

#endif
