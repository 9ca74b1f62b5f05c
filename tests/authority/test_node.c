/* node - what each kind of change makes of a name's records */

#include "authority/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_test.h"
#include "coredns/rrtype.h"

#define OWNER ((const uint8_t *) "\3WwW\2eX")

/* A change in brief: "KIND TYPE TTL rdata|rdata|...", rdata as letters. */
struct step {
    char kind;                          /* p a r d */
    uint16_t type;
    uint32_t ttl;
    const char *rdatas;
};

static const struct {
    struct step steps[4];
    const char *left;                   /* what node_text() says of it */
} rows[] = {
    { { { 'p', 65280, 60, "x|y" } }, "65280 60 x y;" },
    { { { 'a', 65280, 60, "x" }, { 'a', 65280, 60, "y" } },
      "65280 60 x y;" },
    /* PUT is the whole RRset, and of no other type. */
    { { { 'p', 65280, 60, "x" }, { 'p', 65281, 61, "z" },
        { 'p', 65280, 62, "y" } }, "65281 61 z;65280 62 y;" },
    /* The lowest TTL is that of all. */
    { { { 'a', 65280, 60, "x" }, { 'a', 65280, 30, "y" } },
      "65280 30 x y;" },
    { { { 'a', 65280, 60, "x" }, { 'a', 65280, 90, "y" } },
      "65280 60 x y;" },
    /* A record is there once; what looks alike is not the same. */
    { { { 'p', 65280, 60, "x|y|x|X" } }, "65280 60 x y X;" },
    { { { 'a', 65280, 60, "x" }, { 'a', 65280, 60, "x|y" } },
      "65280 60 x y;" },
    { { { 'p', 65280, 60, "x|y|z" }, { 'r', 65280, 0, "y|q" } },
      "65280 60 x z;" },
    { { { 'p', 65280, 60, "x" }, { 'r', 65280, 0, "x" } }, "" },
    { { { 'p', 65280, 60, "x" }, { 'd', 65280, 0, "" } }, "" },
    { { { 'p', 65280, 60, "x" }, { 'd', 65281, 0, "" } },
      "65280 60 x;" },
    { { { 'p', 65280, 60, "x" }, { 'p', 65281, 60, "y" },
        { 'd', CORE_ANY, 0, "" } }, "" },
    /* A whole RRset of no records is none. */
    { { { 'p', 65280, 60, "x" }, { 'p', 65280, 60, "" } }, "" },
    { { { 'a', 65280, 60, "" } }, "" },
    /* RFC 2181 section 8: the highest bit makes it zero. */
    { { { 'p', 65280, 0x80000001, "x" } }, "65280 0 x;" },
    /* Records that are not sound do not enter. */
    { { { 'p', CORE_A, 60, "abcd|abc|abcde" } }, "1 60 abcd;" },
    { { { 'p', CORE_AAAA, 60, "abcd" } }, "" },
    { { { 'p', CORE_NS, 60, "\1a|\2a" } }, "" },
};

static size_t
write_rdatas(uint8_t *bytes, const char *text)
{
    size_t size = 0;

    for (const char *part = text; *part != '\0';) {
        size_t length = strcspn(part, "|");

        bytes[size++] = (uint8_t) (length >> 8);
        bytes[size++] = (uint8_t) length;
        memcpy(bytes + size, part, length);
        size += length;
        part += length + (part[length] == '|');
    }
    return size;
}

static struct node *
apply(slab_t *slab, struct node *old, const struct step *step,
      enum node_duplicates duplicates)
{
    static const char kinds[] = "?pard";
    uint8_t bytes[1024];
    struct core_change change = {
        .kind = (enum core_change_kind) (strchr(kinds, step->kind) - kinds),
        .owner = OWNER, .type = step->type, .ttl = step->ttl,
        .rdatas = bytes,
    };

    change.rdatas_size = write_rdatas(bytes, step->rdatas);

    struct node *node = node_change(slab, old, &change, duplicates);

    node_destroy(slab, &old);
    return node;
}

static const char *
node_text(const struct node *node, char text[1024])
{
    struct rrset rrset;
    char *at = text;

    *at = '\0';
    for (size_t offset = 0; node != NULL && node_next(node, &offset, &rrset);) {
        size_t size;
        const uint8_t *rdata;

        at += sprintf(at, "%u %u", rrset.type, rrset.ttl);
        for (size_t i = 0; (rdata = rrset_next(&rrset, &i, &size)) != NULL;)
            at += sprintf(at, " %.*s", (int) size, (const char *) rdata);
        at += sprintf(at, ";");
    }
    return text;
}

