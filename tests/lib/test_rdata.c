/* rdata - each type as ldns reads it, and what is refused */

#include "lib/rdata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ldns/ldns.h>

#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "core_test.h"

static const struct core_zone_name origin = { 13, "\7example\3org" };

/* Reads "TYPE rdata"; returns its size or -1. */
static int
read_text(const char *text, uint8_t bytes[CORE_RDATA_SIZE], const char **fault)
{
    struct core_scanner scanner = { .words = NULL };
    struct core_entry entry;
    struct core_rdata_reader reader = { .bytes = bytes, .origin = &origin };
    char mnemonic[32] = "";
    int type;
    bool read;

    core_scanner_start(&scanner, text, strlen(text));
    ck_assert_int_eq(core_scanner_next(&scanner, &entry), CORE_SCAN_ENTRY);
    memcpy(mnemonic, entry.words[0].text, entry.words[0].size);
    type = core_rrtype_from_text(mnemonic);
    ck_assert_msg(type != -1, "%s", mnemonic);
    reader.type = (uint16_t) type;
    reader.word = entry.words + 1;
    reader.left = entry.count - 1;
    read = core_rdata_read(&reader);
    *fault = reader.fault;
    core_scanner_end(&scanner);
    return read ? (int) reader.size : -1;
}

/* As ldns reads and writes them. */
static const char *const same[] = {
    "A 192.0.2.1", "A 255.255.255.255", "NS ns", "NS ns.example.net.",
    "NS @", "MD md", "MF mf", "CNAME www", "SOA ns admin 1 2 3 4 5",
    "SOA ns.example. admin\\.x.example. 4294967295 7200 1H30M 2w 1d",
    "MB mb", "MG mg", "MR mr", "WKS 10.0.0.1 TCP ftp smtp",
    "PTR host.example.net.", "HINFO \"PC-Intel\" Linux", "MINFO a b",
    "MX 10 mail", "MX 0 .", "TXT a", "TXT \"a b\" \"\" c",
    "TXT \"quote \\\" back \\\\ \\195\\188 end\"", "RP mbox txt",
    "AFSDB 1 host", "X25 311061700956", "ISDN 150862028003217 004",
    "RT 10 host", "NSAP 0x47.0005.80.005a00.0000.0001.e133.ffffff000161.00",
    "KEY 256 3 5 AQPSKmynfzW4kyBv015MUG2DeIQ3", "PX 10 a b",
    "GPOS -32.6882 116.8652 10.0", "AAAA 2001:db8::1", "AAAA ::",
    "AAAA ::ffff:192.0.2.1",
    "LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m",
    "SRV 0 5 5060 sip", "NAPTR 100 50 \"s\" \"z3950+I2L\" \"\" _z._tcp",
    "NAPTR 100 50 a b \"!^.*$!x!\" .", "KX 10 kx",
    "CERT PKIX 1 RSASHA256 MxFcby9k/yvedMfQgKzhH5er0Mu/vILz45IkskceFGg=",
    "CERT 3 0 0 AQID", "DNAME target",
    "APL 1:192.168.32.0/21 !1:192.168.38.0/28 2:2001:db8::/32",
    "DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
    "DS 60485 RSASHA1 1 ( 2BB183AF5F225881 79A53B0A98631FAD1A292118 )",
    "SSHFP 2 1 123456789abcdef67890123456789abcdef67890",
    "IPSECKEY 10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGv",
    "IPSECKEY 10 3 2 gateway.example.com. AQNRU3mG7TVT",
    "RRSIG A 5 3 86400 20030322173103 20030220173103 2642 example.com. "
    "oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTrPYGv07h108dUKGMeDPKijVCHX3DD",
    "NSEC host A MX RRSIG NSEC TYPE1234", "NSEC host A", "NSEC host",
    "DNSKEY 256 3 5 ( AQPSKmynfzW4kyBv015MUG2DeIQ3 Cbl+BBZH4b/0PY1kxkmvHjcZ )",
    "DNSKEY 257 3 ED25519 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=",
    "DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
    "NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY",
    "NSEC3 1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr",
    "NSEC3PARAM 1 0 12 aabbccdd", "NSEC3PARAM 1 0 0 -",
    "TLSA 1 1 2 92003ba34942dc74152e2f2c408d29ec",
    "SMIMEA 1 1 2 92003ba34942dc74152e2f2c408d29ec",
    "HIP 2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPC rvs",
    "TALINK a b", "CDS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
    "CDNSKEY 256 3 5 AQPSKmynfzW4kyBv015MUG2DeIQ3", "OPENPGPKEY AQPSKmyn",
    "CSYNC 66 3 A NS AAAA", "ZONEMD 2018031500 1 1 FEBE3D4CE2EC2FFA4BA99D46",
    "SVCB 0 foo", "SVCB 1 . port=53", "HTTPS 1 . alpn=h2,h3 port=443",
    "HTTPS 2 x ipv4hint=1.2.3.4,5.6.7.8 ipv6hint=2001:db8::1",
    "HTTPS 1 . mandatory=alpn alpn=h2 ech=AQID", "SPF \"v=spf1 -all\"",
    "NID 10 0014:4fff:ff20:ee64", "L32 10 10.1.2.0",
    "L64 10 2001:db8:1140:1000", "LP 10 l64", "EUI48 00-00-5e-00-53-2a",
    "EUI64 00-00-5e-ef-10-00-00-2a", "URI 10 1 \"ftp://ftp1.example.com\"",
    "CAA 0 issue \"ca.example.net; account=1\"", "CAA 128 iodef \"\"",
    "DLV 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A29",
    "TYPE65280 \\# 4 0A000001", "TYPE65280 \\# 0", "A \\# 4 0A 00 0001",
    "NULL \\# 3 abcdef",
};

