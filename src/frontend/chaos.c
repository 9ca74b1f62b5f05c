/*
 * chaos - what the server says of itself in class CH
 */

#include "frontend/chaos.h"

#include <czmq.h>

#include "coredns/rrtype.h"
#include "coredns/writer.h"

#define TEXT_SIZE 255                   /* of one string in a TXT record */

static bool
is_name(const struct core_message *query, const char *text)
{
    uint8_t name[CORE_NAME_SIZE];

    return core_name_from_text(name, text, NULL) > 0
        && core_name_equal(query->qname, name);
}

/* What is said under the name that was asked, or NULL. */
static const char *
find_text(const struct chaos *self, const struct core_message *query)
{
    if (is_name(query, "version.bind.") || is_name(query, "version.server."))
        return self->version;
    if (is_name(query, "id.server.") || is_name(query, "hostname.bind."))
        return self->identity;
    return NULL;
}

size_t
chaos_reply(const struct chaos *self, const struct core_message *query,
            uint8_t reply[CHAOS_REPLY_SIZE])
{
    const char *text = find_text(self, query);
    struct core_writer writer;
    uint8_t rdata[1 + TEXT_SIZE];

    core_writer_reply(&writer, reply, CHAOS_REPLY_SIZE, query);
    if (text == NULL || text[0] == '\0'
        || (query->qtype != CORE_TXT && query->qtype != CORE_ANY))
        return core_writer_end(&writer, 0, CORE_REFUSED);

    size_t size = strnlen(text, TEXT_SIZE);

    rdata[0] = (uint8_t) size;
    memcpy(rdata + 1, text, size);
    core_writer_rr(&writer, CORE_ANSWER, query->qname, CORE_TXT, CORE_CH, 0,
                   rdata, size + 1);
    return core_writer_end(&writer, 0, CORE_NOERROR);
}
