/*
 * traced - a traced query that came back: its stops, and its answer
 *
 * A process is a line, though its reply comes by it a second time.
 */

#include "ctl/traced.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "coredns/message.h"
#include "coredns/rcode.h"
#include "coredns/rrtype.h"
#include "lib/record_text.h"

#include "ctl/table.h"

#define HOPS 64                         /* processes of one way, at most */
#define BACK "back"
#define SCHEMA "corednsctl.trace/1"

static const char *const sections[CORE_SECTIONS] = {
    [CORE_ANSWER] = "answer", [CORE_AUTHORITY] = "authority",
    [CORE_ADDITIONAL] = "additional",
};

struct stop {
    char name[CORE_HOP_SIZE];
    char verdict[CORE_HOP_SIZE];
    char reason[CORE_HOP_SIZE];
    int64_t in_us, out_us;
    int64_t back_us;                    /* -1: its reply did not come by */
};

struct way {
    struct stop stops[HOPS];
    size_t count;
};

/* ---- reading ------------------------------------------------------------- */

/* Takes the text of a hop apart; false when it is none. */
static bool
read_stop(struct stop *stop, const uint8_t *text, size_t size)
{
    char line[CORE_HOP_SIZE + 1];
    int rest = 0;

    if (size >= sizeof line)
        return false;
    memcpy(line, text, size);
    line[size] = '\0';
    stop->back_us = -1;
    if (sscanf(line, "%319s %319s %" SCNd64 " %" SCNd64 "%n", stop->name,
               stop->verdict, &stop->in_us, &stop->out_us, &rest) != 4)
        return false;
    rest += line[rest] == ' ';
    snprintf(stop->reason, sizeof stop->reason, "%s", line + rest);
    return true;
}

/* The last stop of that process that its reply has not come back to. */
static struct stop *
find_stop(struct way *way, const char *name)
{
    for (size_t i = way->count; i > 0; i--)
        if (strcmp(way->stops[i - 1].name, name) == 0
            && way->stops[i - 1].back_us == -1)
            return &way->stops[i - 1];
    return NULL;
}

static void
add_stop(struct way *way, const struct stop *stop)
{
    struct stop *known = strcmp(stop->verdict, BACK) == 0
        ? find_stop(way, stop->name) : NULL;

    if (known != NULL)
        known->back_us = stop->out_us;
    else if (way->count < HOPS)
        way->stops[way->count++] = *stop;
}

static void
read_way(struct way *way, const struct core_record *reply)
{
    const uint8_t *rest = reply->trail;
    size_t rest_size = reply->trail_size;
    const uint8_t *hop;
    size_t size;

    way->count = 0;
    while ((hop = core_trail_find(rest, rest_size, CORE_TRAIL_HOP,
                                  &size)) != NULL) {
        struct stop stop;

        if (read_stop(&stop, hop, size))
            add_stop(way, &stop);
        rest_size -= (size_t) (hop + size - rest);
        rest = hop + size;
    }
}

/* False when the reply is no message. */
static bool
read_reply(struct core_message *message, const struct core_record *reply)
{
    return core_message_parse(message, reply->message, reply->message_size)
        == CORE_PARSE_OK;
}

/* The Extended DNS Error of the reply: its info code, or -1.  text ends with
   NUL. */
static int
read_ede(const struct core_record *reply, char text[256])
{
    size_t size;
    const uint8_t *value = core_trail_find(reply->trail, reply->trail_size,
                                           CORE_TRAIL_EDE, &size);

    text[0] = '\0';
    if (value == NULL || size < 2 || size > 257)
        return -1;
    memcpy(text, value + 2, size - 2);
    text[size - 2] = '\0';
    return core_read16(value);
}

static const char *
rcode_word(const struct core_message *message)
{
    const char *word = core_rcode_name(core_message_rcode(message));

    return word == NULL ? "?" : word;
}

/* ---- for people ---------------------------------------------------------- */

