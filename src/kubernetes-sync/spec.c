/*
 * spec - what is kept of a Service, a ServiceImport or an EndpointSlice
 *
 * The octets are always our own, so reading trusts them.
 */

#include "kubernetes-sync/spec.h"

#include <string.h>

#include "coredns/memory.h"

static const struct {
    const char *name;
    const char *label;
} protocols[] = {
    { "TCP", "tcp" }, { "UDP", "udp" }, { "SCTP", "sctp" },
};

static uint8_t *
room(struct spec *self, size_t size)
{
    if (self->limit - self->size < size) {
        self->limit = 2 * self->limit + size + 64;
        self->bytes = core_reallocate(self->bytes, self->limit);
    }
    self->size += size;
    return self->bytes + self->size - size;
}

void
spec_put8(struct spec *self, unsigned value)
{
    *room(self, 1) = (uint8_t) value;
}

void
spec_put16(struct spec *self, unsigned value)
{
    uint8_t *to = room(self, 2);

    to[0] = (uint8_t) (value >> 8);
    to[1] = (uint8_t) value;
}

void
spec_put_address(struct spec *self, const struct address *address)
{
    spec_put8(self, address->size);
    memcpy(room(self, address->size), address->bytes, address->size);
}

void
spec_put_text(struct spec *self, const char *text)
{
    size_t size = strlen(text);

    if (size > SPEC_TEXT_SIZE)
        size = 0;
    spec_put8(self, (unsigned) size);
    memcpy(room(self, size), text, size);
}

bool
spec_put_port(struct spec *self, unsigned number, const char *protocol,
              const char *name)
{
    for (unsigned i = 0; i < sizeof protocols / sizeof *protocols; i++) {
        if (strcmp(protocols[i].name, protocol) != 0)
            continue;
        spec_put16(self, number);
        spec_put8(self, i);
        spec_put_text(self, name);
        return true;
    }
    return false;
}

/* ---- reading ------------------------------------------------------------- */

static unsigned
get16(const uint8_t *bytes)
{
    return (unsigned) bytes[0] << 8 | bytes[1];
}

static const uint8_t *
read_text(struct spec_text *text, const uint8_t *at)
{
    text->size = at[0];
    text->text = (const char *) at + 1;
    return at + 1 + at[0];
}

bool
spec_next_address(struct spec_list *list, struct address *address)
{
    if (list->count == 0)
        return false;
    list->count--;
    address->size = list->at[0];
    memcpy(address->bytes, list->at + 1, address->size);
    list->at += 1 + address->size;
    return true;
}

bool
spec_next_port(struct spec_list *list, struct spec_port *port)
{
    if (list->count == 0)
        return false;
    list->count--;
    port->number = (uint16_t) get16(list->at);
    port->protocol = protocols[list->at[2]].label;
    list->at = read_text(&port->name, list->at + 3);
    return true;
}

bool
spec_next_endpoint(struct spec_list *list, struct spec_endpoint *endpoint)
{
    struct spec_list one = { .count = 1, .at = list->at };

    if (list->count == 0)
        return false;
    list->count--;
    spec_next_address(&one, &endpoint->address);
    list->at = read_text(&endpoint->zone,
                         read_text(&endpoint->host, one.at));
    return true;
}

/* Begins a list whose count is one octet. */
static const uint8_t *
begin_list(struct spec_list *list, const uint8_t *at)
{
    list->count = at[0];
    list->at = at + 1;
    return list->at;
}

static const uint8_t *
skip_addresses(const uint8_t *at, struct spec_list *list)
{
    struct address address;

    begin_list(list, at);
    for (struct spec_list rest = *list;;)
        if (!spec_next_address(&rest, &address))
            return rest.at;
}

static const uint8_t *
skip_ports(const uint8_t *at, struct spec_list *list)
{
    struct spec_port port;

    begin_list(list, at);
    for (struct spec_list rest = *list;;)
        if (!spec_next_port(&rest, &port))
            return rest.at;
}

void
spec_read_service(struct spec_service *self, const uint8_t *bytes)
{
    const uint8_t *at = bytes + 2;

    self->kind = (enum service_kind) bytes[0];
    self->flags = bytes[1];
    at = skip_addresses(at, &self->addresses);
    at = skip_ports(at, &self->ports);
    at = skip_addresses(at, &self->externals);
    at = read_text(&self->load_balancer, at);
    read_text(&self->external_name, at);
}

void
spec_read_slice(struct spec_slice *self, const uint8_t *bytes)
{
    const uint8_t *at = skip_ports(bytes, &self->ports);

    self->endpoints.count = get16(at);
    self->endpoints.at = at + 2;
}
