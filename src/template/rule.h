/*
 * rule - which queries a template is for, and what it says to them
 */

#ifndef TEMPLATE_RULE_H
#define TEMPLATE_RULE_H

#include "coredns/message.h"
#include "coredns/setting.h"
#include "lib/pattern.h"
#include "template/text.h"

#define RULE_ANY 255                    /* of class or type: QCLASS and QTYPE
                                           "*" of RFC 1035 */

/* A group of the setting rules. */
struct rule_settings {
    const char *class;
    const char *type;
    struct core_list zones;             /* of const uint8_t * */
    struct core_list match;             /* of const char *; patterns */
    struct core_list answer;            /* of const char *; texts */
    struct core_list additional;
    struct core_list authority;
    const char *rcode;
    int64_t ede;                        /* -1: none */
    const char *ede_text;
    struct core_list fallthrough;       /* of const uint8_t * */
};

/* A text of a section. */
struct rule_text {
    enum core_section section;
    const char *source;                 /* lent from the settings */
    text_t *text;
};

struct rule {
    const struct rule_settings *settings;
    uint16_t rrclass, type;
    unsigned rcode;
    core_pattern_t **patterns;
    size_t pattern_count;
    struct rule_text *texts;            /* in the order of writing */
    size_t text_count;
};

/*
 * Reads the settings, which are lent.  Every fault, "KEY: ...", is added to
 * faults; returns NULL when there is any.
 */
struct rule *
    rule_new(const struct rule_settings *settings, core_faults_t *faults);
void
    rule_destroy(struct rule **self_p);

enum rule_verdict {
    RULE_OTHER,                         /* it is not for this query */
    RULE_LEFT,                          /* no pattern matches: go on */
    RULE_FAILED,                        /* none does, and that is all */
    RULE_MATCHED,
};

/* What a rule has found. */
struct rule_match {
    size_t zone;                        /* index of the one that holds it */
    const core_pattern_t *pattern;      /* that has just matched */
    const char *regex;
};

/* Says what becomes of a question whose name, in small letters, is that
   text. */
enum rule_verdict
    rule_match(const struct rule *self, const struct core_message *query,
               const char *name, struct rule_match *match);

#endif
