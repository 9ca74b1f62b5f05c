/* the formats that are captures: octet by octet, as their readers want them */

#include <stdlib.h>
#include <string.h>

#include "core_test.h"
#include "tap/sample.h"

static struct sample query, reply;
static uint8_t octets[70000];

static size_t
write_octets(const struct format *format, const struct item *item)
{
    struct core_sheet sheet = {
        .text = (char *) octets, .limit = sizeof octets
    };

    ck_assert(format->write(&sheet, item));
    return sheet.size;
}

static void
use_ipv6(struct sample *sample)
{
    const uint8_t client[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 0x99 };

    memcpy(sample->record.client, client, sizeof client);
}

static uint32_t
little(const uint8_t *place)
{
    return (uint32_t) place[3] << 24 | (uint32_t) place[2] << 16
        | (uint32_t) place[1] << 8 | place[0];
}

/* ---- pcap ---------------------------------------------------------------- */

START_TEST(a_capture_begins_with_its_header)
{
    static const uint8_t wanted[24] = {
        0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, [16] = 0x27, [18] = 1,
        [20] = 101,
    };
    struct core_sheet sheet = { .text = (char *) octets, .limit = 24 };

    pcap_format.begin(&sheet);
    ck_assert_uint_eq(sheet.size, sizeof wanted);
    ck_assert_mem_eq(octets, wanted, sizeof wanted);
}
END_TEST

