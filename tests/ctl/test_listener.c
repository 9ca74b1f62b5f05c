/* listener - opening sockets, and going on with those that are open */

#include "ctl/listener.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core_test.h"

static const struct listener_donor none = { .descriptors = NULL };

static struct listener_donor
from(const struct core_handover *descriptors)
{
    return (struct listener_donor) { descriptors, true };
}

/* Binds a socket of that type; the port, or 0 when it is taken. */
static unsigned
try_port(int type, unsigned port)
{
    struct sockaddr_in where = { .sin_family = AF_INET,
                                 .sin_port = htons((uint16_t) port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof where;
    int fd = socket(AF_INET, type, 0);
    int rc = bind(fd, (struct sockaddr *) &where, size);

    getsockname(fd, (struct sockaddr *) &where, &size);
    close(fd);
    return rc == 0 ? ntohs(where.sin_port) : 0;
}

/* A port of 127.0.0.1 that was free a moment ago, for UDP and TCP. */
static unsigned
free_port(void)
{
    unsigned port;

    do
        port = try_port(SOCK_STREAM, 0);
    while (try_port(SOCK_DGRAM, port) == 0);
    return port;
}

static struct address
address_at(const char *form, unsigned port)
{
    struct address address;
    char text[64];
    char why[ADDRESS_WHY_SIZE];

    snprintf(text, sizeof text, form, port);
    ck_assert_int_eq(address_parse(&address, text, why), 0);
    return address;
}

static ino_t
inode_of(const struct core_handover *descriptors, const char *name)
{
    struct stat found;

    ck_assert_int_eq(fstat(core_handover_find(descriptors, name), &found), 0);
    return found.st_ino;
}

START_TEST(names_what_it_opens)
{
    struct address addresses[] = { address_at("dns://127.0.0.1:%u",
                                              free_port()),
                                   address_at("127.0.0.1:%u", free_port()) };
    struct plan_stage stage = { .instances = 1, .listen = addresses,
                                .listen_count = 2 };
    struct core_handover descriptors;
    struct core_fault fault;

    ck_assert_int_eq(listener_open(&descriptors, &stage, none, &fault), 0);
    ck_assert_uint_eq(descriptors.count, 4);
    ck_assert_int_ne(core_handover_find(&descriptors, "listen0.udp"), -1);
    ck_assert_int_ne(core_handover_find(&descriptors, "listen0.tcp"), -1);
    ck_assert_int_ne(core_handover_find(&descriptors, "listen1.tcp"), -1);
    ck_assert_int_ne(core_handover_find(&descriptors, "memory"), -1);
    listener_close(&descriptors);
    ck_assert_uint_eq(descriptors.count, 0);
}
END_TEST

START_TEST(says_what_cannot_be_bound)
{
    struct address address = address_at("127.0.0.1:%u", free_port());
    struct plan_stage stage = { .instances = 1, .listen = &address,
                                .listen_count = 1 };
    struct core_handover first, second;
    struct core_fault fault;
    char wanted[128];

    ck_assert_int_eq(listener_open(&first, &stage, none, &fault), 0);
    ck_assert_int_eq(listener_open(&second, &stage, none, &fault), -1);
    snprintf(wanted, sizeof wanted, "cannot bind %s/tcp: Address already in "
             "use", address.text);
    ck_assert_str_eq(fault.text, wanted);
    ck_assert_uint_eq(second.count, 0);
    listener_close(&first);
}
END_TEST

START_TEST(goes_on_with_what_is_open_at_another_place_of_the_list)
{
    struct address one = address_at("dns://127.0.0.1:%u", free_port());
    struct address both[] = { address_at("127.0.0.1:%u", free_port()), one };
    struct plan_stage before = { .instances = 1, .listen = &one,
                                 .listen_count = 1 };
    struct plan_stage after = { .instances = 1, .listen = both,
                                .listen_count = 2 };
    struct core_handover first, second;
    struct core_fault fault;

    ck_assert_int_eq(listener_open(&first, &before, none, &fault), 0);
    ck_assert_int_eq(listener_open(&second, &after, from(&first), &fault), 0);
    ck_assert_uint_eq(inode_of(&first, "listen0.udp"),
                      inode_of(&second, "listen1.udp"));
    ck_assert_uint_eq(inode_of(&first, "memory"),
                      inode_of(&second, "memory"));
    listener_close(&first);
    listener_close(&second);
}
END_TEST

START_TEST(another_process_has_another_memory)
{
    struct address address = address_at("dns://127.0.0.1:%u", free_port());
    struct plan_stage stage = { .instances = 1, .listen = &address,
                                .listen_count = 1 };
    struct core_handover first, second;
    struct listener_donor donor = { &first, false };
    struct core_fault fault;

    ck_assert_int_eq(listener_open(&first, &stage, none, &fault), 0);
    ck_assert_int_eq(listener_open(&second, &stage, donor, &fault), 0);
    ck_assert_uint_eq(inode_of(&first, "listen0.udp"),
                      inode_of(&second, "listen0.udp"));
    ck_assert_uint_ne(inode_of(&first, "memory"),
                      inode_of(&second, "memory"));
    listener_close(&first);
    listener_close(&second);
}
END_TEST

START_TEST(instances_share_a_port_also_when_one_was_alone_before)
{
    struct address address = address_at("dns://127.0.0.1:%u", free_port());
    struct plan_stage before = { .instances = 1, .listen = &address,
                                 .listen_count = 1 };
    struct plan_stage after = { .instances = 2, .listen = &address,
                                .listen_count = 1 };
    struct core_handover first, second, third;
    struct core_fault fault = { .text = "" };

    ck_assert_int_eq(listener_open(&first, &before, none, &fault), 0);
    ck_assert_int_eq(listener_open(&second, &after, from(&first), &fault), 0);
    ck_assert_msg(listener_open(&third, &after, none, &fault) == 0, "%s",
                  fault.text);
    ck_assert_uint_ne(inode_of(&second, "listen0.udp"),
                      inode_of(&third, "listen0.udp"));
    listener_close(&first);
    listener_close(&second);
    listener_close(&third);
}
END_TEST

START_TEST(any_address_takes_both_families)
{
    struct address any = address_at("dns://*:%u", free_port());
    struct plan_stage stage = { .instances = 1, .listen = &any,
                                .listen_count = 1 };
    struct core_handover descriptors;
    struct core_fault fault = { .text = "" };
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    ck_assert_msg(listener_open(&descriptors, &stage, none, &fault) == 0,
                  "%s", fault.text);
    to.sin_port = any.where.ss_family == AF_INET6
        ? ((struct sockaddr_in6 *) &any.where)->sin6_port
        : ((struct sockaddr_in *) &any.where)->sin_port;

    int fd = socket(AF_INET, SOCK_STREAM, 0);

    ck_assert_int_eq(connect(fd, (struct sockaddr *) &to, sizeof to), 0);
    close(fd);
    listener_close(&descriptors);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("listener");

    tcase_add_test(cases, names_what_it_opens);
    tcase_add_test(cases, says_what_cannot_be_bound);
    tcase_add_test(cases,
                   goes_on_with_what_is_open_at_another_place_of_the_list);
    tcase_add_test(cases, another_process_has_another_memory);
    tcase_add_test(cases,
                   instances_share_a_port_also_when_one_was_alone_before);
    tcase_add_test(cases, any_address_takes_both_families);
    return core_test_run(cases);
}
