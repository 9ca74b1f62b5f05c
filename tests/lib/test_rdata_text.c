/* rdata_text - each type as it is written, and read back as it was */

#include "lib/rdata_text.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "core_test.h"
#include "lib/rdata.h"

#define TEXT_SIZE 2048

static const struct core_zone_name origin = { 1, "" };

/* Reads "TYPE rdata"; its type, and the size of the rdata. */
static uint16_t
read_text(const char *text, uint8_t bytes[CORE_RDATA_SIZE], size_t *size)
{
    struct core_scanner scanner = { .words = NULL };
    struct core_entry entry;
    struct core_rdata_reader reader = { .bytes = bytes, .origin = &origin };
    char mnemonic[32] = "";

    core_scanner_start(&scanner, text, strlen(text));
    ck_assert_int_eq(core_scanner_next(&scanner, &entry), CORE_SCAN_ENTRY);
    memcpy(mnemonic, entry.words[0].text, entry.words[0].size);
    reader.type = (uint16_t) core_rrtype_from_text(mnemonic);
    reader.word = entry.words + 1;
    reader.left = entry.count - 1;
    ck_assert_msg(core_rdata_read(&reader), "%s: %s", text, reader.fault);
    core_scanner_end(&scanner);
    *size = reader.size;
    return reader.type;
}

/* Written as they are here. */
static const char *const rows[] = {
    "A 192.0.2.1", "NS ns.example.", "MD md.", "CNAME www\\.x.example.",
    "SOA ns.example. admin\\.x.example. 4294967295 7200 5400 1209600 86400",
    "PTR Host.example.net.", "HINFO \"PC-Intel\" \"Linux\"", "MINFO a. b.",
    "MX 10 mail.", "MX 0 .", "TXT \"a\"", "TXT \"a b\" \"\" \"c;\"",
    "TXT \"quote \\\" back \\\\ \\195\\188 end\"", "RP mbox. txt.",
    "AFSDB 1 host.", "X25 \"311061700956\"", "KEY 256 3 5 AQPSKmyn",
    "PX 10 a. b.", "AAAA 2001:db8::1", "AAAA ::ffff:192.0.2.1",
    "SRV 0 5 5060 sip.",
    "NAPTR 100 50 \"s\" \"z3950+I2L\" \"\" _z._tcp.",
    "KX 10 kx.", "CERT 3 0 0 AQID", "DNAME target.",
    "DS 60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118",
    "SSHFP 2 1 123456789abcdef67890123456789abcdef67890",
    "IPSECKEY 10 1 2 192.0.2.38 AQNRU3mG7TVT",
    "IPSECKEY 10 2 2 2001:db8::1 AQNRU3mG7TVT",
    "IPSECKEY 10 3 2 gateway.example. AQNRU3mG7TVT",
    "IPSECKEY 10 0 2 . AQ==", "IPSECKEY 10 0 0 .",
    "AMTRELAY 10 1 1 203.0.113.15", "AMTRELAY 10 0 3 relay.",
    "AMTRELAY 10 0 0 .",
    "RRSIG A 5 3 86400 20030322173103 20030220173103 2642 example. oJB1W6Y=",
    "NSEC host. A MX RRSIG NSEC TYPE1234", "NSEC host. A", "NSEC host.",
    "NSEC a. TYPE65535", "DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9",
    "DHCID AAIBY2/AuCcc",
    "NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY",
    "NSEC3 1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr",
    "NSEC3PARAM 1 0 12 aabbccdd", "NSEC3PARAM 1 0 0 -",
    "TLSA 1 1 2 92003ba34942dc74152e2f2c408d29ec", "TALINK a. b.",
    "OPENPGPKEY AQPSKmyn", "CSYNC 66 3 A NS AAAA", "CSYNC 1 0",
    "ZONEMD 2018031500 1 1 febe3d4ce2ec2ffa4ba99d46",
    "SVCB 0 foo.", "SVCB 1 . port=53", "HTTPS 1 . alpn=h2,h3 port=443",
    "HTTPS 2 x. ipv4hint=1.2.3.4,5.6.7.8 ipv6hint=2001:db8::1",
    "HTTPS 1 . mandatory=alpn alpn=h2 no-default-alpn ech=AQID",
    "HTTPS 1 . alpn=f\\\\\\092oo\\\\,bar,h2",
    "HTTPS 1 . key667=hello\\210qoo", "SVCB 1 . dohpath=/q{?dns} ohttp",
    "NID 10 0014:4fff:ff20:ee64", "L32 10 10.1.2.0",
    "EUI48 00-00-5e-00-53-2a", "EUI64 00-00-5e-ef-10-00-00-2a",
    "URI 10 1 \"ftp://ftp1.example\"",
    "CAA 0 issue \"ca.example.net; account=1\"", "CAA 128 iodef \"\"",
    "TYPE65280 \\# 4 0a000001", "TYPE65280 \\# 0", "NULL \\# 3 abcdef",
};

