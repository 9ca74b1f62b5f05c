/* reply - what a client gets of what a stage said */

#include "frontend/reply.h"

#include "frontend/compose.h"

static const struct reply_policy plain = { .payload = 1232 };
static const struct reply_policy telling = {
    .payload = 1232, .recursion_available = true, .tells_nsid = true,
    .nsid = "here",
    .nsid_size = 4,
};
static const uint8_t address[4] = { 192, 0, 2, 1 };
static const uint8_t padding_option[6] = { 0, CORE_OPTION_PADDING, 0, 2 };
static const uint8_t nsid_option[4] = { 0, CORE_OPTION_NSID, 0, 0 };
static const uint8_t keepalive_option[4] = { 0, CORE_OPTION_KEEPALIVE, 0, 0 };

/* A query read, and a stage's reply to it in small letters. */
struct exchange {
    struct composed query, reply;
    struct core_message message;
    struct reply_request request;
    uint8_t out[CORE_MESSAGE_SIZE];
    size_t size;
    bool is_cut;
    struct core_message shaped;
};

static void
begin(struct exchange *self)
{
    compose_query(&self->query, "WwW.Example.", CORE_A, CORE_IN);
    compose_query(&self->reply, "www.example.", CORE_A, CORE_IN);
    self->reply.bytes[1] = 0;           /* another id */
}

static void
read_query(struct exchange *self, const struct reply_policy *policy,
           enum core_transport transport)
{
    compose_end(&self->query, 0, 0);
    ck_assert_int_eq(core_message_parse(&self->message, self->query.bytes,
                                        self->query.size), CORE_PARSE_OK);
    reply_request_read(&self->request, policy, &self->message, transport);
}

static void
shape(struct exchange *self, const struct reply_policy *policy,
      const struct reply_ede *ede)
{
    self->size = reply_shape(policy, &self->request, self->reply.bytes,
                             self->reply.size, ede, self->out,
                             &self->is_cut);
    ck_assert_uint_gt(self->size, 0);
    ck_assert_uint_le(self->size, self->request.limit);
    ck_assert_int_eq(core_message_parse(&self->shaped, self->out, self->size),
                     CORE_PARSE_OK);
}

START_TEST(has_the_clients_id_and_question)
{
    struct exchange self;

    begin(&self);
    read_query(&self, &plain, CORE_UDP);
    compose_rr(&self.reply, CORE_ANSWER, "www.example.", CORE_A, address, 4);
    compose_end(&self.reply, CORE_QR | CORE_AA, 0);
    shape(&self, &plain, NULL);
    ck_assert_uint_eq(self.shaped.id, 0x1234);
    ck_assert_mem_eq(self.shaped.qname, self.message.qname,
                     self.message.qname_size);
    ck_assert_uint_eq(self.shaped.counts[CORE_ANSWER], 1);
    ck_assert(!self.shaped.edns.present);
    ck_assert_uint_eq(self.shaped.flags, CORE_QR | CORE_AA | CORE_RD);
}
END_TEST

static const struct {
    uint16_t asked, said, wanted;
    bool dnssec_ok, recursion;
} flag_rows[] = {
    { 0,                 CORE_AA,           CORE_AA,           false, false },
    { CORE_RD,           0,                 CORE_RD,           false, false },
    { CORE_RD | CORE_CD, CORE_RA,           CORE_RD | CORE_CD | CORE_RA,
                                                               false, false },
    { 0,                 CORE_RD | CORE_CD, 0,                 false, false },
    { CORE_RD,           CORE_AA,           CORE_RD | CORE_AA | CORE_RA,
                                                               false, true  },
    { 0,                 CORE_AD,           0,                 false, false },
    { CORE_AD,           CORE_AD,           CORE_AD,           false, false },
    { 0,                 CORE_AD,           CORE_AD,           true,  false },
    { 0,                 CORE_TC,           CORE_TC,           false, false },
    { 0,                 0x0040,            0,                 false, false },
};

START_TEST(has_the_flags_that_are_meant_for_it)
{
    struct exchange self;
    struct reply_policy policy = plain;

    policy.recursion_available = flag_rows[_i].recursion;
    begin(&self);
    if (flag_rows[_i].dnssec_ok)
        core_writer_edns(&self.query.writer, 1232, 0, true, NULL, 0);
    read_query(&self, &policy, CORE_UDP);
    core_write16(self.query.bytes + 2, flag_rows[_i].asked);
    compose_end(&self.reply, 0, 0);
    core_write16(self.reply.bytes + 2, CORE_QR | flag_rows[_i].said);
    shape(&self, &policy, NULL);
    ck_assert_uint_eq(self.shaped.flags, CORE_QR | flag_rows[_i].wanted);
}
END_TEST

