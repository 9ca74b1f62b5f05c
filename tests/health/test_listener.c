/* listener - which texts are addresses, and what becomes of the sockets */

#include "health/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core_test.h"

static const struct {
    const char *text;
    bool is_address;
} rows[] = {
    { "127.0.0.1:8080",        true  },
    { "[::1]:8080",            true  },
    { ":8080",                 true  },
    { "*:8080",                true  },
    { "0.0.0.0:65535",         true  },
    { "[::]:1",                true  },
    { "",                      false },
    { "8080",                  false },
    { "127.0.0.1",             false },
    { "127.0.0.1:",            false },
    { "127.0.0.1:0",           false },
    { "127.0.0.1:65536",       false },
    { "127.0.0.1:080800",      false },
    { "127.0.0.1:80x",         false },
    { "127.0.0.1:-1",          false },
    { "127.0.0.1: 80",         false },
    { "::1:8080",              false },     /* where would the port begin? */
    { "[::1:8080",             false },
    { "[]:8080",               true  },     /* as ":8080" */
    { "localhost:8080",        false },     /* names are not looked up */
    { "http://127.0.0.1:8080", false },
    { "256.0.0.1:8080",        false },
};

START_TEST(knows_an_address)
{
    const char *texts[] = { rows[_i].text };
    struct core_list list = { texts, 1 };
    core_faults_t *faults = core_faults_new();

    listeners_check(&list, "health.ready", faults);
    ck_assert_msg((core_faults_count(faults) == 0) == rows[_i].is_address,
                  "wrong for %s", rows[_i].text);
    core_faults_destroy(&faults);
}
END_TEST

START_TEST(names_the_key_and_the_text)
{
    const char *texts[] = { "127.0.0.1:1", "nonsense" };
    struct core_list list = { texts, 2 };
    core_faults_t *faults = core_faults_new();

    listeners_check(&list, "health.ready", faults);
    ck_assert_uint_eq(core_faults_count(faults), 1);
    ck_assert_str_eq(core_faults_at(faults, 0)->text,
                     "health.ready: not an address and a port, as "
                     "127.0.0.1:8080: nonsense");
    core_faults_destroy(&faults);
}
END_TEST

START_TEST(names_a_port_that_only_root_could_bind)
{
    const char *texts[] = { "127.0.0.1:1024", ":1023", "[::1]:80" };
    struct core_list list = { texts, 3 };
    core_faults_t *faults = core_faults_new();

    listeners_check_ports(&list, "health.ready", faults);
    ck_assert_uint_eq(core_faults_count(faults), 2);
    ck_assert_str_eq(core_faults_at(faults, 1)->text,
                     "health.ready[2]: [::1]:80: the port must be above 1023");
    core_faults_destroy(&faults);
}
END_TEST

START_TEST(names_an_address_that_stands_in_two_lists)
{
    const char *texts[] = { ":1", ":2" };
    const char *others[] = { ":3", ":2" };
    struct core_list list = { texts, 2 };
    struct core_list other = { others, 2 };
    core_faults_t *faults = core_faults_new();

    listeners_check_other(&list, "health.ready", &list, "health.ready",
                          faults);
    ck_assert_uint_eq(core_faults_count(faults), 0);
    listeners_check_other(&list, "health.ready", &other, "health.listen",
                          faults);
    ck_assert_uint_eq(core_faults_count(faults), 1);
    ck_assert_str_eq(core_faults_at(faults, 0)->text,
                     "health.ready[1]: :2 stands in health.listen already");
    core_faults_destroy(&faults);
}
END_TEST

/* A socket that listens at a free port, and the text of its address. */
static int
listen_somewhere(char text[LISTENER_TEXT_SIZE])
{
    struct sockaddr_in where = { .sin_family = AF_INET };
    socklen_t size = sizeof where;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(bind(fd, (struct sockaddr *) &where, size), 0);
    ck_assert_int_eq(listen(fd, 1), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *) &where, &size), 0);
    snprintf(text, LISTENER_TEXT_SIZE, "127.0.0.1:%d",
             ntohs(where.sin_port));
    return fd;
}

static const struct listeners none = { .count = 0 };

START_TEST(says_in_one_line_that_a_port_is_in_use)
{
    char text[LISTENER_TEXT_SIZE];
    char wanted[CORE_FAULT_TEXT_SIZE];
    int fd = listen_somewhere(text);
    const char *texts[] = { text };
    struct core_list list = { texts, 1 };
    struct listeners listeners;
    struct core_fault fault;

    snprintf(wanted, sizeof wanted,
             "cannot bind %s/tcp: Address already in use", text);
    ck_assert_int_eq(listeners_open(&listeners, &list, &none, &fault), -1);
    ck_assert_str_eq(fault.text, wanted);
    ck_assert_uint_eq(listeners.count, 0);
    close(fd);
}
END_TEST

START_TEST(keeps_a_socket_that_is_there)
{
    char text[LISTENER_TEXT_SIZE];
    int fd = listen_somewhere(text);
    const char *texts[] = { text };
    struct core_list list = { texts, 1 };
    struct listeners before = { .count = 0 };
    struct listeners listeners;
    struct core_fault fault;

    ck_assert_int_eq(listeners_take(&before, text, fd, &fault), 0);
    ck_assert_int_eq(listeners_open(&listeners, &list, &before, &fault), 0);
    ck_assert_uint_eq(listeners.count, 1);
    ck_assert(listeners_have(&before, listeners.items[0].descriptor));
    listeners_close_new(&listeners, &before);
    listeners_close(&before);
    ck_assert_uint_eq(before.count, 0);

    /* Ours was a duplicate: the one that was lent still listens. */
    int is_listening = 0;
    socklen_t size = sizeof is_listening;

    ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening,
                                &size), 0);
    ck_assert_int_eq(is_listening, 1);
    close(fd);
}
END_TEST

START_TEST(opens_all_or_none)
{
    char free_text[LISTENER_TEXT_SIZE];
    char used_text[LISTENER_TEXT_SIZE];
    int used = listen_somewhere(used_text);
    int probe = listen_somewhere(free_text);
    const char *texts[] = { free_text, used_text };
    struct core_list list = { texts, 2 };
    struct listeners listeners;
    struct core_fault fault;

    close(probe);
    ck_assert_int_eq(listeners_open(&listeners, &list, &none, &fault), -1);
    list.count = 1;
    ck_assert_int_eq(listeners_open(&listeners, &list, &none, &fault), 0);
    listeners_close(&listeners);
    close(used);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("listener");

    tcase_add_loop_test(cases, knows_an_address, 0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, names_the_key_and_the_text);
    tcase_add_test(cases, names_a_port_that_only_root_could_bind);
    tcase_add_test(cases, names_an_address_that_stands_in_two_lists);
    tcase_add_test(cases, says_in_one_line_that_a_port_is_in_use);
    tcase_add_test(cases, keeps_a_socket_that_is_there);
    tcase_add_test(cases, opens_all_or_none);
    return core_test_run(cases);
}
