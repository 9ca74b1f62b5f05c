/* pulse - who answers, who does not, and who is not there */

#include "health/pulse.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core_test.h"

enum manner { ANSWERS, CLOSES, IS_AWAY, MANNERS };

static const char *const wanted[MANNERS] = {
    [ANSWERS] = "_count 1\n", [CLOSES] = "failures_total 1\n",
    [IS_AWAY] = "failures_total 1\n",
};

static core_loop_t *loop;
static core_telemetry_t *telemetry;
static enum manner manner;
static int listener;

static int
listen_somewhere(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    ck_assert_int_eq(bind(fd, (struct sockaddr *) &address, sizeof address),
                     0);
    ck_assert_int_eq(listen(fd, 4), 0);
    return fd;
}

static void
take_connection(void *owner, int fd, uint32_t events)
{
    static const char answer[] = "HTTP/1.0 200 OK\r\n\r\nOK";
    int connection = accept(fd, NULL, NULL);
    char text[512];

    (void) owner, (void) events;
    ck_assert_int_gt(read(connection, text, sizeof text), 0);
    ck_assert_int_eq(strncmp(text, "GET /health HTTP/1.0\r\n", 22), 0);
    if (manner == ANSWERS)
        ck_assert_int_gt(write(connection, answer, sizeof answer - 1), 0);
    close(connection);
}

/* Ends the loop when the question has been counted. */
static void
look(void *owner)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    (void) owner;
    core_telemetry_write(telemetry, file);
    fclose(file);
    if (strstr(text, wanted[manner]) != NULL)
        core_loop_stop(loop);
    free(text);
}

START_TEST(counts_answers_and_failures)
{
    struct core_fault fault;
    struct listeners listeners = { .count = 1 };
    pulse_t *pulse;

    manner = (enum manner) _i;
    loop = core_loop_new();
    telemetry = core_telemetry_new(NULL, loop, NULL, "test", &fault);
    pulse = pulse_new(loop);
    pulse_publish(pulse, telemetry);
    listener = listen_somewhere();
    listeners.items[0].descriptor = listener;
    pulse_aim(pulse, &listeners);
    if (manner == IS_AWAY)
        close(listener);
    else
        core_loop_watch(loop, listener, EPOLLIN, take_connection, NULL);
    core_loop_timer(loop, 10, 10, look, NULL);
    core_loop_run(loop);
    pulse_destroy(&pulse);
    core_telemetry_destroy(&telemetry);
    core_loop_destroy(&loop);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("pulse");

    tcase_set_timeout(cases, 20);
    tcase_add_loop_test(cases, counts_answers_and_failures, 0, MANNERS);
    return core_test_run(cases);
}
