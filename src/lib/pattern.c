/*
 * pattern - a regular expression that somebody wrote in a configuration
 */

#include "lib/pattern.h"

#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "coredns/memory.h"

#define STEPS 100000                    /* of one match */

struct core_pattern {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *context;
};

core_pattern_t *
core_pattern_new(const char *text, struct core_fault *fault)
{
    int error;
    PCRE2_SIZE offset;
    pcre2_code *code;

    if (strlen(text) > CORE_PATTERN_LIMIT) {
        core_fault_set(fault, NULL, 0, "pattern: longer than %d octets",
                       CORE_PATTERN_LIMIT);
        return NULL;
    }
    code = pcre2_compile((PCRE2_SPTR) text, PCRE2_ZERO_TERMINATED, 0, &error,
                         &offset, NULL);
    if (code == NULL) {
        char why[128];

        pcre2_get_error_message(error, (PCRE2_UCHAR *) why, sizeof why);
        core_fault_set(fault, NULL, 0, "pattern: %s at character %zu", why,
                       offset + 1);
        return NULL;
    }

    core_pattern_t *self = core_allocate(sizeof *self);

    self->code = code;
    self->match = pcre2_match_data_create_from_pattern(code, NULL);
    self->context = pcre2_match_context_create(NULL);
    assert(self->match != NULL && self->context != NULL);
    pcre2_set_match_limit(self->context, STEPS);
    return self;
}

void
core_pattern_destroy(core_pattern_t **self_p)
{
    assert(self_p);

    core_pattern_t *self = *self_p;

    if (self == NULL)
        return;
    pcre2_match_context_free(self->context);
    pcre2_match_data_free(self->match);
    pcre2_code_free(self->code);
    free(self);
    *self_p = NULL;
}

bool
core_pattern_match(core_pattern_t *self, const char *subject, size_t size)
{
    return pcre2_match(self->code, (PCRE2_SPTR) subject, size, 0, 0,
                       self->match, self->context) >= 0;
}

unsigned
core_pattern_groups(const core_pattern_t *self)
{
    uint32_t count = 0;

    pcre2_pattern_info(self->code, PCRE2_INFO_CAPTURECOUNT, &count);
    return count + 1;
}

int
core_pattern_group(const core_pattern_t *self, const char *name)
{
    if (!isdigit((unsigned char) *name)) {
        int group = pcre2_substring_number_from_name(self->code,
                                                     (PCRE2_SPTR) name);

        return group < 0 ? -1 : group;
    }

    unsigned long group = strtoul(name, NULL, 10);

    return group < core_pattern_groups(self) ? (int) group : -1;
}

const char *
core_pattern_group_name(const core_pattern_t *self, unsigned group)
{
    uint32_t count = 0;
    uint32_t size = 0;
    PCRE2_SPTR names = NULL;

    pcre2_pattern_info(self->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(self->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(self->code, PCRE2_INFO_NAMETABLE, &names);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *entry = names + (size_t) i * size;

        if ((unsigned) (entry[0] << 8 | entry[1]) == group)
            return (const char *) entry + 2;
    }
    return NULL;
}

size_t
core_pattern_found(const core_pattern_t *self, unsigned group, size_t *start)
{
    const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(self->match);
    size_t begin = offsets[2 * (size_t) group];
    size_t end = offsets[2 * (size_t) group + 1];

    *start = 0;
    if (begin == PCRE2_UNSET || end < begin)
        return 0;
    *start = begin;
    return end - begin;
}
