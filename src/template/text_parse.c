/*
 * text_parse - tokens as a tree
 *
 * Variables get numbers here: which one a name means is known before anything
 * is run.
 */

#include <string.h>

#include "template/text_parts.h"

struct name {
    const char *text;
    size_t size;
    unsigned number;
};

struct parser {
    struct lexer lexer;
    struct token token;                 /* the one that comes next */
    text_t *text;
    struct name names[TEXT_VARIABLES];  /* that are in sight */
    unsigned name_count;
    unsigned depth;
    unsigned loops;                     /* around the place we are at */
};

/* How a list of nodes has ended. */
enum ending { ENDING_SOURCE, ENDING_END, ENDING_ELSE, ENDING_FAULT };

static void
advance(struct parser *self)
{
    self->token = text_lex(&self->lexer);
}

static void
skip_blank(struct parser *self)
{
    if (self->token.kind == TOKEN_BLANK)
        advance(self);
}

/* A fault, unless the lexer has told one. */
static int
fail(struct parser *self, const char *why)
{
    if (self->token.kind != TOKEN_FAULT)
        core_fault_set(self->lexer.fault, NULL, 0, "%s", why);
    return -1;
}

static bool
is_word(const struct token *token, const char *word)
{
    return token->kind == TOKEN_WORD && token->size == strlen(word)
        && memcmp(token->text, word, token->size) == 0;
}

static void *
allocate(struct parser *self, size_t size)
{
    return core_arena_allocate(self->text->memory, size);
}

/* ---- variables ----------------------------------------------------------- */

/* The number of the variable of that name; -1 when there is none. */
static int
find_variable(const struct parser *self, const struct token *token)
{
    if (token->size == 0)
        return 0;
    for (unsigned i = self->name_count; i-- > 0;)
        if (self->names[i].size == token->size
            && memcmp(self->names[i].text, token->text, token->size) == 0)
            return (int) self->names[i].number;
    return -1;
}

static int
declare(struct parser *self, const struct token *token)
{
    unsigned number = self->text->variable_count;

    if (token->size == 0 || number == TEXT_VARIABLES
        || self->name_count == TEXT_VARIABLES)
        return fail(self, token->size == 0 ? "a variable needs a name"
                    : "too many variables");
    self->names[self->name_count++] = (struct name) {
        token->text, token->size, number
    };
    self->text->variable_count++;
    return (int) number;
}

/* ---- operands ------------------------------------------------------------ */

static struct pipe *
    parse_pipe(struct parser *self, enum token_kind end);

static int
parse_word(struct parser *self, struct operand *operand)
{
    const struct token *token = &self->token;

    operand->kind = OPERAND_LITERAL;
    if (is_word(token, "true") || is_word(token, "false"))
        operand->literal = value_boolean(is_word(token, "true"));
    else if (!is_word(token, "nil")) {
        operand->kind = OPERAND_FUNCTION;
        operand->function = text_function_find(token->text, token->size);
        if (operand->function == NULL) {
            core_fault_set(self->lexer.fault, NULL, 0, "function \"%.*s\" is "
                           "not known", (int) token->size, token->text);
            return -1;
        }
    }
    advance(self);
    return 0;
}

static int
parse_parentheses(struct parser *self, struct operand *operand)
{
    advance(self);
    operand->kind = OPERAND_PIPE;
    operand->pipe = parse_pipe(self, TOKEN_RIGHT);
    return operand->pipe == NULL ? -1 : 0;
}

static int
parse_variable(struct parser *self, struct operand *operand)
{
    int number = find_variable(self, &self->token);

    if (number == -1) {
        core_fault_set(self->lexer.fault, NULL, 0, "variable $%.*s is not "
                       "known", (int) self->token.size, self->token.text);
        return -1;
    }
    operand->kind = OPERAND_VARIABLE;
    operand->variable = (unsigned) number;
    advance(self);
    return 0;
}

/* What the fields begin with; a field alone begins with the dot. */
static int
parse_term(struct parser *self, struct operand *operand)
{
    switch (self->token.kind) {
    case TOKEN_FIELD:
        operand->kind = OPERAND_DOT;
        return 0;
    case TOKEN_DOT:
        operand->kind = OPERAND_DOT;
        advance(self);
        return 0;
    case TOKEN_VARIABLE:
        return parse_variable(self, operand);
    case TOKEN_STRING:
    case TOKEN_NUMBER:
        operand->kind = OPERAND_LITERAL;
        operand->literal = self->token.value;
        advance(self);
        return 0;
    case TOKEN_WORD:
        return parse_word(self, operand);
    case TOKEN_LEFT:
        return parse_parentheses(self, operand);
    default:
        return fail(self, "a value is missing");
    }
}

