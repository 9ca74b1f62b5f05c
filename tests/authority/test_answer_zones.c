/* answer - several zones: layers, falling through, hosts, ways out */

#include "authority/zone_text.h"

#include "core_test.h"

#define FALL CORE_ZONE_FALLTHROUGH
#define HOSTS CORE_ZONE_HOSTS

/* Zones by source and layer; the odd ones explained at their questions. */
static const struct {
    unsigned source;
    uint16_t layer;
    const char *origin;
    uint16_t flags;
    const char *text;
} zone_rows[] = {
    { 0, 0, "hosts.", HOSTS,
      "a 10 A 192.0.2.1\na A 192.0.2.1\na 10 AAAA 2001:db8::1\n"
      "*.w 10 A 192.0.2.2\nx.w 10 AAAA 2001:db8::2\n" },
    { 0, 0, "soft.", HOSTS | FALL, "a 10 A 192.0.2.1\n" },
    { 0, 0, "open.", HOSTS | FALL | CORE_ZONE_FALL_UNSUPPORTED,
      "a 10 A 192.0.2.1\n" },
    { 0, 0, "in-addr.arpa.", HOSTS, "1.2.0.192 10 PTR a.hosts.\n" },
    { 0, 1, "two.", FALL,
      "@ 60 SOA ns h 1 2 3 4 60\n@ NS ns.out.\na 60 A 192.0.2.3\n"
      "x.ent 60 A 192.0.2.4\nout 60 CNAME gone\n"
      "only2 60 CNAME in2\n*.wild 60 A 192.0.2.5\n" },
    { 1, 0, "two.", 0,
      "@ 60 SOA ns2 h 2 2 3 4 60\n@ NS ns.out.\n@ 60 TXT second\n"
      "b 60 A 192.0.2.6\nent 60 A 192.0.2.7\nin2 60 A 192.0.2.8\n" },
    { 0, 1, "full.", FALL,
      "@ 60 SOA ns h 1 2 3 4 60\n@ NS ns.out.\n@ 60 A 192.0.2.9\n" },
    { 0, 0, "bad.", CORE_ZONE_FAILED, "\n" },
    { 0, 0, "old.", CORE_ZONE_STALE,
      "@ 60 SOA ns h 1 2 3 4 60\na 60 A 192.0.2.10\n" },
    /* A parent, its child, and an orphan's child. */
    { 0, 0, "par.", 0,
      "@ 60 SOA ns h 1 2 3 4 60\n@ 60 NS ns.out.\nkid 60 NS ns.kid\n"
      "kid 60 DS 1 8 2 "
      "0000000000000000000000000000000000000000000000000000000000000000\n"
      "to 60 CNAME a.kid\ntosec 60 CNAME a.two.\ntonone 60 CNAME z.kid\n"
      "tobad 60 CNAME a.bad.\ntohosts 60 CNAME a.hosts.\n"
      "ext 60 CNAME a.out.\nextnx 60 CNAME nx.out.\n"
      "extno 60 CNAME empty.out.\nextref 60 CNAME a.elsewhere.\n"
      "back 60 CNAME toext.kid\ninside 60 CNAME plain\n"
      "plain 60 A 192.0.2.12\nround 60 CNAME about\nabout 60 CNAME round\n" },
    { 1, 0, "kid.par.", 0,
      "@ 60 SOA ns h 9 2 3 4 60\n@ NS ns\na 60 A 192.0.2.11\n"
      "toext 60 CNAME empty.out.\n" },
    /* Labels that spell addresses; "kept" gets a name without records. */
    { 0, 0, "pods.", CORE_ZONE_ECHO | FALL,
      "@ 60 SOA ns h 1 2 3 4 60\n*.ns 5 A 0.0.0.0\n*.plain 5 A 192.0.2.13\n"
      "*.ns 5 TXT mark\n" },
    /* Wildcards for one label. */
    { 0, 0, "lbs.", CORE_ZONE_SINGLE,
      "@ 60 SOA ns h 1 2 3 4 60\n*.lb 5 A 192.0.2.14\n"
      "_h._t.lb 5 SRV 0 1 80 lb\n*.alias 5 CNAME x.lb\n" },
    { 0, 0, "kid.orphan.", 0, "@ 60 SOA ns h 9 2 3 4 60\n@ NS ns\n" },
};

