/* records - what keys make of a name and of those above it */

#include "etcd-sync/records.h"

#include "etcd-sync/model.h"

#include "core_test.h"

#define KEYS 12

static const struct {
    const char *title;
    const char *keys[KEYS];             /* key and value in turn; relative to
                                           /skydns/test/zone */
    const char *lines;                  /* without those of the apex */
} rows[] = {
    { "an address",
      { "a", "{\"host\":\"192.0.2.1\",\"port\":80}" },
      "a.zone.test. 300 A 192.0.2.1\n"
      "a.zone.test. 300 SRV 10 100 80 a.zone.test.\n" },
    { "all below a name answer it, its own key then does not",
      { "a", "{\"host\":\"192.0.2.1\"}", "a/x", "{\"host\":\"192.0.2.2\"}",
        "a/y/z", "{\"host\":\"2001:db8::1\"}" },
      "a.zone.test. 300 A 192.0.2.2\n"
      "a.zone.test. 300 AAAA 2001:db8::1\n"
      "a.zone.test. 300 SRV 10 50 0 x.a.zone.test.\n"
      "a.zone.test. 300 SRV 10 50 0 z.y.a.zone.test.\n"
      "x.a.zone.test. 300 A 192.0.2.2\n"
      "x.a.zone.test. 300 SRV 10 100 0 x.a.zone.test.\n"
      "y.a.zone.test. 300 AAAA 2001:db8::1\n"
      "y.a.zone.test. 300 SRV 10 100 0 z.y.a.zone.test.\n"
      "z.y.a.zone.test. 300 AAAA 2001:db8::1\n"
      "z.y.a.zone.test. 300 SRV 10 100 0 z.y.a.zone.test.\n" },
    { "weights are shares within a priority, those without port count",
      { "s/1", "{\"host\":\"192.0.2.1\",\"weight\":30}",
        "s/2", "{\"host\":\"192.0.2.2\",\"weight\":60}",
        "s/3", "{\"host\":\"192.0.2.3\",\"port\":-1}",
        "s/4", "{\"host\":\"192.0.2.4\",\"priority\":20,\"weight\":1}",
        "s/5", "{\"host\":\"192.0.2.5\",\"priority\":20,\"weight\":999}" },
      "1.s.zone.test. 300 A 192.0.2.1\n"
      "1.s.zone.test. 300 SRV 10 100 0 1.s.zone.test.\n"
      "2.s.zone.test. 300 A 192.0.2.2\n"
      "2.s.zone.test. 300 SRV 10 100 0 2.s.zone.test.\n"
      "3.s.zone.test. 300 A 192.0.2.3\n"
      "4.s.zone.test. 300 A 192.0.2.4\n"
      "4.s.zone.test. 300 SRV 20 100 0 4.s.zone.test.\n"
      "5.s.zone.test. 300 A 192.0.2.5\n"
      "5.s.zone.test. 300 SRV 20 100 0 5.s.zone.test.\n"
      "s.zone.test. 300 A 192.0.2.1\n"
      "s.zone.test. 300 A 192.0.2.2\n"
      "s.zone.test. 300 A 192.0.2.3\n"
      "s.zone.test. 300 A 192.0.2.4\n"
      "s.zone.test. 300 A 192.0.2.5\n"
      "s.zone.test. 300 SRV 10 15 0 1.s.zone.test.\n"
      "s.zone.test. 300 SRV 10 31 0 2.s.zone.test.\n"
      "s.zone.test. 300 SRV 20 1 0 4.s.zone.test.\n"
      "s.zone.test. 300 SRV 20 99 0 5.s.zone.test.\n" },
    { "the least TTL counts for an RRset",
      { "a/x", "{\"host\":\"192.0.2.1\",\"ttl\":60}",
        "a/y", "{\"host\":\"192.0.2.1\",\"ttl\":40,\"port\":-1}" },
      "a.zone.test. 40 A 192.0.2.1\n"
      "a.zone.test. 60 SRV 10 50 0 x.a.zone.test.\n"
      "x.a.zone.test. 60 A 192.0.2.1\n"
      "x.a.zone.test. 60 SRV 10 100 0 x.a.zone.test.\n"
      "y.a.zone.test. 40 A 192.0.2.1\n" },
    { "a host that is a name, outside and inside",
      { "o", "{\"host\":\"Other.Example\",\"ttl\":7}",
        "i", "{\"host\":\"a.ZONE.test.\"}",
        "a", "{\"host\":\"192.0.2.1\",\"port\":-1}" },
      "a.zone.test. 300 A 192.0.2.1\n"
      "i.zone.test. 300 CNAME a.ZONE.test.\n"
      "i.zone.test. 300 SRV 10 100 0 a.ZONE.test.\n"
      "o.zone.test. 7 CNAME Other.Example.\n"
      "o.zone.test. 7 SRV 10 100 0 Other.Example.\n" },
    { "an alias that leads to nothing, to itself or back is left out",
      { "n", "{\"host\":\"nobody.zone.test\"}",
        "s", "{\"host\":\"s.zone.test\",\"port\":-1}",
        "l1", "{\"host\":\"l2.zone.test\",\"port\":-1}",
        "l2", "{\"host\":\"l1.zone.test\",\"port\":-1}",
        "t", "{\"text\":\"x\"}", "tt", "{\"host\":\"t.zone.test\"}" },
      "l1.zone.test. EXIST\n"
      "l2.zone.test. EXIST\n"
      "n.zone.test. 300 SRV 10 100 0 nobody.zone.test.\n"
      "s.zone.test. EXIST\n"
      "t.zone.test. 300 TXT \"x\"\n"
      "tt.zone.test. 300 SRV 10 100 0 t.zone.test.\n" },
    { "beside others a host of ours gives its addresses",
      { "m/1", "{\"host\":\"192.0.2.1\",\"port\":-1}",
        "m/2", "{\"host\":\"w.zone.test\",\"port\":-1,\"ttl\":50}",
        "m/3", "{\"host\":\"far.example\",\"port\":-1,\"ttl\":60}",
        "w", "{\"host\":\"192.0.2.9\",\"port\":-1}" },
      "1.m.zone.test. 300 A 192.0.2.1\n"
      "2.m.zone.test. 50 CNAME w.zone.test.\n"
      "3.m.zone.test. 60 CNAME far.example.\n"
      "m.zone.test. 50 A 192.0.2.1\n"
      "m.zone.test. 50 A 192.0.2.9\n"
      "m.zone.test. 60 CNAME far.example.\n"
      "w.zone.test. 300 A 192.0.2.9\n" },
    { "the same host twice is one alias, in any case",
      { "m/1", "{\"host\":\"far.example\",\"port\":-1}",
        "m/2", "{\"host\":\"FAR.example.\",\"port\":-1}" },
      "1.m.zone.test. 300 CNAME far.example.\n"
      "2.m.zone.test. 300 CNAME FAR.example.\n"
      "m.zone.test. 300 CNAME far.example.\n" },
    { "a group leaves its members and those of none",
      { "g/1", "{\"host\":\"192.0.2.1\",\"port\":-1,\"group\":\"a\"}",
        "g/s/3", "{\"host\":\"192.0.2.3\",\"port\":-1,\"group\":\"b\"}",
        "g/s/4", "{\"host\":\"192.0.2.4\",\"port\":-1}" },
      "1.g.zone.test. 300 A 192.0.2.1\n"
      "3.s.g.zone.test. 300 A 192.0.2.3\n"
      "4.s.g.zone.test. 300 A 192.0.2.4\n"
      "g.zone.test. 300 A 192.0.2.1\n"
      "g.zone.test. 300 A 192.0.2.4\n"
      "s.g.zone.test. 300 A 192.0.2.3\n"
      "s.g.zone.test. 300 A 192.0.2.4\n" },
    { "groups that disagree do not count",
      { "g/1", "{\"host\":\"192.0.2.1\",\"port\":-1,\"group\":\"a\"}",
        "g/2", "{\"host\":\"192.0.2.2\",\"port\":-1,\"group\":\"b\"}" },
      "1.g.zone.test. 300 A 192.0.2.1\n"
      "2.g.zone.test. 300 A 192.0.2.2\n"
      "g.zone.test. 300 A 192.0.2.1\n"
      "g.zone.test. 300 A 192.0.2.2\n" },
    { "a higher one with a group decides, one without ends the search",
      { "g/a/1", "{\"host\":\"192.0.2.1\",\"port\":-1,\"group\":\"a\"}",
        "g/b", "{\"host\":\"192.0.2.2\",\"port\":-1,\"group\":\"b\"}",
        "h/a/1", "{\"host\":\"192.0.2.3\",\"port\":-1,\"group\":\"a\"}",
        "h/b", "{\"host\":\"192.0.2.4\",\"port\":-1}",
        "h/c", "{\"host\":\"192.0.2.5\",\"port\":-1,\"group\":\"c\"}" },
      "1.a.g.zone.test. 300 A 192.0.2.1\n"
      "1.a.h.zone.test. 300 A 192.0.2.3\n"
      "a.g.zone.test. 300 A 192.0.2.1\n"
      "a.h.zone.test. 300 A 192.0.2.3\n"
      "b.g.zone.test. 300 A 192.0.2.2\n"
      "b.h.zone.test. 300 A 192.0.2.4\n"
      "c.h.zone.test. 300 A 192.0.2.5\n"
      "g.zone.test. 300 A 192.0.2.2\n"
      "h.zone.test. 300 A 192.0.2.3\n"
      "h.zone.test. 300 A 192.0.2.4\n" },
    { "targets are stripped of labels, but not of all",
      { "x/1", "{\"host\":\"192.0.2.1\",\"targetstrip\":1}",
        "x/2", "{\"host\":\"a.b.example\",\"targetstrip\":2,"
               "\"mail\":true}",
        "y", "{\"host\":\"192.0.2.3\",\"targetstrip\":3}" },
      "1.x.zone.test. 300 A 192.0.2.1\n"
      "1.x.zone.test. 300 SRV 10 100 0 x.zone.test.\n"
      "2.x.zone.test. 300 CNAME a.b.example.\n"
      "2.x.zone.test. 300 MX 10 example.\n"
      "2.x.zone.test. 300 SRV 10 100 0 example.\n"
      "x.zone.test. 300 A 192.0.2.1\n"
      "x.zone.test. 300 CNAME a.b.example.\n"
      "x.zone.test. 300 MX 10 example.\n"
      "x.zone.test. 300 SRV 10 50 0 example.\n"
      "x.zone.test. 300 SRV 10 50 0 x.zone.test.\n"
      "y.zone.test. 300 A 192.0.2.3\n"
      "y.zone.test. 300 SRV 10 100 0 y.zone.test.\n" },
    { "mail and text; a text beside a host that is a name is no alias",
      { "m", "{\"host\":\"192.0.2.1\",\"mail\":true,\"priority\":50,"
             "\"port\":-1}",
        "t", "{\"text\":\"say \\\"hi\\\"\",\"host\":\"b.example\"}" },
      "m.zone.test. 300 A 192.0.2.1\n"
      "m.zone.test. 300 MX 50 m.zone.test.\n"
      "t.zone.test. 300 SRV 10 100 0 b.example.\n"
      "t.zone.test. 300 TXT \"say \\\"hi\\\"\"\n" },
    { "keys that are no names answer for those above",
      { "a/c.d", "{\"host\":\"192.0.2.1\"}", "b/UP", "{\"host\":\"192.0.2.2\"}",
        "*/x", "{\"host\":\"192.0.2.3\"}", "any", "{\"host\":\"192.0.2.4\"}",
        "c//x", "{\"host\":\"192.0.2.5\"}" },
      "a.zone.test. 300 A 192.0.2.1\n"
      "a.zone.test. 300 SRV 10 100 0 c.d.a.zone.test.\n"
      "b.zone.test. 300 A 192.0.2.2\n"
      "b.zone.test. 300 SRV 10 100 0 UP.b.zone.test.\n"
      "c.zone.test. 300 A 192.0.2.5\n" },
    { "bad values and empty ones leave a name without records",
      { "a", "{}", "b", "{", "c/1", "{\"port\":99999}",
        "c/2", "{\"host\":\"192.0.2.2\",\"port\":-1}" },
      "1.c.zone.test. EXIST\n"
      "2.c.zone.test. 300 A 192.0.2.2\n"
      "a.zone.test. EXIST\n"
      "b.zone.test. EXIST\n"
      "c.zone.test. 300 A 192.0.2.2\n" },
};

