/*
 * server_url - the address of an HTTP server, as settings say it
 *
 * For programs that are linked with libcurl alone.
 */

#ifndef LIB_SERVER_URL_H
#define LIB_SERVER_URL_H

enum server_url_path { SERVER_URL_WITHOUT_PATH, SERVER_URL_WITH_PATH };

/* What is wrong with it, in a few words, or NULL.  No user is in it, and
   nothing behind host and port but a path, where there may be one. */
const char *
    server_url_flaw(const char *url, enum server_url_path path);

#endif