/* The name exists, without records. */
static void
keep(zones_t *zones, const char *origin, const char *text)
{
    struct core_zone_id id = { .layer = 0 };
    uint8_t name[CORE_NAME_SIZE];
    struct core_change change = { .kind = CORE_CHANGE_NAME, .owner = name };

    core_name_from_text(id.name, origin, NULL);
    core_name_from_text(name, text, NULL);
    zone_change(zones_find(zones, 0, &id), &change);
}

static zones_t *
make_zones(void)
{
    zones_t *zones = zones_new();

    for (int i = 0; i < CORE_TEST_ROWS(zone_rows); i++)
        zone_text_put(zones, zone_rows[i].source, zone_rows[i].layer,
                      zone_rows[i].origin, zone_rows[i].flags,
                      zone_rows[i].text);
    keep(zones, "pods.", "kept.pods.");
    keep(zones, "old.", "*.wild.old.");
    return zones;
}

static const struct {
    const char *name;
    const char *type;
    const char *reply;
} rows[] = {
    /* Lines of a hosts file stay as they are, doubles too. */
    { "a.hosts.", "A", "NOERROR aa\n"
      "a.hosts. 10 A 192.0.2.1\na.hosts. 10 A 192.0.2.1\n" },
    { "a.hosts.", "TXT", "NOERROR aa\n" },
    { "a.hosts.", "ANY", "NOERROR aa\n" },
    { "b.hosts.", "A", "SERVFAIL\n" },
    { "hosts.", "A", "SERVFAIL\n" },
    /* A wildcard stands for one label, and for what the name has not. */
    { "q.w.hosts.", "A", "NOERROR aa\nq.w.hosts. 10 A 192.0.2.2\n" },
    { "q.w.hosts.", "AAAA", "NOERROR aa\n" },
    { "r.q.w.hosts.", "A", "SERVFAIL\n" },
    { "w.hosts.", "A", "SERVFAIL\n" },
    { "x.w.hosts.", "A", "NOERROR aa\nx.w.hosts. 10 A 192.0.2.2\n" },
    { "x.w.hosts.", "AAAA", "NOERROR aa\nx.w.hosts. 10 AAAA 2001:db8::2\n" },
    { "1.2.0.192.in-addr.arpa.", "PTR", "NOERROR aa\n"
      "1.2.0.192.in-addr.arpa. 10 PTR a.hosts.\n" },
    { "1.2.0.192.in-addr.arpa.", "A", "SERVFAIL\n" },
    /* An address that nobody wrote down is always asked elsewhere. */
    { "9.2.0.192.in-addr.arpa.", "PTR", "passed\n" },
    { "a.hosts.", "PTR", "passed\n" },
    { "b.soft.", "A", "passed\n" },
    { "a.soft.", "AAAA", "NOERROR aa\n" },
    { "a.soft.", "TXT", "NOERROR aa\n" },
    { "a.open.", "AAAA", "NOERROR aa\n" },
    { "a.open.", "TXT", "passed\n" },

    { "10-1-2-3.ns.pods.", "A",
      "NOERROR aa\n10-1-2-3.ns.pods. 5 A 10.1.2.3\n" },
    { "10-1-2-3.ns.pods.", "ANY",
      "NOERROR aa\n10-1-2-3.ns.pods. 5 A 10.1.2.3\n" },
    { "10-1-2-3.ns.pods.", "AAAA",
      "NOERROR aa\n~ pods. 60 SOA ns.pods. h.pods. 1 2 3 4 60\n" },
    { "2001-db8--1.ns.pods.", "AAAA",
      "NOERROR aa\n2001-db8--1.ns.pods. 5 AAAA 2001:db8::1\n" },
    { "--1.ns.pods.", "AAAA", "NOERROR aa\n--1.ns.pods. 5 AAAA ::1\n" },
    { "10-1-2-300.ns.pods.", "A", "passed\n" },
    { "10-1-2.ns.pods.", "A", "passed\n" },
    { "10.1.2.3.ns.pods.", "A", "passed\n" },  /* four labels */
    { "x.10-1-2-3.ns.pods.", "A", "passed\n" },
    { "x.plain.pods.", "A", "NOERROR aa\nx.plain.pods. 5 A 192.0.2.13\n" },
    /* What stands for addresses is no name itself; another wildcard is. */
    { "*.ns.pods.", "A", "passed\n" },
    { "*.plain.pods.", "A", "NOERROR aa\n*.plain.pods. 5 A 192.0.2.13\n" },
    { "x.lb.lbs.", "A", "NOERROR aa\nx.lb.lbs. 5 A 192.0.2.14\n" },
    { "x.alias.lbs.", "A", "NOERROR aa\nx.alias.lbs. 5 CNAME x.lb.lbs.\n"
      "x.lb.lbs. 5 A 192.0.2.14\n" },
    { "y.x.lb.lbs.", "A",
      "NXDOMAIN aa\n~ lbs. 60 SOA ns.lbs. h.lbs. 1 2 3 4 60\n" },
    { "_x._t.lb.lbs.", "A",
      "NXDOMAIN aa\n~ lbs. 60 SOA ns.lbs. h.lbs. 1 2 3 4 60\n" },
    { "_t.lb.lbs.", "A",
      "NOERROR aa\n~ lbs. 60 SOA ns.lbs. h.lbs. 1 2 3 4 60\n" },
    /* Names that are kept exist, and are not left to others. */
    { "kept.pods.", "A",
      "NOERROR aa\n~ pods. 60 SOA ns.pods. h.pods. 1 2 3 4 60\n" },
    { "kept.pods.", "ANY",
      "NOERROR aa\n~ pods. 60 SOA ns.pods. h.pods. 1 2 3 4 60\n" },
    { "lost.pods.", "A", "passed\n" },
    { "x.wild.old.", "A",
      "NOERROR aa\n~ old. 60 SOA ns.old. h.old. 1 2 3 4 60\n" },

    /* What the first zone has not falls to the second. */
    { "a.two.", "A", "NOERROR aa\na.two. 60 A 192.0.2.3\n" },
    { "a.two.", "TXT", "NOERROR aa\n"
      "~ two. 60 SOA ns.two. h.two. 1 2 3 4 60\n" },
    { "b.two.", "A", "NOERROR aa\nb.two. 60 A 192.0.2.6\n" },
    { "c.two.", "A", "NXDOMAIN aa\n"
      "~ two. 60 SOA ns2.two. h.two. 2 2 3 4 60\n" },
    { "ent.two.", "A", "NOERROR aa\nent.two. 60 A 192.0.2.7\n" },
    { "two.", "TXT", "NOERROR aa\ntwo. 60 TXT \"second\"\n" },
    { "two.", "SOA", "NOERROR aa\n"
      "two. 60 SOA ns.two. h.two. 1 2 3 4 60\n" },
    { "q.wild.two.", "TXT", "NOERROR aa\n"
      "~ two. 60 SOA ns.two. h.two. 1 2 3 4 60\n" },
    /* So do the targets of its aliases. */
    { "only2.two.", "A", "NOERROR aa\nin2.two. 60 A 192.0.2.8\n"
      "only2.two. 60 CNAME in2.two.\n" },
    { "out.two.", "A", "NXDOMAIN aa\nout.two. 60 CNAME gone.two.\n"
      "~ two. 60 SOA ns2.two. h.two. 2 2 3 4 60\n" },
    { "full.", "TXT", "NOERROR aa\n"
      "~ full. 60 SOA ns.full. h.full. 1 2 3 4 60\n" },
    { "a.full.", "A", "passed\n" },

    { "a.bad.", "A", "SERVFAIL\n" },
    { "a.old.", "A", "NOERROR aa\na.old. 60 A 192.0.2.10\n" },

    /* DS is asked above the cut, if we are there. */
    { "kid.par.", "DS", "NOERROR aa\nkid.par. 60 DS 1 8 2 "
      "0000000000000000000000000000000000000000000000000000000000000000\n" },
    { "kid.par.", "SOA", "NOERROR aa\n"
      "kid.par. 60 SOA ns.kid.par. h.kid.par. 9 2 3 4 60\n" },
    { "kid.orphan.", "DS", "NOERROR aa\n"
      "~ kid.orphan. 60 SOA ns.kid.orphan. h.kid.orphan. 9 2 3 4 60\n" },
    { "a.kid.par.", "A", "NOERROR aa\na.kid.par. 60 A 192.0.2.11\n" },

    /* Aliases lead from zone to zone; the last one tells how it ends. */
    { "to.par.", "A", "NOERROR aa\na.kid.par. 60 A 192.0.2.11\n"
      "to.par. 60 CNAME a.kid.par.\n" },
    { "tosec.par.", "A", "NOERROR aa\na.two. 60 A 192.0.2.3\n"
      "tosec.par. 60 CNAME a.two.\n" },
    { "tonone.par.", "A", "NXDOMAIN aa\ntonone.par. 60 CNAME z.kid.par.\n"
      "~ kid.par. 60 SOA ns.kid.par. h.kid.par. 9 2 3 4 60\n" },
    { "tobad.par.", "A", "SERVFAIL aa\ntobad.par. 60 CNAME a.bad.\n" },
    { "tohosts.par.", "AAAA", "NOERROR aa\n"
      "a.hosts. 10 AAAA 2001:db8::1\ntohosts.par. 60 CNAME a.hosts.\n" },
    { "ext.par.", "A", "NOERROR aa\next.par. 60 CNAME a.out.\n" },
};

