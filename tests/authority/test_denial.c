/* denial - the proofs of the examples in RFC 4035 and RFC 5155 */

#include "authority/zone_text.h"

#include "core_test.h"

#define COMMON \
    "@ 3600 SOA ns1 bugs.x.w 1 3600 300 3600000 3600\n" \
    "@ 3600 NS ns1\n@ NS ns2\n@ MX 1 xx\n" \
    "a NS ns1.a\na DS 1 5 1 0000000000000000000000000000000000000000\n" \
    "ns1.a A 192.0.2.5\n" \
    "ai A 192.0.2.9\n" \
    "ns1 A 192.0.2.1\nns2 A 192.0.2.2\n" \
    "*.w MX 1 ai\nx.w MX 1 xx\nx.y.w MX 1 xx\n" \
    "xx A 192.0.2.10\n"

/* RFC 4035 appendix A, without its signatures; and an owner without NSEC in
   the middle of a cut. */
static const char nsec_text[] = COMMON
    "b NS ns1.b\nns1.b A 192.0.2.7\nzz.b A 192.0.2.8\n"
    "@ NSEC a NS SOA MX RRSIG NSEC DNSKEY\n"
    "a NSEC ai NS DS RRSIG NSEC\n"
    "ai NSEC b A RRSIG NSEC\n"
    "b NSEC ns1 NS RRSIG NSEC\n"
    "ns1 NSEC ns2 A RRSIG NSEC\n"
    "ns2 NSEC *.w A RRSIG NSEC\n"
    "*.w NSEC x.w MX RRSIG NSEC\n"
    "x.w NSEC x.y.w MX RRSIG NSEC\n"
    "x.y.w NSEC xx MX RRSIG NSEC\n"
    "xx NSEC @ A RRSIG NSEC\n";

/* RFC 5155 appendix A: opt-out, so that c has no record. */
static const char nsec3_text[] = COMMON
    "c NS ns1.c\nns1.c A 192.0.2.7\n"
    "2t7b4g4vsa5smi47k61mv5bv1a22bojr A 192.0.2.127\n"
    "@ NSEC3PARAM 1 0 12 aabbccdd\n"
    "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1 1 12 aabbccdd "
    "2t7b4g4vsa5smi47k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM\n"
    "2t7b4g4vsa5smi47k61mv5bv1a22bojr NSEC3 1 1 12 aabbccdd "
    "2vptu5timamqttgl4luu9kg21e0aor3s A RRSIG\n"
    "2vptu5timamqttgl4luu9kg21e0aor3s NSEC3 1 1 12 aabbccdd "
    "35mthgpgcu1qg68fab165klnsnk3dpvl MX RRSIG\n"
    "35mthgpgcu1qg68fab165klnsnk3dpvl NSEC3 1 1 12 aabbccdd "
    "b4um86eghhds6nea196smvmlo4ors995 NS DS RRSIG\n"
    "b4um86eghhds6nea196smvmlo4ors995 NSEC3 1 1 12 aabbccdd "
    "gjeqe526plbf1g8mklp59enfd789njgi MX RRSIG\n"
    "gjeqe526plbf1g8mklp59enfd789njgi NSEC3 1 1 12 aabbccdd "
    "ji6neoaepv8b5o6k4ev33abha8ht9fgc A HINFO AAAA RRSIG\n"
    "ji6neoaepv8b5o6k4ev33abha8ht9fgc NSEC3 1 1 12 aabbccdd "
    "k8udemvp1j2f7eg6jebps17vp3n8i58h\n"
    "k8udemvp1j2f7eg6jebps17vp3n8i58h NSEC3 1 1 12 aabbccdd "
    "kohar7mbb8dc2ce8a9qvl8hon4k53uhi\n"
    "kohar7mbb8dc2ce8a9qvl8hon4k53uhi NSEC3 1 1 12 aabbccdd "
    "q04jkcevqvmu85r014c7dkba38o0ji5r A RRSIG\n"
    "q04jkcevqvmu85r014c7dkba38o0ji5r NSEC3 1 1 12 aabbccdd "
    "r53bq7cc2uvmubfu5ocmm6pers9tk9en A RRSIG\n"
    "r53bq7cc2uvmubfu5ocmm6pers9tk9en NSEC3 1 1 12 aabbccdd "
    "t644ebqk9bibcna874givr6joj62mlhv MX RRSIG\n"
    "t644ebqk9bibcna874givr6joj62mlhv NSEC3 1 1 12 aabbccdd "
    "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom A HINFO AAAA RRSIG\n";

