/*
 * text_run - the tree carried out
 *
 * A run is bounded in steps and in what it writes: a text comes from the
 * configuration, but its sizes come from a query.
 */

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "template/text_parts.h"

#define STEPS 100000

enum flow { FLOW_ON, FLOW_BREAK, FLOW_CONTINUE };

static struct value
    run_pipe(struct run *run, const struct pipe *pipe,
             const struct value *dot);

static enum flow
    run_nodes(struct run *run, const struct node *nodes,
              const struct value *dot);

struct value
text_fail(struct run *run, const char *format, ...)
{
    char why[CORE_FAULT_TEXT_SIZE];
    va_list arguments;

    if (!run->has_failed) {
        va_start(arguments, format);
        vsnprintf(why, sizeof why, format, arguments);
        va_end(arguments);
        core_fault_set(run->fault, NULL, 0, "%s", why);
    }
    run->has_failed = true;
    return value_none();
}

/* Counts a step; false when the run is over. */
static bool
step(struct run *run)
{
    if (run->steps == 0)
        text_fail(run, "it takes too many steps");
    else
        run->steps--;
    return !run->has_failed;
}

/* ---- texts that are made ------------------------------------------------- */

void
text_maker_begin(struct text_maker *self)
{
    self->file = open_memstream(&self->text, &self->size);
    assert(self->file != NULL);
}

struct value
text_maker_end(struct text_maker *self, struct run *run)
{
    struct value value = value_none();

    fclose(self->file);
    if (self->size > TEXT_SIZE)
        text_fail(run, "more than %d octets come out", TEXT_SIZE);
    else
        value = value_octets(core_arena_copy(run->memory, self->text,
                                             self->size), self->size);
    free(self->text);
    return value;
}

/* ---- values -------------------------------------------------------------- */

static struct value
take_field(struct run *run, const struct value *from, const char *name)
{
    struct value value;

    if (from->kind == VALUE_MAP) {
        const struct value_map_entry *entry = value_map_find(from, name,
                                                             strlen(name));

        return entry == NULL ? value_none()
            : value_octets(entry->text, entry->size);
    }
    if (from->kind == VALUE_OBJECT
        && from->object.field(from->object.self, name, &value))
        return value;
    return text_fail(run, "there is no field %s", name);
}

static struct value
run_operand(struct run *run, const struct operand *operand,
            const struct value *dot)
{
    struct value value = value_none();

    switch (operand->kind) {
    case OPERAND_DOT:
        value = *dot;
        break;
    case OPERAND_VARIABLE:
        value = run->variables[operand->variable];
        break;
    case OPERAND_LITERAL:
        value = operand->literal;
        break;
    case OPERAND_PIPE:
        value = run_pipe(run, operand->pipe, dot);
        break;
    case OPERAND_FUNCTION:
        assert(operand->function == NULL);  /* run_command() calls it */
    }
    for (size_t i = 0; i < operand->field_count && step(run); i++)
        value = take_field(run, &value, operand->fields[i]);
    return value;
}

/* ---- calls --------------------------------------------------------------- */

static struct value
run_argument(struct run *run, const struct operand *operand,
             const struct value *dot)
{
    if (operand->kind != OPERAND_FUNCTION)
        return run_operand(run, operand, dot);
    if (operand->function->call == NULL || operand->function->minimum > 0)
        return text_fail(run, "%s wants arguments", operand->function->name);
    return operand->function->call(run, NULL, 0);
}

/* `and` is the first argument that is false, `or` the first that is true, or
   the last one; those behind it are not looked at. */
static struct value
run_choice(struct run *run, const struct command *command,
           const struct value *before, const struct value *dot)
{
    bool is_and = strcmp(command->operands[0].function->name, "and") == 0;
    struct value value = value_none();

    for (size_t i = 1; i < command->count && step(run); i++) {
        value = run_argument(run, &command->operands[i], dot);
        if (value_is_true(&value) != is_and)
            return value;
    }
    return before != NULL ? *before : value;
}

static struct value
call(struct run *run, const struct command *command,
     const struct value *before, const struct value *dot)
{
    const struct function *function = command->operands[0].function;
    struct value arguments[TEXT_ARGUMENTS + 1];
    size_t count = command->count - 1 + (before != NULL);

    if (count < function->minimum || count > function->maximum)
        return text_fail(run, "wrong number of arguments for %s: %zu",
                         function->name, count);
    if (function->call == NULL)
        return run_choice(run, command, before, dot);
    for (size_t i = 1; i < command->count && step(run); i++)
        arguments[i - 1] = run_argument(run, &command->operands[i], dot);
    if (before != NULL)
        arguments[count - 1] = *before;
    return run->has_failed ? value_none()
        : function->call(run, arguments, count);
}

/* The one field that takes an argument, which decides nothing yet: no stage
   tells anything by a label. */
static struct value
call_field(struct run *run, const struct command *command,
           const struct value *before, const struct value *dot)
{
    const struct operand *operand = &command->operands[0];
    struct value label = before != NULL ? *before
        : run_argument(run, &command->operands[1], dot);

    if (operand->field_count == 0
        || strcmp(operand->fields[operand->field_count - 1], "Meta") != 0
        || command->count + (before != NULL) != 2)
        return text_fail(run, "arguments for what is no function");
    if (label.kind != VALUE_TEXT)
        return text_fail(run, "Meta wants a text");
    return run_operand(run, operand, dot);
}