START_TEST(zones_work_together)
{
    zones_t *zones = make_zones();
    char *text = zone_text_ask(zones, NULL, rows[_i].name, rows[_i].type, 0);

    ck_assert_msg(strcmp(text, rows[_i].reply) == 0,
                  "%s %s is\n%s\nand not\n%s", rows[_i].name, rows[_i].type,
                  text, rows[_i].reply);
    free(text);
    zones_destroy(&zones);
}
END_TEST

static const struct answer_style rfc = { .ns_in_authority = false };
static const struct answer_style named = {
    .ns_in_authority = true, .negative = ANSWER_NEGATIVE_SOA,
};
static const struct answer_style failing = { .loop = ANSWER_LOOP_FAILS };

static const struct {
    const struct answer_style *style;
    const char *name;
    const char *type;
    const char *reply;
} pursuits[] = {
    { &rfc, "ext.par.", "A", "NOERROR aa\na.out. 30 A 203.0.113.1\n"
      "ext.par. 60 CNAME a.out.\n" },
    { &rfc, "ext.par.", "MX", "NOERROR aa\na.out. 30 MX 1 m.out.\n"
      "ext.par. 60 CNAME a.out.\n" },
    { &rfc, "ext.par.", "CNAME", "NOERROR aa\next.par. 60 CNAME a.out.\n" },
    { &rfc, "extnx.par.", "A", "NXDOMAIN aa\nextnx.par. 60 CNAME nx.out.\n"
      "~ out. 60 SOA ns.out. h.out. 1 2 3 4 60\n" },
    { &rfc, "extno.par.", "TXT", "NOERROR aa\n"
      "extno.par. 60 CNAME empty.out.\n"
      "~ out. 60 SOA ns.out. h.out. 1 2 3 4 60\n" },
    { &rfc, "extref.par.", "A", "NOERROR aa\n"
      "extref.par. 60 CNAME a.elsewhere.\n" },
    { &rfc, "out.two.", "A", "NXDOMAIN aa\nout.two. 60 CNAME gone.two.\n"
      "~ two. 60 SOA ns2.two. h.two. 2 2 3 4 60\n" },
    { &rfc, "round.par.", "A", "NOERROR aa\nabout.par. 60 CNAME round.par.\n"
      "round.par. 60 CNAME about.par.\n" },
    { &failing, "round.par.", "A", "SERVFAIL\n" },
    { &failing, "round.par.", "CNAME",
      "NOERROR aa\nround.par. 60 CNAME about.par.\n" },
    /* The style that names the question's zone, whatever came after it. */
    { &named, "ext.par.", "A", "NOERROR aa\na.out. 30 A 203.0.113.1\n"
      "ext.par. 60 CNAME a.out.\n~ par. 60 NS ns.out.\n" },
    { &named, "extnx.par.", "A", "NXDOMAIN aa\n"
      "extnx.par. 60 CNAME nx.out.\n"
      "~ par. 60 SOA ns.par. h.par. 1 2 3 4 60\n" },
    { &named, "tonone.par.", "A", "NXDOMAIN aa\n"
      "tonone.par. 60 CNAME z.kid.par.\n"
      "~ par. 60 SOA ns.par. h.par. 1 2 3 4 60\n" },
    { &named, "back.par.", "TXT", "NOERROR aa\n"
      "back.par. 60 CNAME toext.kid.par.\n"
      "toext.kid.par. 60 CNAME empty.out.\n~ par. 60 NS ns.out.\n" },
    { &named, "tosec.par.", "TXT", "NOERROR aa\n"
      "tosec.par. 60 CNAME a.two.\n"
      "~ par. 60 SOA ns.par. h.par. 1 2 3 4 60\n" },
    { &named, "only2.two.", "TXT", "NOERROR aa\n"
      "only2.two. 60 CNAME in2.two.\n"
      "~ two. 60 SOA ns.two. h.two. 1 2 3 4 60\n" },
    { &named, "inside.par.", "TXT", "NOERROR aa\n"
      "inside.par. 60 CNAME plain.par.\n~ par. 60 NS ns.out.\n" },
    { &named, "a.two.", "A", "NOERROR aa\na.two. 60 A 192.0.2.3\n"
      "~ two. 3600 NS ns.out.\n" },
    { &named, "two.", "NS", "NOERROR aa\ntwo. 3600 NS ns.out.\n" },
    { &named, "two.", "SOA", "NOERROR aa\n"
      "two. 60 SOA ns.two. h.two. 1 2 3 4 60\n~ two. 3600 NS ns.out.\n" },
    { &named, "a.hosts.", "AAAA", "NOERROR aa\n"
      "a.hosts. 10 AAAA 2001:db8::1\n" },
};