/* RFC 1071: over right octets the sum is all ones. */
static unsigned
sum_of(const uint8_t *place, size_t size, unsigned sum)
{
    for (size_t i = 0; i < size; i++)
        sum += i % 2 == 0 ? (unsigned) place[i] << 8 : place[i];
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

START_TEST(a_packet_over_ipv4_is_right)
{
    struct sample *sample = _i == 0 ? &query : &reply;
    const uint8_t *ip = octets + 16, *udp = ip + 20;
    size_t size;

    sample_query(&query, "www.example.org.", CORE_A);
    sample_reply(&reply, "www.example.org.", 3, 0);     /* of odd size */
    size = write_octets(&pcap_format, &sample->item);
    ck_assert_uint_eq(little(octets), SAMPLE_TIME_US / 1000000);
    ck_assert_uint_eq(little(octets + 4), 42);
    ck_assert_uint_eq(little(octets + 8), size - 16);
    ck_assert_uint_eq(little(octets + 12), size - 16);
    ck_assert_uint_eq(ip[0], 0x45);
    ck_assert_uint_eq(core_read16(ip + 2), size - 16);
    ck_assert_uint_eq(ip[9], 17);
    ck_assert_uint_eq(sum_of(ip, 20, 0), 0xffff);
    ck_assert_mem_eq(ip + (_i == 0 ? 12 : 16), "\300\0\2\1", 4);
    ck_assert_mem_eq(ip + (_i == 0 ? 16 : 12), "\300\0\2\65", 4);
    ck_assert_uint_eq(core_read16(udp + (_i == 0 ? 0 : 2)), 40212);
    ck_assert_uint_eq(core_read16(udp + (_i == 0 ? 2 : 0)), 53);
    ck_assert_uint_eq(core_read16(udp + 4), size - 36);
    ck_assert_uint_eq(sum_of(udp, size - 36,
                             sum_of(ip + 12, 8, 17 + (unsigned) size - 36)),
                      0xffff);
    ck_assert_mem_eq(udp + 8, sample->bytes, sample->record.message_size);
}
END_TEST

START_TEST(a_packet_over_ipv6_is_right)
{
    const uint8_t *ip = octets + 16, *udp = ip + 40;
    size_t size;

    sample_reply(&reply, "www.example.org.", 2, 0);
    use_ipv6(&reply);
    size = write_octets(&pcap_format, &reply.item);
    ck_assert_uint_eq(ip[0], 0x60);
    ck_assert_uint_eq(core_read16(ip + 4), size - 56);
    ck_assert_uint_eq(ip[6], 17);
    ck_assert_mem_eq(ip + 24, reply.record.client, 16);
    ck_assert_uint_eq(core_read16(udp + 4), size - 56);
    ck_assert_uint_eq(sum_of(udp, size - 56,
                             sum_of(ip + 8, 32, 17 + (unsigned) size - 56)),
                      0xffff);
}
END_TEST

START_TEST(a_message_that_no_datagram_holds_is_cut)
{
    size_t most = _i == 0 ? 65507 : 65527;

    sample_query(&query, "www.example.org.", CORE_A);
    if (_i == 1)
        use_ipv6(&query);
    query.record.message_size = 65535;
    ck_assert_uint_eq(write_octets(&pcap_format, &query.item),
                      16u + (_i == 0 ? 20u : 40u) + 8u + most);
}
END_TEST

/* ---- dnstap -------------------------------------------------------------- */

START_TEST(a_stream_has_its_control_frames)
{
    static const char start[] =
        "\0\0\0\0" "\0\0\0\42" "\0\0\0\2" "\0\0\0\1" "\0\0\0\26"
        "protobuf:dnstap.Dnstap";
    static const char stop[] = "\0\0\0\0" "\0\0\0\4" "\0\0\0\3";
    struct core_sheet sheet = { .text = (char *) octets, .limit = 512 };

    dnstap_format.begin(&sheet);
    ck_assert_uint_eq(sheet.size, sizeof start - 1);
    ck_assert_mem_eq(octets, start, sheet.size);
    sheet.size = 0;
    dnstap_format.end(&sheet);
    ck_assert_uint_eq(sheet.size, sizeof stop - 1);
    ck_assert_mem_eq(octets, stop, sheet.size);
}
END_TEST

/* A field of a protobuf message: its number, and value or octets. */
struct field {
    uint64_t number, value;
    const uint8_t *octets;              /* NULL: a number */
};

static uint64_t
take_number(const uint8_t **at)
{
    uint64_t number = 0;

    for (unsigned shift = 0;; shift += 7) {
        number |= (uint64_t) (**at & 0x7f) << shift;
        if ((*(*at)++ & 0x80) == 0)
            return number;
    }
}

/* The field of that number; it must be there. */
static struct field
find(const uint8_t *at, size_t size, uint64_t number)
{
    const uint8_t *end = at + size;

    while (at < end) {
        uint64_t tag = take_number(&at);
        struct field field = { .number = tag >> 3 };

        if ((tag & 7) == 5) {
            field.value = little(at);
            at += 4;
        }
        else
            field.value = take_number(&at);
        if ((tag & 7) == 2) {
            field.octets = at;
            at += field.value;
        }
        if (field.number == number)
            return field;
    }
    ck_abort_msg("there is no field %d", (int) number);
    return (struct field) { .number = 0 };
}

static void
is_octets(struct field field, const void *wanted, size_t size)
{
    ck_assert_uint_eq(field.value, size);
    ck_assert_mem_eq(field.octets, wanted, size);
}

static const struct {
    bool is_reply;
    uint64_t number, value;
} numbers[] = {
    { false, 1, 5 }, { false, 2, 1 }, { false, 3, 1 }, { false, 6, 40212 },
    { false, 8, SAMPLE_TIME_US / 1000000 }, { false, 9, 42000 },
    { true, 1, 6 }, { true, 2, 2 }, { true, 3, 3 },
    { true, 8, SAMPLE_TIME_US / 1000000 - 1 }, { true, 9, 998542000 },
    { true, 12, SAMPLE_TIME_US / 1000000 }, { true, 13, 42000 },
};

START_TEST(a_frame_holds_what_is_known)
{
    struct sample *sample = numbers[_i].is_reply ? &reply : &query;
    struct field message;
    size_t size;

    sample_query(&query, "www.example.org.", CORE_A);
    sample_reply(&reply, "www.example.org.", 2, 0);
    use_ipv6(&reply);
    reply.record.transport = CORE_DOT;
    size = write_octets(&dnstap_format, &sample->item);
    ck_assert_uint_eq((uint32_t) octets[2] << 8 | octets[3], size - 4);
    is_octets(find(octets + 4, size - 4, 1), "local/tap", 9);
    ck_assert_uint_eq(find(octets + 4, size - 4, 15).value, 1);
    message = find(octets + 4, size - 4, 14);
    ck_assert_uint_eq(find(message.octets, message.value,
                           numbers[_i].number).value, numbers[_i].value);
    is_octets(find(message.octets, message.value,
                   numbers[_i].is_reply ? 14 : 10),
              sample->bytes, sample->record.message_size);
    is_octets(find(message.octets, message.value, 4),
              sample->record.client + (numbers[_i].is_reply ? 0 : 12),
              numbers[_i].is_reply ? 16 : 4);
}
END_TEST

/* ---- both ---------------------------------------------------------------- */

static const struct format *const captures[] = {
    &pcap_format, &dnstap_format
};

START_TEST(each_is_whole_or_nothing)
{
    sample_reply(&reply, "www.example.org.", 2, 0);
    for (size_t limit = 0; limit < 300; limit++) {
        char *place = malloc(limit + 1);
        struct core_sheet sheet = { .text = place, .limit = limit };
        bool is_written = captures[_i]->write(&sheet, &reply.item);

        ck_assert(is_written == (sheet.size > 0));
        ck_assert_uint_le(sheet.size, limit);
        free(place);
    }
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("captures");

    tcase_add_test(cases, a_capture_begins_with_its_header);
    tcase_add_loop_test(cases, a_packet_over_ipv4_is_right, 0, 2);
    tcase_add_test(cases, a_packet_over_ipv6_is_right);
    tcase_add_loop_test(cases, a_message_that_no_datagram_holds_is_cut, 0, 2);
    tcase_add_test(cases, a_stream_has_its_control_frames);
    tcase_add_loop_test(cases, a_frame_holds_what_is_known, 0,
                        CORE_TEST_ROWS(numbers));
    tcase_add_loop_test(cases, each_is_whole_or_nothing, 0,
                        CORE_TEST_ROWS(captures));
    return core_test_run(cases);
}
