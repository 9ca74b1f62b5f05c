/*
 * compose - messages for the frontend's tests
 */

#ifndef TESTS_FRONTEND_COMPOSE_H
#define TESTS_FRONTEND_COMPOSE_H

#include <string.h>

#include "coredns/rrtype.h"
#include "coredns/writer.h"
#include "core_test.h"

struct composed {
    uint8_t bytes[CORE_MESSAGE_SIZE];
    size_t size;
    struct core_writer writer;
    uint8_t name[CORE_NAME_SIZE];
};

/* The wire form of a name; lent until the next call. */
static inline const uint8_t *
compose_name(struct composed *self, const char *text)
{
    ck_assert_int_gt(core_name_from_text(self->name, text, NULL), 0);
    return self->name;
}

static inline void
compose_query(struct composed *self, const char *qname, uint16_t qtype,
              uint16_t qclass)
{
    core_writer_query(&self->writer, self->bytes, sizeof self->bytes, 0x1234,
                      CORE_RD, compose_name(self, qname), qtype, qclass);
}

static inline void
compose_edns(struct composed *self, uint16_t payload, const void *options,
             size_t options_size)
{
    ck_assert(core_writer_edns(&self->writer, payload, 0, false, options,
                               options_size));
}

static inline void
compose_rr(struct composed *self, enum core_section section,
           const char *owner, uint16_t type, const void *rdata,
           size_t rdata_size)
{
    ck_assert(core_writer_rr(&self->writer, section,
                             compose_name(self, owner), type, CORE_IN, 60,
                             rdata, rdata_size));
}

static inline void
compose_end(struct composed *self, uint16_t flags, unsigned rcode)
{
    self->size = core_writer_end(&self->writer, flags, rcode);
}

#endif