static const struct {
    const char *zone;
    const char *name;
    const char *type;
    const char *rcode;
    const char *proofs;                 /* owners of NSEC or NSEC3 */
} rows[] = {
    /* RFC 4035 appendix B */
    { nsec_text, "ml.example.", "A", "NXDOMAIN", "b.example. example. " },
    { nsec_text, "ns1.example.", "MX", "NOERROR", "ns1.example. " },
    { nsec_text, "mc.a.example.", "MX", "NOERROR", "" },
    { nsec_text, "mc.b.example.", "MX", "NOERROR", "b.example. " },
    { nsec_text, "a.z.w.example.", "MX", "NOERROR", "x.y.w.example. " },
    { nsec_text, "a.z.w.example.", "AAAA", "NOERROR",
      "*.w.example. x.y.w.example. " },
    { nsec_text, "example.", "DS", "NOERROR", "example. " },
    { nsec_text, "b.example.", "DS", "NOERROR", "b.example. " },
    /* An empty non-terminal has no record: the one in front covers it. */
    { nsec_text, "y.w.example.", "A", "NOERROR", "x.w.example. " },
    { nsec_text, "w.example.", "A", "NOERROR", "ns2.example. " },
    /* In front of bb there are names below a cut, which have none either. */
    { nsec_text, "bb.example.", "A", "NXDOMAIN", "b.example. example. " },
    /* The last name, and one record for both. */
    { nsec_text, "zz.example.", "A", "NXDOMAIN", "example. xx.example. " },
    { nsec_text, "0.example.", "A", "NXDOMAIN", "example. " },
    { nsec_text, "xx.example.", "A", "NOERROR", "" },

    /* RFC 5155 appendix B */
    { nsec3_text, "a.c.x.w.example.", "A", "NXDOMAIN",
      "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. "
      "35mthgpgcu1qg68fab165klnsnk3dpvl.example. "
      "b4um86eghhds6nea196smvmlo4ors995.example. " },
    { nsec3_text, "ns1.example.", "MX", "NOERROR",
      "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. " },
    { nsec3_text, "y.w.example.", "A", "NOERROR",
      "ji6neoaepv8b5o6k4ev33abha8ht9fgc.example. " },
    { nsec3_text, "mc.c.example.", "MX", "NOERROR",
      "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. "
      "35mthgpgcu1qg68fab165klnsnk3dpvl.example. " },
    { nsec3_text, "a.z.w.example.", "MX", "NOERROR",
      "q04jkcevqvmu85r014c7dkba38o0ji5r.example. " },
    { nsec3_text, "a.z.w.example.", "AAAA", "NOERROR",
      "k8udemvp1j2f7eg6jebps17vp3n8i58h.example. "
      "q04jkcevqvmu85r014c7dkba38o0ji5r.example. "
      "r53bq7cc2uvmubfu5ocmm6pers9tk9en.example. " },
    { nsec3_text, "example.", "DS", "NOERROR",
      "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. " },
    { nsec3_text, "c.example.", "DS", "NOERROR",
      "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. "
      "35mthgpgcu1qg68fab165klnsnk3dpvl.example. " },
    { nsec3_text, "mc.a.example.", "MX", "NOERROR", "" },
    /* The owner of a hash is a name of its own, or none. */
    { nsec3_text, "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example.", "A",
      "NOERROR", "" },
    { nsec3_text, "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example.", "NSEC3",
      "NOERROR", "kohar7mbb8dc2ce8a9qvl8hon4k53uhi.example. " },
};

/* Owners of the proofs in a reply, each behind it a blank. */
static const char *
proofs_in(const char *reply, char text[1024])
{
    char owner[256];
    char type[32];

    *text = '\0';
    for (const char *line = reply; *line != '\0';) {
        if (sscanf(line, "~ %255s %*s %31s", owner, type) == 2
            && (strcmp(type, "NSEC") == 0 || strcmp(type, "NSEC3") == 0)) {
            strcat(text, owner);
            strcat(text, " ");
        }
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return text;
}

START_TEST(proves_as_the_rfcs_show)
{
    zones_t *zones = zones_new();
    char proofs[1024];
    char *reply;

    zone_text_put(zones, 0, 0, "example.", 0, rows[_i].zone);
    reply = zone_text_ask(zones, NULL, rows[_i].name, rows[_i].type,
                          ZONE_TEXT_DNSSEC);
    ck_assert_msg(strncmp(reply, rows[_i].rcode, strlen(rows[_i].rcode)) == 0,
                  "%s", reply);
    ck_assert_msg(strcmp(proofs_in(reply, proofs), rows[_i].proofs) == 0,
                  "%s %s: %s and not %s, in\n%s", rows[_i].name, rows[_i].type,
                  proofs, rows[_i].proofs, reply);
    free(reply);
    zones_destroy(&zones);
}
END_TEST

START_TEST(proves_nothing_to_those_who_do_not_ask)
{
    zones_t *zones = zones_new();
    char *reply;
    char proofs[1024];

    zone_text_put(zones, 0, 0, "example.", 0, nsec_text);
    reply = zone_text_ask(zones, NULL, "ml.example.", "A", 0);
    ck_assert_str_eq(proofs_in(reply, proofs), "");
    free(reply);
    zones_destroy(&zones);
}
END_TEST

static const struct {
    const char *name;
    unsigned how;
    const char *rcode;
} costly[] = {
    { "nobody.example.", ZONE_TEXT_DNSSEC, "SERVFAIL\n" },
    { "nobody.example.", 0, "NXDOMAIN aa\n" },
    { "example.", ZONE_TEXT_DNSSEC, "NOERROR aa\n" },
};

START_TEST(does_not_prove_what_costs_too_much)
{
    zones_t *zones = zones_new();
    char *reply;

    zone_text_put(zones, 0, 0, "example.", 0,
                  "@ 60 SOA ns h 1 2 3 4 5\n@ A 192.0.2.1\n"
                  "@ NSEC3PARAM 1 0 151 -\n"
                  "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1 0 151 - "
                  "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom A SOA\n");
    reply = zone_text_ask(zones, NULL, costly[_i].name, "A", costly[_i].how);
    ck_assert_int_eq(strncmp(reply, costly[_i].rcode,
                             strlen(costly[_i].rcode)), 0);
    free(reply);
    zones_destroy(&zones);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("denial");

    tcase_add_loop_test(cases, proves_as_the_rfcs_show, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, proves_nothing_to_those_who_do_not_ask);
    tcase_add_loop_test(cases, does_not_prove_what_costs_too_much, 0,
                        CORE_TEST_ROWS(costly));
    return core_test_run(cases);
}
