/*
 * answer - a line of a script, and the reply it makes
 *
 * One table has the keys.  A key that is not in it is a fault that names the
 * nearest one, for a slip in "answers" would be an answer without records.
 * Those of the question are known too: whoever sends its object back with
 * something added need not take them out.
 */

#include "exec/answer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "coredns/memory.h"
#include "coredns/rcode.h"
#include "coredns/rrtype.h"
#include "coredns/setting.h"

#define RCODE_MOST 15                   /* the rest needs OPT, RFC 6891 */

struct answer {
    json_t *object;
    uint64_t id;
    unsigned rcode;
    bool is_authoritative;
    unsigned ede;                       /* CORE_EDE_NONE: none */
    const char *ede_text;               /* or NULL */
    json_t *texts[CORE_SECTIONS];       /* arrays, texts or NULL */
};

typedef int key_reader(answer_t *self, json_t *value,
                       struct core_fault *fault);

static int
fail(struct core_fault *fault, const char *key, const char *why)
{
    core_fault_set(fault, NULL, 0, "%s: %s", key, why);
    return -1;
}

static int
read_rcode(answer_t *self, json_t *value, struct core_fault *fault)
{
    const char *word = json_string_value(value);
    json_int_t rcode = json_integer_value(value);

    if (word != NULL)
        rcode = core_rcode_from_name(word);
    else if (!json_is_integer(value))
        return fail(fault, "rcode", "neither a word nor a number");
    if (rcode < 0 || rcode > RCODE_MOST) {
        core_fault_set(fault, NULL, 0, "rcode: there is no rcode %.40s",
                       word == NULL ? "like that" : word);
        return -1;
    }
    self->rcode = (unsigned) rcode;
    return 0;
}

static int
read_texts(answer_t *self, enum core_section section, const char *key,
           json_t *value, struct core_fault *fault)
{
    if (!json_is_array(value) && !json_is_string(value))
        return fail(fault, key, "not a list of texts");
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!json_is_string(json_array_get(value, i)))
            return fail(fault, key, "not a list of texts");
    self->texts[section] = value;
    return 0;
}

static int
read_answers(answer_t *self, json_t *value, struct core_fault *fault)
{
    return read_texts(self, CORE_ANSWER, "answers", value, fault);
}

static int
read_authority(answer_t *self, json_t *value, struct core_fault *fault)
{
    return read_texts(self, CORE_AUTHORITY, "authority", value, fault);
}

static int
read_additional(answer_t *self, json_t *value, struct core_fault *fault)
{
    return read_texts(self, CORE_ADDITIONAL, "additional", value, fault);
}

static int
read_aa(answer_t *self, json_t *value, struct core_fault *fault)
{
    if (!json_is_boolean(value))
        return fail(fault, "aa", "neither true nor false");
    self->is_authoritative = json_is_true(value);
    return 0;
}

static int
read_pass(answer_t *self, json_t *value, struct core_fault *fault)
{
    (void) self;
    return json_is_boolean(value) ? 0
        : fail(fault, "pass", "neither true nor false");
}

static int
read_ede(answer_t *self, json_t *value, struct core_fault *fault)
{
    json_int_t code = json_integer_value(value);

    if (!json_is_integer(value) || code < 0 || code >= CORE_EDE_NONE)
        return fail(fault, "ede", "not a code from 0 to 65534");
    self->ede = (unsigned) code;
    return 0;
}

static int
read_ede_text(answer_t *self, json_t *value, struct core_fault *fault)
{
    self->ede_text = json_string_value(value);
    return self->ede_text != NULL ? 0 : fail(fault, "ede_text", "not a text");
}

static const struct {
    const char *key;
    key_reader *read;                   /* NULL: of the question */
} keys[] = {
    { "id", NULL }, { "rcode", read_rcode }, { "answers", read_answers },
    { "authority", read_authority }, { "additional", read_additional },
    { "aa", read_aa }, { "pass", read_pass }, { "ede", read_ede },
    { "ede_text", read_ede_text },
    { "name", NULL }, { "type", NULL }, { "class", NULL }, { "client", NULL },
    { "port", NULL }, { "transport", NULL }, { "flags", NULL },
};

#define KEYS (sizeof keys / sizeof keys[0])

/* ---- reading ------------------------------------------------------------- */

answer_t *
answer_read(const char *line, size_t size, struct core_fault *fault)
{
    json_error_t error;
    json_t *object = json_loadb(line, size, JSON_REJECT_DUPLICATES, &error);
    json_t *id = json_object_get(object, "id");
    answer_t *self;

    if (object == NULL) {
        core_fault_set(fault, NULL, 0, "not JSON: %s", error.text);
        return NULL;
    }
    if (!json_is_integer(id) || json_integer_value(id) < 0) {
        core_fault_set(fault, NULL, 0, json_is_object(object)
                       ? "an object without an id" : "not an object");
        json_decref(object);
        return NULL;
    }
    self = core_allocate(sizeof *self);
    self->object = object;
    self->id = (uint64_t) json_integer_value(id);
    self->ede = CORE_EDE_NONE;
    return self;
}

