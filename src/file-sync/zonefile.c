/*
 * zonefile - the records of a zone, one after the other, from its text
 *
 * A stack of texts, the top one being read.  What an included file says of
 * origin, TTL and owner ends with it (RFC 1035 section 5.1 for the origin; the
 * rest likewise, so that a file means the same wherever it is included).
 */

#include "file-sync/zonefile.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/message.h"
#include "coredns/rrtype.h"
#include "file-sync/generate.h"
#include "lib/rdata.h"
#include "lib/scanner.h"
#include "lib/type_word.h"

#define TTL_LIMIT 0x7fffffffu           /* RFC 2181 section 8 */
#define WORD_SHOWN 64                   /* octets of a word in a fault */
#define PATH_LIMIT 4096

/* A text that is being read. */
struct level {
    struct core_scanner scanner;
    const char *path;
    int64_t default_ttl;
    int64_t last_ttl;
    struct core_zone_name origin;
    struct core_zone_name owner;
};

struct zonefile {
    struct level levels[ZONEFILE_DEPTH];
    unsigned depth;                     /* of the top level */
    zonefile_include *include;
    void *include_owner;
    struct generate generate;           /* lines left: it is under way */
    int generate_line;
    uint64_t generated;                 /* records so far */
    unsigned included;                  /* times a file was, so far */
    bool gave_up;                       /* nothing more is read */
    struct core_scanner line_scanner;        /* reads a generated line */
    char line[GENERATE_LINE_SIZE];
    uint8_t rdatas[2 + CORE_RDATA_SIZE];
};

/* An entry on its way to become a record. */
struct reading {
    const struct core_entry *entry;
    size_t at;                          /* word */
    int line;
    int64_t ttl;                        /* -1: not stated */
    uint16_t type;
};

zonefile_t *
zonefile_new(void)
{
    return core_allocate(sizeof (zonefile_t));
}

void
zonefile_destroy(zonefile_t **self_p)
{
    assert(self_p);

    zonefile_t *self = *self_p;

    if (self == NULL)
        return;
    for (unsigned i = 0; i < ZONEFILE_DEPTH; i++)
        core_scanner_end(&self->levels[i].scanner);
    core_scanner_end(&self->line_scanner);
    free(self);
    *self_p = NULL;
}

void
zonefile_start(zonefile_t *self, const struct zone_text *text,
               const struct core_zone_name *origin, zonefile_include *include,
               void *owner)
{
    struct level *level = &self->levels[0];

    self->depth = 0;
    self->include = include;
    self->include_owner = owner;
    self->generate = (struct generate) { .number = 1 };
    self->generated = 0;
    self->included = 0;
    self->gave_up = false;
    core_scanner_start(&level->scanner, text->text, text->size);
    level->path = text->path;
    level->default_ttl = -1;
    level->last_ttl = -1;
    level->origin = *origin;
    level->owner.size = 0;
}

/* ---- contexts ------------------------------------------------------------ */

bool
zonefile_is_between(const zonefile_t *self)
{
    return self->depth == 0 && generate_left(&self->generate) == 0;
}

size_t
zonefile_offset(const zonefile_t *self)
{
    return core_scanner_offset(&self->levels[0].scanner);
}

void
zonefile_context(const zonefile_t *self, struct zone_context *context)
{
    const struct level *level = &self->levels[0];

    assert(zonefile_is_between(self));
    context->offset = core_scanner_offset(&level->scanner);
    context->line = level->scanner.line;
    context->default_ttl = level->default_ttl;
    context->last_ttl = level->last_ttl;
    context->origin = level->origin;
    context->owner = level->owner;
}

void
zonefile_seek(zonefile_t *self, const struct zone_context *context)
{
    struct level *level = &self->levels[0];

    self->depth = 0;
    self->generate = (struct generate) { .number = 1 };
    level->scanner.at = level->scanner.start + context->offset;
    level->scanner.line = context->line;
    level->default_ttl = context->default_ttl;
    level->last_ttl = context->last_ttl;
    level->origin = context->origin;
    level->owner = context->owner;
}

static bool
names_equal(const struct core_zone_name *left,
            const struct core_zone_name *right)
{
    return left->size == right->size
        && memcmp(left->bytes, right->bytes, left->size) == 0;
}

