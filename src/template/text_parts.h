/*
 * text_parts - what the files of the class text share
 *
 *   text_lex.c        a source as tokens
 *   text_parse.c      tokens as a tree
 *   text_run.c        the tree carried out
 *   text_function.c   the functions it may call
 *   text_format.c     printf among them
 */

#ifndef TEMPLATE_TEXT_PARTS_H
#define TEMPLATE_TEXT_PARTS_H

#include "coredns/fault.h"
#include "lib/arena.h"
#include "template/text.h"
#include "template/value.h"

#define TEXT_VARIABLES 64               /* of one text */
#define TEXT_ARGUMENTS 32               /* of one call */
#define TEXT_DEPTH 32                   /* of parentheses and blocks */

/* ---- tokens -------------------------------------------------------------- */

enum token_kind {
    TOKEN_END,                          /* of the source */
    TOKEN_TEXT,                         /* what stands outside of braces */
    TOKEN_OPEN, TOKEN_CLOSE,            /* "{{" and "}}" */
    TOKEN_WORD,                         /* "if", "printf", "true" */
    TOKEN_FIELD,                        /* ".Name" */
    TOKEN_DOT,                          /* "." */
    TOKEN_VARIABLE,                     /* "$x", "$" */
    TOKEN_STRING, TOKEN_NUMBER,         /* with their value */
    TOKEN_BLANK,                        /* between operands */
    TOKEN_PIPE, TOKEN_LEFT, TOKEN_RIGHT, TOKEN_COMMA,
    TOKEN_DECLARE, TOKEN_ASSIGN,        /* ":=" and "=" */
    TOKEN_FAULT,
};

struct token {
    enum token_kind kind;
    const char *text;                   /* without its '.' or '$' */
    size_t size;
    struct value value;
};

struct lexer {
    const char *at;
    const char *end;
    bool is_inside;                     /* of braces */
    bool trims;                         /* blanks that follow are left out */
    core_arena_t *memory;               /* of strings with escapes */
    struct core_fault *fault;
};

/* The next token; TOKEN_FAULT and a fault when there is none. */
struct token
    text_lex(struct lexer *self);

/* ---- the tree ------------------------------------------------------------ */

struct run;
struct function;
struct pipe;

enum operand_kind {
    OPERAND_DOT, OPERAND_VARIABLE, OPERAND_LITERAL, OPERAND_PIPE,
    OPERAND_FUNCTION,
};

/* A value, and the fields that are then taken one from the other. */
struct operand {
    enum operand_kind kind;
    unsigned variable;
    struct value literal;
    const struct pipe *pipe;
    const struct function *function;
    const char **fields;
    size_t field_count;
};

/* A call, or one operand alone. */
struct command {
    struct command *next;               /* it takes the value of this one */
    struct operand *operands;
    size_t count;
};

struct pipe {
    unsigned variables[2];              /* that take its value */
    unsigned variable_count;
    struct command *commands;
};

enum node_kind {
    NODE_TEXT, NODE_ACTION, NODE_IF, NODE_WITH, NODE_RANGE, NODE_BREAK,
    NODE_CONTINUE,
};

struct node {
    struct node *next;
    enum node_kind kind;
    const char *text;
    size_t size;
    struct pipe *pipe;
    struct node *body;
    struct node *otherwise;
};

struct text {
    core_arena_t *memory;               /* all of it */
    const char *source;
    struct node *nodes;
    unsigned variable_count;            /* variable 0 is "$" */
};

/* Reads the source into the tree; -1 and a fault. */
int
    text_parse(text_t *self, struct core_fault *fault);

/* ---- running ------------------------------------------------------------- */

struct run {
    const text_t *text;
    core_arena_t *memory;               /* of values that are made */
    struct value variables[TEXT_VARIABLES];
    FILE *out;
    unsigned steps;                     /* that are left */
    bool has_failed;
    struct core_fault *fault;
};

/* The run fails; returns nothing. */
struct value
    text_fail(struct run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

typedef struct value
    text_function(struct run *run, const struct value *arguments,
                  size_t count);

struct function {
    const char *name;
    text_function *call;                /* NULL: `and` and `or`, which look at
                                           no more than they must */
    unsigned minimum, maximum;          /* arguments */
};

/* The function of that name, or NULL. */
const struct function *
    text_function_find(const char *name, size_t size);

/* A text that what is written to the stream becomes; it lives as long as the
   run.  begin opens, end closes. */
struct text_maker {
    FILE *file;
    char *text;
    size_t size;
};
void
    text_maker_begin(struct text_maker *self);
struct value
    text_maker_end(struct text_maker *self, struct run *run);

/* Go's Sprintf. */
struct value
    text_format(struct run *run, const struct value *arguments,
                size_t count);

#endif
