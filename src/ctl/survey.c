/*
 * survey - all processes asked for their status at once
 *
 * Who does not answer in time is alive but stuck: that, too, is an answer.
 */

#include "ctl/survey.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/control.h"
#include "coredns/memory.h"

#include "ctl/plan.h"

#define PATIENCE_MS 1000

struct asked {
    struct survey_answer answer;
    survey_t *survey;
    struct asked *next;
};

struct survey {
    void *context;
    core_loop_t *loop;
    survey_done *done;
    void *owner;
    struct asked *asked;
    unsigned open;                      /* answers to come, and 1 until
                                           survey_close() */
};

survey_t *
survey_new(void *context, core_loop_t *loop, survey_done *done, void *owner)
{
    survey_t *self = core_allocate(sizeof *self);

    self->context = context;
    self->loop = loop;
    self->done = done;
    self->owner = owner;
    self->open = 1;
    return self;
}

static void
destroy(survey_t *self)
{
    while (self->asked != NULL) {
        struct asked *asked = self->asked;

        self->asked = asked->next;
        free(asked->answer.name);
        free(asked->answer.state);
        free(asked->answer.reason);
        free(asked->answer.last_error);
        free(asked);
    }
    free(self);
}

/* Ends the survey when this was the last thing it waited for. */
static void
count_down(survey_t *self)
{
    if (--self->open > 0)
        return;
    self->done(self->owner, self);
    destroy(self);
}

/* The value behind "key " in the lines of text; yours; "" without such. */
static char *
read_value(const char *text, const char *key)
{
    size_t key_size = strlen(key);

    while (*text != '\0') {
        size_t size = strcspn(text, "\n");

        if (size > key_size && strncmp(text, key, key_size) == 0
            && text[key_size] == ' ')
            return strndup(text + key_size + 1, size - key_size - 1);
        text += size + (text[size] == '\n');
    }
    return core_copy_text("");
}

static int64_t
read_number(const char *text, const char *key)
{
    char *value = read_value(text, key);
    int64_t number = strtoll(value, NULL, 10);

    free(value);
    return number;
}

static void
take_answer(void *owner, int exit_code, const char *text)
{
    struct asked *asked = owner;
    struct survey_answer *answer = &asked->answer;

    answer->has_answered = exit_code == 0;
    if (!answer->has_answered)
        text = "";
    answer->state = read_value(text, "state");
    answer->reason = read_value(text, "reason");
    answer->last_error = read_value(text, "last_error");
    answer->uptime_ms = read_number(text, "uptime_ms");
    answer->queries = read_number(text, "queries");
    count_down(asked->survey);
}

void
survey_ask(survey_t *self, const char *run_directory, const char *name)
{
    static const char *const words[] = { "status", NULL };
    struct asked *asked = core_allocate(sizeof *asked);
    char endpoint[PLAN_ENDPOINT_SIZE];

    asked->survey = self;
    asked->answer.name = core_copy_text(name);
    asked->next = self->asked;
    self->asked = asked;
    self->open++;
    plan_endpoint(run_directory, name, "control", endpoint);
    core_control_ask_later(self->context, self->loop, endpoint, words,
                           PATIENCE_MS, take_answer, asked);
}

void
survey_close(survey_t *self)
{
    count_down(self);
}

const struct survey_answer *
survey_find(const survey_t *self, const char *name)
{
    for (const struct asked *asked = self->asked; asked != NULL;
         asked = asked->next)
        if (strcmp(asked->answer.name, name) == 0)
            return &asked->answer;
    return NULL;
}
