/*
 * chaos - what the server says of itself in class CH
 */

#include "frontend/chaos.h"

#include <string.h>

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

/* What is said under the name that was asked; the list may be empty. */
static struct core_list
find_texts(const struct chaos *self, const struct core_message *query)
{
    struct core_list none = { .items = NULL };
    const char *const *text = NULL;

    if (is_name(query, "version.bind.") || is_name(query, "version.server."))
        text = &self->version;
    else if (is_name(query, "id.server.") || is_name(query, "hostname.bind."))
        text = &self->identity;
    else
        return is_name(query, "authors.bind.") ? self->authors : none;
    if (*text == NULL || **text == '\0')
        return none;
    return (struct core_list) { (void *) (uintptr_t) text, 1 };
}

size_t
chaos_reply(const struct chaos *self, const struct core_message *query,
            uint8_t reply[CHAOS_REPLY_SIZE])
{
    if (query->qclass != CORE_CH || query->qtype != CORE_TXT)
        return 0;

    struct core_list texts = find_texts(self, query);
    const char *const *items = texts.items;
    struct core_writer writer;

    if (texts.count == 0)
        return 0;
    core_writer_reply(&writer, reply, CHAOS_REPLY_SIZE, query);
    for (size_t i = 0; i < texts.count; i++) {
        uint8_t rdata[1 + TEXT_SIZE];
        size_t size = strnlen(items[i], TEXT_SIZE);

        rdata[0] = (uint8_t) size;
        memcpy(rdata + 1, items[i], size);
        core_writer_rr(&writer, CORE_ANSWER, query->qname, CORE_TXT, CORE_CH,
                       0, rdata, size + 1);
    }
    return core_writer_end(&writer, 0, CORE_NOERROR);
}
