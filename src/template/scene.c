/*
 * scene - what a text can know of a query
 */

#include "template/scene.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/rrtype.h"

struct scene {
    char zone[CORE_NAME_TEXT_SIZE];
    const char *name;
    const char *regex;
    char class[CORE_RRTYPE_TEXT_SIZE];
    char type[CORE_RRTYPE_TEXT_SIZE];
    char remote[CORE_CLIENT_TEXT_SIZE];
    char question_name[CORE_NAME_TEXT_SIZE];
    struct value match;
    struct value group;
    const struct core_message *message;
    struct value questions[1];
};

/* A field of an object, by its name. */
struct field {
    const char *name;
    struct value value;
};

/* True when the name is one of the fields, whose value it then is. */
static bool
find_field(const struct field *fields, size_t count, const char *name,
           struct value *value)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0) {
            *value = fields[i].value;
            return true;
        }
    return false;
}

/* ---- the question and the message ---------------------------------------- */

static bool
question_field(const void *object, const char *name, struct value *value)
{
    const struct scene *scene = object;
    const struct field fields[] = {
        { "Name", value_text(scene->question_name) },
        { "Qtype", value_unsigned(scene->message->qtype) },
        { "Qclass", value_unsigned(scene->message->qclass) },
    };

    return find_field(fields, sizeof fields / sizeof *fields, name, value);
}

static struct value
flag_value(const struct core_message *message, uint16_t flag)
{
    return value_boolean((message->flags & flag) != 0);
}

static bool
message_field(const void *object, const char *name, struct value *value)
{
    const struct scene *scene = object;
    const struct core_message *message = scene->message;
    const struct field fields[] = {
        { "Id", value_unsigned(message->id) },
        { "Response", flag_value(message, CORE_QR) },
        { "Opcode", value_integer(core_message_opcode(message)) },
        { "Authoritative", flag_value(message, CORE_AA) },
        { "Truncated", flag_value(message, CORE_TC) },
        { "RecursionDesired", flag_value(message, CORE_RD) },
        { "RecursionAvailable", flag_value(message, CORE_RA) },
        { "Zero", flag_value(message, 0x40) },
        { "AuthenticatedData", flag_value(message, CORE_AD) },
        { "CheckingDisabled", flag_value(message, CORE_CD) },
        { "Rcode", value_integer(message->flags & 15) },
        { "Question", { .kind = VALUE_LIST,
                        .list = { scene->questions, 1 } } },
    };

    return find_field(fields, sizeof fields / sizeof *fields, name, value);
}

/* ---- the scene ----------------------------------------------------------- */

static bool
scene_field(const void *object, const char *name, struct value *value)
{
    const struct scene *scene = object;
    const struct field fields[] = {
        { "Zone", value_text(scene->zone) },
        { "Name", value_text(scene->name) },
        { "Regex", value_text(scene->regex) },
        { "Match", scene->match },
        { "Group", scene->group },
        { "Class", value_text(scene->class) },
        { "Type", value_text(scene->type) },
        { "Remote", value_text(scene->remote) },
        { "Meta", value_text("") },
        { "Question", scene->questions[0] },
        { "Message", { .kind = VALUE_OBJECT,
                       .object = { scene, message_field } } },
    };

    return find_field(fields, sizeof fields / sizeof *fields, name, value);
}

/* ---- groups -------------------------------------------------------------- */

static int
compare_entries(const void *left, const void *right)
{
    const struct value_map_entry *one = left;
    const struct value_map_entry *other = right;

    return strcmp(one->key, other->key);
}

/* Each group is in the list by its number, and in the map by its number and
   its name. */
static void
take_groups(struct scene *self, core_arena_t *memory,
            const struct scene_source *source)
{
    unsigned count = core_pattern_groups(source->pattern);
    struct value *items = core_arena_allocate(memory, count * sizeof *items);
    struct value_map_entry *entries =
        core_arena_allocate(memory, 2 * count * sizeof *entries);
    size_t used = 0;

    for (unsigned i = 0; i < count; i++) {
        const char *name = core_pattern_group_name(source->pattern, i);
        char *number = core_arena_allocate(memory, 12);
        size_t start;
        size_t size = core_pattern_found(source->pattern, i, &start);
        const char *text = source->name + start;

        snprintf(number, 12, "%u", i);
        items[i] = value_octets(text, size);
        entries[used++] = (struct value_map_entry) { number, text, size };
        if (name != NULL)
            entries[used++] = (struct value_map_entry) { name, text, size };
    }
    qsort(entries, used, sizeof *entries, compare_entries);
    self->match = (struct value) {
        .kind = VALUE_LIST, .list = { items, count }
    };
    self->group = (struct value) {
        .kind = VALUE_MAP, .map = { entries, used }
    };
}

struct value
scene_make(core_arena_t *memory, const struct scene_source *source)
{
    struct scene *self = core_arena_allocate(memory, sizeof *self);

    core_name_to_text(self->zone, source->zone);
    self->name = source->name;
    self->regex = source->regex;
    core_rrclass_to_text(self->class, source->qclass);
    core_rrtype_to_text(self->type, source->qtype);
    core_client_to_text(self->remote, source->client);
    core_name_to_text(self->question_name, source->message->qname);
    self->message = source->message;
    self->questions[0] = (struct value) {
        .kind = VALUE_OBJECT, .object = { self, question_field }
    };
    take_groups(self, memory, source);
    return (struct value) {
        .kind = VALUE_OBJECT, .object = { self, scene_field }
    };
}