bool
zone_context_equal(const struct zone_context *left,
                   const struct zone_context *right)
{
    return left->default_ttl == right->default_ttl
        && left->last_ttl == right->last_ttl
        && names_equal(&left->origin, &right->origin)
        && names_equal(&left->owner, &right->owner);
}

/* ---- faults -------------------------------------------------------------- */

static struct level *
top(zonefile_t *self)
{
    return &self->levels[self->depth];
}

static enum zonefile_next
fail(zonefile_t *self, struct core_fault *fault, int line, const char *text,
     const struct core_word *word)
{
    const char *path = top(self)->path;

    if (word == NULL)
        core_fault_set(fault, path, line, "%s", text);
    else
        core_fault_set(fault, path, line, "%s: %.*s", text,
                       word->size < WORD_SHOWN ? (int) word->size
                       : WORD_SHOWN, word->text);
    return ZONEFILE_FAULT;
}

/* ---- records ------------------------------------------------------------- */

/* Reads TTL and class, in either order, and the type behind them. */
static enum zonefile_next
read_type_line(zonefile_t *self, struct reading *reading,
               struct core_fault *fault)
{
    const struct core_entry *entry = reading->entry;
    bool has_class = false;

    for (; reading->at < entry->count; reading->at++) {
        const struct core_word *word = &entry->words[reading->at];
        uint32_t seconds;
        int rrclass;

        if (reading->ttl == -1 && core_word_seconds(word, &seconds)) {
            if (seconds > TTL_LIMIT)
                return fail(self, fault, reading->line,
                            "TTL is above the limit of 2147483647", word);
            reading->ttl = seconds;
            continue;
        }
        rrclass = has_class ? -1 : core_class_word(word);
        if (rrclass != -1) {
            if (rrclass != CORE_IN)
                return fail(self, fault, reading->line,
                            "class is not IN", word);
            has_class = true;
            continue;
        }

        int type = core_type_word(word);

        if (type == -1)
            return fail(self, fault, reading->line, "not a record type",
                        word);
        if (type == 0 || type == CORE_OPT
            || (type >= CORE_TKEY && type <= CORE_ANY))
            return fail(self, fault, reading->line,
                        "not a type that a zone can hold", word);
        reading->type = (uint16_t) type;
        reading->at++;
        return ZONEFILE_RECORD;
    }
    return fail(self, fault, reading->line, "no record type", NULL);
}

static enum zonefile_next
read_rdata(zonefile_t *self, const struct reading *reading,
           struct zone_record *record, struct core_fault *fault)
{
    struct core_rdata_reader rdata = {
        .bytes = self->rdatas + 2, .type = reading->type,
        .word = reading->entry->words + reading->at,
        .left = reading->entry->count - reading->at,
        .origin = &top(self)->origin,
    };

    if (!core_rdata_read(&rdata)) {
        char mnemonic[CORE_RRTYPE_TEXT_SIZE];
        char text[CORE_FAULT_TEXT_SIZE];

        snprintf(text, sizeof text, "%s: %s",
                 core_rrtype_to_text(mnemonic, reading->type), rdata.fault);
        return fail(self, fault, reading->line, text, rdata.fault_word);
    }
    core_write16(self->rdatas, (uint16_t) rdata.size);
    record->rdatas = self->rdatas;
    record->rdatas_size = 2 + rdata.size;
    return ZONEFILE_RECORD;
}

/*
 * The TTL of a record that states none: that of $TTL, or the last one stated
 * (RFC 1035), or for a SOA that comes first its own minimum, which then is the
 * last one stated.
 */
static bool
find_ttl(struct level *level, struct reading *reading,
         const struct zone_record *record)
{
    if (reading->ttl == -1)
        reading->ttl = level->default_ttl != -1 ? level->default_ttl
            : level->last_ttl;
    else
        level->last_ttl = reading->ttl;
    if (reading->ttl == -1 && reading->type == CORE_SOA) {
        uint32_t minimum = core_read32(record->rdatas + record->rdatas_size
                                       - 4);

        reading->ttl = minimum > TTL_LIMIT ? 0 : minimum;
        level->last_ttl = reading->ttl;
    }
    return reading->ttl != -1;
}

static enum zonefile_next
read_record(zonefile_t *self, const struct core_entry *entry, int line,
            struct zone_record *record, struct core_fault *fault)
{
    struct level *level = top(self);
    struct reading reading = { .entry = entry, .line = line, .ttl = -1 };