/* The rdata as ldns has it. */
static size_t
read_by_ldns(const char *text, uint8_t bytes[CORE_RDATA_SIZE])
{
    ldns_rdf *name = ldns_dname_new_frm_data(origin.size, origin.bytes);
    char line[1024];
    ldns_rr *rr = NULL;
    ldns_status status;
    size_t size = 0;

    snprintf(line, sizeof line, ". 0 IN %s", text);
    status = ldns_rr_new_frm_str(&rr, line, 0, name, NULL);
    ck_assert_msg(status == LDNS_STATUS_OK, "ldns: %s: %s", text,
                  ldns_get_errorstr_by_id(status));
    for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
        const ldns_rdf *rdf = ldns_rr_rdf(rr, i);

        if (ldns_rdf_size(rdf) > 0)
            memcpy(bytes + size, ldns_rdf_data(rdf), ldns_rdf_size(rdf));
        size += ldns_rdf_size(rdf);
    }
    ldns_rr_free(rr);
    ldns_rdf_deep_free(name);
    return size;
}

START_TEST(reads_each_type_as_ldns_does)
{
    uint8_t *ours = core_allocate(CORE_RDATA_SIZE);
    uint8_t *theirs = core_allocate(CORE_RDATA_SIZE);
    const char *fault = NULL;
    int size = read_text(same[_i], ours, &fault);

    ck_assert_msg(size != -1, "%s: %s", same[_i], fault);
    ck_assert_uint_eq((size_t) size, read_by_ldns(same[_i], theirs));
    ck_assert_msg(memcmp(ours, theirs, (size_t) size) == 0, "%s", same[_i]);
    free(ours);
    free(theirs);
}
END_TEST

#define WIRE(text, literal) { text, literal, sizeof literal - 1 }

/* Where ldns has no word, or another one. */
static const struct {
    const char *text;
    const char *wire;
    size_t size;
} known[] = {
    WIRE("NS Ns.EXAMPLE.net.", "\2ns\7example\3net\0"),
    WIRE("MX 1 MAIL", "\0\1\4mail\7example\3org\0"),
    WIRE("PTR Host.", "\4Host\0"),              /* its case is kept */
    WIRE("IPSECKEY 10 0 2 . AQID", "\12\0\2\1\2\3"),
    WIRE("IPSECKEY 10 0 0 .", "\12\0\0"),
    WIRE("AMTRELAY 10 1 1 203.0.113.15", "\12\201\313\0\161\17"),
    WIRE("AMTRELAY 10 0 3 relay", "\12\3\5relay\7example\3org\0"),
    WIRE("AMTRELAY 10 0 0 .", "\12\0"),
    WIRE("AVC \"app-name:x\"", "\12app-name:x"),
    WIRE("NINFO a \"b\"", "\1a\1b"),
    WIRE("TXT \\# 2 0161", "\1a"),
    WIRE("TXT a\\;b", "\3a;b"),
    WIRE("HTTPS 1 . port=443 alpn=\"h2,h3\"",   /* in the order of keys */
         "\0\1\0" "\0\1\0\6\2h2\2h3" "\0\3\0\2\1\273"),
    WIRE("HTTPS 1 . alpn=\"f\\\\\\\\oo\\\\,bar,h2\"",     /* RFC 9460 D.2 */
         "\0\1\0" "\0\1\0\14\10f\\oo,bar\2h2"),
    WIRE("HTTPS 1 . no-default-alpn alpn=h2",
         "\0\1\0" "\0\1\0\3\2h2" "\0\2\0\0"),
    WIRE("HTTPS 1 . key667=hello\\210qoo",
         "\0\1\0" "\2\233\0\11hello\322qoo"),
    WIRE("SVCB 1 . mandatory=ipv4hint,alpn alpn=h2 ipv4hint=192.0.2.1",
         "\0\1\0" "\0\0\0\4\0\1\0\4" "\0\1\0\3\2h2" "\0\4\0\4\300\0\2\1"),
    WIRE("SVCB 1 . dohpath=/q{?dns}", "\0\1\0" "\0\7\0\10/q{?dns}"),
    WIRE("CSYNC 1 0", "\0\0\0\1\0\0"),
    WIRE("DS 1 2 3 ab cd", "\0\1\2\3\253\315"),
    WIRE("OPENPGPKEY AQ ID", "\1\2\3"),
    WIRE("NSEC a TYPE65535",
         "\1a\7example\3org\0" "\377\40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
         "\0\0\0\0\0\0\0\0\0\0\0\0\1"),
};

