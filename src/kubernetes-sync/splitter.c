/*
 * splitter - cuts single objects out of a stream of JSON
 *
 * Only brackets and strings are understood, as much as it takes to know where
 * a value ends.  Octets are looked at once; what belongs to a value that is
 * wanted is copied in portions, not one by one.
 *
 * What its managers have noted of an object is often half of it, and nothing
 * that we read: it is left out, before anybody parses it.
 */

#include "kubernetes-sync/splitter.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define DEPTH 1000
#define KEY_SIZE 32                     /* longer ones are not of interest */

static const char unwanted[] = "managedFields";     /* of the metadata */

enum place {
    PLACE_START,                        /* before the object of a list */
    PLACE_KEY,                          /* a key comes, or the end */
    PLACE_COLON,
    PLACE_VALUE,
    PLACE_COMMA,                        /* a comma comes, or the end */
    PLACE_END,
};

struct splitter {
    enum splitter_mode mode;
    splitter_taken *taken;
    void *owner;
    unsigned depth;
    unsigned base;                      /* depth around what is being held */
    bool is_held;                       /* a value is being copied */
    bool is_scalar;                     /* which is no object or list */
    bool in_string;
    bool in_key;
    bool is_escaped;
    bool in_items;
    bool is_unwanted;                   /* what the last string is the key of */
    bool is_skipping;                   /* a value that is not wanted */
    unsigned matched;                   /* octets of `unwanted` in this string;
                                           more than it has: another string */
    enum place place;
    char key[KEY_SIZE + 1];
    size_t key_size;
    char *bytes;
    size_t size, limit;
    const char *fault;
};

splitter_t *
splitter_new(enum splitter_mode mode, splitter_taken *taken, void *owner)
{
    splitter_t *self = core_allocate(sizeof *self);

    self->mode = mode;
    self->taken = taken;
    self->owner = owner;
    return self;
}

void
splitter_destroy(splitter_t **self_p)
{
    splitter_t *self = *self_p;

    if (self == NULL)
        return;
    free(self->bytes);
    free(self);
    *self_p = NULL;
}

bool
splitter_is_whole(const splitter_t *self)
{
    if (self->fault != NULL)
        return false;
    return self->mode == SPLITTER_STREAM ? self->depth == 0
        : self->place == PLACE_END;
}

static bool
fail(splitter_t *self, const char *fault)
{
    self->fault = fault;
    return false;
}

/* ---- the value that is held ---------------------------------------------- */

static bool
keep(splitter_t *self, const char *bytes, size_t size)
{
    if (self->size + size > SPLITTER_OBJECT_SIZE)
        return fail(self, "an object is larger than 4 MiB");
    if (self->limit - self->size < size) {
        self->limit = 2 * self->limit + size + 1024;
        self->bytes = core_reallocate(self->bytes, self->limit);
    }
    memcpy(self->bytes + self->size, bytes, size);
    self->size += size;
    return true;
}

static bool
is_element(const splitter_t *self)
{
    return self->mode == SPLITTER_STREAM || self->in_items;
}

#define LARGE (256 * 1024)              /* more is given back at once */

static bool
release(splitter_t *self)
{
    bool goes_on;

    self->is_held = false;
    goes_on = self->taken(self->owner, is_element(self) ? NULL : self->key,
                          self->bytes, self->size);
    self->size = 0;
    if (self->limit > LARGE) {
        free(self->bytes);
        self->bytes = NULL;
        self->limit = 0;
    }
    return goes_on || fail(self, "the reader has had enough");
}

static void
hold(splitter_t *self)
{
    self->is_held = true;
    self->base = self->depth;
    self->size = 0;
}

/* ---- octets -------------------------------------------------------------- */

static bool
is_space(char octet)
{
    return octet == ' ' || octet == '\t' || octet == '\n' || octet == '\r';
}

/* Where a value of the outer object begins. */
static bool
begin_value(splitter_t *self, char octet)
{
    if (octet == '[' && strcmp(self->key, "items") == 0) {
        self->in_items = true;
        self->depth++;
        return true;
    }
    hold(self);
    self->is_scalar = octet != '{' && octet != '[' && octet != '"';
    if (octet == '{' || octet == '[')
        self->depth++;
    self->in_string = octet == '"';
    return true;
}

/* An octet of the outer object that stands in no value of it. */
static bool
read_outer(splitter_t *self, char octet)
{
    switch (self->place) {
    case PLACE_START:
        self->place = PLACE_KEY;
        self->depth = 1;
        return octet == '{' || fail(self, "a list is not an object");
    case PLACE_KEY:
        if (octet == '"') {
            self->in_string = true;
            self->in_key = true;
            self->key_size = 0;
            return true;
        }
        self->place = PLACE_END;
        self->depth = 0;
        return octet == '}' || fail(self, "a list has no key");
    case PLACE_COLON:
        self->place = PLACE_VALUE;
        return octet == ':' || fail(self, "a list has no colon");
    case PLACE_VALUE:
        self->place = PLACE_COMMA;
        return begin_value(self, octet);
    case PLACE_COMMA:
        self->place = octet == ',' ? PLACE_KEY : PLACE_END;
        self->depth = octet == ',' ? 1 : 0;
        return octet == ',' || octet == '}'
            || fail(self, "a list has no comma");
    default:
        return fail(self, "something follows the list");
    }
}