static const char *const zones[] = { "zone.test.", "2.0.192.in-addr.arpa.",
                                     NULL };

static void
put_keys(catalogue_t *catalogue, const char *const *keys)
{
    for (size_t i = 0; i < KEYS && keys[i] != NULL; i += 2) {
        char key[256];

        snprintf(key, sizeof key, "/skydns/test/zone/%s", keys[i]);
        model_put(catalogue, key, keys[i + 1]);
    }
}

static void
read_zone(struct model *model, catalogue_t *catalogue, const char *name)
{
    struct core_zone_id id = { .layer = 0 };

    core_name_from_text(id.name, name, NULL);
    model_read(model, catalogue, &id, CORE_FEED_SNAPSHOT_ROOM);
}

START_TEST(keys_make_records)
{
    catalogue_t *catalogue = model_catalogue(zones);
    struct model model = { .count = 0 };

    put_keys(catalogue, rows[_i].keys);
    read_zone(&model, catalogue, zones[0]);
    model_remove_name(&model, zones[0]);
    ck_assert_msg(strcmp(model_text(&model), rows[_i].lines) == 0,
                  "%s: is\n%s", rows[_i].title, model_text(&model));
    model_clear(&model);
    catalogue_destroy(&catalogue);
}
END_TEST

START_TEST(the_top_of_a_zone_has_servers_and_addresses_of_its_own)
{
    static const char *const keys[] = {
        "dns/ns/ns1", "{\"host\":\"192.0.2.53\",\"port\":-1}",
        "dns/ns/ns2", "{\"host\":\"ns.example\",\"port\":-1}",
        "dns/apex/1", "{\"host\":\"192.0.2.80\",\"port\":-1}",
        "web", "{\"host\":\"192.0.2.81\",\"port\":-1}", NULL,
    };
    static const char *const changed[] = {
        "a", "{\"host\":\"x.example\",\"port\":-1}",
        "b", "{\"host\":\"192.0.2.1\",\"port\":-1}", NULL,
    };
    catalogue_t *catalogue = model_catalogue(zones);
    struct model model = { .count = 0 };

    put_keys(catalogue, keys);
    read_zone(&model, catalogue, zones[0]);
    ck_assert_ptr_nonnull(strstr(model_text(&model),
                                 "\nzone.test. 300 A 192.0.2.80\n"
                                 "zone.test. 300 NS ns1.ns.dns.zone.test.\n"));
    ck_assert_ptr_null(strstr(model_text(&model), "NS ns.example"));
    ck_assert_ptr_null(strstr(model_text(&model), "\nzone.test. 300 A "
                              "192.0.2.81"));
    model_clear(&model);
    catalogue_destroy(&catalogue);

    /* Without an apex.dns all below it answer, but it is never an alias. */
    catalogue = model_catalogue(zones);
    put_keys(catalogue, changed);
    read_zone(&model, catalogue, zones[0]);
    ck_assert_str_eq(model_text(&model),
                     "a.zone.test. 300 CNAME x.example.\n"
                     "b.zone.test. 300 A 192.0.2.1\n"
                     "zone.test. 300 A 192.0.2.1\n");
    model_clear(&model);
    catalogue_destroy(&catalogue);
}
END_TEST

