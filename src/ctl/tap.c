/*
 * tap - the verb tap: what passes on the way to a stage, in this terminal
 *
 * A coredns-tap is inserted in front of the stage, lent to this process: the
 * supervisor takes it out again when we end, however that comes about.  What it
 * prints comes through a socket beside its control endpoint.
 */

#include "ctl/tap.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "coredns/stage.h"

#include "ctl/message.h"
#include "ctl/order.h"
#include "ctl/toolkit.h"

#define PROGRAM "coredns-tap"
#define WORDS 24
#define SET_SIZE 320
#define READ_SIZE 65536

/* Options of ours, and the settings of coredns-tap that they are. */
static const struct {
    enum grammar_option option;
    const char *key;
} filters[] = {
    { OPTION_FORMAT, "format" }, { OPTION_NAME, "names" },
    { OPTION_TYPE, "types" }, { OPTION_CLIENT, "clients" },
    { OPTION_RCODE, "rcodes" },
};

#define FILTERS (sizeof filters / sizeof *filters)

/* ---- putting it there ---------------------------------------------------- */

static int
insert(const struct request *request, const char *name)
{
    char sets[FILTERS][SET_SIZE];
    char pid[24];
    const char *words[WORDS] = {
        "insert", name, request->argument, pid, "/", PROGRAM
    };
    size_t count = 6;

    snprintf(pid, sizeof pid, "%ld", (long) getpid());
    for (size_t i = 0; i < FILTERS; i++) {
        const char *value = request_value(request, filters[i].option);

        if (value == NULL)
            continue;
        if (snprintf(sets[i], SET_SIZE, "%s=%s", filters[i].key, value)
            >= SET_SIZE)
            return message_fail(CORE_EXIT_USAGE, "too long: %s", value);
        words[count++] = "--set";
        words[count++] = sets[i];
    }
    return order_give(request, words);
}

/* Connects to what it prints; -1 when that was said. */
static int
connect_to(const struct request *request, const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct toolkit toolkit;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    toolkit_find(&toolkit, request->config_path, request->run_directory);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/%s.tap",
             toolkit.run_directory, name);
    toolkit_end(&toolkit);
    if (fd != -1
        && connect(fd, (struct sockaddr *) &address, sizeof address) == 0)
        return fd;
    message_fail(0, "%s: cannot connect: %s", address.sun_path,
                 strerror(errno));
    if (fd != -1)
        close(fd);
    return -1;
}

/* ---- showing ------------------------------------------------------------- */

/* Writes all of it; false when nobody reads any more. */
static bool
write_all(const char *octets, size_t size)
{
    while (size > 0) {
        ssize_t written = write(STDOUT_FILENO, octets, size);

        if (written == -1 && errno != EINTR)
            return false;
        if (written > 0) {
            octets += written;
            size -= (size_t) written;
        }
    }
    return true;
}

/* Signals that end us are read, so that the wire is mended first. */
static int
watch_signals(void)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &signals, SFD_CLOEXEC);
}

/* Shows what comes until somebody has had enough; an exit code. */
static int
show(int fd, int signals)
{
    struct pollfd watches[] = {
        { .fd = fd, .events = POLLIN }, { .fd = signals, .events = POLLIN },
        { .fd = STDOUT_FILENO },
    };
    static char octets[READ_SIZE];

    for (;;) {
        if (poll(watches, 3, -1) == -1 && errno != EINTR)
            return CORE_EXIT_FAILED;
        if (watches[1].revents != 0
            || (watches[2].revents & (POLLERR | POLLHUP)) != 0)
            return CORE_EXIT_DONE;
        if (watches[0].revents == 0)
            continue;

        ssize_t size = read(fd, octets, sizeof octets);

        if (size <= 0)
            return message_fail(CORE_EXIT_AGAIN, "the tap has ended");
        if (!write_all(octets, (size_t) size))
            return CORE_EXIT_DONE;
    }
}

int
tap_run(const struct request *request)
{
    char name[40];
    int signals = watch_signals();
    int code;

    snprintf(name, sizeof name, "tap-%ld", (long) getpid());
    code = insert(request, name);
    if (code != CORE_EXIT_DONE)
        return code;

    int fd = connect_to(request, name);

    code = CORE_EXIT_AGAIN;
    if (fd != -1) {
        code = show(fd, signals);
        close(fd);
    }
    order_give(request, (const char *const []) { "remove", name, NULL });
    return code;
}