static const struct {
    uint16_t payload;                   /* 0: no EDNS */
    enum core_transport transport;
    size_t limit;
    uint16_t told;                      /* as the size in our OPT record */
} limit_rows[] = {
    { 0,     CORE_UDP,      512, 1232 },
    { 100,   CORE_UDP,      512, 100 }, /* RFC 6891 section 6.2.3 */
    { 512,   CORE_UDP,      512, 512 },
    { 1000,  CORE_UDP,     1000, 1000 },
    { 4096,  CORE_UDP,     1232, 1232 }, /* no more than we want to send */
    { 0,     CORE_TCP,    65535, 1232 },
    { 512,   CORE_TCP,    65535, 512 },
    { 512,   CORE_INTERNAL, 65535, 512 },
};

START_TEST(knows_how_much_the_client_can_take)
{
    struct exchange self;

    begin(&self);
    if (limit_rows[_i].payload > 0)
        compose_edns(&self.query, limit_rows[_i].payload, NULL, 0);
    read_query(&self, &plain, limit_rows[_i].transport);
    ck_assert_uint_eq(self.request.limit, limit_rows[_i].limit);
    ck_assert_uint_eq(self.request.payload, limit_rows[_i].told);
}
END_TEST

static const struct {
    unsigned records;
    enum core_transport transport;
    unsigned kept;
} size_rows[] = {
    { 10,  CORE_UDP, 10 },
    { 70,  CORE_UDP, 70 },
    { 80,  CORE_UDP, 74 },
    { 500, CORE_UDP, 74 },
    { 500, CORE_TCP, 500 },
};

START_TEST(is_cut_when_it_is_too_long)
{
    struct exchange self;
    bool is_cut = size_rows[_i].kept < size_rows[_i].records;

    begin(&self);
    compose_edns(&self.query, 1232, NULL, 0);
    read_query(&self, &plain, size_rows[_i].transport);
    for (unsigned i = 0; i < size_rows[_i].records; i++)
        compose_rr(&self.reply, CORE_ANSWER, "www.example.", CORE_A, address,
                   4);
    compose_end(&self.reply, CORE_QR | CORE_AA, 0);
    shape(&self, &plain, NULL);
    ck_assert_int_eq(self.is_cut, is_cut);
    ck_assert_int_eq((self.shaped.flags & CORE_TC) != 0, is_cut);
    ck_assert(self.shaped.edns.present);
    ck_assert_uint_eq(self.shaped.counts[CORE_ANSWER], size_rows[_i].kept);
}
END_TEST

/* The option of that code in the shaped reply, or NULL. */
static const uint8_t *
find_option(const struct exchange *self, uint16_t wanted, uint16_t *size)
{
    const uint8_t *value;
    size_t offset = 0;
    uint16_t code;

    while (core_edns_option(&self->shaped.edns, &offset, &code, &value, size))
        if (code == wanted)
            return value;
    return NULL;
}

START_TEST(tells_what_its_client_asked_for)
{
    struct exchange self;
    const struct reply_ede ede = {
        CORE_EDE_STALE_ANSWER, (const uint8_t *) "old", 3
    };
    uint16_t size;

    begin(&self);
    compose_edns(&self.query, 4096, nsid_option, sizeof nsid_option);
    read_query(&self, &telling, CORE_UDP);
    compose_end(&self.reply, CORE_QR, 0);
    shape(&self, &telling, &ede);
    ck_assert_uint_eq(self.shaped.edns.payload, 1232);

    const uint8_t *value = find_option(&self, CORE_OPTION_NSID, &size);

    ck_assert_ptr_nonnull(value);
    ck_assert_uint_eq(size, 4);
    ck_assert_mem_eq(value, "here", 4);
    value = find_option(&self, CORE_OPTION_EDE, &size);
    ck_assert_ptr_nonnull(value);
    ck_assert_uint_eq(size, 5);
    ck_assert_mem_eq(value, "\0\3old", 5);
}
END_TEST