static struct value
run_command(struct run *run, const struct command *command,
            const struct value *before, const struct value *dot)
{
    const struct operand *operand = &command->operands[0];

    if (!step(run))
        return value_none();
    if (operand->kind == OPERAND_FUNCTION)
        return call(run, command, before, dot);
    if (command->count > 1 || before != NULL)
        return call_field(run, command, before, dot);
    return run_operand(run, operand, dot);
}

static struct value
run_pipe(struct run *run, const struct pipe *pipe, const struct value *dot)
{
    struct value value = value_none();

    for (const struct command *command = pipe->commands;
         command != NULL && !run->has_failed; command = command->next)
        value = run_command(run, command,
                            command == pipe->commands ? NULL : &value, dot);
    if (pipe->variable_count == 1)
        run->variables[pipe->variables[0]] = value;
    return value;
}

/* ---- nodes --------------------------------------------------------------- */

static void
print(struct run *run, const struct value *value)
{
    if (!run->has_failed && !value_print(value, run->out))
        text_fail(run, "a value that cannot be printed");
    if (ftell(run->out) > TEXT_SIZE)
        text_fail(run, "more than %d octets come out", TEXT_SIZE);
}

/* The item of that index of a list or a map, and its key. */
static struct value
item_of(const struct value *value, size_t index, struct value *key)
{
    if (value->kind == VALUE_MAP) {
        const struct value_map_entry *entry = &value->map.entries[index];

        *key = value_text(entry->key);
        return value_octets(entry->text, entry->size);
    }
    *key = value_integer((int64_t) index);
    return value->list.items[index];
}

static void
run_range(struct run *run, const struct node *node, const struct value *dot)
{
    struct pipe pipe = *node->pipe;
    struct value value;
    size_t count;

    pipe.variable_count = 0;
    value = run_pipe(run, &pipe, dot);
    if (run->has_failed)
        return;
    if (value.kind != VALUE_LIST && value.kind != VALUE_MAP
        && value.kind != VALUE_NONE) {
        text_fail(run, "range over what is no list");
        return;
    }
    count = value.kind == VALUE_LIST ? value.list.count
        : value.kind == VALUE_MAP ? value.map.count : 0;
    if (count == 0)
        run_nodes(run, node->otherwise, dot);
    for (size_t i = 0; i < count && step(run); i++) {
        struct value key;
        struct value item = item_of(&value, i, &key);
        unsigned variables = node->pipe->variable_count;

        if (variables == 2)
            run->variables[node->pipe->variables[0]] = key;
        if (variables > 0)
            run->variables[node->pipe->variables[variables - 1]] = item;
        if (run_nodes(run, node->body, &item) == FLOW_BREAK)
            return;
    }
}

static enum flow
run_node(struct run *run, const struct node *node, const struct value *dot)
{
    struct value value;

    switch (node->kind) {
    case NODE_TEXT:
        value = value_octets(node->text, node->size);
        print(run, &value);
        return FLOW_ON;
    case NODE_ACTION:
        value = run_pipe(run, node->pipe, dot);
        if (node->pipe->variable_count == 0)
            print(run, &value);
        return FLOW_ON;
    case NODE_IF:
    case NODE_WITH:
        value = run_pipe(run, node->pipe, dot);
        if (!value_is_true(&value))
            return run_nodes(run, node->otherwise, dot);
        return run_nodes(run, node->body,
                         node->kind == NODE_WITH ? &value : dot);
    case NODE_RANGE:
        run_range(run, node, dot);
        return FLOW_ON;
    case NODE_BREAK:
        return FLOW_BREAK;
    case NODE_CONTINUE:
        break;
    }
    return FLOW_CONTINUE;
}

static enum flow
run_nodes(struct run *run, const struct node *nodes, const struct value *dot)
{
    enum flow flow = FLOW_ON;

    for (const struct node *node = nodes; node != NULL && flow == FLOW_ON
         && step(run); node = node->next)
        flow = run_node(run, node, dot);
    return flow;
}

/* ---- the class ----------------------------------------------------------- */

text_t *
text_new(const char *source, struct core_fault *fault)
{
    text_t *self = core_allocate(sizeof *self);

    self->memory = core_arena_new();
    self->source = core_arena_copy(self->memory, source, strlen(source) + 1);
    if (text_parse(self, fault) == -1)
        text_destroy(&self);
    return self;
}

void
text_destroy(text_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    core_arena_destroy(&(*self_p)->memory);
    free(*self_p);
    *self_p = NULL;
}

char *
text_run(const text_t *self, const struct value *dot, size_t *size,
         struct core_fault *fault)
{
    struct run run = {
        .text = self, .memory = core_arena_new(), .steps = STEPS,
        .fault = fault,
    };
    char *out = NULL;

    run.variables[0] = *dot;
    run.out = open_memstream(&out, size);
    assert(run.out != NULL);
    run_nodes(&run, self->nodes, dot);
    fclose(run.out);
    core_arena_destroy(&run.memory);
    if (!run.has_failed)
        return out;
    free(out);
    return NULL;
}
