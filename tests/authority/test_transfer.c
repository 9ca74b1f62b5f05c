/* transfer - zones in parts, while they change */

#include "authority/transfer.h"

#include "authority/zone_text.h"

#include "core_test.h"

#define NAMES 600
#define ROUNDS 40

/* ---- records as text ----------------------------------------------------- */

struct lines {
    char **items;
    size_t count;
};

static void
add_lines(struct lines *self, const uint8_t *bytes, size_t size)
{
    ldns_pkt *packet = NULL;

    ck_assert_int_eq(ldns_wire2pkt(&packet, bytes, size), LDNS_STATUS_OK);

    const ldns_rr_list *answer = ldns_pkt_answer(packet);
    size_t count = ldns_rr_list_rr_count(answer);

    self->items = realloc(self->items, (self->count + count + 1)
                          * sizeof *self->items);
    for (size_t i = 0; i < count; i++)
        self->items[self->count++] = ldns_rr2str(ldns_rr_list_rr(answer, i));
    ldns_pkt_free(packet);
}

static void
end_lines(struct lines *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->items[i]);
    free(self->items);
}

static bool
are_same(const struct lines *left, const struct lines *right)
{
    if (left->count != right->count)
        return false;
    for (size_t i = 0; i < left->count; i++)
        if (strcmp(left->items[i], right->items[i]) != 0)
            return false;
    return true;
}

/* ---- parts --------------------------------------------------------------- */

struct part {
    uint8_t question[512];
    struct core_message query;
    uint8_t bytes[CORE_MESSAGE_SIZE];
    size_t size;
    struct core_writer writer;
};

static enum transfer_result
write_part(struct part *part, const past_t *past, struct transfer_mark *mark,
           const char *origin)
{
    size_t size = zone_text_question(part->question, sizeof part->question,
                                     origin, "AXFR", false);

    ck_assert_int_eq(core_message_parse(&part->query, part->question, size),
                     CORE_PARSE_OK);
    core_writer_reply(&part->writer, part->bytes, sizeof part->bytes,
                      &part->query);

    enum transfer_result result = transfer_write(past, mark, &part->writer);

    part->size = core_writer_end(&part->writer, CORE_AA, CORE_NOERROR);
    return result;
}

/* All parts; between is called after each. */
static unsigned
read_all(struct zone *zone, const char *origin, struct lines *lines,
         void (*between)(struct zone *zone, unsigned part))
{
    struct part *part = core_allocate(sizeof *part);
    struct transfer_mark mark = { .number = 7 };
    enum transfer_result result = TRANSFER_MORE;
    unsigned count = 0;
    past_t *past;

    transfer_begin(&mark, zone->id.name);
    past = past_new(zone, &mark.place);
    while (result == TRANSFER_MORE) {
        uint8_t bytes[CORE_BOOKMARK_SIZE];
        size_t size = transfer_mark_write(&mark, bytes);
        struct transfer_mark again;

        past_read(past, &mark.place);
        ck_assert(transfer_mark_read(&again, bytes, size, zone->id.name));
        result = write_part(part, past, &mark, origin);
        add_lines(lines, part->bytes, part->size);
        count++;

        /* The same part once more, from what travels, is the same. */
        struct part *other = core_allocate(sizeof *other);

        ck_assert_int_eq(write_part(other, past, &again, origin), result);
        ck_assert_uint_eq(other->size, part->size);
        ck_assert_mem_eq(other->bytes, part->bytes, part->size);
        free(other);
        if (between != NULL)
            between(zone, count);
    }
    ck_assert(past_is_whole(past));
    past_destroy(&past);
    free(part);
    return count;
}

/* ---- what is sent -------------------------------------------------------- */

static const char small[] =
    "@ 30 SOA ns h 7 1 2 3 60\n"
    "@ 300 NS ns\n"
    "@ 300 NS ns.elsewhere.\n"
    "ns 300 A 192.0.2.53\n"
    "sub 300 NS ns.sub\n"
    "ns.sub 300 A 192.0.2.54\n"
    "*.Wild 300 TXT \"w\"\n"
    "a.b 300 A 192.0.2.1\n";

static const char *const expected[] = {
    "ex.\t30\tIN\tSOA\tns.ex. h.ex. 7 1 2 3 60\n",
    "ex.\t300\tIN\tNS\tns.elsewhere.\n",
    "ex.\t300\tIN\tNS\tns.ex.\n",
    "a.b.ex.\t300\tIN\tA\t192.0.2.1\n",
    "ns.ex.\t300\tIN\tA\t192.0.2.53\n",
    "sub.ex.\t300\tIN\tNS\tns.sub.ex.\n",
    "ns.sub.ex.\t300\tIN\tA\t192.0.2.54\n",
    "*.Wild.ex.\t300\tIN\tTXT\t\"w\"\n",
    "ex.\t30\tIN\tSOA\tns.ex. h.ex. 7 1 2 3 60\n",
};