static const struct {
    const char *what;
    const uint8_t *option;
    uint16_t code;
    enum core_transport transport;
    bool answered;
} option_rows[] = {
    { "NSID not asked", NULL, CORE_OPTION_NSID, CORE_UDP, false },
    { "NSID for a stage", nsid_option, CORE_OPTION_NSID, CORE_INTERNAL,
      false },
    { "keepalive", keepalive_option, CORE_OPTION_KEEPALIVE, CORE_TCP, true },
    { "keepalive over UDP", keepalive_option, CORE_OPTION_KEEPALIVE, CORE_UDP,
      false },                          /* RFC 7828 section 3.2.1 */
};

START_TEST(tells_nothing_else)
{
    struct exchange self;
    uint16_t size;

    begin(&self);
    compose_edns(&self.query, 1232, option_rows[_i].option,
                 option_rows[_i].option == NULL ? 0 : 4);
    read_query(&self, &telling, option_rows[_i].transport);
    self.request.keepalive = 77;
    compose_end(&self.reply, CORE_QR, 0);
    shape(&self, &telling, NULL);

    const uint8_t *value = find_option(&self, option_rows[_i].code, &size);

    ck_assert_msg((value != NULL) == option_rows[_i].answered, "%s",
                  option_rows[_i].what);
    if (value != NULL)
        ck_assert_uint_eq(core_read16(value), 77);
}
END_TEST

START_TEST(is_padded_as_the_query_was)
{
    struct exchange self;
    uint16_t size;

    begin(&self);
    compose_edns(&self.query, 1232, padding_option, sizeof padding_option);
    compose_end(&self.query, CORE_RD, 0);
    read_query(&self, &plain, CORE_UDP);
    compose_end(&self.reply, CORE_QR, 0);
    shape(&self, &plain, NULL);
    ck_assert_ptr_nonnull(find_option(&self, CORE_OPTION_PADDING, &size));
    ck_assert_uint_eq(size, 2);
}
END_TEST

START_TEST(has_one_opt_record_though_a_stage_added_its_own)
{
    struct exchange self;

    begin(&self);
    compose_edns(&self.query, 1232, NULL, 0);
    read_query(&self, &plain, CORE_UDP);
    compose_edns(&self.reply, 4000, nsid_option, sizeof nsid_option);
    compose_end(&self.reply, CORE_QR, 0);
    shape(&self, &plain, NULL);
    ck_assert_uint_eq(self.shaped.edns.payload, 1232);
    ck_assert_uint_eq(self.shaped.counts[CORE_ADDITIONAL], 1);
}
END_TEST

enum { ANOTHER_NAME, ANOTHER_TYPE, A_QUERY, NO_QUESTION, HALF_A_HEADER,
       BROKEN_AND_LONG };

START_TEST(is_none_when_it_answers_something_else)
{
    struct exchange self;

    begin(&self);
    read_query(&self, &plain, CORE_UDP);
    if (_i == BROKEN_AND_LONG)
        for (unsigned i = 0; i < 100; i++)
            compose_rr(&self.reply, CORE_ANSWER, "www.example.", CORE_A,
                       address, 4);
    compose_end(&self.reply, _i == A_QUERY ? 0 : CORE_QR, 0);
    if (_i == ANOTHER_NAME)
        self.reply.bytes[13] = 'v';
    if (_i == ANOTHER_TYPE)
        self.reply.bytes[self.reply.size - 3] = CORE_MX;
    if (_i == NO_QUESTION)
        core_write16(self.reply.bytes + 4, 0);
    if (_i == HALF_A_HEADER)
        self.reply.size = 6;
    if (_i == BROKEN_AND_LONG)
        self.reply.size--;
    ck_assert_uint_eq(reply_shape(&plain, &self.request, self.reply.bytes,
                                  self.reply.size, NULL, self.out,
                                  &self.is_cut), 0);
}
END_TEST

START_TEST(needs_no_question_when_it_is_the_next_of_many)
{
    struct exchange self;
    static const uint8_t bare[CORE_HEADER_SIZE] = { 9, 9, 0x80 };

    begin(&self);
    read_query(&self, &plain, CORE_TCP);
    self.request.is_continued = true;

    size_t size = reply_shape(&plain, &self.request, bare, sizeof bare, NULL,
                              self.out, &self.is_cut);

    ck_assert_uint_eq(size, sizeof bare);
    ck_assert_uint_eq(core_read16(self.out), 0x1234);
}
END_TEST

static const struct {
    bool edns;
    unsigned rcode;
} rcode_rows[] = {
    { false, CORE_SERVFAIL }, { true, CORE_SERVFAIL }, { true, CORE_BADVERS },
};

