/* http - what a client gets, and how many get something */

#include "health/http.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core_test.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"
#define LARGE (2 * 1024 * 1024)

/* A server with its clients in one loop. */
struct scene {
    core_loop_t *loop;
    http_t *http;
    struct http_counters counters;
    struct sockaddr_in where;
    int rendered;
    int open_clients;
};

struct client {
    struct scene *scene;
    int fd;
    char *text;
    size_t size;
};

/* ---- the pages ----------------------------------------------------------- */

static unsigned
render_word(void *owner, bool is_verbose, FILE *file)
{
    struct scene *scene = owner;

    scene->rendered++;
    fputs(is_verbose ? "many words" : "word", file);
    return is_verbose ? 503 : 200;
}

static unsigned
render_large(void *owner, bool is_verbose, FILE *file)
{
    struct scene *scene = owner;

    (void) is_verbose;
    scene->rendered++;
    for (int i = 0; i < LARGE; i++)
        fputc('x', file);
    return 200;
}

static const struct http_route routes[] = {
    { "/", "text/html", 0, render_word },
    { "/kept", "text/plain", 3600000, render_word },
    { "/large", "text/plain", 3600000, render_large },
    { .path = NULL },
};

/* ---- the scene ----------------------------------------------------------- */

static void
begin(struct scene *self)
{
    struct listeners listeners = { .count = 0 };
    socklen_t size = sizeof self->where;
    struct core_fault fault;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    *self = (struct scene) { .where.sin_family = AF_INET };
    self->where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(bind(fd, (struct sockaddr *) &self->where, size), 0);
    ck_assert_int_eq(listen(fd, 1000), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *) &self->where,
                                 &size), 0);
    self->loop = core_loop_new();
    self->http = http_new(self->loop, routes, self, &self->counters, &fault);
    ck_assert_ptr_nonnull(self->http);
    ck_assert_int_eq(listeners_take(&listeners, "a:1", fd, &fault), 0);
    close(fd);
    http_serve(self->http, &listeners);
}

static void
end(struct scene *self)
{
    http_destroy(&self->http);
    ck_assert_ptr_null(self->http);
    core_loop_destroy(&self->loop);
}

/* Reads until the server ends the connection. */
static void
read_more(void *owner, int fd, uint32_t events)
{
    struct client *self = owner;
    char part[65536];
    ssize_t size = read(fd, part, sizeof part);

    (void) events;
    if (size > 0) {
        self->text = realloc(self->text, self->size + (size_t) size + 1);
        memcpy(self->text + self->size, part, (size_t) size);
        self->size += (size_t) size;
        self->text[self->size] = '\0';
        return;
    }
    core_loop_unwatch(self->scene->loop, fd);
    close(fd);
    self->fd = -1;
    if (--self->scene->open_clients == 0)
        core_loop_stop(self->scene->loop);
}

static void
connect_client(struct client *self, struct scene *scene, const char *request)
{
    *self = (struct client) { .scene = scene, .text = calloc(1, 1) };
    self->fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(self->fd, (struct sockaddr *) &scene->where,
                             sizeof scene->where), 0);
    ck_assert_int_eq(write(self->fd, request, strlen(request)),
                     (ssize_t) strlen(request));
    core_loop_watch(scene->loop, self->fd, EPOLLIN, read_more, self);
    scene->open_clients++;
}

/* What one client gets; yours. */
static char *
ask(struct scene *scene, const char *request)
{
    struct client client;

    connect_client(&client, scene, request);
    core_loop_run(scene->loop);
    return client.text;
}

/* ---- answers ------------------------------------------------------------- */

static const struct {
    const char *request;
    const char *status;                 /* the beginning */
    const char *body;                   /* all behind the empty line */
} rows[] = {
    { GET("/"), "HTTP/1.1 200 ", "word" },
    { GET("/?verbose"), "HTTP/1.1 503 ", "many words" },
    { GET("/?verbose=1&x=2"), "HTTP/1.1 503 ", "many words" },
    { GET("/?verbos"), "HTTP/1.1 200 ", "word" },
    { GET("/kept"), "HTTP/1.1 200 ", "word" },
    { "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 ", "" },
    { "GET / HTTP/1.0\r\n\r\n", "HTTP/1.0 200 ", "word" },
    { GET("/no"), "HTTP/1.1 404 ", "not found\n" },
    { GET("//"), "HTTP/1.1 404 ", "not found\n" },
    { GET("/kept/"), "HTTP/1.1 404 ", "not found\n" },
    { GET("/../kept"), "HTTP/1.1 404 ", "not found\n" },
    { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
      "HTTP/1.1 405 ", "only GET and HEAD\n" },
    { "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 405 ",
      "only GET and HEAD\n" },
    { "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ", NULL },    /* no Host */
};

