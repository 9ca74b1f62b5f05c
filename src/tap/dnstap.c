/*
 * dnstap - items as Frame Streams of dnstap messages
 *
 * The encoding is protobuf-c's, made from dnstap.proto; the control frames at
 * both ends are libfstrm's.  Its writer is not used: it waits for readers.
 */

#include <string.h>

#include <fstrm.h>

#include "coredns/version.h"
#include "src/tap/dnstap.pb-c.h"
#include "tap/format.h"
#include "tap/words.h"

#define CONTENT_TYPE "protobuf:dnstap.Dnstap"
#define VERSION "coredns-tap " CORE_VERSION
#define FRAME_HEADER 4                  /* the size of what follows */

/* A control frame of that type. */
static void
add_control(struct core_sheet *sheet, fstrm_control_type type)
{
    struct fstrm_control *control = fstrm_control_init();
    uint8_t frame[FSTRM_CONTROL_FRAME_LENGTH_MAX];
    size_t size = sizeof frame;

    if (fstrm_control_set_type(control, type) == fstrm_res_success
        && (type != FSTRM_CONTROL_START
            || fstrm_control_add_field_content_type(
                control, (const uint8_t *) CONTENT_TYPE,
                strlen(CONTENT_TYPE)) == fstrm_res_success)
        && fstrm_control_encode(control, frame, &size,
                                FSTRM_CONTROL_FLAG_WITH_HEADER)
        == fstrm_res_success)
        core_sheet_add(sheet, frame, size);
    fstrm_control_destroy(&control);
}

static void
begin(struct core_sheet *sheet)
{
    add_control(sheet, FSTRM_CONTROL_START);
}

static void
end(struct core_sheet *sheet)
{
    add_control(sheet, FSTRM_CONTROL_STOP);
}

/* Lent octets; protobuf-c only reads them. */
static ProtobufCBinaryData
octets_of(const void *octets, size_t size)
{
    union {
        const void *lent;
        uint8_t *read;
    } pointer = { .lent = octets };

    return (ProtobufCBinaryData) { .len = size, .data = pointer.read };
}

static void
set_protocol(Dnstap__Message *message, unsigned transport)
{
    static const Dnstap__Message__SocketProtocol protocols[] = {
        [CORE_UDP] = DNSTAP__MESSAGE__SOCKET_PROTOCOL__UDP,
        [CORE_TCP] = DNSTAP__MESSAGE__SOCKET_PROTOCOL__TCP,
        [CORE_DOT] = DNSTAP__MESSAGE__SOCKET_PROTOCOL__DOT,
        [CORE_DOH] = DNSTAP__MESSAGE__SOCKET_PROTOCOL__DOH,
        [CORE_DOQ] = DNSTAP__MESSAGE__SOCKET_PROTOCOL__DOQ,
    };

    message->has_socket_protocol
        = transport < sizeof protocols / sizeof *protocols
        && protocols[transport] != 0;
    if (message->has_socket_protocol)
        message->socket_protocol = protocols[transport];
}

static void
set_client(Dnstap__Message *message, const struct core_record *record)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    bool is_ipv4 = memcmp(record->client, mapped, sizeof mapped) == 0;

    message->has_socket_family = true;
    message->socket_family = is_ipv4 ? DNSTAP__MESSAGE__SOCKET_FAMILY__INET
                                     : DNSTAP__MESSAGE__SOCKET_FAMILY__INET6;
    message->has_query_address = true;
    message->query_address = is_ipv4
        ? octets_of(record->client + sizeof mapped, 4)
        : octets_of(record->client, sizeof record->client);
    message->has_query_port = true;
    message->query_port = record->client_port;
    set_protocol(message, record->transport);
}

static void
set_query_time(Dnstap__Message *message, int64_t real_us)
{
    message->has_query_time_sec = message->has_query_time_nsec = true;
    message->query_time_sec = (uint64_t) (real_us / 1000000);
    message->query_time_nsec = (uint32_t) (real_us % 1000000 * 1000);
}

static void
set_message(Dnstap__Message *message, const struct item *item)
{
    const struct core_record *record = item->record;

    if (item->kind == ITEM_QUERY) {
        message->type = DNSTAP__MESSAGE__TYPE__CLIENT_QUERY;
        set_query_time(message, item->real_us);
        message->has_query_message = true;
        message->query_message = octets_of(record->message,
                                           record->message_size);
        return;
    }
    message->type = DNSTAP__MESSAGE__TYPE__CLIENT_RESPONSE;
    if (words_waited(item) >= 0)
        set_query_time(message, record->arrived_us);
    message->has_response_time_sec = message->has_response_time_nsec = true;
    message->response_time_sec = (uint64_t) (item->real_us / 1000000);
    message->response_time_nsec = (uint32_t) (item->real_us % 1000000 * 1000);
    message->has_response_message = true;
    message->response_message = octets_of(record->message,
                                          record->message_size);
}

static bool
write_item(struct core_sheet *sheet, const struct item *item)
{
    Dnstap__Message message = DNSTAP__MESSAGE__INIT;
    Dnstap__Dnstap frame = DNSTAP__DNSTAP__INIT;
    uint8_t head[FRAME_HEADER];
    size_t size;

    set_client(&message, item->record);
    set_message(&message, item);
    frame.type = DNSTAP__DNSTAP__TYPE__MESSAGE;
    frame.message = &message;
    frame.has_identity = frame.has_version = true;
    frame.identity = octets_of(item->identity, strlen(item->identity));
    frame.version = octets_of(VERSION, strlen(VERSION));
    size = dnstap__dnstap__get_packed_size(&frame);
    if (size + FRAME_HEADER > sheet->limit - sheet->size)
        return false;
    head[0] = (uint8_t) (size >> 24);
    head[1] = (uint8_t) (size >> 16);
    core_write16(head + 2, (uint16_t) size);
    core_sheet_add(sheet, head, sizeof head);
    sheet->size += dnstap__dnstap__pack(&frame, (uint8_t *) sheet->text
                                        + sheet->size);
    return true;
}

const struct format dnstap_format = {
    .name = "dnstap", .begin = begin, .end = end, .write = write_item,
};
