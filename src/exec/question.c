/*
 * question - a query as the line of JSON that a script reads
 *
 * Written by hand and not by a library, because the order of the keys and the
 * absence of blanks are part of what is promised, and it is done for every
 * query.  Only the name can hold what JSON must escape.
 */

#include "exec/question.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "coredns/log.h"
#include "coredns/rrtype.h"

static const char *
transport_word(unsigned transport)
{
    static const char *const words[] = {
        [CORE_UDP] = "udp", [CORE_TCP] = "tcp", [CORE_DOT] = "tls",
        [CORE_DOH] = "https", [CORE_DOQ] = "quic",
        [CORE_INTERNAL] = "internal",
    };

    return transport < sizeof words / sizeof words[0]
        && words[transport] != NULL ? words[transport] : "other";
}

/* The name in small letters, escaped for zone text and then for JSON. */
static size_t
write_name(char *out, size_t limit, const struct core_message *query)
{
    uint8_t small[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];

    memcpy(small, query->qname, query->qname_size);
    core_name_lower(small);
    return core_log_escape(out, limit, core_name_to_text(text, small));
}

static void
write_flags(char flags[32], const struct core_message *query)
{
    const struct {
        bool is_set;
        const char *word;
    } all[] = {
        { (query->flags & CORE_RD) != 0, "\"rd\"" },
        { (query->flags & CORE_AD) != 0, "\"ad\"" },
        { (query->flags & CORE_CD) != 0, "\"cd\"" },
        { query->edns.dnssec_ok, "\"do\"" },
    };

    flags[0] = '\0';
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i].is_set) {
            if (flags[0] != '\0')
                strcat(flags, ",");
            strcat(flags, all[i].word);
        }
}

size_t
question_write(char line[QUESTION_SIZE], uint64_t id,
               const struct core_message *query,
               const struct core_record *record)
{
    char type[CORE_RRTYPE_TEXT_SIZE], class[CORE_RRTYPE_TEXT_SIZE];
    char client[CORE_CLIENT_TEXT_SIZE];
    char flags[32];
    int size = snprintf(line, QUESTION_SIZE, "{\"id\":%" PRIu64
                        ",\"name\":\"", id);
    size_t used = (size_t) size;

    write_flags(flags, query);
    used += write_name(line + used, QUESTION_SIZE - used, query);
    size = snprintf(line + used, QUESTION_SIZE - used,
                    "\",\"type\":\"%s\",\"class\":\"%s\",\"client\":\"%s\","
                    "\"port\":%u,\"transport\":\"%s\",\"flags\":[%s]}\n",
                    core_rrtype_to_text(type, query->qtype),
                    core_rrclass_to_text(class, query->qclass),
                    core_client_to_text(client, record->client),
                    record->client_port,
                    transport_word(record->transport), flags);
    assert(size > 0 && used + (size_t) size < QUESTION_SIZE);
    return used + (size_t) size;
}