static void
write_way(const struct way *way, FILE *file)
{
    static const char *const heads[] = {
        "STAGE", "VERDICT", "IN us", "OUT us", "BACK us", "REASON", NULL
    };
    table_t *table = table_new(heads);

    for (size_t i = 0; i < way->count; i++) {
        const struct stop *stop = &way->stops[i];
        char in[24], out[24], back[24] = "-";

        snprintf(in, sizeof in, "%" PRId64, stop->in_us);
        snprintf(out, sizeof out, "%" PRId64, stop->out_us);
        if (stop->back_us != -1)
            snprintf(back, sizeof back, "%" PRId64, stop->back_us);

        const char *const cells[] = {
            stop->name, stop->verdict, in, out, back, stop->reason, NULL
        };

        table_add(table, cells);
    }
    table_print(table, file);
    table_destroy(&table);
}

static void
write_flags(const struct core_message *message, FILE *file)
{
    static const struct {
        uint16_t flag;
        const char *word;
    } flags[] = {
        { CORE_AA, " aa" }, { CORE_TC, " tc" }, { CORE_RA, " ra" },
        { CORE_AD, " ad" }, { CORE_CD, " cd" },
    };

    fprintf(file, "\n%s", rcode_word(message));
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if ((message->flags & flags[i].flag) != 0)
            fputs(flags[i].word, file);
    fputc('\n', file);
}

static void
write_records(const struct core_message *message, FILE *file)
{
    enum core_section section = CORE_QUESTION;
    struct core_records records;
    struct core_rr rr;

    core_records_start(&records, message);
    while (core_records_next(&records, &rr)) {
        if (rr.type == CORE_OPT)
            continue;
        if (rr.section != section)
            fprintf(file, ";; %s\n", sections[rr.section]);
        section = rr.section;

        char *text = core_record_to_text(message, &rr);

        fprintf(file, "%s\n", text);
        free(text);
    }
}

void
traced_write(const struct core_record *reply, FILE *file)
{
    struct way way;
    struct core_message message;
    char text[256];
    int ede = read_ede(reply, text);

    read_way(&way, reply);
    write_way(&way, file);
    if (!read_reply(&message, reply)) {
        fputs("\nthe answer is no DNS message\n", file);
        return;
    }
    write_flags(&message, file);
    if (ede != -1)
        fprintf(file, ";; EDE %d %s%s%s\n", ede, core_ede_name((unsigned) ede)
                == NULL ? "" : core_ede_name((unsigned) ede),
                *text == '\0' ? "" : ": ", text);
    write_records(&message, file);
}

/* ---- for scripts --------------------------------------------------------- */

static json_t *
json_of_way(const struct way *way)
{
    json_t *hops = json_array();

    for (size_t i = 0; i < way->count; i++) {
        const struct stop *stop = &way->stops[i];

        json_array_append_new(hops, json_pack(
            "{ss ss sI sI so ss}", "stage", stop->name, "verdict",
            stop->verdict, "in_us", (json_int_t) stop->in_us, "out_us",
            (json_int_t) stop->out_us, "back_us", stop->back_us == -1
            ? json_null() : json_integer(stop->back_us), "reason",
            stop->reason));
    }
    return hops;
}

/* The records, in zone notation, section by section. */
static void
add_records(json_t *root, const struct core_message *message)
{
    struct core_records records;
    struct core_rr rr;

    for (enum core_section i = CORE_ANSWER; i < CORE_SECTIONS; i++)
        json_object_set_new(root, sections[i], json_array());
    core_records_start(&records, message);
    while (core_records_next(&records, &rr)) {
        if (rr.type == CORE_OPT)
            continue;

        char *text = core_record_to_text(message, &rr);

        json_array_append_new(json_object_get(root, sections[rr.section]),
                              json_string(text));
        free(text);
    }
}

void
traced_write_json(const struct core_record *reply, FILE *file)
{
    struct way way;
    struct core_message message;
    char text[256];
    int ede = read_ede(reply, text);

    read_way(&way, reply);

    json_t *root = json_pack("{ss so so}", "schema", SCHEMA, "hops",
                             json_of_way(&way), "ede", ede == -1 ? json_null()
                             : json_pack("{si ss}", "code", ede, "text",
                                         text));

    if (read_reply(&message, reply)) {
        json_object_set_new(root, "rcode", json_string(rcode_word(&message)));
        add_records(root, &message);
    }
    json_dumpf(root, file, JSON_INDENT(2));
    fputc('\n', file);
    json_decref(root);
}