START_TEST(changes_are_applied)
{
    slab_t *slab = slab_new();
    struct node *node = NULL;
    char text[1024];

    for (unsigned i = 0; i < 4 && rows[_i].steps[i].kind != 0; i++)
        node = apply(slab, node, &rows[_i].steps[i], NODE_DROP_DUPLICATES);
    ck_assert_str_eq(node_text(node, text), rows[_i].left);
    if (node != NULL)
        ck_assert_mem_eq(node->name, OWNER, 8);
    slab_destroy(&slab);
}
END_TEST

START_TEST(keeps_duplicates_when_told_so)
{
    slab_t *slab = slab_new();
    struct step first = { 'p', CORE_A, 60, "abcd|abcd" };
    struct step second = { 'a', CORE_A, 60, "abcd" };
    struct node *node = apply(slab, NULL, &first, NODE_KEEP_DUPLICATES);
    char text[1024];

    node = apply(slab, node, &second, NODE_KEEP_DUPLICATES);
    ck_assert_str_eq(node_text(node, text), "1 60 abcd abcd abcd;");
    slab_destroy(&slab);
}
END_TEST

/* RRSIG rdata that covers a type; tag makes it different. */
static size_t
write_signature(uint8_t *bytes, uint16_t covered, uint8_t tag)
{
    uint8_t rdata[20] = { (uint8_t) (covered >> 8), (uint8_t) covered };

    rdata[19] = tag;                    /* rdata[18] is the signer: the root */
    bytes[0] = 0;
    bytes[1] = sizeof rdata;
    memcpy(bytes + 2, rdata, sizeof rdata);
    return 2 + sizeof rdata;
}

START_TEST(splits_signatures_by_what_they_cover)
{
    slab_t *slab = slab_new();
    uint8_t bytes[256];
    size_t size = write_signature(bytes, CORE_A, 1);
    struct core_change change = {
        .kind = CORE_CHANGE_PUT, .owner = OWNER, .type = CORE_RRSIG,
        .ttl = 60, .rdatas = bytes,
    };
    struct rrset rrset;

    size += write_signature(bytes + size, CORE_MX, 2);
    size += write_signature(bytes + size, CORE_A, 3);
    size += write_signature(bytes + size, CORE_A, 1);
    change.rdatas_size = size;

    struct node *node =
        node_change(slab, NULL, &change, NODE_DROP_DUPLICATES);

    ck_assert(node_signatures(node, CORE_A, &rrset));
    ck_assert_uint_eq(rrset.count, 2);
    ck_assert(node_signatures(node, CORE_MX, &rrset));
    ck_assert_uint_eq(rrset.count, 1);
    ck_assert(!node_signatures(node, CORE_NS, &rrset));

    /* One more for A, the first for NS. */
    change.kind = CORE_CHANGE_ADD;
    size = write_signature(bytes, CORE_A, 4);
    size += write_signature(bytes + size, CORE_NS, 5);
    change.rdatas_size = size;
    node = node_change(slab, node, &change, NODE_DROP_DUPLICATES);
    ck_assert(node_signatures(node, CORE_A, &rrset));
    ck_assert_uint_eq(rrset.count, 3);
    ck_assert(node_signatures(node, CORE_NS, &rrset));

    change.kind = CORE_CHANGE_REMOVE;
    change.rdatas_size = write_signature(bytes, CORE_MX, 2);
    node = node_change(slab, node, &change, NODE_DROP_DUPLICATES);
    ck_assert(!node_signatures(node, CORE_MX, &rrset));

    /* The whole of it again, with less. */
    change.kind = CORE_CHANGE_PUT;
    node = node_change(slab, node, &change, NODE_DROP_DUPLICATES);
    ck_assert_uint_eq(node->rrsets, 1);
    slab_destroy(&slab);
}
END_TEST

START_TEST(names_in_rdata_have_no_case)
{
    slab_t *slab = slab_new();
    uint8_t bytes[] = {
        0, 7, 0, 10, 3, 'f', 'o', 'o', 0, 0, 7, 0, 10, 3, 'F', 'O', 'O', 0,
        0, 7, 0, 20, 3, 'f', 'o', 'o', 0,
    };
    struct core_change change = {
        .kind = CORE_CHANGE_PUT, .owner = OWNER, .type = CORE_MX, .ttl = 1,
        .rdatas = bytes, .rdatas_size = sizeof bytes,
    };
    struct node *node =
        node_change(slab, NULL, &change, NODE_DROP_DUPLICATES);
    struct rrset rrset;

    ck_assert(node_find(node, CORE_MX, &rrset));
    ck_assert_uint_eq(rrset.count, 2);
    slab_destroy(&slab);
}
END_TEST

