/*
 * log_format - any octets as a format, up to a NUL, and as a query behind it
 *
 * A line is cut to its room and ends with a NUL; an object is never cut.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "coredns/memory.h"
#include "frontend/log_format.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t format_size = strnlen((const char *) bytes, size);
    char *format = core_allocate(format_size + 1);
    size_t rest = size > format_size ? size - format_size - 1 : 0;
    struct core_message query;
    static const uint8_t client[16];
    char line[LOG_FORMAT_SIZE];

    memcpy(format, bytes, format_size);

    log_format_t *self = log_format_new(format);

    core_message_parse(&query, bytes + size - rest, rest);
    if (query.qname != NULL) {
        struct exchange exchange = {
            .query = &query, .reply = query.bytes, .reply_size = query.size,
            .rcode = core_message_rcode(&query), .ede = query.qtype,
            .transport = query.id & 1 ? CORE_UDP : CORE_TCP,
            .payload = query.edns.payload, .client = client,
        };

        assert(log_format_write(self, &exchange, line) == strlen(line));
        assert(log_format_json(&exchange, "p", line) == strlen(line));

        json_t *object = json_loads(line, 0, NULL);

        assert(object != NULL);
        json_decref(object);
    }
    log_format_destroy(&self);
    free(format);
    return 0;
}
