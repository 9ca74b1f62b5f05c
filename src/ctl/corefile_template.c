/*
 * corefile_template - the directive template
 */

#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#include "ctl/corefile_directive.h"

static void
set_texts(struct corefile_chain *chain, const struct corefile_line *line,
          size_t index)
{
    corefile_set(chain, line, line->words[0],
                 draft_list(chain->memory, line->words + index,
                            line->count - index));
}

/* All lines of that option as one list, written at the first of them. */
static void
gather(struct corefile_chain *chain, const struct corefile_line *line,
       const char *option)
{
    struct corefile_line whole = { .words = NULL };
    size_t capacity = 0;

    for (size_t i = 0; i < line->body_count; i++) {
        const struct corefile_line *body = &line->body[i];

        if (strcmp(body->words[0], option) != 0)
            continue;
        if (whole.words == NULL)
            whole = (struct corefile_line) {
                .path = body->path, .line = body->line
            };
        for (size_t j = whole.count > 0; j < body->count; j++) {
            whole.words = core_grow(whole.words, whole.count, &capacity,
                                    sizeof *whole.words);
            whole.words[whole.count++] = body->words[j];
        }
    }
    if (whole.count > 1)
        set_texts(chain, &whole, 1);
    free(whole.words);
}

/* What is gathered from all lines. */
static void
accept(struct corefile_chain *chain, const struct corefile_line *line)
{
    (void) chain;
    (void) line;
}

static void
read_rcode(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "rcode",
                 draft_quote(chain->memory, line->words[1]));
}

/* ederror CODE [TEXT] */
static void
read_error(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "ede", corefile_number(chain, line, 1));
    if (line->count > 2)
        corefile_set(chain, line, "ede_text",
                     draft_quote(chain->memory, line->words[2]));
}

static void
read_fallthrough(struct corefile_chain *chain,
                 const struct corefile_line *line)
{
    corefile_set(chain, line, "fallthrough",
                 corefile_zone_list(chain, line, 1, "[ \".\" ]"));
}

#define AGAIN COREFILE_REPEATED

static const struct corefile_directive options[] = {
    { "additional", accept, 1, COREFILE_MANY, AGAIN },
    { "answer", accept, 1, COREFILE_MANY, AGAIN },
    { "authority", accept, 1, COREFILE_MANY, AGAIN },
    { "ederror", read_error, 1, 2, COREFILE_PLAIN },
    { "fallthrough", read_fallthrough, 0, COREFILE_MANY, COREFILE_PLAIN },
    { "match", accept, 1, COREFILE_MANY, AGAIN },
    { "rcode", read_rcode, 1, 1, COREFILE_PLAIN },
    { "upstream", accept, 0, COREFILE_MANY, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

/* True when an answer may be an alias, whose target is then looked up. */
static bool
has_alias(const struct corefile_line *line)
{
    for (size_t i = 0; i < line->body_count; i++)
        for (size_t j = 1; j < line->body[i].count; j++)
            if (strcmp(line->body[i].words[0], "answer") == 0
                && strcasestr(line->body[i].words[j], "CNAME") != NULL)
                return true;
    return false;
}

/* template CLASS TYPE [ZONES...] */
void
corefile_read_template(struct corefile_chain *chain,
                       const struct corefile_line *line)
{
    static const char *const lists[] = {
        "match", "answer", "authority", "additional"
    };
    struct corefile_zones zones = corefile_arguments(chain, line, 3, true);

    chain->draft = &chain->members;
    corefile_set(chain, line, "class",
                 draft_quote(chain->memory, line->words[1]));
    corefile_set(chain, line, "type",
                 draft_quote(chain->memory, line->words[2]));
    corefile_set(chain, line, "zones",
                 draft_list(chain->memory, zones.items, zones.count));
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        gather(chain, line, lists[i]);
    corefile_read_lines(chain, line->body, line->body_count, options,
                        "template");
    corefile_close_group(chain, line, &chain->rules);
    chain->rules_look_up |= has_alias(line);
    free(zones.items);
}
