/*
 * selector - a label selector, as kubectl takes it
 *
 * The API server does the selecting; here it is only seen to that what it is
 * given is one, and can be part of an address.
 */

#ifndef KUBERNETES_SYNC_SELECTOR_H
#define KUBERNETES_SYNC_SELECTOR_H

/* What is wrong with the text: "a=b,c!=d,e in (f,g),h notin (i),j,!k", or
   NULL. */
const char *
    selector_check(const char *text);

/* The text as part of an address; yours.  NULL when it is NULL or empty: it
   selects all there is. */
char *
    selector_escape(const char *text);

#endif