static int
parse_operand(struct parser *self, struct operand *operand)
{
    const char *fields[TEXT_DEPTH];

    *operand = (struct operand) { .kind = OPERAND_DOT };
    if (parse_term(self, operand) == -1)
        return -1;
    while (self->token.kind == TOKEN_FIELD) {
        char *field = allocate(self, self->token.size + 1);

        if (operand->field_count == TEXT_DEPTH)
            return fail(self, "too many fields");
        if (operand->kind == OPERAND_LITERAL
            || operand->kind == OPERAND_FUNCTION)
            return fail(self, "a field of what has none");
        memcpy(field, self->token.text, self->token.size);
        fields[operand->field_count++] = field;
        advance(self);
    }
    operand->fields = core_arena_copy(self->text->memory, fields,
                                      operand->field_count * sizeof *fields);
    return 0;
}

/* ---- pipes --------------------------------------------------------------- */

static bool
ends_command(const struct parser *self)
{
    return self->token.kind == TOKEN_PIPE || self->token.kind == TOKEN_RIGHT
        || self->token.kind == TOKEN_CLOSE;
}

static struct command *
parse_command(struct parser *self)
{
    struct operand operands[TEXT_ARGUMENTS + 1];
    struct command *command = allocate(self, sizeof *command);

    for (;;) {
        if (command->count == TEXT_ARGUMENTS + 1) {
            fail(self, "too many arguments");
            return NULL;
        }
        if (parse_operand(self, &operands[command->count++]) == -1)
            return NULL;
        if (self->token.kind != TOKEN_BLANK && !ends_command(self)) {
            fail(self, "a blank is missing between two values");
            return NULL;
        }
        skip_blank(self);
        if (ends_command(self))
            break;
    }
    command->operands = core_arena_copy(self->text->memory, operands,
                                        command->count * sizeof *operands);
    return command;
}

/* "$x :=", "$x =" or "$i, $x :=" in front of a pipe, if that is what stands
   there. */
static int
parse_declaration(struct parser *self, struct pipe *pipe)
{
    struct parser before = *self;
    struct token tokens[2];
    unsigned count = 0;

    while (self->token.kind == TOKEN_VARIABLE && count < 2) {
        tokens[count++] = self->token;
        advance(self);
        skip_blank(self);
        if (self->token.kind != TOKEN_COMMA)
            break;
        advance(self);
        skip_blank(self);
    }
    if (count == 0 || (self->token.kind != TOKEN_DECLARE
                       && self->token.kind != TOKEN_ASSIGN)) {
        *self = before;                 /* the variable is an operand */
        return 0;
    }
    for (unsigned i = 0; i < count; i++) {
        int number = self->token.kind == TOKEN_DECLARE
            ? declare(self, &tokens[i]) : find_variable(self, &tokens[i]);

        if (number == -1)
            return self->token.kind == TOKEN_DECLARE ? -1
                : fail(self, "a variable that is not known");
        pipe->variables[pipe->variable_count++] = (unsigned) number;
    }
    advance(self);
    skip_blank(self);
    return 0;
}

/* Reads a pipe and the token that ends it. */
static struct pipe *
parse_pipe(struct parser *self, enum token_kind end)
{
    struct pipe *pipe = allocate(self, sizeof *pipe);
    struct command **place = &pipe->commands;

    if (++self->depth > TEXT_DEPTH) {
        fail(self, "parentheses or blocks are nested too deeply");
        return NULL;
    }
    skip_blank(self);
    if (parse_declaration(self, pipe) == -1)
        return NULL;
    for (;;) {
        *place = parse_command(self);
        if (*place == NULL)
            return NULL;
        if (self->token.kind != TOKEN_PIPE)
            break;
        place = &(*place)->next;
        advance(self);
        skip_blank(self);
    }
    if (self->token.kind != end) {
        fail(self, end == TOKEN_RIGHT ? "a ) is missing" : "a ) too many");
        return NULL;
    }
    advance(self);
    self->depth--;
    return pipe;
}

/* ---- nodes --------------------------------------------------------------- */

static enum ending
    parse_list(struct parser *self, struct node **nodes);

static int
close_braces(struct parser *self)
{
    skip_blank(self);
    if (self->token.kind != TOKEN_CLOSE)
        return fail(self, "a word too many in braces");
    advance(self);
    return 0;
}

