/*
 * text - a text with places that a query fills in
 *
 * The language is Go's text/template, as far as it makes sense for a record:
 * fields, variables, pipes, if, with, range, and the functions that are
 * listed in coredns-template(8).  What it does not have is refused when the
 * text is read, not when it is run.
 */

#ifndef TEMPLATE_TEXT_H
#define TEMPLATE_TEXT_H

#include "coredns/fault.h"
#include "template/value.h"

#define TEXT_SIZE 65535                 /* octets that come out, at most */

typedef struct text text_t;

/* Returns NULL and a fault when the source is none. */
text_t *
    text_new(const char *source, struct core_fault *fault);
void
    text_destroy(text_t **self_p);

/*
 * Carries the text out; dot is what its "." is.  Returns what comes out, with a
 * NUL, yours, and its size; NULL and a fault when it fails: an index that is
 * out of range, a field that does not exist...
 */
char *
    text_run(const text_t *self, const struct value *dot, size_t *size,
             struct core_fault *fault);

#endif