START_TEST(sends_all_records_between_two_soa_records)
{
    zones_t *zones = zones_new();
    struct zone *zone = zone_text_put(zones, 0, 0, "ex.", 0, small);
    struct lines lines = { .count = 0 };

    ck_assert_uint_eq(read_all(zone, "EX.", &lines, NULL), 1);
    ck_assert_uint_eq(lines.count, CORE_TEST_ROWS(expected));
    qsort(lines.items + 1, 2, sizeof *lines.items, zone_text_compare);
    for (size_t i = 0; i < lines.count; i++)
        ck_assert_str_eq(lines.items[i], expected[i]);
    end_lines(&lines);
    zones_destroy(&zones);
}
END_TEST

START_TEST(leaves_out_wildcards_for_one_label)
{
    zones_t *zones = zones_new();
    struct zone *zone = zone_text_put(zones, 0, 0, "ex.", CORE_ZONE_SINGLE,
                                      "@ 30 SOA ns h 7 1 2 3 60\n"
                                      "*.lb 5 A 192.0.2.1\n"
                                      "lb 5 A 192.0.2.1\n");
    struct lines lines = { .count = 0 };

    read_all(zone, "ex.", &lines, NULL);
    ck_assert_uint_eq(lines.count, 3);
    ck_assert_str_eq(lines.items[1], "lb.ex.\t5\tIN\tA\t192.0.2.1\n");
    end_lines(&lines);
    zones_destroy(&zones);
}
END_TEST

START_TEST(leaves_out_what_spells_addresses)
{
    zones_t *zones = zones_new();
    struct zone *zone = zone_text_put(zones, 0, 0, "ex.", CORE_ZONE_ECHO,
                                      "@ 30 SOA ns h 7 1 2 3 60\n"
                                      "*.pod 5 A 0.0.0.0\n"
                                      "*.other 5 A 192.0.2.1\n");
    struct lines lines = { .count = 0 };

    read_all(zone, "ex.", &lines, NULL);
    ck_assert_uint_eq(lines.count, 3);
    ck_assert_str_eq(lines.items[1], "*.other.ex.\t5\tIN\tA\t192.0.2.1\n");
    end_lines(&lines);
    zones_destroy(&zones);
}
END_TEST

/* ---- large and changing -------------------------------------------------- */

static void
change_name(struct zone *zone, unsigned number, enum core_change_kind kind,
            unsigned value)
{
    uint8_t rdatas[2 + 201] = { 0, 201, 200 };
    uint8_t owner[CORE_NAME_SIZE];
    char name[32];

    snprintf(name, sizeof name, "n%05u.ex.", number);
    core_name_from_text(owner, name, NULL);
    memset(rdatas + 3, 'a' + (int) (value % 26), 200);

    struct core_change change = {
        .kind = kind, .owner = owner, .type = CORE_TXT, .ttl = 60,
        .count = 1, .rdatas = rdatas,
        .rdatas_size = kind == CORE_CHANGE_DELETE ? 0 : sizeof rdatas,
    };

    if (kind == CORE_CHANGE_DELETE)
        change.count = 0;
    zone_change(zone, &change);
}

static void
set_serial(struct zone *zone, unsigned serial)
{
    char text[64];

    snprintf(text, sizeof text, "@ 30 SOA ns h %u 1 2 3 60\n", serial);

    FILE *file = fmemopen(text, strlen(text), "r");
    struct core_change remove = {
        .kind = CORE_CHANGE_DELETE, .owner = zone->id.name, .type = CORE_SOA,
    };

    zone_change(zone, &remove);
    zone_text_read(zone, "ex.", file);
    fclose(file);
    zone_settle(zone, serial);
}

static struct zone *
put_large(zones_t *zones)
{
    struct zone *zone = zone_text_put(zones, 0, 0, "ex.", 0,
                                      "@ 30 SOA ns h 1 1 2 3 60\n");

    for (unsigned i = 0; i < NAMES; i += 2)
        change_name(zone, i, CORE_CHANGE_PUT, i);
    set_serial(zone, 1);
    return zone;
}

/* Names come, go and change everywhere, the serial too. */
static void
churn(struct zone *zone, unsigned part)
{
    static unsigned step;

    for (int i = 0; i < ROUNDS; i++) {
        unsigned number = (step * 7919 + 13) % NAMES;

        step++;
        change_name(zone, number, step % 3 == 0 ? CORE_CHANGE_DELETE
                    : CORE_CHANGE_PUT, step);
    }
    set_serial(zone, 100 + part);
}

START_TEST(is_one_version_whatever_changes_meanwhile)
{
    zones_t *zones = zones_new();
    struct zone *zone = put_large(zones);
    struct lines before = { .count = 0 }, during = { .count = 0 };
    struct lines after = { .count = 0 };

    ck_assert_uint_gt(read_all(zone, "ex.", &before, NULL), 1);
    read_all(zone, "ex.", &during, churn);
    ck_assert(are_same(&before, &during));
    read_all(zone, "ex.", &after, NULL);
    ck_assert(!are_same(&before, &after));
    end_lines(&before);
    end_lines(&during);
    end_lines(&after);
    zones_destroy(&zones);
}
END_TEST

static zones_t *all_zones;