START_TEST(can_be_an_rcode_alone)
{
    struct exchange self;
    const struct reply_ede ede = { .code = CORE_EDE_NETWORK_ERROR };
    uint16_t size;

    begin(&self);
    if (rcode_rows[_i].edns)
        compose_edns(&self.query, 1232, NULL, 0);
    read_query(&self, &plain, CORE_UDP);
    self.size = reply_rcode(&plain, &self.request, rcode_rows[_i].rcode, &ede,
                            self.out);
    ck_assert_int_eq(core_message_parse(&self.shaped, self.out, self.size),
                     CORE_PARSE_OK);
    ck_assert_uint_eq(core_message_rcode(&self.shaped), rcode_rows[_i].rcode);
    ck_assert_uint_eq(self.shaped.flags & 0xfff0u, CORE_QR | CORE_RD);
    ck_assert_int_eq(find_option(&self, CORE_OPTION_EDE, &size) != NULL,
                     rcode_rows[_i].edns);
}
END_TEST

START_TEST(needs_no_more_than_a_header)
{
    struct exchange self;
    const uint8_t header[CORE_HEADER_SIZE] = { 1, 2, 1 };

    ck_assert_int_eq(core_message_parse(&self.message, header, sizeof header),
                     CORE_PARSE_QUESTION);
    reply_request_read(&self.request, &plain, &self.message, CORE_UDP);
    self.size = reply_rcode(&plain, &self.request, CORE_FORMERR, NULL,
                            self.out);
    ck_assert_uint_eq(self.size, sizeof header);
    ck_assert_mem_eq(self.out, "\1\2\x81\1\0\0\0\0\0\0\0\0", sizeof header);
}
END_TEST

START_TEST(says_that_a_key_is_unknown)
{
    struct exchange self;
    const uint8_t tsig[] = {
        3, 'm', 'd', '5', 0, 0, 0, 1, 2, 3, 4, 1, 44, 0, 4, 1, 1, 1, 1,
        0x12, 0x34, 0, 0, 0, 0
    };
    struct core_records records;
    struct core_rr rr;

    begin(&self);
    compose_rr(&self.query, CORE_ADDITIONAL, "key.", CORE_TSIG, tsig,
               sizeof tsig);
    read_query(&self, &plain, CORE_UDP);
    self.size = reply_unknown_key(&plain, &self.request, &self.message,
                                  self.out);
    ck_assert_int_eq(core_message_parse(&self.shaped, self.out, self.size),
                     CORE_PARSE_OK);
    ck_assert_uint_eq(core_message_rcode(&self.shaped), CORE_NOTAUTH);
    core_records_start(&records, &self.shaped);
    ck_assert(core_records_next(&records, &rr));
    ck_assert_uint_eq(rr.type, CORE_TSIG);
    ck_assert_uint_eq(rr.rdata_size, 5 + 8 + 8);

    /* No MAC, the id, BADKEY, nothing more. */
    ck_assert_mem_eq(self.out + rr.rdata_offset + 13, "\0\0\x12\x34\0\x11\0\0",
                     8);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("reply");

    tcase_add_test(cases, has_the_clients_id_and_question);
    tcase_add_loop_test(cases, has_the_flags_that_are_meant_for_it, 0,
                        CORE_TEST_ROWS(flag_rows));
    tcase_add_loop_test(cases, knows_how_much_the_client_can_take, 0,
                        CORE_TEST_ROWS(limit_rows));
    tcase_add_loop_test(cases, is_cut_when_it_is_too_long, 0,
                        CORE_TEST_ROWS(size_rows));
    tcase_add_test(cases, tells_what_its_client_asked_for);
    tcase_add_loop_test(cases, tells_nothing_else, 0,
                        CORE_TEST_ROWS(option_rows));
    tcase_add_test(cases, is_padded_as_the_query_was);
    tcase_add_test(cases, has_one_opt_record_though_a_stage_added_its_own);
    tcase_add_loop_test(cases, is_none_when_it_answers_something_else, 0,
                        BROKEN_AND_LONG + 1);
    tcase_add_test(cases, needs_no_question_when_it_is_the_next_of_many);
    tcase_add_loop_test(cases, can_be_an_rcode_alone, 0,
                        CORE_TEST_ROWS(rcode_rows));
    tcase_add_test(cases, needs_no_more_than_a_header);
    tcase_add_test(cases, says_that_a_key_is_unknown);
    return core_test_run(cases);
}
