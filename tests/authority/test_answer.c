/* answer - one zone, every rule of what it says, as tables of questions */

#include "authority/zone_text.h"

#include "core_test.h"

static const char zone_text[] =
    "@ 600 SOA ns h 7 1 2 3 60\n"
    "@ 300 NS ns\n"
    "@ NS ns.out.\n"
    "@ 300 MX 10 mail\n"
    "ns 300 A 192.0.2.53\n"
    "mail 300 A 192.0.2.25\n"
    "mail 300 AAAA 2001:db8::25\n"
    "www 300 A 192.0.2.80\n"
    "www A 192.0.2.81\n"
    "WebSite 300 A 192.0.2.82\n"
    "x.ent 300 A 192.0.2.83\n"
    "_s._tcp 300 SRV 1 2 80 www\n"
    /* wildcards */
    "*.w 300 A 192.0.2.90\n"
    "*.w 300 MX 10 mail\n"
    "here.w 300 TXT here\n"
    "*.wc 300 CNAME www\n"
    "*.wn 300 CNAME nowhere\n"
    "f.*.we 300 A 192.0.2.91\n"
    "t.we 300 A 192.0.2.92\n"
    /* aliases */
    "c1 300 CNAME www\n"
    "c2 200 CNAME c1\n"
    "cx 300 CNAME nowhere\n"
    "ct 300 CNAME ent\n"
    "co 300 CNAME a.out.\n"
    "self 300 CNAME self\n"
    "la 300 CNAME lb\n"
    "lb 300 CNAME la\n"
    "cd 300 CNAME host.sub\n"
    /* cuts */
    "sub 300 NS ns.sub\n"
    "sub 300 NS ns.bare\n"
    "sub 300 NS ns.out.\n"
    "ns.sub 300 A 192.0.2.60\n"
    "ns.sub 300 AAAA 2001:db8::60\n"
    "hidden.sub 300 TXT hidden\n"
    "*.sub 300 A 192.0.2.61\n"
    "bare 300 NS ns.bare\n"
    "ns.bare 300 A 192.0.2.62\n"
    "signed 300 NS ns.out.\n"
    "signed 300 DS 1 8 2 "
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    /* DNAME */
    "d 500 DNAME t\n"
    "d 300 TXT owner\n"
    "x.d 300 A 192.0.2.99\n"
    "a.t 300 A 192.0.2.70\n"
    "c.t 300 CNAME a.t\n"
    "do 300 DNAME out.\n"
    "dd 300 DNAME d\n"
    "ds 300 DNAME sub\n"
    "cdn 300 CNAME a.d\n"
    "loop 300 DNAME loop\n"
    "*.wd 300 DNAME t\n"
    /* services */
    "svc 300 TYPE65 \\# 3 000100\n"
    "svc 300 A 192.0.2.44\n"
    "als 300 TYPE65 \\# 10 00000373766302657800\n";

#define SOA "~ ex. 60 SOA ns.ex. h.ex. 7 1 2 3 60\n"
#define GLUE \
    "~ sub.ex. 300 NS ns.bare.ex.\n" \
    "~ sub.ex. 300 NS ns.out.\n" \
    "~ sub.ex. 300 NS ns.sub.ex.\n" \
    "+ ns.bare.ex. 300 A 192.0.2.62\n" \
    "+ ns.sub.ex. 300 A 192.0.2.60\n" \
    "+ ns.sub.ex. 300 AAAA 2001:db8::60\n"