START_TEST(targets_outside_are_looked_up)
{
    zones_t *zones = make_zones();
    zones_t *others = zones_new();
    char *text;

    zone_text_put(others, 0, 0, "out.", 0,
                  "@ 60 SOA ns h 1 2 3 4 60\na 30 A 203.0.113.1\n"
                  "a 30 MX 1 m\nempty 30 A 203.0.113.2\n");
    text = zone_text_pursue(zones, others, pursuits[_i].style,
                            pursuits[_i].name, pursuits[_i].type);
    ck_assert_msg(strcmp(text, pursuits[_i].reply) == 0,
                  "%s %s is\n%s\nand not\n%s", pursuits[_i].name,
                  pursuits[_i].type, text, pursuits[_i].reply);
    free(text);
    zones_destroy(&others);
    zones_destroy(&zones);
}
END_TEST

START_TEST(says_which_name_is_to_be_looked_up)
{
    zones_t *zones = make_zones();
    char *text = zone_text_ask(zones, NULL, "back.par.", "A",
                               ZONE_TEXT_LOOK_UP);

    ck_assert_str_eq(text, "look up empty.out.\n");
    free(text);
    zones_destroy(&zones);
}
END_TEST

START_TEST(a_failed_look_up_is_a_failure_with_the_chain)
{
    zones_t *zones = make_zones();
    char *text = zone_text_pursue(zones, NULL, NULL, "ext.par.", "A");

    ck_assert_str_eq(text, "SERVFAIL aa\next.par. 60 CNAME a.out.\n");
    free(text);
    zones_destroy(&zones);
}
END_TEST