START_TEST(addresses_lead_back_to_names)
{
    catalogue_t *catalogue = model_catalogue(zones);
    struct model model = { .count = 0 };

    model_put(catalogue, "/skydns/arpa/in-addr/192/0/2/1",
              "{\"host\":\"a.zone.test\",\"port\":-1}");
    model_put(catalogue, "/skydns/arpa/in-addr/192/0/2/10/x",
              "{\"host\":\"Sub.zone.test\",\"port\":-1,\"ttl\":9}");
    model_put(catalogue, "/skydns/arpa/in-addr/192/0/2/12",
              "{\"host\":\"192.0.2.99\",\"port\":-1}");
    model_put(catalogue, "/skydns/arpa/in-addr/192/0/3/1",
              "{\"host\":\"foreign.zone.test\"}");
    read_zone(&model, catalogue, zones[1]);
    model_remove_name(&model, zones[1]);
    ck_assert_str_eq(model_text(&model),
                     "1.2.0.192.in-addr.arpa. 300 PTR a.zone.test.\n"
                     "10.2.0.192.in-addr.arpa. EXIST\n"
                     "12.2.0.192.in-addr.arpa. 300 A 192.0.2.99\n"
                     "x.10.2.0.192.in-addr.arpa. 9 PTR Sub.zone.test.\n");
    model_clear(&model);
    catalogue_destroy(&catalogue);
}
END_TEST

