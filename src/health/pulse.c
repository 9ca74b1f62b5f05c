/*
 * pulse - asks our own /health once a second
 *
 * Over a real connection, so that what is measured is what others see.  One
 * that has not ended after three seconds is a failure.
 */

#include "health/pulse.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "coredns/memory.h"

#define BEAT_MS 1000
#define PATIENCE_MS 3000

struct pulse {
    core_loop_t *loop;
    core_timer_t *beat;
    struct sockaddr_storage address;
    socklen_t address_size;             /* 0: nobody is asked */
    int fd;                             /* of the question, or -1 */
    int64_t asked_us;
    bool is_heard;                      /* some of the answer has come */
    struct core_histogram duration;
    uint64_t failures;
};

static const char question[] =
    "GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n";

static void
end(pulse_t *self, bool is_answered)
{
    if (is_answered)
        core_histogram_add(&self->duration,
                           core_loop_now_us(self->loop) - self->asked_us);
    else
        self->failures++;
    core_loop_unwatch(self->loop, self->fd);
    close(self->fd);
    self->fd = -1;
}

/* Any answer is one; what it says is for others. */
static void
take_answer(void *owner, int fd, uint32_t events)
{
    pulse_t *self = owner;
    char text[1024];
    ssize_t got;

    (void) events;
    while ((got = recv(fd, text, sizeof text, 0)) > 0)
        self->is_heard = true;
    if (got == 0)
        end(self, self->is_heard);
    else if (errno != EAGAIN && errno != EINTR)
        end(self, false);
}

static void
send_question(void *owner, int fd, uint32_t events)
{
    pulse_t *self = owner;

    (void) events;
    if (send(fd, question, sizeof question - 1, MSG_NOSIGNAL)
        != (ssize_t) sizeof question - 1) {
        end(self, false);
        return;
    }
    core_loop_watch(self->loop, fd, EPOLLIN, take_answer, self);
}

static void
ask(pulse_t *self)
{
    const struct sockaddr *address = (struct sockaddr *) &self->address;

    self->asked_us = core_loop_now_us(self->loop);
    self->is_heard = false;
    self->fd = socket(self->address.ss_family,
                      SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (self->fd == -1) {
        self->failures++;
        return;
    }
    core_loop_watch(self->loop, self->fd, EPOLLOUT, send_question, self);
    if (connect(self->fd, address, self->address_size) == -1
        && errno != EINPROGRESS)
        end(self, false);
}

static void
beat(void *owner)
{
    pulse_t *self = owner;
    int64_t asked_ms = self->asked_us / 1000;

    if (self->fd != -1
        && core_loop_now_ms(self->loop) - asked_ms >= PATIENCE_MS)
        end(self, false);
    if (self->fd == -1 && self->address_size > 0)
        ask(self);
}

/* What listens at every address is asked at the host's own. */
static void
make_own(struct sockaddr_storage *address)
{
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *) address;
    struct sockaddr_in *v4 = (struct sockaddr_in *) address;

    if (address->ss_family == AF_INET
        && v4->sin_addr.s_addr == htonl(INADDR_ANY))
        v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else if (address->ss_family == AF_INET6
             && IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr))
        v6->sin6_addr = in6addr_loopback;
}

pulse_t *
pulse_new(core_loop_t *loop)
{
    pulse_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->fd = -1;
    self->beat = core_loop_timer(loop, BEAT_MS, BEAT_MS, beat, self);
    return self;
}

void
pulse_destroy(pulse_t **self_p)
{
    assert(self_p);

    pulse_t *self = *self_p;

    if (self == NULL)
        return;
    if (self->fd != -1)
        end(self, false);
    core_loop_timer_cancel(self->loop, &self->beat);
    free(self);
    *self_p = NULL;
}

void
pulse_aim(pulse_t *self, const struct listeners *listeners)
{
    self->address_size = 0;
    if (listeners->count == 0)
        return;
    self->address_size = sizeof self->address;
    if (getsockname(listeners->items[0].descriptor,
                    (struct sockaddr *) &self->address,
                    &self->address_size) == -1)
        self->address_size = 0;
    else
        make_own(&self->address);
}

void
pulse_publish(pulse_t *self, core_telemetry_t *telemetry)
{
    core_telemetry_add_histogram(telemetry,
                                 "coredns_health_request_duration_seconds",
                                 "Time that our own /health took to answer",
                                 &self->duration);
    core_telemetry_add(telemetry, CORE_COUNTER,
                       "coredns_health_request_failures_total",
                       "Times that our own /health did not answer",
                       &self->failures);
}
