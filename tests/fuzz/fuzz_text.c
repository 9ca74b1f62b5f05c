/*
 * text - any octets as a text of coredns-template, carried out for a query, and
 * what comes out as a record
 *
 * What is refused or fails says why; nothing takes long.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "lib/zone_record.h"
#include "template/scene.h"
#include "template/text.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
carry_out(const text_t *text)
{
    static const uint8_t client[16] = { [15] = 1 };
    static const uint8_t query[] =
        "\x12\x34\1\0\0\1\0\0\0\0\0\0\3a-7\7example\0\0\1\0\1";
    static const char name[] = "a-7.example.";
    static const struct core_zone_name root = { 1, "" };
    static const struct core_zone_usual usual = { &root, 3600, 1 };
    static struct core_zone_record record;
    core_arena_t *memory = core_arena_new();
    struct core_fault fault = { .text = "" };
    core_pattern_t *pattern = core_pattern_new("(?P<w>[a-z])-([0-9])", &fault);
    struct core_message message;
    char *out;
    size_t size;

    core_message_parse(&message, query, sizeof query - 1);
    assert(core_pattern_match(pattern, name, strlen(name)));

    struct value dot = scene_make(memory, &(struct scene_source) {
        .zone = (const uint8_t *) "\7example", .name = name,
        .regex = "x", .pattern = pattern, .qclass = 1, .qtype = 1,
        .message = &message, .client = client,
    });

    out = text_run(text, &dot, &size, &fault);
    assert(out != NULL || fault.text[0] != '\0');
    if (out != NULL)
        core_zone_record_read(&record, out, size, &usual, &fault);
    free(out);
    core_pattern_destroy(&pattern);
    core_arena_destroy(&memory);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct core_fault fault = { .text = "" };
    char *source = core_allocate(size + 1);
    text_t *text;

    memcpy(source, bytes, size);
    text = text_new(source, &fault);
    assert(text != NULL || fault.text[0] != '\0');
    if (text != NULL)
        carry_out(text);
    text_destroy(&text);
    free(source);
    return 0;
}