START_TEST(any_over_a_stream_is_all)
{
    zones_t *zones = zones_new();
    char *text;

    zone_text_put(zones, 0, 0, "ex.", 0,
                  "a 60 A 192.0.2.1\na 60 TXT x\na 60 MX 1 a\n");
    text = zone_text_ask(zones, NULL, "a.ex.", "ANY", ZONE_TEXT_STREAM);
    ck_assert_str_eq(text, "NOERROR aa\na.ex. 60 A 192.0.2.1\n"
                     "a.ex. 60 MX 1 a.ex.\na.ex. 60 TXT \"x\"\n");
    free(text);
    zones_destroy(&zones);
}
END_TEST

/* More than a message holds: whole RRsets or none, and TC. */
START_TEST(what_does_not_fit_is_cut_off_whole)
{
    zones_t *zones = zones_new();
    char *zone = NULL;
    size_t size;
    FILE *file = open_memstream(&zone, &size);
    char *text;

    for (unsigned i = 0; i < 6000; i++)
        fprintf(file, "a 60 A 10.0.%u.%u\n", i / 250, i % 250);
    fclose(file);
    zone_text_put(zones, 0, 0, "ex.", 0, zone);
    text = zone_text_ask(zones, NULL, "a.ex.", "A", 0);
    ck_assert_str_eq(text, "NOERROR aa tc\n");
    free(text);
    free(zone);
    zones_destroy(&zones);
}
END_TEST

