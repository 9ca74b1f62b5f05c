/*
 * answer - any octets as what a script of coredns-exec says
 *
 * They are cut into lines, come in pieces of a size that the first octet says;
 * a line that is an answer makes a reply that can be read again.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "exec/answer.h"
#include "exec/lines.h"

#define LIMIT 2000

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
write_reply(const answer_t *answer)
{
    static const uint8_t question[] =
        "\x12\x34\1\0\0\1\0\0\0\0\0\0\3a-7\7example\0\0\1\0\1";
    static const struct answer_limits limits = {
        .records = 20, .size = 4000, .ttl = 60,
    };
    static struct core_zone_record scratch;
    static uint8_t reply[CORE_MESSAGE_SIZE];
    struct core_fault fault = { .text = "" };
    struct core_message query, made;
    struct core_writer writer;

    core_message_parse(&query, question, sizeof question - 1);
    core_writer_reply(&writer, reply, sizeof reply, &query);
    if (answer_write(answer, &query, &limits, &scratch, &writer, &fault)
        == -1) {
        assert(fault.text[0] != '\0');
        return;
    }
    assert(writer.size <= limits.size);
    assert(core_message_parse(&made, reply, writer.size) == CORE_PARSE_OK);
    assert((made.flags & CORE_QR) != 0 && made.id == 0x1234);
}

static void
take_line(const char *line, size_t size)
{
    struct core_fault fault = { .text = "" };
    answer_t *answer = answer_read(line, size, &fault);
    const char *text;

    assert(size <= LIMIT && line[size] == '\0');
    if (answer == NULL) {
        assert(fault.text[0] != '\0');
        return;
    }
    switch (answer_check(answer, &fault)) {
    case ANSWER_BROKEN:
        assert(fault.text[0] != '\0');
        break;
    case ANSWER_REPLY:
        write_reply(answer);
        break;
    case ANSWER_PASS:
        break;
    }
    answer_ede(answer, &text);
    answer_destroy(&answer);
}

static void
take_lines(lines_t *lines)
{
    size_t size, octets;
    char *line;

    for (;;)
        switch (lines_next(lines, &line, &size, &octets)) {
        case LINES_ONE:
            take_line(line, size);
            break;
        case LINES_TOO_LONG:
            assert(octets > LIMIT);
            break;
        case LINES_NONE:
            return;
        }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    lines_t *lines = lines_new(LIMIT);
    size_t piece = size == 0 ? 1 : (size_t) bytes[0] + 1;
    size_t room_size;
    char *line;

    for (size_t at = 0; at < size;) {
        char *room = lines_room(lines, &room_size);
        size_t part = size - at < piece ? size - at : piece;

        if (part > room_size)
            part = room_size;
        memcpy(room, bytes + at, part);
        lines_add(lines, part);
        at += part;
        take_lines(lines);
    }
    if (lines_last(lines, &line, &room_size) == LINES_ONE)
        take_line(line, room_size);
    lines_destroy(&lines);
    return 0;
}
