/*
 * server_url - the address of an HTTP server, as settings say it
 */

#include "lib/server_url.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include <curl/curl.h>

static bool
has_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    bool is_there = curl_url_get(url, part, &text, 0) == CURLUE_OK;

    curl_free(text);
    return is_there;
}

/* The text of a part is that; false as well when it is not there. */
static bool
is_part(CURLU *url, CURLUPart part, const char *wanted)
{
    char *text = NULL;
    bool is_same = curl_url_get(url, part, &text, 0) == CURLUE_OK
        && strcmp(text, wanted) == 0;

    curl_free(text);
    return is_same;
}

static const char *
find_flaw(CURLU *url, const char *text, enum server_url_path path)
{
    CURLUcode code = curl_url_set(url, CURLUPART_URL, text, 0);

    if (strncmp(text, "http://", 7) != 0 && strncmp(text, "https://", 8) != 0)
        return "neither http://... nor https://...";
    if (code == CURLUE_BAD_PORT_NUMBER || is_part(url, CURLUPART_PORT, "0"))
        return "the port is not between 1 and 65535";
    if (code != CURLUE_OK)
        return curl_url_strerror(code);
    if (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD))
        return "a user is not said here";
    if (has_part(url, CURLUPART_QUERY) || has_part(url, CURLUPART_FRAGMENT)
        || (path == SERVER_URL_WITHOUT_PATH
            && !is_part(url, CURLUPART_PATH, "/")))
        return path == SERVER_URL_WITH_PATH
            ? "there is something behind the path"
            : "there is something behind host and port";
    return NULL;
}

const char *
server_url_flaw(const char *url, enum server_url_path path)
{
    CURLU *read = curl_url();

    assert(read != NULL);

    const char *flaw = find_flaw(read, url, path);

    curl_url_cleanup(read);
    return flaw;
}
