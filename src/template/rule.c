/*
 * rule - which queries a template is for, and what it says to them
 */

#include "template/rule.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/rcode.h"
#include "coredns/rrtype.h"
#include "lib/type_word.h"

static struct core_word
word_of(const char *text)
{
    return (struct core_word) { .text = text, .size = (uint32_t) strlen(text) };
}

/* ---- reading ------------------------------------------------------------- */

static void
read_class(struct rule *self, core_faults_t *faults)
{
    struct core_word word = word_of(self->settings->class);
    int number = strcasecmp(self->settings->class, "ANY") == 0 ? RULE_ANY
        : strcasecmp(self->settings->class, "NONE") == 0 ? CORE_CLASS_NONE
        : core_class_word(&word);

    if (number == -1)
        core_faults_add(faults, NULL, 0, "class: not a class: %s",
                        self->settings->class);
    self->rrclass = (uint16_t) number;
}

static void
read_type(struct rule *self, core_faults_t *faults)
{
    struct core_word word = word_of(self->settings->type);
    int number = core_type_word(&word);

    if (number == -1)
        core_faults_add(faults, NULL, 0, "type: not a record type: %s",
                        self->settings->type);
    self->type = (uint16_t) number;
}

static void
read_rcode(struct rule *self, core_faults_t *faults)
{
    int rcode = core_rcode_from_name(self->settings->rcode);

    if (rcode == -1)
        core_faults_add(faults, NULL, 0, "rcode: not an rcode: %s",
                        self->settings->rcode);
    self->rcode = (unsigned) rcode;
}

static void
read_patterns(struct rule *self, core_faults_t *faults)
{
    const char *const *sources = self->settings->match.items;
    size_t count = self->settings->match.count;
    struct core_fault fault;

    self->patterns = core_allocate((count + 1) * sizeof *self->patterns);
    for (size_t i = 0; i < count; i++) {
        core_pattern_t *pattern = core_pattern_new(sources[i], &fault);

        if (pattern == NULL)
            core_faults_add(faults, NULL, 0, "match[%zu]: %s", i, fault.text);
        else
            self->patterns[self->pattern_count++] = pattern;
    }
}

static void
read_texts(struct rule *self, const struct core_list *sources,
           const char *key, enum core_section section, core_faults_t *faults)
{
    struct core_fault fault;

    for (size_t i = 0; i < sources->count; i++) {
        struct rule_text *text = &self->texts[self->text_count];

        text->section = section;
        text->source = ((const char *const *) sources->items)[i];
        text->text = text_new(text->source, &fault);
        if (text->text == NULL)
            core_faults_add(faults, NULL, 0, "%s[%zu]: %s", key, i,
                            fault.text);
        else
            self->text_count++;
    }
}

struct rule *
rule_new(const struct rule_settings *settings, core_faults_t *faults)
{
    struct rule *self = core_allocate(sizeof *self);
    size_t before = core_faults_count(faults);

    self->settings = settings;
    self->texts = core_allocate((settings->answer.count
                                 + settings->additional.count
                                 + settings->authority.count + 1)
                                * sizeof *self->texts);
    read_class(self, faults);
    read_type(self, faults);
    read_rcode(self, faults);
    read_patterns(self, faults);
    read_texts(self, &settings->answer, "answer", CORE_ANSWER, faults);
    read_texts(self, &settings->authority, "authority", CORE_AUTHORITY,
               faults);
    read_texts(self, &settings->additional, "additional", CORE_ADDITIONAL,
               faults);
    if (core_faults_count(faults) > before)
        rule_destroy(&self);
    return self;
}

void
rule_destroy(struct rule **self_p)
{
    assert(self_p);

    struct rule *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->pattern_count; i++)
        core_pattern_destroy(&self->patterns[i]);
    for (size_t i = 0; i < self->text_count; i++)
        text_destroy(&self->texts[i].text);
    free(self->patterns);
    free(self->texts);
    free(self);
    *self_p = NULL;
}

/* ---- matching ------------------------------------------------------------ */

/* The longest of the zones that hold the name, by its index; -1: none. */
static int
find_zone(const struct core_list *zones, const uint8_t *qname)
{
    const uint8_t *const *names = zones->items;
    int found = -1;

    for (size_t i = 0; i < zones->count; i++)
        if (core_name_is_below(qname, names[i])
            && (found == -1 || core_name_size(names[i])
                > core_name_size(names[found])))
            found = (int) i;
    return found;
}

static bool
is_for(uint16_t wanted, uint16_t asked)
{
    return wanted == RULE_ANY || asked == RULE_ANY || wanted == asked;
}

enum rule_verdict
rule_match(const struct rule *self, const struct core_message *query,
           const char *name, struct rule_match *match)
{
    const struct rule_settings *settings = self->settings;
    const char *const *sources = settings->match.items;
    int zone = find_zone(&settings->zones, query->qname);

    if (zone == -1 || !is_for(self->rrclass, query->qclass)
        || !is_for(self->type, query->qtype))
        return RULE_OTHER;
    match->zone = (size_t) zone;
    for (size_t i = 0; i < self->pattern_count; i++)
        if (core_pattern_match(self->patterns[i], name, strlen(name))) {
            match->pattern = self->patterns[i];
            match->regex = sources[i];
            return RULE_MATCHED;
        }
    return find_zone(&settings->fallthrough, query->qname) == -1
        ? RULE_FAILED : RULE_LEFT;
}