/* c0 -> c1 -> ... -> c(count - 1), which is an address. */
static bool
chain_has_alias(unsigned count)
{
    catalogue_t *catalogue = model_catalogue(zones);
    struct model model = { .count = 0 };
    bool has_alias;

    for (unsigned i = 0; i < count; i++) {
        char key[64], value[64];

        snprintf(key, sizeof key, "/skydns/test/zone/c%u", i);
        if (i + 1 < count)
            snprintf(value, sizeof value, "{\"host\":\"c%u.zone.test\"}",
                     i + 1);
        else
            snprintf(value, sizeof value, "{\"host\":\"192.0.2.1\"}");
        model_put(catalogue, key, value);
    }
    read_zone(&model, catalogue, zones[0]);
    has_alias = strstr(model_text(&model), "c0.zone.test. 300 CNAME") != NULL;
    model_clear(&model);
    catalogue_destroy(&catalogue);
    return has_alias;
}

START_TEST(chains_of_aliases_have_an_end)
{
    ck_assert(chain_has_alias(2));
    ck_assert(chain_has_alias(RECORDS_CHAIN + 1));
    ck_assert(!chain_has_alias(RECORDS_CHAIN + 2));
}
END_TEST

START_TEST(a_long_text_is_cut_into_pieces)
{
    catalogue_t *catalogue = model_catalogue(zones);
    struct model model = { .count = 0 };
    char value[400], line[400];

    snprintf(value, sizeof value, "{\"text\":\"%0300d\"}", 0);
    snprintf(line, sizeof line, "t.zone.test. 300 TXT \"%0255d\" \"%045d\"\n",
             0, 0);
    model_put(catalogue, "/skydns/test/zone/t", value);
    read_zone(&model, catalogue, zones[0]);
    model_remove_name(&model, zones[0]);
    ck_assert_str_eq(model_text(&model), line);
    model_clear(&model);
    catalogue_destroy(&catalogue);
}
END_TEST

