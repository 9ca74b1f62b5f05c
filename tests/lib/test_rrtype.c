/* rrtype - mnemonics and the names inside rdata */

#include "coredns/rrtype.h"

#include <ldns/ldns.h>
#include <string.h>

#include "core_test.h"

static const struct {
    const char *text;
    int number;
    const char *written;                /* NULL: as text */
} text_rows[] = {
    { "A",          1,     NULL },
    { "aaaa",       28,    "AAAA" },
    { "Nsap-Ptr",   23,    "NSAP-PTR" },
    { "NSEC3PARAM", 51,    NULL },
    { "OPENPGPKEY", 61,    NULL },
    { "HTTPS",      65,    NULL },
    { "ANY",        255,   NULL },
    { "CAA",        257,   NULL },
    { "DLV",        32769, NULL },
    { "TYPE1",      1,     "A" },
    { "type65280",  65280, "TYPE65280" },
    { "TYPE65535",  65535, NULL },
    { "TYPE0",      0,     NULL },
    { "TYPE65536",  -1,    NULL },
    { "TYPE99999999999999999999", -1, NULL },
    { "TYPE",       -1,    NULL },
    { "TYPE-1",     -1,    NULL },
    { "TYPE1x",     -1,    NULL },
    { "AA",         -1,    NULL },
    { "NSEC4",      -1,    NULL },
    { "IN",         -1,    NULL },
    { "",           -1,    NULL },
};

START_TEST(reads_and_writes_mnemonics)
{
    char text[CORE_RRTYPE_TEXT_SIZE];
    int number = core_rrtype_from_text(text_rows[_i].text);
    const char *written = text_rows[_i].written != NULL
        ? text_rows[_i].written : text_rows[_i].text;

    ck_assert_int_eq(number, text_rows[_i].number);
    if (number != -1)
        ck_assert_str_eq(core_rrtype_to_text(text, (uint16_t) number),
                         written);
}
END_TEST

START_TEST(every_number_survives_its_text)
{
    for (int number = 0; number <= UINT16_MAX; number++) {
        char text[CORE_RRTYPE_TEXT_SIZE];

        core_rrtype_to_text(text, (uint16_t) number);
        ck_assert_int_eq(core_rrtype_from_text(text), number);
    }
}
END_TEST

START_TEST(knows_what_ldns_knows)
{
    for (int number = 1; number <= UINT16_MAX; number++) {
        const ldns_rr_descriptor *rr = ldns_rr_descript((uint16_t) number);
        char text[CORE_RRTYPE_TEXT_SIZE];

        if (rr->_name == NULL || strncmp(rr->_name, "TYPE", 4) == 0)
            continue;
        ck_assert_str_eq(core_rrtype_to_text(text, (uint16_t) number),
                         rr->_name);
    }
}
END_TEST

static const struct {
    uint16_t type;
    struct core_rrtype_names names;
} name_rows[] = {
    { CORE_A,      { 0,  0, false } },
    { CORE_NS,     { 0,  1, true } },
    { CORE_CNAME,  { 0,  1, true } },
    { CORE_PTR,    { 0,  1, true } },
    { CORE_SOA,    { 0,  2, true } },
    { CORE_MINFO,  { 0,  2, true } },
    { CORE_MX,     { 2,  1, true } },
    { CORE_TXT,    { 0,  0, false } },
    { CORE_RP,     { 0,  2, false } },
    { CORE_AFSDB,  { 2,  1, false } },
    { CORE_PX,     { 2,  2, false } },
    { CORE_SRV,    { 6,  1, false } },  /* RFC 2782: never compressed */
    { CORE_NAPTR,  { 0,  0, false } },  /* its prefix varies */
    { CORE_DNAME,  { 0,  1, false } },
    { CORE_RRSIG,  { 18, 1, false } },
    { CORE_NSEC,   { 0,  1, false } },
    { CORE_SVCB,   { 2,  1, false } },
    { CORE_HTTPS,  { 2,  1, false } },
    { 65280,       { 0,  0, false } },
};

START_TEST(knows_where_names_stand)
{
    struct core_rrtype_names names = core_rrtype_names(name_rows[_i].type);

    ck_assert_uint_eq(names.before, name_rows[_i].names.before);
    ck_assert_uint_eq(names.names, name_rows[_i].names.names);
    ck_assert(names.compressible == name_rows[_i].names.compressible);
}
END_TEST

/* RFC 3597 section 4: only the types of RFC 1035 may be compressed. */
START_TEST(compresses_no_other_type)
{
    for (unsigned type = CORE_TXT; type <= UINT16_MAX; type++)
        ck_assert(!core_rrtype_names((uint16_t) type).compressible);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("rrtype");

    tcase_add_loop_test(cases, reads_and_writes_mnemonics,
                        0, CORE_TEST_ROWS(text_rows));
    tcase_add_test(cases, every_number_survives_its_text);
    tcase_add_test(cases, knows_what_ldns_knows);
    tcase_add_loop_test(cases, knows_where_names_stand,
                        0, CORE_TEST_ROWS(name_rows));
    tcase_add_test(cases, compresses_no_other_type);
    return core_test_run(cases);
}
