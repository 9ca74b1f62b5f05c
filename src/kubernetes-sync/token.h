/*
 * token - what a request shows to the server, and where it is read
 *
 * It is the text that the configuration has, or what is in a file, which is
 * read again whenever it is another one.
 */

#ifndef KUBERNETES_SYNC_TOKEN_H
#define KUBERNETES_SYNC_TOKEN_H

typedef struct token token_t;

/* path or text, or neither; both are lent as long as it lives. */
token_t *
    token_new(const char *path, const char *text);
void
    token_destroy(token_t **self_p);

/* The token; NULL: there is none.  Lent until the next call. */
const char *
    token_get(token_t *self);

/* The server did not like it: the file is read anew, though it be the same. */
void
    token_forget(token_t *self);

#endif