START_TEST(a_name_with_too_many_services_has_none_of_their_records)
{
    catalogue_t *catalogue = model_catalogue(zones);
    struct model model = { .count = 0 };

    for (unsigned i = 0; i < 4001; i++) {
        char key[64], value[64];

        snprintf(key, sizeof key, "/skydns/test/zone/w/%u", i);
        snprintf(value, sizeof value, "{\"host\":\"10.0.%u.%u\"}", i / 256,
                 i % 256);
        model_put(catalogue, key, value);
        if (i != 3999)
            continue;
        read_zone(&model, catalogue, zones[0]);
        ck_assert_ptr_nonnull(strstr(model_text(&model), "\nw.zone.test."));
        model_clear(&model);
    }
    read_zone(&model, catalogue, zones[0]);
    ck_assert_ptr_nonnull(strstr(model_text(&model),
                                 "\nw.zone.test. EXIST\n"));
    ck_assert_ptr_nonnull(strstr(model_text(&model), "0.w.zone.test. 300 A"));
    model_clear(&model);
    catalogue_destroy(&catalogue);
}
END_TEST

START_TEST(an_rrset_that_no_message_can_hold_is_left_out)
{
    catalogue_t *catalogue = model_catalogue(zones);
    struct model model = { .count = 0 };

    for (unsigned i = 0; i < 2000; i++) {
        char key[64], value[64];

        snprintf(key, sizeof key, "/skydns/test/zone/w/service-%04u", i);
        snprintf(value, sizeof value, "{\"host\":\"10.0.%u.%u\"}", i / 256,
                 i % 256);
        model_put(catalogue, key, value);
    }
    read_zone(&model, catalogue, zones[0]);
    ck_assert_ptr_nonnull(strstr(model_text(&model), "\nw.zone.test. 300 A"));
    ck_assert_ptr_null(strstr(model_text(&model), "\nw.zone.test. 300 SRV"));
    model_clear(&model);
    catalogue_destroy(&catalogue);
}
END_TEST