void
answer_destroy(answer_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    json_decref((*self_p)->object);
    free(*self_p);
    *self_p = NULL;
}

uint64_t
answer_id(const answer_t *self)
{
    return self->id;
}

static int
fail_key(const char *key, struct core_fault *fault)
{
    const char *words[KEYS + 1] = { NULL };
    const char *nearest;

    for (size_t i = 0; i < KEYS; i++)
        words[i] = keys[i].key;
    nearest = core_nearest(key, words);
    core_fault_set(fault, NULL, 0, "there is no key %.40s%s%s", key,
                   nearest == NULL ? "" : "; did you mean ",
                   nearest == NULL ? "" : nearest);
    return -1;
}

static int
read_key(answer_t *self, const char *key, json_t *value,
         struct core_fault *fault)
{
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(keys[i].key, key) == 0)
            return keys[i].read == NULL ? 0
                : keys[i].read(self, value, fault);
    return fail_key(key, fault);
}

enum answer_kind
answer_check(answer_t *self, struct core_fault *fault)
{
    bool is_pass = json_is_true(json_object_get(self->object, "pass"));
    const char *key;
    json_t *value;

    json_object_foreach(self->object, key, value)
        if (read_key(self, key, value, fault) == -1)
            return ANSWER_BROKEN;
    if (!is_pass && json_object_get(self->object, "rcode") == NULL
        && self->texts[CORE_ANSWER] == NULL) {
        core_fault_set(fault, NULL, 0, "neither pass, rcode nor answers");
        return ANSWER_BROKEN;
    }
    if (is_pass && (json_object_get(self->object, "rcode") != NULL
                    || self->texts[CORE_ANSWER] != NULL)) {
        core_fault_set(fault, NULL, 0, "both pass and an answer");
        return ANSWER_BROKEN;
    }
    return is_pass ? ANSWER_PASS : ANSWER_REPLY;
}

unsigned
answer_ede(const answer_t *self, const char **text)
{
    *text = self->ede_text;
    return self->ede;
}

/* ---- writing ------------------------------------------------------------- */

/* A reply that is being written. */
struct reply {
    const struct answer_limits *limits;
    struct core_zone_usual usual;
    struct core_zone_record *record;
    struct core_writer *writer;
    size_t left;                        /* records */
    struct core_fault *fault;
};

static int
write_record(struct reply *self, enum core_section section, json_t *text)
{
    struct core_zone_record *record = self->record;
    const char *line = json_string_value(text);
    size_t size = json_string_length(text);

    if (self->left == 0) {
        core_fault_set(self->fault, NULL, 0, "more than %zu records",
                       self->limits->records);
        return -1;
    }
    self->left--;
    if (memchr(line, '\n', size) != NULL) {
        core_fault_set(self->fault, NULL, 0, "a record of several lines");
        return -1;
    }
    if (core_zone_record_read(record, line, size, &self->usual,
                              self->fault) == -1)
        return -1;
    if (core_writer_rr(self->writer, section, record->owner, record->type,
                       record->rrclass, record->ttl, record->rdata,
                       record->rdata_size)
        && self->writer->size <= self->limits->size)
        return 0;
    core_fault_set(self->fault, NULL, 0, "a reply of more than %zu octets",
                   self->limits->size);
    return -1;
}

static int
write_section(struct reply *self, enum core_section section, json_t *texts)
{
    if (json_is_string(texts))
        return write_record(self, section, texts);
    for (size_t i = 0; i < json_array_size(texts); i++)
        if (write_record(self, section, json_array_get(texts, i)) == -1)
            return -1;
    return 0;
}

int
answer_write(const answer_t *self, const struct core_message *query,
             const struct answer_limits *limits,
             struct core_zone_record *scratch, struct core_writer *writer,
             struct core_fault *fault)
{
    struct core_zone_name origin = { .size = query->qname_size };
    struct reply reply = {
        .limits = limits, .record = scratch, .writer = writer,
        .left = limits->records, .fault = fault,
        .usual = {
            .origin = &origin, .ttl = limits->ttl,
            .rrclass = query->qclass == CORE_CLASS_ANY ? CORE_IN
                                                       : query->qclass,
        },
    };

    memcpy(origin.bytes, query->qname, query->qname_size);
    for (enum core_section section = CORE_ANSWER; section < CORE_SECTIONS;
         section++)
        if (write_section(&reply, section, self->texts[section]) == -1)
            return -1;
    core_writer_end(writer, self->is_authoritative ? CORE_AA : 0, self->rcode);
    return 0;
}
