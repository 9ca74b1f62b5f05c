/*
 * whoami - tells clients who they are, as seen from here
 */

#include "whoami/whoami.h"

#include "whoami/portrait.h"

static enum core_verdict
handle_query(void *state, core_query_t *query)
{
    const struct core_message *message = core_query_message(query);

    (void) state;
    if (core_message_opcode(message) != CORE_OPCODE_QUERY)
        return CORE_PASSED;
    portrait_write(core_query_reply(query), message,
                   core_query_record(query));
    return CORE_ANSWERED;
}

const struct core_stage whoami_stage = {
    .name = "whoami",
    .summary = "tells clients who they are, as seen from here",
    .handle_query = handle_query,
};
