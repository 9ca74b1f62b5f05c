/* curve, zap - who may connect from another host, and who may not */

#include "lib/curve.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <czmq.h>

#include "coredns/pipe.h"
#include "lib/zap.h"

#include "core_test.h"

static const struct {
    const char *endpoint;
    const char *us, *them, *transport, *folder;     /* us NULL: none */
} rows[] = {
    { "curve://a:b@192.0.2.1:5391/keys", "a", "b", "tcp://192.0.2.1:5391",
      "/keys" },
    { "curve://a@192.0.2.1:5391/etc/coredns/keys", "a", "",
      "tcp://192.0.2.1:5391", "/etc/coredns/keys" },
    { "curve://a@[2001:db8::1]:5391/k", "a", "", "tcp://[2001:db8::1]:5391",
      "/k" },
    { "curve://192.0.2.1:5391/keys", NULL, NULL, NULL, NULL },
    { "curve://@192.0.2.1:5391/keys", NULL, NULL, NULL, NULL },
    { "curve://a:@192.0.2.1:5391/keys", NULL, NULL, NULL, NULL },
    { "curve://a@/keys", NULL, NULL, NULL, NULL },
    { "curve://a@192.0.2.1:5391", NULL, NULL, NULL, NULL },
    { "curve://", NULL, NULL, NULL, NULL },
};

START_TEST(takes_an_endpoint_apart)
{
    struct core_fault fault;
    struct curve curve;
    int rc = curve_parse(&curve, rows[_i].endpoint, &fault);

    ck_assert_int_eq(rc, rows[_i].us == NULL ? -1 : 0);
    if (rc == -1)
        return;
    ck_assert_str_eq(curve.us, rows[_i].us);
    ck_assert_str_eq(curve.them, rows[_i].them);
    ck_assert_str_eq(curve.transport, rows[_i].transport);
    ck_assert_str_eq(curve.folder, rows[_i].folder);
}
END_TEST

/* ---- who may connect ----------------------------------------------------- */

static void *context;
static core_loop_t *loop;
static const char *folder;              /* of the keys of a and b */
static char server[256];
static zap_t *zap;
static core_inlet_t *inlet;
static struct core_fault fault;

static void
make_key(const char *in, const char *name)
{
    zcert_t *certificate = zcert_new();
    char path[256];

    snprintf(path, sizeof path, "%s/%s", in, name);
    ck_assert_int_eq(zcert_save(certificate, path), 0);
    zcert_destroy(&certificate);
}

static unsigned
free_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(bind(fd, (struct sockaddr *) &address, size), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *) &address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static void
ignore(void *owner, const struct core_envelope *envelope,
       struct core_batch_reader *reader)
{
    (void) owner;
    (void) envelope;
    reader->left = 0;
}

static void
stop(void *owner)
{
    (void) owner;
    core_loop_stop(loop);
}

static void
take_return(void *owner, core_outlet_t *outlet, unsigned instance)
{
    (void) owner;
    (void) outlet;
    (void) instance;
    core_loop_stop(loop);
}

static unsigned port;

static void
setup(void)
{
    context = zmq_ctx_new();
    loop = core_loop_new();
    folder = core_test_folder();
    make_key(folder, "a");
    make_key(folder, "b");
    port = free_port();
    snprintf(server, sizeof server, "curve://a@127.0.0.1:%u%s", port, folder);
    zap = zap_new(context, loop, folder, &fault);
    ck_assert_ptr_nonnull(zap);
    inlet = core_inlet_new(context, loop, server, ignore, NULL, &fault);
    ck_assert_ptr_nonnull(inlet);
}

static void
teardown(void)
{
    core_inlet_destroy(&inlet);
    zap_destroy(&zap);
    zmq_ctx_term(context);
    core_loop_destroy(&loop);
}