/* Twelve links, and what has been found on the way. */
START_TEST(long_chains_end)
{
    zones_t *zones = zones_new();
    char *text;

    zone_text_put(zones, 0, 0, "ex.", 0,
                  "g 60 DNAME x.g\n");
    text = zone_text_ask(zones, NULL, "a.g.ex.", "A", 0);
    ck_assert_int_eq(strncmp(text, "NOERROR aa\n", 11), 0);

    unsigned lines = 0;

    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    ck_assert_uint_eq(lines, 1 + 1 + CHAIN_LINKS);
    free(text);
    zones_destroy(&zones);
}
END_TEST

/* What a DNAME makes must be a name. */
START_TEST(too_long_is_yxdomain)
{
    static const char label[] =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    zones_t *zones = zones_new();
    char zone[512];
    char name[512];
    char *text;

    sprintf(zone, "d 60 DNAME %s.%s.%s.ex.\n", label, label, label);
    sprintf(name, "%s.d.ex.", label);
    zone_text_put(zones, 0, 0, "ex.", 0, zone);
    text = zone_text_ask(zones, NULL, name, "A", 0);
    ck_assert_int_eq(strncmp(text, "YXDOMAIN aa\nd.ex. 60 DNAME", 26), 0);
    ck_assert_ptr_null(strstr(text, "CNAME a"));
    free(text);
    zones_destroy(&zones);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("answer_zones");

    tcase_add_loop_test(cases, zones_work_together, 0, CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, targets_outside_are_looked_up, 0,
                        CORE_TEST_ROWS(pursuits));
    tcase_add_test(cases, says_which_name_is_to_be_looked_up);
    tcase_add_test(cases, a_failed_look_up_is_a_failure_with_the_chain);
    tcase_add_test(cases, any_over_a_stream_is_all);
    tcase_add_test(cases, what_does_not_fit_is_cut_off_whole);
    tcase_add_test(cases, long_chains_end);
    tcase_add_test(cases, too_long_is_yxdomain);
    return core_test_run(cases);
}