START_TEST(reads_what_ldns_does_not)
{
    uint8_t *bytes = core_allocate(CORE_RDATA_SIZE);
    const char *fault = NULL;
    int size = read_text(known[_i].text, bytes, &fault);

    ck_assert_msg(size != -1, "%s: %s", known[_i].text, fault);
    ck_assert_uint_eq((size_t) size, known[_i].size);
    ck_assert_msg(memcmp(bytes, known[_i].wire, known[_i].size) == 0, "%s",
                  known[_i].text);
    free(bytes);
}
END_TEST

static const char *const broken[] = {
    "A", "A 1.2.3", "A 1.2.3.4.5", "A 256.1.1.1", "A 1.2.3.04", "A 1.2.3.4 5",
    "A ::1", "AAAA 1.2.3.4", "AAAA 1::2::3", "AAAA fe80::1%eth0", "NS",
    "NS a..b", "NS .a", "NS a b", "NS \"a\"", "NS a\\256",
    "MX mail", "MX 65536 mail", "MX -1 mail", "SRV 0 5 sip", "SOA a b 1 2 3 4",
    "SOA a b abc 2 3 4 5", "SOA a b 202512200817 2 3 4 5",
    "SOA a b 1 2 3 4 5 6", "TXT", "TXT a\\",
    "TXT \"\\999\"", "CAA 0 is-sue x", "CAA 0 issue", "CAA 256 issue x",
    "DS 1 2 3", "DS 1 2 3 abc", "DS 1 2 3 xy", "DNSKEY 1 2 3 A",
    "DNSKEY 1 2 3 A=B=", "DNSKEY 1 2 FOO AQID", "NSEC", "NSEC a FOO",
    "NSEC3 1 0 0 abc 00", "NSEC3 1 0 0 - zzzz",
    "RRSIG A 5 3 86400 20031322173103 20030220173103 1 a. AQID",
    "RRSIG A 5 3 86400 2003032217310 20030220173103 1 a. AQID",
    "EUI48 00:00:5e:00:53:2a", "EUI48 00-00-5e-00-53", "NID 1 1:2:3",
    "IPSECKEY 10 1 2 x AQID", "IPSECKEY 10 4 2 . AQID",
    "IPSECKEY 10 0 2 a AQID", "AMTRELAY 10 2 1 1.2.3.4", "AMTRELAY 10 0 1",
    "LOC x", "APL x", "HIP x", "TYPE65280 abc", "TYPE65280 \\# 3 abcd",
    "TYPE65280 \\# 70000 ab", "TYPE65280 \\#", "A \\# 3 010203",
    "NS \\# 2 0361", "SOA \\# 2 0000", "SVCB 1 . foo=1", "SVCB 1 . port=x",
    "SVCB 1 . port=1 port=2", "SVCB 1 . mandatory=port",
    "SVCB 1 . mandatory=mandatory", "SVCB 1 . alpn=", "SVCB 1 . ipv4hint=::1",
    "SVCB 1 . no-default-alpn=x", "SVCB 1 . ech=*", "SVCB 1 . key65535=x",
};

START_TEST(refuses_what_is_no_rdata)
{
    uint8_t *bytes = core_allocate(CORE_RDATA_SIZE);
    const char *fault = NULL;

    ck_assert_msg(read_text(broken[_i], bytes, &fault) == -1, "%s",
                  broken[_i]);
    ck_assert_msg(fault != NULL, "%s", broken[_i]);
    free(bytes);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("rdata");

    tcase_add_loop_test(cases, reads_each_type_as_ldns_does, 0,
                        CORE_TEST_ROWS(same));
    tcase_add_loop_test(cases, reads_what_ldns_does_not, 0,
                        CORE_TEST_ROWS(known));
    tcase_add_loop_test(cases, refuses_what_is_no_rdata, 0,
                        CORE_TEST_ROWS(broken));
    return core_test_run(cases);
}
