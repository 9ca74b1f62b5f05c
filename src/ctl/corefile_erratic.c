/*
 * corefile_erratic - the directive erratic
 *
 * Each of its options is an effect of the stage chaos, counted from the first
 * query on; the answers are an effect as well.
 */

#include <stdlib.h>
#include <string.h>

#include "ctl/corefile_directive.h"

#define USUAL "2"                       /* every so many, when none is said */
#define USUAL_DELAY "\"100ms\""

/* What the options say; NULL where they say nothing. */
struct erratic {
    const char *drop;
    const char *delay;
    const char *delay_time;
    const char *truncate;
    bool is_large;
};

/* The argument as a number, or what is usual without one. */
static const char *
read_amount(struct corefile_chain *chain, const struct corefile_line *line,
            const char *usual)
{
    const char *number = line->count > 1 ? corefile_number(chain, line, 1)
                                         : usual;

    if (number == NULL || *number != '-')
        return number;
    corefile_fail(chain, line, "expected a number from 0 on, not %s", number);
    return NULL;
}

static void
read_option(struct corefile_chain *chain, const struct corefile_line *line,
            struct erratic *erratic)
{
    const char *option = line->words[0];

    if (strcmp(option, "drop") == 0)
        erratic->drop = read_amount(chain, line, erratic->drop);
    else if (strcmp(option, "truncate") == 0)
        erratic->truncate = read_amount(chain, line, erratic->truncate);
    else if (strcmp(option, "large") == 0)
        erratic->is_large = true;
    else {
        erratic->delay = read_amount(chain, line, USUAL);
        erratic->delay_time = line->count > 2 ? corefile_time(chain, line, 2)
                                              : USUAL_DELAY;
    }
}

/* Their shape is checked by the table; what they say depends on each other. */
static void
accept(struct corefile_chain *chain, const struct corefile_line *line)
{
    (void) chain;
    (void) line;
}

static const struct corefile_directive options[] = {
    { "delay", accept, 0, 2, COREFILE_REPEATED },
    { "drop", accept, 0, 1, COREFILE_REPEATED },
    { "large", accept, 0, 0, COREFILE_REPEATED },
    { "truncate", accept, 0, 1, COREFILE_REPEATED },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

static bool
is_some(const char *amount)
{
    return amount != NULL && strtol(amount, NULL, 10) > 0;
}

/* Every so many, beginning with the first query. */
static void
put_counted(struct corefile_chain *chain, const struct corefile_line *line,
            const char *what, const char *every, const char *delay)
{
    if (!is_some(every))
        return;
    corefile_set(chain, line, "do", what);
    corefile_set(chain, line, "every", every);
    corefile_set(chain, line, "first", "1");
    corefile_set(chain, line, "delay", delay);
    corefile_close_group(chain, line, &chain->effects);
}

static void
put_truncate(struct corefile_chain *chain, const struct corefile_line *line,
             const char *bits)
{
    if (!is_some(bits))
        return;
    corefile_set(chain, line, "do", "\"truncate\"");
    corefile_set(chain, line, "without_bits", bits);
    corefile_set(chain, line, "keep", "true");
    corefile_close_group(chain, line, &chain->effects);
}

void
corefile_read_erratic(struct corefile_chain *chain,
                      const struct corefile_line *line)
{
    struct erratic erratic = { .drop = NULL };

    corefile_read_lines(chain, line->body, line->body_count, options,
                        "erratic");
    for (size_t i = 0; i < line->body_count; i++)
        read_option(chain, &line->body[i], &erratic);

    /* Without a word about it every other query is dropped, unless something
       else is asked for. */
    if (erratic.drop == NULL && !is_some(erratic.delay)
        && !is_some(erratic.truncate))
        erratic.drop = USUAL;
    chain->draft = &chain->members;
    put_counted(chain, line, "\"drop\"", erratic.drop, NULL);
    put_counted(chain, line, "\"delay\"", erratic.delay, erratic.delay_time);
    put_truncate(chain, line, erratic.truncate);
    corefile_set(chain, line, "do", "\"answer\"");
    if (erratic.is_large)
        corefile_set(chain, line, "large", "true");
    corefile_close_group(chain, line, &chain->effects);
}