static int
parse_block(struct parser *self, struct node *node);

/* "{{else}}", "{{else if ...}}" or "{{else with ...}}"; `else` was read. */
static int
parse_else(struct parser *self, struct node *node)
{
    skip_blank(self);
    if (is_word(&self->token, "if") || is_word(&self->token, "with")) {
        node->otherwise = allocate(self, sizeof *node);
        node->otherwise->kind = is_word(&self->token, "if") ? NODE_IF
            : NODE_WITH;
        advance(self);
        return parse_block(self, node->otherwise);
    }
    if (close_braces(self) == -1)
        return -1;

    enum ending ending = parse_list(self, &node->otherwise);

    if (ending == ENDING_FAULT)
        return -1;
    return ending == ENDING_END ? close_braces(self)
        : fail(self, ending == ENDING_ELSE ? "a second else"
               : "an end is missing");
}

/* Behind `if`, `with` or `range`. */
static int
parse_block(struct parser *self, struct node *node)
{
    unsigned names = self->name_count;
    int rc;

    node->pipe = parse_pipe(self, TOKEN_CLOSE);
    if (node->pipe == NULL)
        return -1;
    if (node->pipe->variable_count > 1 && node->kind != NODE_RANGE)
        return fail(self, "two variables are for range alone");
    if (++self->depth > TEXT_DEPTH)
        return fail(self, "parentheses or blocks are nested too deeply");
    self->loops += node->kind == NODE_RANGE;

    enum ending ending = parse_list(self, &node->body);

    self->loops -= node->kind == NODE_RANGE;
    if (ending == ENDING_FAULT)
        return -1;
    if (ending == ENDING_SOURCE)
        return fail(self, "an end is missing");
    rc = ending == ENDING_END ? close_braces(self) : parse_else(self, node);
    self->name_count = names;
    self->depth--;
    return rc;
}

static int
parse_jump(struct parser *self, struct node *node, enum node_kind kind)
{
    node->kind = kind;
    if (self->loops == 0)
        return fail(self, "break and continue stand in a range");
    advance(self);
    return close_braces(self);
}

/* Behind "{{": what is neither `end` nor `else`. */
static int
parse_action(struct parser *self, struct node *node)
{
    static const struct {
        const char *word;
        enum node_kind kind;
    } blocks[] = {
        { "if", NODE_IF }, { "with", NODE_WITH }, { "range", NODE_RANGE },
    };

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (is_word(&self->token, blocks[i].word)) {
            node->kind = blocks[i].kind;
            advance(self);
            return parse_block(self, node);
        }
    if (is_word(&self->token, "break"))
        return parse_jump(self, node, NODE_BREAK);
    if (is_word(&self->token, "continue"))
        return parse_jump(self, node, NODE_CONTINUE);
    node->kind = NODE_ACTION;
    node->pipe = parse_pipe(self, TOKEN_CLOSE);
    if (node->pipe == NULL)
        return -1;
    return node->pipe->variable_count < 2 ? 0
        : fail(self, "two variables are for range alone");
}

/* Reads nodes up to `else` or `end`, which is read too, or the source's
   end. */
static enum ending
parse_list(struct parser *self, struct node **nodes)
{
    while (self->token.kind != TOKEN_END) {
        struct node *node = allocate(self, sizeof *node);

        if (self->token.kind == TOKEN_TEXT) {
            node->kind = NODE_TEXT;
            node->text = self->token.text;
            node->size = self->token.size;
            advance(self);
        }
        else if (self->token.kind == TOKEN_OPEN) {
            advance(self);
            skip_blank(self);

            bool is_else = is_word(&self->token, "else");

            if (is_else || is_word(&self->token, "end")) {
                advance(self);
                return is_else ? ENDING_ELSE : ENDING_END;
            }
            if (parse_action(self, node) == -1)
                return ENDING_FAULT;
        }
        else {
            fail(self, "a value is missing");
            return ENDING_FAULT;
        }
        *nodes = node;
        nodes = &node->next;
    }
    return ENDING_SOURCE;
}

int
text_parse(text_t *self, struct core_fault *fault)
{
    struct parser parser = {
        .lexer = {
            .at = self->source, .end = self->source + strlen(self->source),
            .memory = self->memory, .fault = fault,
        },
        .text = self,
    };

    self->variable_count = 1;
    advance(&parser);
    switch (parse_list(&parser, &self->nodes)) {
    case ENDING_SOURCE:
        return 0;
    case ENDING_FAULT:
        return -1;
    default:
        return fail(&parser, "an end or else without its beginning");
    }
}
