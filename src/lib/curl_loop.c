/*
 * curl_loop - libcurl's transfers on the loop of the process
 *
 * The timer of libcurl may be set from inside any call of it, so it never runs
 * at once: the loop calls back.  A transfer is ended outside of libcurl's calls
 * only, which is when its messages are read.
 */

#include "lib/curl_loop.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "coredns/memory.h"

struct curl_loop {
    core_loop_t *loop;
    CURLM *multi;
    core_timer_t *timer;                /* or NULL */
    curl_loop_done *done;
};

/* Tells of the transfers that are done; each may begin others. */
static void
collect(curl_loop_t *self)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(self->multi, &left)) != NULL) {
        CURLcode code = message->data.result;
        char *transfer = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        self->done(transfer, code);
    }
}

static void
handle_ready(void *owner, int fd, uint32_t events)
{
    curl_loop_t *self = owner;
    int what = 0;
    int running;

    if ((events & (EPOLLIN | EPOLLHUP)) != 0)
        what |= CURL_CSELECT_IN;
    if ((events & EPOLLOUT) != 0)
        what |= CURL_CSELECT_OUT;
    if ((events & EPOLLERR) != 0)
        what |= CURL_CSELECT_ERR;
    curl_multi_socket_action(self->multi, fd, what, &running);
    collect(self);
}

static int
handle_socket(CURL *easy, curl_socket_t fd, int what, void *owner,
              void *socket_owner)
{
    curl_loop_t *self = owner;
    uint32_t events = 0;

    (void) easy;
    (void) socket_owner;
    if (what == CURL_POLL_REMOVE) {
        core_loop_unwatch(self->loop, fd);
        return 0;
    }
    if (what != CURL_POLL_OUT)
        events |= EPOLLIN;
    if (what != CURL_POLL_IN)
        events |= EPOLLOUT;
    core_loop_watch(self->loop, fd, events, handle_ready, self);
    return 0;
}

static void
handle_time(void *owner)
{
    curl_loop_t *self = owner;
    int running;

    self->timer = NULL;                 /* it has ended itself */
    curl_multi_socket_action(self->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(self);
}

static int
handle_timer(CURLM *multi, long timeout_ms, void *owner)
{
    curl_loop_t *self = owner;

    (void) multi;
    core_loop_timer_cancel(self->loop, &self->timer);
    if (timeout_ms >= 0)
        self->timer = core_loop_timer(self->loop, timeout_ms, 0, handle_time,
                                      self);
    return 0;
}

curl_loop_t *
curl_loop_new(core_loop_t *loop, long connections, curl_loop_done *done)
{
    curl_loop_t *self = core_allocate(sizeof *self);

    curl_global_init(CURL_GLOBAL_DEFAULT);
    self->loop = loop;
    self->done = done;
    self->multi = curl_multi_init();
    assert(self->multi != NULL);
    curl_multi_setopt(self->multi, CURLMOPT_SOCKETFUNCTION, handle_socket);
    curl_multi_setopt(self->multi, CURLMOPT_SOCKETDATA, self);
    curl_multi_setopt(self->multi, CURLMOPT_TIMERFUNCTION, handle_timer);
    curl_multi_setopt(self->multi, CURLMOPT_TIMERDATA, self);
    curl_multi_setopt(self->multi, CURLMOPT_MAXCONNECTS, connections);
    return self;
}

void
curl_loop_destroy(curl_loop_t **self_p)
{
    assert(self_p);

    curl_loop_t *self = *self_p;

    if (self == NULL)
        return;
    curl_multi_cleanup(self->multi);
    core_loop_timer_cancel(self->loop, &self->timer);
    curl_global_cleanup();
    free(self);
    *self_p = NULL;
}

CURLM *
curl_loop_multi(const curl_loop_t *self)
{
    return self->multi;
}