/* True when one with that key reaches the inlet. */
static bool
reaches(const char *us, const char *them, const char *keys, int64_t limit_ms)
{
    char endpoint[256];

    snprintf(endpoint, sizeof endpoint, "curve://%s:%s@127.0.0.1:%u%s", us,
             them, port, keys);

    core_outlet_t *outlet = core_outlet_new(context, loop, "next", endpoint,
                                            "b/test", ignore, take_return,
                                            NULL, &fault);

    ck_assert_ptr_nonnull(outlet);

    core_timer_t *timer = core_loop_timer(loop, limit_ms, limit_ms, stop,
                                          NULL);

    core_loop_run(loop);
    core_loop_timer_cancel(loop, &timer);

    bool is_reachable = core_outlet_is_reachable(outlet, 0);

    core_outlet_destroy(&outlet);
    return is_reachable;
}

START_TEST(lets_in_who_is_listed)
{
    ck_assert(reaches("b", "a", folder, 5000));
    ck_assert_uint_eq(zap_counters(zap)->admitted, 1);
    ck_assert_uint_eq(zap_counters(zap)->refused, 0);
}
END_TEST

START_TEST(lets_nobody_in_who_is_not)
{
    const char *others = core_test_folder();
    char from[256], to[256];

    /* A stranger knows a's public key, but nobody here knows his. */
    make_key(others, "x");
    snprintf(from, sizeof from, "%s/a", folder);
    snprintf(to, sizeof to, "%s/a", others);
    ck_assert_int_eq(link(from, to), 0);
    ck_assert(!reaches("x", "a", others, 300));
    ck_assert_uint_eq(zap_counters(zap)->admitted, 0);
    ck_assert_uint_gt(zap_counters(zap)->refused, 0);
}
END_TEST

START_TEST(does_not_believe_another_server)
{
    ck_assert(!reaches("b", "b", folder, 300));
    ck_assert_uint_eq(zap_counters(zap)->admitted, 0);
}
END_TEST

START_TEST(lets_nobody_in_without_a_key)
{
    void *socket = zmq_socket(context, ZMQ_DEALER);
    char endpoint[64];
    int on = 1;

    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", port);
    core_socket_prepare(socket);
    zmq_setsockopt(socket, ZMQ_IMMEDIATE, &on, sizeof on);
    ck_assert_int_eq(zmq_connect(socket, endpoint), 0);
    core_loop_timer(loop, 200, 0, stop, NULL);
    core_loop_run(loop);
    zmq_send(socket, "", 0, ZMQ_SNDMORE | ZMQ_DONTWAIT);
    zmq_send(socket, "x", 1, ZMQ_DONTWAIT);
    core_loop_timer(loop, 100, 0, stop, NULL);
    core_loop_run(loop);
    ck_assert_uint_eq(core_inlet_counters(inlet)->refused, 0);
    ck_assert_uint_eq(zap_counters(zap)->admitted, 0);
    zmq_close(socket);
}
END_TEST

/* What is wrong with the files of a key. */
START_TEST(says_what_is_wrong_with_keys)
{
    char path[256], text[512];
    uint8_t key[CURVE_KEY_SIZE];
    struct curve curve;
    void *socket = zmq_socket(context, ZMQ_DEALER);

    ck_assert_int_eq(curve_public_key(folder, "c", key, &fault), -1);
    ck_assert_str_eq(fault.text, "cannot read the key: "
                     "No such file or directory");
    snprintf(path, sizeof path, "%s/c", folder);

    FILE *file = fopen(path, "w");

    fputs("no certificate\n", file);
    fclose(file);
    ck_assert_int_eq(curve_public_key(folder, "c", key, &fault), -1);
    ck_assert_str_eq(fault.text, "is no certificate");
    snprintf(path, sizeof path, "%s/b_secret", folder);
    ck_assert_int_eq(chmod(path, 0644), 0);
    snprintf(text, sizeof text, "curve://b:a@127.0.0.1:1%s", folder);
    ck_assert_int_eq(curve_parse(&curve, text, &fault), 0);
    ck_assert_int_eq(curve_ask(&curve, socket, &fault), -1);
    ck_assert_str_eq(fault.text, "others may read this key: chmod 600");
    zmq_close(socket);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("curve");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, takes_an_endpoint_apart, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, lets_in_who_is_listed);
    tcase_add_test(cases, lets_nobody_in_who_is_not);
    tcase_add_test(cases, does_not_believe_another_server);
    tcase_add_test(cases, lets_nobody_in_without_a_key);
    tcase_add_test(cases, says_what_is_wrong_with_keys);
    return core_test_run(cases);
}
