/*
 * loop - the one event loop of a process
 *
 * epoll for descriptors, a signalfd for signals, one timerfd for all timers;
 * and ZeroMQ sockets, whose descriptor is edge-triggered and says only "look":
 * the loop asks ZMQ_EVENTS before each sleep, so no message is left behind.
 *
 * A round: wait, run what is ready, then run the flushers (which send what the
 * round has gathered), then wait again.  Callbacks may add and remove anything
 * at any time, themselves included.
 */

#ifndef COREDNS_LOOP_H
#define COREDNS_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct core_loop core_loop_t;
typedef struct core_timer core_timer_t;

/* events are those of epoll(7): EPOLLIN, EPOLLOUT... */
typedef void core_loop_ready(void *self, int fd, uint32_t events);
typedef void core_loop_run_callback(void *self);

/*
 * Reads what waits on a ZeroMQ socket, up to a bound of its own.  Returns true
 * when there may be more: it is called again in the next round, after the
 * others had their turn, without a sleep in between.
 */
typedef bool core_loop_drain(void *self);

core_loop_t *
    core_loop_new(void);

void
    core_loop_destroy(core_loop_t **self_p);

/* Runs until core_loop_stop(). */
void
    core_loop_run(core_loop_t *self);

void
    core_loop_stop(core_loop_t *self);

/* The clocks, read once a round: monotonic. */
int64_t
    core_loop_now_ms(const core_loop_t *self);
int64_t
    core_loop_now_us(const core_loop_t *self);

/*
 * Watches a descriptor (level-triggered).  A second call for the same
 * descriptor changes events, callback and self.  The caller keeps the
 * descriptor and takes it out before closing it.
 */
void
    core_loop_watch(core_loop_t *self, int fd, uint32_t events,
                    core_loop_ready *ready, void *owner);
void
    core_loop_unwatch(core_loop_t *self, int fd);

/* Watches a ZeroMQ socket for reading. */
void
    core_loop_socket(core_loop_t *self, void *socket, core_loop_drain *drain,
                     void *owner);
void
    core_loop_unsocket(core_loop_t *self, void *socket);

/*
 * A send may swallow the wake-up of a message that comes at the same time, so
 * before each sleep every socket is asked, which costs a system call each.  An
 * owner that says core_loop_used() after each send can spare its socket that:
 * it declares so once by core_loop_socket_tells().
 */
void
    core_loop_socket_tells(core_loop_t *self, void *socket);
void
    core_loop_used(core_loop_t *self, void *socket);

/*
 * Calls run every interval_ms, first after first_ms.  interval_ms 0: once (the
 * timer ends itself after the call, and the pointer is not to be used again).
 */
core_timer_t *
    core_loop_timer(core_loop_t *self, int64_t first_ms, int64_t interval_ms,
                    core_loop_run_callback *run, void *owner);

/* Ends a timer and sets the pointer to NULL; does nothing when it is NULL. */
void
    core_loop_timer_cancel(core_loop_t *self, core_timer_t **timer_p);

/* Calls run at the end of each round; who came last is called first. */
void
    core_loop_flusher(core_loop_t *self, core_loop_run_callback *run,
                      void *owner);

/*
 * As many file descriptors as are wanted, but at most one in `part` of those
 * the process may have open (RLIMIT_NOFILE): some must be left for the pipe.
 */
size_t
    core_loop_share(size_t wanted, unsigned part);

/* Blocks the signal and calls run when it comes. */
void
    core_loop_signal(core_loop_t *self, int signal_number,
                     core_loop_run_callback *run, void *owner);

#endif