static const struct {
    const char *name;
    const char *type;
    const char *reply;
} rows[] = {
    /* exact */
    { "www.ex.", "A", "NOERROR aa\n"
      "www.ex. 300 A 192.0.2.80\nwww.ex. 300 A 192.0.2.81\n" },
    { "WwW.eX.", "A", "NOERROR aa\n"
      "WwW.eX. 300 A 192.0.2.80\nWwW.eX. 300 A 192.0.2.81\n" },
    { "website.ex.", "A", "NOERROR aa\nwebsite.ex. 300 A 192.0.2.82\n" },
    { "www.ex.", "TXT", "NOERROR aa\n" SOA },
    { "nowhere.ex.", "A", "NXDOMAIN aa\n" SOA },
    { "a.www.ex.", "A", "NXDOMAIN aa\n" SOA },
    { "ent.ex.", "A", "NOERROR aa\n" SOA },
    { "y.ent.ex.", "A", "NXDOMAIN aa\n" SOA },
    { "_tcp.ex.", "SRV", "NOERROR aa\n" SOA },
    { "ex.", "A", "NOERROR aa\n" SOA },
    { "ex.", "SOA", "NOERROR aa\n"
      "ex. 600 SOA ns.ex. h.ex. 7 1 2 3 60\n" },
    { "ex.", "NS", "NOERROR aa\nex. 300 NS ns.ex.\nex. 300 NS ns.out.\n"
      "+ ns.ex. 300 A 192.0.2.53\n" },
    { "ex.", "MX", "NOERROR aa\nex. 300 MX 10 mail.ex.\n"
      "+ mail.ex. 300 A 192.0.2.25\n+ mail.ex. 300 AAAA 2001:db8::25\n" },
    { "_s._tcp.ex.", "SRV", "NOERROR aa\n"
      "_s._tcp.ex. 300 SRV 1 2 80 www.ex.\n"
      "+ www.ex. 300 A 192.0.2.80\n+ www.ex. 300 A 192.0.2.81\n" },
    { "other.", "A", "passed\n" },
    /* RFC 8482: one RRset. */
    { "mail.ex.", "ANY", "NOERROR aa\nmail.ex. 300 A 192.0.2.25\n" },
    { "nowhere.ex.", "ANY", "NXDOMAIN aa\n" SOA },
    { "ent.ex.", "ANY", "NOERROR aa\n" SOA },
    { "c1.ex.", "ANY", "NOERROR aa\nc1.ex. 300 CNAME www.ex.\n" },

    /* RFC 4592 */
    { "a.w.ex.", "A", "NOERROR aa\na.w.ex. 300 A 192.0.2.90\n" },
    { "b.a.w.ex.", "A", "NOERROR aa\nb.a.w.ex. 300 A 192.0.2.90\n" },
    { "a.w.ex.", "TXT", "NOERROR aa\n" SOA },
    { "a.w.ex.", "MX", "NOERROR aa\na.w.ex. 300 MX 10 mail.ex.\n"
      "+ mail.ex. 300 A 192.0.2.25\n+ mail.ex. 300 AAAA 2001:db8::25\n" },
    { "w.ex.", "A", "NOERROR aa\n" SOA },
    { "*.w.ex.", "A", "NOERROR aa\n*.w.ex. 300 A 192.0.2.90\n" },
    { "a.*.w.ex.", "A", "NXDOMAIN aa\n" SOA },
    { "here.w.ex.", "A", "NOERROR aa\n" SOA },
    { "a.here.w.ex.", "A", "NXDOMAIN aa\n" SOA },
    { "a.wc.ex.", "A", "NOERROR aa\na.wc.ex. 300 CNAME www.ex.\n"
      "www.ex. 300 A 192.0.2.80\nwww.ex. 300 A 192.0.2.81\n" },
    { "a.wc.ex.", "CNAME", "NOERROR aa\na.wc.ex. 300 CNAME www.ex.\n" },
    { "a.wn.ex.", "A", "NXDOMAIN aa\na.wn.ex. 300 CNAME nowhere.ex.\n" SOA },
    /* The wildcard is an empty non-terminal: it exists, without data. */
    { "a.we.ex.", "A", "NOERROR aa\n" SOA },
    { "f.*.we.ex.", "A", "NOERROR aa\nf.*.we.ex. 300 A 192.0.2.91\n" },
    { "g.*.we.ex.", "A", "NXDOMAIN aa\n" SOA },
    { "a.t.we.ex.", "A", "NXDOMAIN aa\n" SOA },

    /* aliases */
    { "c1.ex.", "A", "NOERROR aa\nc1.ex. 300 CNAME www.ex.\n"
      "www.ex. 300 A 192.0.2.80\nwww.ex. 300 A 192.0.2.81\n" },
    { "c2.ex.", "TXT", "NOERROR aa\nc1.ex. 300 CNAME www.ex.\n"
      "c2.ex. 200 CNAME c1.ex.\n" SOA },
    { "c2.ex.", "CNAME", "NOERROR aa\nc2.ex. 200 CNAME c1.ex.\n" },
    { "cx.ex.", "A", "NXDOMAIN aa\ncx.ex. 300 CNAME nowhere.ex.\n" SOA },
    { "ct.ex.", "A", "NOERROR aa\nct.ex. 300 CNAME ent.ex.\n" SOA },
    { "co.ex.", "A", "NOERROR aa\nco.ex. 300 CNAME a.out.\n" },
    { "self.ex.", "A", "NOERROR aa\nself.ex. 300 CNAME self.ex.\n" },
    { "la.ex.", "A", "NOERROR aa\nla.ex. 300 CNAME lb.ex.\n"
      "lb.ex. 300 CNAME la.ex.\n" },
    /* They do not stand for what may be beside a CNAME. */
    { "c1.ex.", "NSEC", "NOERROR aa\n" SOA },
    { "c1.ex.", "RRSIG", "NOERROR aa\n" SOA },

    /* cuts */
    { "sub.ex.", "A", "NOERROR\n" GLUE },
    { "sub.ex.", "NS", "NOERROR\n" GLUE },
    { "a.sub.ex.", "A", "NOERROR\n" GLUE },
    { "ns.sub.ex.", "A", "NOERROR\n" GLUE },
    { "hidden.sub.ex.", "TXT", "NOERROR\n" GLUE },
    { "a.b.sub.ex.", "DS", "NOERROR\n" GLUE },
    { "cd.ex.", "A", "NOERROR aa\ncd.ex. 300 CNAME host.sub.ex.\n" GLUE },
    /* DS is the parent's. */
    { "sub.ex.", "DS", "NOERROR aa\n" SOA },
    { "signed.ex.", "DS", "NOERROR aa\nsigned.ex. 300 DS 1 8 2 "
      "0000000000000000000000000000000000000000000000000000000000000000\n" },
    { "ex.", "DS", "NOERROR aa\n" SOA },

    /* RFC 6672 */
    { "a.d.ex.", "A", "NOERROR aa\na.d.ex. 500 CNAME a.t.ex.\n"
      "a.t.ex. 300 A 192.0.2.70\nd.ex. 500 DNAME t.ex.\n" },
    { "c.d.ex.", "A", "NOERROR aa\na.t.ex. 300 A 192.0.2.70\n"
      "c.d.ex. 500 CNAME c.t.ex.\nc.t.ex. 300 CNAME a.t.ex.\n"
      "d.ex. 500 DNAME t.ex.\n" },
    /* What lies below does not count. */
    { "x.d.ex.", "A", "NXDOMAIN aa\nd.ex. 500 DNAME t.ex.\n"
      "x.d.ex. 500 CNAME x.t.ex.\n" SOA },
    { "a.d.ex.", "TXT", "NOERROR aa\na.d.ex. 500 CNAME a.t.ex.\n"
      "d.ex. 500 DNAME t.ex.\n" SOA },
    { "a.d.ex.", "CNAME", "NOERROR aa\na.d.ex. 500 CNAME a.t.ex.\n"
      "d.ex. 500 DNAME t.ex.\n" },
    { "a.d.ex.", "DNAME", "NOERROR aa\na.d.ex. 500 CNAME a.t.ex.\n"
      "d.ex. 500 DNAME t.ex.\n" SOA },
    { "d.ex.", "DNAME", "NOERROR aa\nd.ex. 500 DNAME t.ex.\n" },
    { "d.ex.", "TXT", "NOERROR aa\nd.ex. 300 TXT \"owner\"\n" },
    { "d.ex.", "A", "NOERROR aa\n" SOA },
    { "a.do.ex.", "A", "NOERROR aa\na.do.ex. 300 CNAME a.out.\n"
      "do.ex. 300 DNAME out.\n" },
    { "a.dd.ex.", "A", "NOERROR aa\na.d.ex. 500 CNAME a.t.ex.\n"
      "a.dd.ex. 300 CNAME a.d.ex.\na.t.ex. 300 A 192.0.2.70\n"
      "d.ex. 500 DNAME t.ex.\ndd.ex. 300 DNAME d.ex.\n" },
    { "a.ds.ex.", "A", "NOERROR aa\na.ds.ex. 300 CNAME a.sub.ex.\n"
      "ds.ex. 300 DNAME sub.ex.\n" GLUE },
    { "cdn.ex.", "A", "NOERROR aa\na.d.ex. 500 CNAME a.t.ex.\n"
      "a.t.ex. 300 A 192.0.2.70\ncdn.ex. 300 CNAME a.d.ex.\n"
      "d.ex. 500 DNAME t.ex.\n" },
    { "a.loop.ex.", "A", "NOERROR aa\na.loop.ex. 300 CNAME a.loop.ex.\n"
      "loop.ex. 300 DNAME loop.ex.\n" },
    /* A wildcard's DNAME is data; it renames only what is below "*". */
    { "a.wd.ex.", "DNAME", "NOERROR aa\na.wd.ex. 300 DNAME t.ex.\n" },
    { "a.wd.ex.", "A", "NOERROR aa\n" SOA },
    { "a.*.wd.ex.", "A", "NOERROR aa\n*.wd.ex. 300 DNAME t.ex.\n"
      "a.*.wd.ex. 300 CNAME a.t.ex.\na.t.ex. 300 A 192.0.2.70\n" },

    /* RFC 9460 */
    { "svc.ex.", "HTTPS", "NOERROR aa\nsvc.ex. 300 HTTPS 1 .\n"
      "+ svc.ex. 300 A 192.0.2.44\n" },
    { "als.ex.", "HTTPS", "NOERROR aa\nals.ex. 300 HTTPS 0 svc.ex.\n"
      "+ svc.ex. 300 A 192.0.2.44\n+ svc.ex. 300 HTTPS 1 .\n" },
};

START_TEST(answers_as_the_rfcs_say)
{
    zones_t *zones = zones_new();
    char *text;

    zone_text_put(zones, 0, 0, "ex.", 0, zone_text);
    text = zone_text_ask(zones, NULL, rows[_i].name, rows[_i].type, 0);
    ck_assert_msg(strcmp(text, rows[_i].reply) == 0,
                  "%s %s is\n%s\nand not\n%s", rows[_i].name, rows[_i].type,
                  text, rows[_i].reply);
    free(text);
    zones_destroy(&zones);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("answer");

    tcase_add_loop_test(cases, answers_as_the_rfcs_say, 0,
                        CORE_TEST_ROWS(rows));
    return core_test_run(cases);
}
