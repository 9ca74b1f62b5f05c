/*
 * svcb - the parameters of SVCB and HTTPS records (RFC 9460)
 *
 * Parameters are written in any order and stand on the wire in the order of
 * their keys, so each is read into the rdata first, noted, and the whole is
 * put in order at the end.
 */

#include "lib/svcb.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/message.h"
#include "lib/rdata_field.h"

/* A parameter as it lies in the rdata: key, length, value. */
struct parameter {
    unsigned key;
    size_t offset;
    size_t size;
};

/* The number of a key; -1 when it is none. */
static int
read_key(const char *text, size_t size)
{
    struct core_word digits = { .text = text + 3, .size = (uint32_t) size - 3 };
    uint32_t number;
    const char *name;

    for (unsigned i = 0; (name = svcb_key_name(i)) != NULL; i++)
        if (strlen(name) == size && memcmp(name, text, size) == 0)
            return (int) i;
    if (size > 3 && memcmp(text, "key", 3) == 0
        && core_word_number(&digits, 65534, &number))
        return (int) number;
    return -1;
}

/*
 * The next item of a list with commas (RFC 9460 appendix A.1): its octets go
 * to item, with "\," and "\\" resolved.  Returns its size; *at moves behind
 * its comma, or to NULL at the end.
 */
static size_t
next_item(const uint8_t **at, const uint8_t *end, uint8_t *item)
{
    size_t size = 0;

    for (; *at < end; (*at)++) {
        if (**at == ',') {
            (*at)++;
            return size;
        }
        if (**at == '\\' && *at + 1 < end)
            (*at)++;
        item[size++] = **at;
    }
    *at = NULL;
    return size;
}

/* ---- values -------------------------------------------------------------- */

static bool
put_item_name(struct core_rdata_reader *self, const uint8_t *item, size_t size)
{
    int key = read_key((const char *) item, size);

    return key > 0 ? rdata_put16(self, (unsigned) key)
        : rdata_fail(self, self->word, "not a list of keys");
}

static bool
put_item_protocol(struct core_rdata_reader *self, const uint8_t *item,
                  size_t size)
{
    if (size == 0 || size > 255)
        return rdata_fail(self, self->word, "not a list of protocols");
    return rdata_put8(self, (unsigned) size) && rdata_put(self, item, size);
}

static bool
put_address(struct core_rdata_reader *self, int family, const uint8_t *item,
            size_t size)
{
    char text[INET6_ADDRSTRLEN];
    uint8_t address[16];

    if (size >= sizeof text)
        return rdata_fail(self, self->word, "not a list of addresses");
    memcpy(text, item, size);
    text[size] = '\0';
    if (strlen(text) != size || inet_pton(family, text, address) != 1)
        return rdata_fail(self, self->word, "not a list of addresses");
    return rdata_put(self, address, family == AF_INET ? 4 : 16);
}

static bool
put_item_ipv4(struct core_rdata_reader *self, const uint8_t *item, size_t size)
{
    return put_address(self, AF_INET, item, size);
}

static bool
put_item_ipv6(struct core_rdata_reader *self, const uint8_t *item, size_t size)
{
    return put_address(self, AF_INET6, item, size);
}

typedef bool put_item(struct core_rdata_reader *self, const uint8_t *item,
                      size_t size);

static put_item *const list_items[] = {
    [SVCB_MANDATORY] = put_item_name, [SVCB_ALPN] = put_item_protocol,
    [SVCB_IPV4HINT] = put_item_ipv4, [SVCB_IPV6HINT] = put_item_ipv6,
    [SVCB_OHTTP] = NULL,
};

static bool
put_list(struct core_rdata_reader *self, put_item *put, const uint8_t *value,
         size_t size)
{
    uint8_t item[SVCB_VALUE_SIZE];
    const uint8_t *at = value;

    while (at != NULL) {
        size_t item_size = next_item(&at, value + size, item);

        if (!put(self, item, item_size))
            return false;
    }
    return true;
}

/* mandatory lists keys in order, each once (RFC 9460 section 8). */
static int
compare_keys(const void *left, const void *right)
{
    return memcmp(left, right, 2);
}

static bool
sort_mandatory(struct core_rdata_reader *self, size_t start)
{
    uint8_t *keys = self->bytes + start;
    size_t count = (self->size - start) / 2;

    qsort(keys, count, 2, compare_keys);
    for (size_t i = 1; i < count; i++)
        if (compare_keys(keys + 2 * i - 2, keys + 2 * i) == 0)
            return rdata_fail(self, self->word, "a key is named twice");
    return true;
}

static bool
put_port(struct core_rdata_reader *self, const uint8_t *value, size_t size)
{
    struct core_word word = {
        .text = (const char *) value, .size = (uint32_t) size
    };
    uint32_t port;

    return core_word_number(&word, 65535, &port) ? rdata_put16(self, port)
        : rdata_fail(self, self->word, "not a port");
}