START_TEST(writes_what_is_read)
{
    uint8_t *bytes = core_allocate(CORE_RDATA_SIZE);
    size_t size;
    char text[TEXT_SIZE];
    struct core_sheet sheet = { .text = text, .limit = sizeof text - 1 };
    uint16_t type = read_text(rows[_i], bytes, &size);
    size_t type_size = strcspn(rows[_i], " ");

    core_sheet_add(&sheet, rows[_i], type_size + 1);
    core_rdata_text(&sheet, type, bytes, size);
    text[sheet.size] = '\0';
    ck_assert_str_eq(text, rows[_i]);
    free(bytes);
}
END_TEST

#define WIRE(type, literal, text) { type, literal, sizeof literal - 1, text }

/* Rdata that are not as their type says. */
static const struct {
    uint16_t type;
    const char *rdata;
    size_t size;
    const char *text;
} broken[] = {
    WIRE(CORE_A, "\1\2\3", "\\# 3 010203"),
    WIRE(CORE_A, "\1\2\3\4\5", "\\# 5 0102030405"),
    WIRE(CORE_A, "", "\\# 0"),
    WIRE(CORE_NS, "\3abc", "\\# 4 03616263"),
    WIRE(CORE_NS, "\300\14", "\\# 2 c00c"),     /* a pointer */
    WIRE(CORE_TXT, "\3ab", "\\# 3 036162"),
    WIRE(CORE_CAA, "\0\1-x", "\\# 4 00012d78"),
    WIRE(CORE_NSEC, "\0\0\0", "\\# 3 000000"),
    WIRE(CORE_NSEC, "\0\0\1\0", "\\# 4 00000100"),
    WIRE(CORE_NSEC, "\0\1\1\1\0\1\1", "\\# 7 00010101000101"),
    WIRE(CORE_DS, "\1\2\3\4", "\\# 4 01020304"),
    WIRE(CORE_SVCB, "\0\1\0" "\0\3\0\1\1", "\\# 8 0001000003000101"),
    WIRE(CORE_SVCB, "\0\1\0" "\0\3\0\2\1\1" "\0\3\0\2\1\1",
         "\\# 15 000100000300020101000300020101"),
    WIRE(CORE_SVCB, "\0\1\0" "\0\1\0\2\5h", "\\# 9 000100000100020568"),
    WIRE(45, "\12\4\2\1", "\\# 4 0a040201"),
};

START_TEST(writes_other_octets_as_octets)
{
    char text[TEXT_SIZE];
    struct core_sheet sheet = { .text = text, .limit = sizeof text - 1 };

    core_rdata_text(&sheet, broken[_i].type,
                    (const uint8_t *) broken[_i].rdata, broken[_i].size);
    text[sheet.size] = '\0';
    ck_assert_str_eq(text, broken[_i].text);
}
END_TEST

START_TEST(stays_in_its_place)
{
    uint8_t *bytes = core_allocate(CORE_RDATA_SIZE);
    size_t size;
    uint16_t type = read_text(rows[_i], bytes, &size);

    for (size_t limit = 0; limit < strlen(rows[_i]); limit += 3) {
        char *text = malloc(limit + 1);
        struct core_sheet sheet = { .text = text, .limit = limit };

        core_rdata_text(&sheet, type, bytes, size);
        ck_assert_uint_le(sheet.size, limit);
        free(text);
    }
    free(bytes);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("rdata_text");

    tcase_add_loop_test(cases, writes_what_is_read, 0, CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, writes_other_octets_as_octets, 0,
                        CORE_TEST_ROWS(broken));
    tcase_add_loop_test(cases, stays_in_its_place, 0, CORE_TEST_ROWS(rows));
    return core_test_run(cases);
}