static const struct records_style style = {
    .ttl_seconds = 3600, .negative_seconds = 60, .refresh_seconds = 1,
    .retry_seconds = 2, .expire_seconds = 3, .priority = 7,
    .has_hostmaster = true, .has_local = true, .hostmaster = "\2me\4mail",
    .local = "\1a\4zone\4test",
};

static catalogue_t *
style_catalogue(void)
{
    static const uint8_t zone[] = "\4zone\4test";
    static const uint8_t *const names[] = { zone };

    return catalogue_new(&(struct catalogue_settings) {
        .path = "/skydns", .zones = names, .zone_count = 1, .style = &style,
        .lease_limits = { .least_seconds = 30, .most_seconds = 86400 },
    });
}

START_TEST(what_services_do_not_say_is_said_by_the_style)
{
    catalogue_t *catalogue = style_catalogue();
    struct model model = { .count = 0 };

    model_put(catalogue, "/skydns/test/zone/a/1", "{\"host\":\"192.0.2.1\"}");
    model_put(catalogue, "/skydns/test/zone/a/2",
              "{\"host\":\"192.0.2.2\",\"priority\":9,\"port\":-1}");
    model_put(catalogue, "/skydns/test/zone/dns/local/x",
              "{\"host\":\"192.0.2.3\",\"port\":-1}");
    read_zone(&model, catalogue, zones[0]);
    model_remove_name(&model, zones[0]);
    model_remove_name(&model, "1.a.zone.test.");
    model_remove_name(&model, "2.a.zone.test.");
    model_remove_name(&model, "x.local.dns.zone.test.");
    ck_assert_str_eq(model_text(&model),
                     "a.zone.test. 3600 A 192.0.2.1\n"
                     "a.zone.test. 3600 A 192.0.2.2\n"
                     "a.zone.test. 3600 SRV 7 100 0 1.a.zone.test.\n"
                     "dns.zone.test. 3600 A 192.0.2.3\n"
                     "local.dns.zone.test. 3600 CNAME a.zone.test.\n");
    model_clear(&model);
    catalogue_destroy(&catalogue);
}
END_TEST

START_TEST(the_soa_is_that_of_the_style)
{
    static const uint8_t rdata[] = "\2ns\3dns\4zone\4test\0\2me\4mail\0"
        "\0\0\0\0" "\0\0\0\1" "\0\0\0\2" "\0\0\0\3" "\0\0\0\74";
    catalogue_t *catalogue = style_catalogue();
    struct core_zone_id id = { .name = "\4zone\4test" };
    catalogue_reader_t *reader = catalogue_read(catalogue, &id);
    uint8_t *room = core_allocate(CORE_FEED_SNAPSHOT_ROOM);
    size_t size = catalogue_reader_write(reader, room,
                                         CORE_FEED_SNAPSHOT_ROOM);
    struct core_change change;

    ck_assert_uint_gt(core_change_read(room, size, &change), 0);
    ck_assert_uint_eq(change.type, CORE_SOA);
    ck_assert_uint_eq(change.ttl, 60);
    ck_assert_uint_eq(change.rdatas_size, 2 + sizeof rdata - 1);
    ck_assert_mem_eq(change.rdatas + 2, rdata, sizeof rdata - 1);
    free(room);
    catalogue_reader_destroy(&reader);
    catalogue_destroy(&catalogue);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("records");

    tcase_add_loop_test(cases, keys_make_records, 0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases,
                   the_top_of_a_zone_has_servers_and_addresses_of_its_own);
    tcase_add_test(cases, addresses_lead_back_to_names);
    tcase_add_test(cases, chains_of_aliases_have_an_end);
    tcase_add_test(cases, a_long_text_is_cut_into_pieces);
    tcase_add_test(cases,
                   a_name_with_too_many_services_has_none_of_their_records);
    tcase_add_test(cases, an_rrset_that_no_message_can_hold_is_left_out);
    tcase_add_test(cases, what_services_do_not_say_is_said_by_the_style);
    tcase_add_test(cases, the_soa_is_that_of_the_style);
    return core_test_run(cases);
}