static bool
put_base64(struct core_rdata_reader *self, const uint8_t *value, size_t size)
{
    struct core_word word = {
        .text = (const char *) value, .size = (uint32_t) size
    };
    struct core_rdata_reader inner = *self;

    inner.word = &word;
    inner.left = 1;
    if (!rdata_field_read(&inner, FIELD_BASE64))
        return rdata_fail(self, self->word, "not base64");
    self->size = inner.size;
    return true;
}

static bool
put_value(struct core_rdata_reader *self, unsigned key, const uint8_t *value,
          size_t size)
{
    size_t start = self->size;

    if (key < sizeof list_items / sizeof *list_items
        && list_items[key] != NULL)
        return put_list(self, list_items[key], value, size)
            && (key != SVCB_MANDATORY || sort_mandatory(self, start));
    if (key == SVCB_NO_DEFAULT_ALPN || key == SVCB_OHTTP)
        return size == 0 || rdata_fail(self, self->word,
                                       "this key takes no value");
    if (key == SVCB_PORT)
        return put_port(self, value, size);
    if (key == SVCB_ECH)
        return put_base64(self, value, size);
    return rdata_put(self, value, size);
}

/* ---- parameters ---------------------------------------------------------- */

/*
 * Reads key, key=value or key="value" (which the scanner gives as two words)
 * and appends it.
 */
static bool
read_parameter(struct core_rdata_reader *self, struct parameter *parameter)
{
    const struct core_word *word = self->word;
    const char *equals = memchr(word->text, '=', word->size);
    size_t key_size = equals == NULL ? word->size
        : (size_t) (equals - word->text);
    int key = read_key(word->text, key_size);
    struct core_word value = { .text = "" };
    uint8_t octets[SVCB_VALUE_SIZE];

    if (key == -1 || word->is_quoted)
        return rdata_fail(self, word, "not a key of a parameter");
    if (equals != NULL) {
        value.text = equals + 1;
        value.size = (uint32_t) (word->size - key_size - 1);
    }
    if (equals != NULL && value.size == 0 && self->left > 1
        && word[1].is_quoted && word[1].text == word->text + word->size + 1) {
        value = word[1];
        self->word++;
        self->left--;
    }

    int size = rdata_unescape(octets, sizeof octets, value.text, value.size);

    if (size == -1)
        return rdata_fail(self, word, "broken escape, or value too long");
    *parameter = (struct parameter) {
        .key = (unsigned) key, .offset = self->size
    };
    if (!rdata_put16(self, (unsigned) key) || !rdata_put16(self, 0)
        || !put_value(self, (unsigned) key, octets, (size_t) size))
        return false;
    self->word++;
    self->left--;
    parameter->size = self->size - parameter->offset;
    core_write16(self->bytes + parameter->offset + 2,
                 (uint16_t) (parameter->size - 4));
    return true;
}

static int
compare_parameters(const void *left, const void *right)
{
    unsigned left_key = ((const struct parameter *) left)->key;
    unsigned right_key = ((const struct parameter *) right)->key;

    return (left_key > right_key) - (left_key < right_key);
}

/* Puts the parameters in order; false when a key is there twice. */
static bool
put_in_order(struct core_rdata_reader *self, struct parameter *parameters,
             size_t count)
{
    size_t start = parameters[0].offset;
    size_t size = self->size - start;
    uint8_t *copy = core_allocate(size);
    bool twice = false;

    memcpy(copy, self->bytes + start, size);
    self->size = start;
    qsort(parameters, count, sizeof *parameters, compare_parameters);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && parameters[i].key == parameters[i - 1].key)
            twice = true;
        rdata_put(self, copy + parameters[i].offset - start,
                  parameters[i].size);
    }
    free(copy);
    return !twice || rdata_fail(self, NULL, "a key is given twice");
}

/* Every key that is said to be mandatory must be there. */
static bool
has_mandatory(struct core_rdata_reader *self,
              const struct parameter *parameters,
              size_t count)
{
    const uint8_t *keys = self->bytes + self->size;
    size_t key_count = 0;

    if (parameters[0].key == SVCB_MANDATORY) {
        size_t total = 0;

        for (size_t i = 0; i < count; i++)
            total += parameters[i].size;
        keys -= total - 4;
        key_count = (parameters[0].size - 4) / 2;
    }
    for (size_t i = 0; i < key_count; i++) {
        bool found = false;

        for (size_t j = 1; j < count; j++)
            found = found || parameters[j].key == core_read16(keys + 2 * i);
        if (!found)
            return rdata_fail(self, NULL, "a mandatory key is missing");
    }
    return true;
}

bool
svcb_read(struct core_rdata_reader *self)
{
    struct parameter parameters[SVCB_PARAMETERS];
    size_t count = 0;

    while (self->left > 0) {
        if (count == SVCB_PARAMETERS)
            return rdata_fail(self, self->word, "too many parameters");
        if (!read_parameter(self, &parameters[count++]))
            return false;
    }
    return count == 0 || (put_in_order(self, parameters, count)
                          && has_mandatory(self, parameters, count));
}
