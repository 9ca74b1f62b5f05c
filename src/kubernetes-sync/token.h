/*
 * token - what a request shows to the server, and where it is read
 *
 * It is the text that the configuration has, or what is in a file, which is
 * read again whenever it is another one.
 */

#ifndef KUBERNETES_SYNC_TOKEN_H
#define KUBERNETES_SYNC_TOKEN_H

#include <stdbool.h>

#include "coredns/fault.h"

typedef struct token token_t;

/* path or text, or neither; both are lent as long as it lives. */
token_t *
    token_new(const char *path, const char *text);
void
    token_destroy(token_t **self_p);

/* The token; NULL: there is none.  Lent until the next call. */
const char *
    token_get(token_t *self);

/* True when the last token_get() found another thing wrong with the file than
   the one before it: a fault to tell. */
bool
    token_has_news(token_t *self, struct core_fault *fault);

/* The server did not like it: the file is read anew, though it be the same. */
void
    token_forget(token_t *self);

#endif