/* An octet between the objects of a stream, or the elements of items. */
static bool
read_between(splitter_t *self, char octet)
{
    if (octet == '{') {
        hold(self);
        self->depth++;
        return true;
    }
    if (self->mode == SPLITTER_STREAM)
        return fail(self, "something stands between the objects");
    if (octet == ']') {
        self->in_items = false;
        self->depth--;
        return true;
    }
    return octet == ',' || fail(self, "an item is not an object");
}

/* How deep inside a held object the members of its metadata stand. */
static unsigned
metadata_depth(const splitter_t *self)
{
    return self->base + (self->mode == SPLITTER_STREAM ? 3 : 2);
}

/* Octets of a string up to one that says something: most are such. */
static size_t
plain_octets(const char *bytes, size_t size)
{
    size_t count = 0;

    while (count < size && bytes[count] != '"' && bytes[count] != '\\')
        count++;
    return count;
}

/* Compares some octets more of a string with the key that is not wanted. */
static void
match(splitter_t *self, const char *bytes, size_t size)
{
    if (self->matched + size < sizeof unwanted
        && memcmp(unwanted + self->matched, bytes, size) == 0)
        self->matched += (unsigned) size;
    else
        self->matched = sizeof unwanted;
}

static bool
read_string(splitter_t *self, char octet)
{
    if (octet != '"')
        match(self, &octet, 1);
    if (self->is_escaped) {
        self->is_escaped = false;
    } else if (octet == '\\') {
        self->is_escaped = true;
    } else if (octet == '"') {
        self->in_string = false;
        self->is_unwanted = self->is_held
            && self->matched == sizeof unwanted - 1
            && self->depth == metadata_depth(self);
        if (self->in_key) {
            self->in_key = false;
            self->key[self->key_size <= KEY_SIZE ? self->key_size : 0] = '\0';
            self->place = PLACE_COLON;
        }
        return true;
    }
    if (self->in_key && self->key_size < KEY_SIZE)
        self->key[self->key_size] = octet;
    if (self->in_key && self->key_size <= KEY_SIZE)
        self->key_size++;
    return true;
}

/* An octet inside the value that is held. */
static bool
read_inside(splitter_t *self, char octet)
{
    if (octet == '"') {
        self->in_string = true;
        self->matched = 0;
    } else if (octet == '{' || octet == '[') {
        if (++self->depth > DEPTH)
            return fail(self, "brackets are nested too deep");
    } else if (octet == '}' || octet == ']') {
        self->depth--;
    }
    return true;
}

/* True when the held value ends behind this octet. */
static bool
ends(const splitter_t *self)
{
    return self->is_held && !self->is_scalar && !self->in_string
        && self->depth == self->base;
}

/* True when a value begins behind this octet that is not wanted. */
static bool
begins_to_skip(splitter_t *self, char octet)
{
    bool was_unwanted = self->is_unwanted;

    if (self->in_string || octet == '"' || is_space(octet))
        return false;
    self->is_unwanted = false;
    return was_unwanted && self->is_held && !self->is_skipping
        && octet == ':';
}

/* True when such a value has ended before this octet. */
static bool
ends_to_skip(const splitter_t *self, char octet)
{
    return self->is_skipping && !self->in_string
        && self->depth == metadata_depth(self)
        && (octet == ',' || octet == '}');
}

/* One octet; held says that it is part of the value. */
static bool
read_octet(splitter_t *self, char octet)
{
    if (self->in_string)
        return read_string(self, octet);
    if (self->is_held)
        return read_inside(self, octet);
    if (is_space(octet))
        return true;
    if (self->mode == SPLITTER_STREAM || self->in_items)
        return read_between(self, octet);
    return read_outer(self, octet);
}

/* A scalar ends before the octet that cannot be part of it. */
static bool
ends_before(const splitter_t *self, char octet)
{
    return self->is_held && self->is_scalar
        && (octet == ',' || octet == '}' || is_space(octet));
}

/* The next octet that may say something, from there on. */
static size_t
pass_plain(splitter_t *self, const char *bytes, size_t from, size_t size)
{
    size_t plain;

    if (!self->in_string || self->in_key || self->is_escaped)
        return from;
    plain = plain_octets(bytes + from, size - from);
    match(self, bytes + from, plain);
    return from + plain;
}

const char *
splitter_read(splitter_t *self, const char *bytes, size_t size)
{
    size_t start = 0;                   /* of what is held and not copied */

    for (size_t i = 0; self->fault == NULL; i++) {
        bool was_held = self->is_held;

        i = pass_plain(self, bytes, i, size);
        if (i == size)
            break;
        if (ends_before(self, bytes[i])) {
            if (!keep(self, bytes + start, i - start) || !release(self))
                break;
            was_held = false;
        }
        if (ends_to_skip(self, bytes[i])) {
            self->is_skipping = false;
            start = i;
        }
        if (!read_octet(self, bytes[i]))
            break;
        if (self->is_held && !was_held)
            start = i;
        if (begins_to_skip(self, bytes[i])) {
            if (!keep(self, bytes + start, i + 1 - start)
                || !keep(self, "null", 4))
                break;
            self->is_skipping = true;
        }
        if (ends(self)
            && (!keep(self, bytes + start, i + 1 - start) || !release(self)))
            break;
    }
    if (self->fault == NULL && self->is_held && !self->is_skipping)
        keep(self, bytes + start, size - start);
    return self->fault;
}