    if (entry->has_owner) {
        int size = entry->words[0].is_quoted ? -1
            : core_name_word(level->owner.bytes, &entry->words[0],
                             &level->origin, CORE_NAME_SMALL);

        level->owner.size = size == -1 ? 0 : (uint16_t) size;
        if (size == -1)
            return fail(self, fault, line, "not a domain name",
                        &entry->words[0]);
        reading.at = 1;
    } else if (level->owner.size == 0) {
        return fail(self, fault, line, "no owner, and none before it", NULL);
    }
    if (read_type_line(self, &reading, fault) != ZONEFILE_RECORD
        || read_rdata(self, &reading, record, fault) != ZONEFILE_RECORD)
        return ZONEFILE_FAULT;
    if (!find_ttl(level, &reading, record))
        return fail(self, fault, line,
                    "no TTL, and none before it nor a $TTL", NULL);
    record->owner = level->owner.bytes;
    record->owner_size = level->owner.size;
    record->type = reading.type;
    record->ttl = (uint32_t) reading.ttl;
    record->path = level->path;
    record->line = line;
    return ZONEFILE_RECORD;
}

/* ---- directives ---------------------------------------------------------- */

/* All return ZONEFILE_FAULT, or ZONEFILE_RECORD: reading goes on. */

static enum zonefile_next
set_origin(zonefile_t *self, const struct core_entry *entry,
           struct core_fault *fault)
{
    struct level *level = top(self);
    struct core_zone_name origin;
    int size = entry->count != 2 ? -1
        : core_name_word(origin.bytes, &entry->words[1], &level->origin,
                         CORE_NAME_SMALL);

    if (size == -1)
        return fail(self, fault, entry->line, "$ORIGIN needs one name",
                    entry->count > 1 ? &entry->words[1] : NULL);
    origin.size = (uint16_t) size;
    level->origin = origin;
    return ZONEFILE_RECORD;
}

static enum zonefile_next
set_ttl(zonefile_t *self, const struct core_entry *entry,
        struct core_fault *fault)
{
    uint32_t seconds;

    if (entry->count != 2 || !core_word_seconds(&entry->words[1], &seconds)
        || seconds > TTL_LIMIT)
        return fail(self, fault, entry->line, "$TTL needs one time",
                    entry->count > 1 ? &entry->words[1] : NULL);
    top(self)->default_ttl = seconds;
    return ZONEFILE_RECORD;
}

/* The path of an included file: relative ones start from the folder of the
   file that includes them. */
static bool
join_path(char path[PATH_LIMIT], const char *from, const struct core_word *word)
{
    const char *slash = strrchr(from, '/');
    size_t folder = slash == NULL || word->text[0] == '/' ? 0
        : (size_t) (slash - from) + 1;

    if (word->size == 0 || folder + word->size >= PATH_LIMIT
        || memchr(word->text, '\0', word->size) != NULL)
        return false;
    memcpy(path, from, folder);
    memcpy(path + folder, word->text, word->size);
    path[folder + word->size] = '\0';
    return true;
}

/* The origin an included file starts with. */
static bool
included_origin(const struct level *level, const struct core_entry *entry,
                struct core_zone_name *origin)
{
    *origin = level->origin;
    if (entry->count < 3)
        return true;

    int size = core_name_word(origin->bytes, &entry->words[2], &level->origin,
                              CORE_NAME_SMALL);

    origin->size = (uint16_t) size;
    return size != -1;
}

static enum zonefile_next
include(zonefile_t *self, const struct core_entry *entry,
        struct core_fault *fault)
{
    const struct level *level = top(self);
    struct level *next = top(self) + 1;
    char path[PATH_LIMIT];
    struct core_zone_name origin;
    struct core_fault cause;

    if (entry->count < 2 || entry->count > 3 || self->include == NULL
        || !join_path(path, level->path, &entry->words[1]))
        return fail(self, fault, entry->line,
                    "$INCLUDE needs a file and may have an origin", NULL);
    if (!included_origin(level, entry, &origin))
        return fail(self, fault, entry->line, "not a domain name",
                    &entry->words[2]);
    if (self->depth + 1 == ZONEFILE_DEPTH)
        return fail(self, fault, entry->line,
                    "$INCLUDE is nested deeper than 16", &entry->words[1]);
    if (self->included == ZONEFILE_INCLUDED) {
        self->gave_up = true;           /* or it would go on for years */
        return fail(self, fault, entry->line,
                    "$INCLUDE comes more than 10000 times",
                    &entry->words[1]);
    }
    self->included++;

