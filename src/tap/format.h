/*
 * format - the ways in which what passes is printed
 *
 * A format writes into a sheet and keeps nothing, so the same items can go to
 * any number of readers.  It takes whatever a stranger may have sent.
 */

#ifndef TAP_FORMAT_H
#define TAP_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/batch.h"
#include "coredns/message.h"
#include "lib/sheet.h"

#define FORMAT_HEAD_SIZE 512            /* of begin, end and lost, at most */

enum item_kind { ITEM_QUERY, ITEM_REPLY };

/* A query or a reply as it passes; all of it is lent. */
struct item {
    enum item_kind kind;
    const struct core_message *message;
    const struct core_record *record;
    int64_t real_us;                    /* when it passes */
    const char *process;                /* where: "tap" */
    const char *identity;               /* "host/tap" */
};

enum format_name {
    FORMAT_DIG, FORMAT_LINE, FORMAT_JSON, FORMAT_PCAP, FORMAT_DNSTAP
};

struct format {
    const char *name;

    /* What stands in front of the first item, and behind the last; or NULL. */
    void (*begin)(struct core_sheet *sheet);
    void (*end)(struct core_sheet *sheet);

    /* False when the item is larger than the sheet; nothing stands there
       then.  A text may leave out records instead, and says so. */
    bool (*write)(struct core_sheet *sheet, const struct item *item);

    /* Says that so many items are missing here; NULL: it cannot. */
    void (*lost)(struct core_sheet *sheet, uint64_t count);
};

/* In the order of enum format_name; the names are those of the setting. */
extern const struct format *const formats[];

extern const struct format dig_format, line_format, json_format, pcap_format,
    dnstap_format;

#endif
