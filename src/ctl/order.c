/*
 * order - the verbs stop, restart and reload: orders to the supervisor
 *
 * The supervisor is known by the lock of the run directory, and asked through
 * its control endpoint.  `stop` does its work also when it is gone, or gone
 * mad.
 */

#include "ctl/order.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "coredns/control.h"
#include "coredns/stage.h"

#include "ctl/directory.h"
#include "ctl/message.h"
#include "ctl/report.h"
#include "ctl/survivor.h"
#include "ctl/toolkit.h"

#define STOP_MARGIN_MS 10000            /* beside the longest end of a stage */
#define ORDER_LIMIT_MS 600000           /* restart of many stages, one by one */
#define BUSY_TRIES 50                   /* while another order is carried out */
#define BUSY_US 100000
#define GRACE_MS 5000                   /* after a stop without an answer */

/* Somebody else's order is not over yet. */
static bool
is_busy(int code, const char *text)
{
    return code == CORE_EXIT_AGAIN && text != NULL
        && strncmp(text, "busy:", strlen("busy:")) == 0;
}

/* Asks once; the exit code, or -1. */
static int
ask_once(const struct toolkit *toolkit, const char *const *words,
         int64_t limit_ms, char **text_p, struct core_fault *fault)
{
    char endpoint[PLAN_ENDPOINT_SIZE];
    pid_t pid = directory_holder(toolkit->run_directory);
    int pidfd = pid == 0 ? -1 : pidfd_open(pid, 0);
    int code;

    plan_endpoint(toolkit->run_directory, "corednsctl", "control", endpoint);
    code = core_control_ask_while(pidfd, endpoint, words, limit_ms, text_p,
                                  fault);
    if (pidfd != -1)
        close(pidfd);
    return code;
}

/* Asks the supervisor, prints what it says; its exit code, or -1. */
static int
ask(const struct toolkit *toolkit, const char *const *words, int64_t limit_ms,
    struct core_fault *fault)
{
    char *text;
    int code = ask_once(toolkit, words, limit_ms, &text, fault);

    for (int i = 0; i < BUSY_TRIES && is_busy(code, text); i++) {
        free(text);
        usleep(BUSY_US);
        code = ask_once(toolkit, words, limit_ms, &text, fault);
    }
    if (code != -1)
        report_print(text);
    free(text);
    return code;
}

static int
fail_not_running(const struct toolkit *toolkit)
{
    struct survivors survivors;

    survivors_find(&survivors, toolkit->run_directory);

    size_t count = survivors.count;

    survivors_free(&survivors);
    if (count == 0)
        return message_fail(CORE_EXIT_NOT_RUNNING, "not running");
    return message_fail(CORE_EXIT_NOT_RUNNING,
                        "no supervisor; start takes over");
}

/* Gives it to the supervisor of that toolkit; the exit code. */
static int
give(const struct toolkit *toolkit, const char *const *words)
{
    struct core_fault fault;

    if (!toolkit_is_there(toolkit))
        return CORE_EXIT_CONFIG;
    if (directory_holder(toolkit->run_directory) == 0)
        return fail_not_running(toolkit);

    int code = ask(toolkit, words, ORDER_LIMIT_MS, &fault);

    return code == -1 ? message_fault(CORE_EXIT_FAILED, &fault) : code;
}

int
order_give(const struct request *request, const char *const *words)
{
    struct toolkit toolkit;

    toolkit_find(&toolkit, request->config_path, request->run_directory);

    int code = give(&toolkit, words);

    toolkit_end(&toolkit);
    return code;
}

int
restart_run(const struct request *request)
{
    return order_give(request, (const char *const []) {
        "restart", request->argument, NULL
    });
}

int
reload_run(const struct request *request)
{
    struct toolkit toolkit;

    toolkit_find(&toolkit, request->config_path, request->run_directory);

    int code = give(&toolkit, (const char *const []) {
        "reload", request->names_config ? toolkit.config_path : NULL, NULL
    });

    toolkit_end(&toolkit);
    return code;
}

/* ---- stop ---------------------------------------------------------------- */

/* Waits until the process is gone; false when it is still there. */
static bool
wait_for_end(int pidfd, int limit_ms)
{
    struct pollfd watch = { .fd = pidfd, .events = POLLIN };

    return poll(&watch, 1, limit_ms) > 0;
}

/* Has the supervisor stop all, and ends it when it does not. */
static int
stop_supervisor(const struct toolkit *toolkit, pid_t pid, int limit_ms)
{
    int pidfd = pidfd_open(pid, 0);
    struct core_fault fault;
    int code = ask(toolkit, (const char *const []) { "stop", NULL }, limit_ms,
                   &fault);

    if (pidfd == -1)
        return CORE_EXIT_DONE;          /* gone meanwhile */

    /* Somebody else's stop may be on its way already. */
    if (!wait_for_end(pidfd, code == CORE_EXIT_AGAIN ? limit_ms : GRACE_MS)) {
        message_fail(0, "the supervisor does not end, killed");
        if (pidfd_send_signal(pidfd, SIGKILL, NULL, 0) == -1) {
            close(pidfd);
            return message_fail(CORE_EXIT_FAILED, "cannot end process %ld: "
                                "%s", (long) pid, strerror(errno));
        }
        wait_for_end(pidfd, -1);
    }
    close(pidfd);
    return CORE_EXIT_DONE;
}

/* Ends stages that no supervisor ends; how many there were. */
static size_t
stop_survivors(const struct toolkit *toolkit, const struct plan *plan)
{
    struct survivors survivors;

    survivors_find(&survivors, toolkit->run_directory);

    size_t count = survivors.count;

    survivors_stop(&survivors, plan);
    survivors_free(&survivors);
    return count;
}

static int
stop_all(const struct toolkit *toolkit, const struct plan *plan)
{
    pid_t holder = directory_holder(toolkit->run_directory);
    int limit_ms = STOP_MARGIN_MS
        + (plan == NULL ? PLAN_KILL_MS : (int) plan_kill_ms(plan));
    int code = holder == 0 ? CORE_EXIT_DONE
        : stop_supervisor(toolkit, holder, limit_ms);

    if (stop_survivors(toolkit, plan) == 0 && holder == 0)
        return message_fail(CORE_EXIT_NOT_RUNNING, "not running");
    return code;
}

/* By the configuration that runs, if it can be read. */
static int
stop(const struct toolkit *toolkit)
{
    core_faults_t *faults = core_faults_new();
    core_config_t *config = NULL;
    struct plan *plan = NULL;
    char *path;

    if (asprintf(&path, "%s/coredns.conf", toolkit->run_directory) == -1)
        abort();
    toolkit_load_copy(path, toolkit->run_directory, false, NULL, &config,
                      &plan, faults);

    int code = stop_all(toolkit, plan);

    plan_destroy(&plan);
    core_config_destroy(&config);
    core_faults_destroy(&faults);
    free(path);
    return code;
}

int
stop_run(const struct request *request)
{
    struct toolkit toolkit;

    toolkit_find(&toolkit, request->config_path, request->run_directory);

    int code = toolkit_is_there(&toolkit) ? stop(&toolkit) : CORE_EXIT_CONFIG;

    toolkit_end(&toolkit);
    return code;
}
