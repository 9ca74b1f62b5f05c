/*
 * scene - what a text can know of a query
 *
 * The value of its ".": Zone, Name, Regex, Match, Group, Class, Type, Message,
 * Question and Remote, as CoreDNS's template has them, and Meta, which is
 * always empty.
 */

#ifndef TEMPLATE_SCENE_H
#define TEMPLATE_SCENE_H

#include "coredns/batch.h"
#include "coredns/message.h"
#include "lib/arena.h"
#include "lib/pattern.h"
#include "template/value.h"

struct scene;

/* What a scene is made of; all of it is lent. */
struct scene_source {
    const uint8_t *zone;                /* that holds the name */
    const char *name;                   /* in small letters */
    const char *regex;
    const core_pattern_t *pattern;      /* that has just matched the name */
    uint16_t qclass, qtype;             /* the rule's where the query says
                                           ANY */
    const struct core_message *message;
    const uint8_t *client;              /* IPv4 as ::ffff:a.b.c.d */
};

/* Makes the scene in the memory; it is lent what the source lends. */
struct value
    scene_make(core_arena_t *memory, const struct scene_source *source);

#endif
