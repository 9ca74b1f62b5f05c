/*
 * log_format - how a line of the query log is written
 *
 * The text is taken apart once, into literal pieces and functions that write
 * one value each.
 */

#include "frontend/log_format.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/rcode.h"
#include "coredns/rrtype.h"

#define COMMON \
    "{remote}:{port} - {>id} \"{type} {class} {name} {proto} {size} {>do} " \
    "{>bufsize}\" {rcode} {>rflags} {rsize} {duration}"
#define COMBINED COMMON " \"{>opcode}\""

/* A line that is being written. */
struct line {
    char *text;
    size_t size;
};

typedef void write_value(struct line *line, const struct exchange *exchange);

struct piece {
    write_value *write;                 /* NULL: the text itself */
    char *text;                         /* owned */
};

struct log_format {
    struct piece *pieces;
    size_t count, capacity;
};

static void
add(struct line *line, const char *format, ...)
{
    size_t room = LOG_FORMAT_SIZE - line->size;
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(line->text + line->size, room, format, arguments);
    va_end(arguments);
    line->size += (size_t) size < room ? (size_t) size : room - 1;
}

/* ---- values -------------------------------------------------------------- */

static void
write_address(struct line *line, const uint8_t address[16])
{
    char text[CORE_CLIENT_TEXT_SIZE];

    core_client_to_text(text, address);
    add(line, strchr(text, ':') == NULL ? "%s" : "[%s]", text);
}

static void
write_remote(struct line *line, const struct exchange *exchange)
{
    write_address(line, exchange->client);
}

static void
write_local(struct line *line, const struct exchange *exchange)
{
    if (exchange->server != NULL)
        write_address(line, exchange->server);
    else
        add(line, "-");
}

static void
write_port(struct line *line, const struct exchange *exchange)
{
    add(line, "%u", exchange->client_port);
}

static void
write_type(struct line *line, const struct exchange *exchange)
{
    char text[CORE_RRTYPE_TEXT_SIZE];

    add(line, "%s", core_rrtype_to_text(text, exchange->query->qtype));
}

static void
write_class(struct line *line, const struct exchange *exchange)
{
    char text[CORE_RRTYPE_TEXT_SIZE];

    add(line, "%s", core_rrclass_to_text(text, exchange->query->qclass));
}

static void
write_name(struct line *line, const struct exchange *exchange)
{
    uint8_t name[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];

    memcpy(name, exchange->query->qname, exchange->query->qname_size);
    core_name_lower(name);
    add(line, "%s", core_name_to_text(text, name));
}

static const char *
proto_text(const struct exchange *exchange)
{
    return exchange->transport == CORE_UDP ? "udp" : "tcp";
}

static void
write_proto(struct line *line, const struct exchange *exchange)
{
    add(line, "%s", proto_text(exchange));
}

static void
write_size(struct line *line, const struct exchange *exchange)
{
    add(line, "%zu", exchange->query->size);
}

static void
write_duration(struct line *line, const struct exchange *exchange)
{
    int64_t us = exchange->took_us > 0 ? exchange->took_us : 0;

    add(line, "%" PRId64 ".%06" PRId64 "s", us / 1000000, us % 1000000);
}

static void
write_rcode(struct line *line, const struct exchange *exchange)
{
    const char *name = core_rcode_name(exchange->rcode);

    if (name != NULL)
        add(line, "%s", name);
    else
        add(line, "%u", exchange->rcode);
}

static void
write_rsize(struct line *line, const struct exchange *exchange)
{
    add(line, "%zu", exchange->reply_size);
}

static void
write_rflags(struct line *line, const struct exchange *exchange)
{
    static const struct {
        uint16_t flag;
        char name[3];
    } names[] = {
        { CORE_QR, "qr" }, { CORE_AA, "aa" }, { CORE_TC, "tc" },
        { CORE_RD, "rd" }, { CORE_RA, "ra" }, { 0x40, "z" }, { CORE_AD, "ad" },
        { CORE_CD, "cd" },
    };
    uint16_t flags = core_read16(exchange->reply + 2);
    const char *comma = "";

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if ((flags & names[i].flag) == 0)
            continue;
        add(line, "%s%s", comma, names[i].name);
        comma = ",";
    }
}

/* What the client takes, as its transport and its OPT record say. */
static unsigned
payload_of(const struct exchange *exchange)
{
    if (exchange->transport != CORE_UDP)
        return CORE_MESSAGE_SIZE;
    return exchange->payload < 512 ? 512 : exchange->payload;
}

static void
write_bufsize(struct line *line, const struct exchange *exchange)
{
    add(line, "%u", payload_of(exchange));
}

static void
write_do(struct line *line, const struct exchange *exchange)
{
    add(line, "%s", exchange->query->edns.dnssec_ok ? "true" : "false");
}

static void
write_id(struct line *line, const struct exchange *exchange)
{
    add(line, "%u", core_read16(exchange->query->bytes));
}

static void
write_opcode(struct line *line, const struct exchange *exchange)
{
    add(line, "%u", core_message_opcode(exchange->query));
}