    const struct zone_text *text = self->include(self->include_owner, path,
                                                 &cause);

    if (text == NULL) {
        core_fault_set(fault, level->path, entry->line, "$INCLUDE %s: %s",
                       path, cause.text);
        return ZONEFILE_FAULT;
    }
    self->depth++;
    core_scanner_start(&next->scanner, text->text, text->size);
    next->path = text->path;
    next->default_ttl = level->default_ttl;
    next->last_ttl = level->last_ttl;
    next->origin = origin;
    next->owner = level->owner;
    return ZONEFILE_RECORD;
}

static enum zonefile_next
generate(zonefile_t *self, const struct core_entry *entry,
         struct core_fault *fault)
{
    struct generate started;
    const char *reason;

    if (!generate_start(&started, entry, &reason))
        return fail(self, fault, entry->line, reason,
                    entry->count > 1 ? &entry->words[1] : NULL);
    if (generate_left(&started) > ZONEFILE_GENERATED - self->generated)
        return fail(self, fault, entry->line,
                    "$GENERATE makes more than 1000000 records",
                    &entry->words[1]);
    self->generate = started;
    self->generate_line = entry->line;
    self->generated += generate_left(&started);
    return ZONEFILE_RECORD;
}

static enum zonefile_next
obey(zonefile_t *self, const struct core_entry *entry, struct core_fault *fault)
{
    static const struct {
        const char *name;
        enum zonefile_next (*obey)(zonefile_t *self,
                                   const struct core_entry *entry,
                                   struct core_fault *fault);
    } directives[] = {
        { "$ORIGIN", set_origin }, { "$TTL", set_ttl },
        { "$INCLUDE", include }, { "$GENERATE", generate },
    };

    for (unsigned i = 0; i < sizeof directives / sizeof *directives; i++)
        if (core_word_is(&entry->words[0], directives[i].name))
            return directives[i].obey(self, entry, fault);
    return fail(self, fault, entry->line, "not a directive",
                &entry->words[0]);
}

/* ---- reading ------------------------------------------------------------- */

static enum zonefile_next
read_generated(zonefile_t *self, struct zone_record *record,
               struct core_fault *fault)
{
    const char *reason = NULL;
    size_t size = generate_next(&self->generate, self->line, &reason);
    struct core_entry entry;

    if (size == 0)
        return fail(self, fault, self->generate_line,
                    reason == NULL ? "$GENERATE: empty line" : reason, NULL);
    core_scanner_start(&self->line_scanner, self->line, size);
    if (core_scanner_next(&self->line_scanner, &entry) != CORE_SCAN_ENTRY)
        return fail(self, fault, self->generate_line,
                    "$GENERATE makes no record", NULL);
    return read_record(self, &entry, self->generate_line, record, fault);
}

/* At the end of the top text; false when it was the main one. */
static bool
leave(zonefile_t *self)
{
    if (self->depth == 0)
        return false;
    self->depth--;
    return true;
}

enum zonefile_next
zonefile_next(zonefile_t *self, struct zone_record *record,
              struct core_fault *fault)
{
    struct core_entry entry;

    for (;;) {
        struct level *level = top(self);

        if (self->gave_up)
            return ZONEFILE_END;
        if (generate_left(&self->generate) > 0)
            return read_generated(self, record, fault);
        switch (core_scanner_next(&level->scanner, &entry)) {
        case CORE_SCAN_FAULT:
            return fail(self, fault, level->scanner.fault_line,
                        level->scanner.fault, NULL);
        case CORE_SCAN_END:
            if (!leave(self))
                return ZONEFILE_END;
            continue;
        case CORE_SCAN_ENTRY:
            break;
        }
        if (entry.words[0].size == 0 || entry.words[0].text[0] != '$'
            || !entry.has_owner || entry.words[0].is_quoted)
            return read_record(self, &entry, entry.line, record, fault);
        if (obey(self, &entry, fault) == ZONEFILE_FAULT)
            return ZONEFILE_FAULT;
    }
}