/* Ten thousand addresses, each of them three times. */
START_TEST(large_sets_are_sets_too)
{
    slab_t *slab = slab_new();
    size_t count = 10000;
    uint8_t *bytes = malloc(3 * count * 6);
    struct core_change change = {
        .kind = CORE_CHANGE_ADD, .owner = OWNER, .type = CORE_A, .ttl = 1,
        .rdatas = bytes, .rdatas_size = 3 * count * 6,
    };
    struct rrset rrset;

    for (size_t i = 0; i < 3 * count; i++) {
        uint8_t record[6] = {
            0, 4, 10, 0, (uint8_t) (i % count >> 8), (uint8_t) (i % count),
        };

        memcpy(bytes + 6 * i, record, sizeof record);
    }

    struct node *node =
        node_change(slab, NULL, &change, NODE_DROP_DUPLICATES);

    node = node_change(slab, node, &change, NODE_DROP_DUPLICATES);
    ck_assert(node_find(node, CORE_A, &rrset));
    ck_assert_uint_eq(rrset.count, count);
    free(bytes);
    slab_destroy(&slab);
}
END_TEST

/* So many records of that size have a short head, one more has not. */
static const struct {
    uint16_t size;
    uint32_t count;
} borders[] = { { 8, 255 }, { 1000, 65 } };

static struct node *
apply_many(slab_t *slab, struct node *old, enum core_change_kind kind,
           uint16_t size, uint32_t first, uint32_t end)
{
    struct core_change change = {
        .kind = kind, .owner = OWNER, .type = 65280, .ttl = 60,
        .rdatas_size = (end - first) * (2u + size),
    };
    uint8_t *bytes = calloc(1, change.rdatas_size);

    for (uint32_t i = first; i < end; i++) {
        uint8_t *record = bytes + (i - first) * (2u + size);

        record[0] = (uint8_t) (size >> 8);
        record[1] = (uint8_t) size;
        memcpy(record + 2, &i, sizeof i);
    }
    change.rdatas = bytes;

    struct node *node = node_change(slab, old, &change, NODE_DROP_DUPLICATES);

    free(bytes);
    node_destroy(slab, &old);
    return node;
}

/* All these records in their order, and what stands behind them. */
static void
check_many(const struct node *node, uint16_t size, uint32_t count)
{
    struct rrset rrset;
    size_t rdata_size;
    const uint8_t *rdata;
    uint32_t next = 0;

    ck_assert(node_find(node, 65280, &rrset));
    ck_assert_uint_eq(rrset.count, count);
    ck_assert_uint_eq(rrset.size, count * (2u + size));
    for (size_t i = 0; (rdata = rrset_next(&rrset, &i, &rdata_size)) != NULL;
         next++) {
        ck_assert_uint_eq(rdata_size, size);
        ck_assert_mem_eq(rdata, &next, sizeof next);
    }
    ck_assert(node_find(node, 65281, &rrset));
    ck_assert_uint_eq(rrset.ttl, 61);
    ck_assert_mem_eq(rrset_first(&rrset), "z", 1);
}

START_TEST(a_set_grows_and_shrinks_across_the_border_of_a_short_head)
{
    const struct step behind = { 'p', 65281, 61, "z" };
    uint16_t size = borders[_i].size;
    uint32_t count = borders[_i].count;
    slab_t *slab = slab_new();
    struct node *node = apply_many(slab, NULL, CORE_CHANGE_PUT, size, 0,
                                   count);

    node = apply(slab, node, &behind, NODE_DROP_DUPLICATES);
    check_many(node, size, count);
    node = apply_many(slab, node, CORE_CHANGE_ADD, size, count, count + 1);
    node = apply(slab, node, &behind, NODE_DROP_DUPLICATES);
    check_many(node, size, count + 1);
    node = apply_many(slab, node, CORE_CHANGE_REMOVE, size, count, count + 1);
    node = apply(slab, node, &behind, NODE_DROP_DUPLICATES);
    check_many(node, size, count);
    slab_destroy(&slab);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("node");

    tcase_add_loop_test(cases, changes_are_applied, 0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, keeps_duplicates_when_told_so);
    tcase_add_test(cases, splits_signatures_by_what_they_cover);
    tcase_add_test(cases, names_in_rdata_have_no_case);
    tcase_add_test(cases, large_sets_are_sets_too);
    tcase_add_loop_test(
        cases, a_set_grows_and_shrinks_across_the_border_of_a_short_head, 0,
        CORE_TEST_ROWS(borders));
    return core_test_run(cases);
}