/* ---- formats ------------------------------------------------------------- */

static const struct {
    const char *name;
    write_value *write;
} values[] = {
    { "type", write_type }, { "name", write_name }, { "class", write_class },
    { "proto", write_proto }, { "remote", write_remote },
    { "local", write_local }, { "size", write_size }, { "port", write_port },
    { "duration", write_duration }, { "rcode", write_rcode },
    { "rsize", write_rsize }, { ">rflags", write_rflags },
    { ">bufsize", write_bufsize }, { ">do", write_do }, { ">id", write_id },
    { ">opcode", write_opcode },
};

static struct piece *
add_piece(log_format_t *self)
{
    self->pieces = core_grow(self->pieces, self->count, &self->capacity,
                             sizeof *self->pieces);
    self->pieces[self->count] = (struct piece) { .write = NULL };
    return &self->pieces[self->count++];
}

static void
read_text(log_format_t *self, const char *text);

/* The name stands in braces. */
static void
read_placeholder(log_format_t *self, const char *name, size_t size)
{
    static const struct {
        const char *name;
        const char *text;
    } formats[] = { { "common", COMMON }, { "combined", COMBINED } };

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strlen(formats[i].name) == size
            && memcmp(formats[i].name, name, size) == 0) {
            read_text(self, formats[i].text);
            return;
        }
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (strlen(values[i].name) == size
            && memcmp(values[i].name, name, size) == 0) {
            add_piece(self)->write = values[i].write;
            return;
        }
    add_piece(self)->text = strdup("-");
}

static void
read_text(log_format_t *self, const char *text)
{
    while (*text != '\0') {
        const char *end = *text == '{' ? strchr(text, '}') : NULL;
        size_t size;

        if (end != NULL) {
            read_placeholder(self, text + 1, (size_t) (end - text - 1));
            text = end + 1;
            continue;
        }
        size = 1 + strcspn(text + 1, "{");
        add_piece(self)->text = strndup(text, size);
        text += size;
    }
}

log_format_t *
log_format_new(const char *text)
{
    log_format_t *self = core_allocate(sizeof *self);

    read_text(self, text);
    return self;
}

void
log_format_destroy(log_format_t **self_p)
{
    assert(self_p);

    log_format_t *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++)
        free(self->pieces[i].text);
    free(self->pieces);
    free(self);
    *self_p = NULL;
}

size_t
log_format_write(const log_format_t *self, const struct exchange *exchange,
                 char text[LOG_FORMAT_SIZE])
{
    struct line line = { .text = text };

    *text = '\0';
    for (size_t i = 0; i < self->count; i++)
        if (self->pieces[i].write != NULL)
            self->pieces[i].write(&line, exchange);
        else
            add(&line, "%s", self->pieces[i].text);
    return line.size;
}

/* ---- JSON ---------------------------------------------------------------- */

static void
add_text(struct line *line, const char *key, const char *text)
{
    add(line, ",\"%s\":\"", key);
    line->size += core_log_escape(line->text + line->size,
                                  LOG_FORMAT_SIZE / 2, text);
    line->text[line->size] = '\0';
    add(line, "\"");
}

static void
add_value(struct line *line, const char *key, write_value *write,
          const struct exchange *exchange)
{
    char text[LOG_FORMAT_SIZE];
    struct line value = { .text = text };

    *text = '\0';
    write(&value, exchange);
    add_text(line, key, text);
}

static void
add_number(struct line *line, const char *key, int64_t number)
{
    add(line, ",\"%s\":%" PRId64, key, number);
}

size_t
log_format_json(const struct exchange *exchange, const char *program,
                char object[LOG_FORMAT_SIZE])
{
    struct line line = { .text = object };
    char time[CORE_LOG_TIME_SIZE];

    add(&line, "{\"time\":\"%s\"", core_log_time(time));
    add_text(&line, "level", "notice");
    add_text(&line, "program", program);
    add_text(&line, "event", "query");
    add_value(&line, "client", write_remote, exchange);
    add_number(&line, "port", exchange->client_port);
    add_text(&line, "proto", proto_text(exchange));
    add_number(&line, "id", core_read16(exchange->query->bytes));
    add_number(&line, "opcode", core_message_opcode(exchange->query));
    add_value(&line, "name", write_name, exchange);
    add_value(&line, "type", write_type, exchange);
    add_value(&line, "class", write_class, exchange);
    add(&line, ",\"do\":%s",
        exchange->query->edns.dnssec_ok ? "true" : "false");
    add_number(&line, "bufsize", payload_of(exchange));
    add_number(&line, "size", (int64_t) exchange->query->size);
    add_value(&line, "rcode", write_rcode, exchange);
    add_value(&line, "flags", write_rflags, exchange);
    add_number(&line, "rsize", (int64_t) exchange->reply_size);
    add_number(&line, "duration_us", exchange->took_us);
    if (exchange->ede != CORE_EDE_NONE)
        add_number(&line, "ede", exchange->ede);
    add(&line, "}");
    return line.size;
}