/* The zone is replaced, as after a new epoch of its source. */
static void
replace(struct zone *zone, unsigned part)
{
    (void) zone;
    if (part == 1)
        zone_text_put(all_zones, 0, 0, "ex.", 0, small);
}

START_TEST(outlives_its_zone)
{
    struct lines before = { .count = 0 }, during = { .count = 0 };

    all_zones = zones_new();

    struct zone *zone = put_large(all_zones);

    read_all(zone, "ex.", &before, NULL);
    read_all(zone, "ex.", &during, replace);
    ck_assert(are_same(&before, &during));
    end_lines(&before);
    end_lines(&during);
    zones_destroy(&all_zones);
}
END_TEST

START_TEST(copies_only_what_is_in_front_of_the_reader)
{
    zones_t *zones = zones_new();
    struct zone *zone = put_large(zones);
    struct transfer_mark mark;
    past_t *past;
    struct past_place place;

    transfer_begin(&mark, zone->id.name);
    past = past_new(zone, &mark.place);
    place = mark.place;
    for (unsigned i = 0; i < NAMES / 2 + 1; i++)
        past_step(past, &place);
    ck_assert_int_eq(place.trie, PAST_END);
    past_read(past, &place);
    ck_assert_ptr_null(past_at(past, &place));

    size_t serial_before = zone->serial;

    churn(zone, 1);
    ck_assert_uint_ne(zone->serial, serial_before);
    place = mark.place;

    /* Nothing was kept: what is there is what is now. */
    size_t names = 0;

    for (; past_at(past, &place) != NULL; past_step(past, &place))
        names++;
    ck_assert_uint_eq(names, zone_names(zone));
    past_destroy(&past);
    zones_destroy(&zones);
}
END_TEST

#define WIDE 60000                      /* octets of an rdata */

static void
put_wide(struct zone *zone, unsigned number, uint8_t letter)
{
    static uint8_t rdatas[2 + WIDE] = { WIDE >> 8, WIDE & 255 };
    uint8_t owner[CORE_NAME_SIZE];
    char name[32];

    snprintf(name, sizeof name, "n%05u.ex.", number);
    core_name_from_text(owner, name, NULL);
    memset(rdatas + 2, letter, WIDE);
    zone_change(zone, &(struct core_change) {
        .kind = CORE_CHANGE_PUT, .owner = owner, .type = 65300, .ttl = 60,
        .count = 1, .rdatas = rdatas, .rdatas_size = sizeof rdatas,
    });
}

START_TEST(copies_no_more_than_the_limit)
{
    zones_t *zones = zones_new();
    struct zone *zone = zone_text_put(zones, 0, 0, "ex.", 0,
                                      "@ 30 SOA ns h 1 1 2 3 60\n");
    unsigned names = PAST_LIMIT / WIDE + 8;
    struct transfer_mark mark;

    for (unsigned i = 0; i < names; i++)
        put_wide(zone, i, 'a');
    transfer_begin(&mark, zone->id.name);

    past_t *past = past_new(zone, &mark.place);

    for (unsigned i = 0; i < names / 2; i++)
        put_wide(zone, i, 'b');
    ck_assert(past_is_whole(past));
    for (unsigned i = 0; i < names / 2; i++)
        put_wide(zone, i, 'c');
    ck_assert(past_is_whole(past));     /* these are kept already */
    for (unsigned i = names / 2; i < names; i++)
        put_wide(zone, i, 'b');
    ck_assert(!past_is_whole(past));
    past_destroy(&past);
    zones_destroy(&zones);
}
END_TEST

/* ---- marks --------------------------------------------------------------- */

START_TEST(refuses_marks_of_strangers)
{
    uint8_t bytes[CORE_BOOKMARK_SIZE], apex[CORE_NAME_SIZE];
    uint8_t other[CORE_NAME_SIZE];
    struct transfer_mark mark = { .number = 1, .done = 3 };

    core_name_from_text(apex, "ex.", NULL);
    core_name_from_text(other, "elsewhere.", NULL);
    transfer_begin(&mark, apex);

    size_t size = transfer_mark_write(&mark, bytes);

    ck_assert(transfer_mark_read(&mark, bytes, size, apex));
    ck_assert(!transfer_mark_read(&mark, bytes, size, other));
    for (size_t i = 0; i < size; i++)
        ck_assert(!transfer_mark_read(&mark, bytes, i, apex));
    ck_assert(!transfer_mark_read(&mark, bytes, size + 1, apex));
    bytes[24] = PAST_END + 1;
    ck_assert(!transfer_mark_read(&mark, bytes, size, apex));
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("transfer");

    tcase_add_test(cases, sends_all_records_between_two_soa_records);
    tcase_add_test(cases, leaves_out_wildcards_for_one_label);
    tcase_add_test(cases, leaves_out_what_spells_addresses);
    tcase_add_test(cases, is_one_version_whatever_changes_meanwhile);
    tcase_add_test(cases, outlives_its_zone);
    tcase_add_test(cases, copies_only_what_is_in_front_of_the_reader);
    tcase_add_test(cases, copies_no_more_than_the_limit);
    tcase_add_test(cases, refuses_marks_of_strangers);
    return core_test_run(cases);
}