START_TEST(answers)
{
    struct scene scene;

    begin(&scene);

    char *text = ask(&scene, rows[_i].request);
    const char *body = strstr(text, "\r\n\r\n");

    /* MHD answers HTTP/1.0 in its own version. */
    ck_assert_msg(strncmp(text + 8, rows[_i].status + 8,
                          strlen(rows[_i].status) - 8) == 0,
                  "%s: %s", rows[_i].request, text);
    ck_assert_ptr_nonnull(body);
    if (rows[_i].body != NULL)
        ck_assert_str_eq(body + 4, rows[_i].body);
    free(text);
    end(&scene);
}
END_TEST

START_TEST(says_that_nothing_is_to_be_kept_or_guessed)
{
    struct scene scene;

    begin(&scene);

    char *text = ask(&scene, GET("/"));

    ck_assert_ptr_nonnull(strstr(text, "\r\nContent-Type: text/html\r\n"));
    ck_assert_ptr_nonnull(strstr(text, "\r\nCache-Control: no-store\r\n"));
    ck_assert_ptr_nonnull(
        strstr(text, "\r\nX-Content-Type-Options: nosniff\r\n"));
    ck_assert_ptr_nonnull(
        strstr(text, "\r\nContent-Security-Policy: default-src 'none';"));
    ck_assert_ptr_nonnull(strstr(text, "\r\nConnection: close\r\n"));
    free(text);
    end(&scene);
}
END_TEST

START_TEST(refuses_a_head_that_is_too_large)
{
    static const char start[] = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    size_t size = 2 * HTTP_REQUEST_SIZE;
    char *request = malloc(size + 1);
    struct scene scene;

    memset(request, 'x', size);
    memcpy(request, start, strlen(start));
    request[size] = '\0';
    begin(&scene);

    char *text = ask(&scene, request);

    ck_assert_int_eq(scene.rendered, 0);
    free(text);
    free(request);
    end(&scene);
}
END_TEST

START_TEST(makes_a_kept_text_once)
{
    struct scene scene;

    begin(&scene);
    for (int i = 0; i < 3; i++)
        free(ask(&scene, GET("/kept")));
    ck_assert_int_eq(scene.rendered, 1);
    for (int i = 0; i < 3; i++)
        free(ask(&scene, GET("/")));
    ck_assert_int_eq(scene.rendered, 4);
    ck_assert_uint_eq(scene.counters.requests, 6);
    ck_assert_uint_eq(scene.counters.refused, 0);
    end(&scene);
}
END_TEST

START_TEST(serves_many_at_a_time)
{
    struct client clients[HTTP_CONNECTIONS];
    struct scene scene;

    begin(&scene);
    for (int i = 0; i < HTTP_CONNECTIONS; i++)
        connect_client(&clients[i], &scene, GET("/large"));
    core_loop_run(scene.loop);
    for (int i = 0; i < HTTP_CONNECTIONS; i++) {
        ck_assert_uint_gt(clients[i].size, LARGE);
        free(clients[i].text);
    }
    ck_assert_int_eq(scene.rendered, 1);
    ck_assert_uint_eq(scene.counters.cut, 0);
    end(&scene);
}
END_TEST

/* ---- those who wait for ever --------------------------------------------- */

START_TEST(lets_no_silent_client_keep_others_out)
{
    struct client silent[HTTP_CONNECTIONS + 8];
    struct client last;
    struct scene scene;

    begin(&scene);
    for (int i = 0; i < HTTP_CONNECTIONS + 8; i++) {
        connect_client(&silent[i], &scene, "GET /");
        core_loop_unwatch(scene.loop, silent[i].fd);
        scene.open_clients--;
    }
    connect_client(&last, &scene, GET("/"));
    core_loop_run(scene.loop);
    ck_assert_ptr_nonnull(strstr(last.text, "\r\n\r\nword"));
    ck_assert_uint_eq(scene.counters.cut, 9);
    free(last.text);
    for (int i = 0; i < HTTP_CONNECTIONS + 8; i++) {
        close(silent[i].fd);
        free(silent[i].text);
    }
    end(&scene);
}
END_TEST

START_TEST(ends_with_clients_connected)
{
    struct client client;
    struct scene scene;

    begin(&scene);
    free(ask(&scene, GET("/")));
    connect_client(&client, &scene, "GET /");
    core_loop_unwatch(scene.loop, client.fd);
    end(&scene);
    close(client.fd);
    free(client.text);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("http");

    tcase_add_loop_test(cases, answers, 0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, says_that_nothing_is_to_be_kept_or_guessed);
    tcase_add_test(cases, refuses_a_head_that_is_too_large);
    tcase_add_test(cases, makes_a_kept_text_once);
    tcase_add_test(cases, serves_many_at_a_time);
    tcase_add_test(cases, lets_no_silent_client_keep_others_out);
    tcase_add_test(cases, ends_with_clients_connected);
    return core_test_run(cases);
}
