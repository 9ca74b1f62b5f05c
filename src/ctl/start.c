/*
 * start - the verb start: check, lock, become the supervisor
 *
 * The lock is taken first, so two starts at the same time do not check into
 * the same files; it is handed to the supervisor through the fork.  No ZeroMQ
 * context exists before it.
 */

#include "ctl/start.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coredns/stage.h"

#include "ctl/checker.h"
#include "ctl/directory.h"
#include "ctl/keys.h"
#include "ctl/message.h"
#include "ctl/output.h"
#include "ctl/report.h"
#include "ctl/supervisor.h"
#include "ctl/toolkit.h"

#define OWN_NAME "corednsctl"

static int
supervise(const struct request *request, struct toolkit *toolkit, int report)
{
    struct supervisor_options options = {
        .run_directory = toolkit->run_directory,
        .config_path = toolkit->config_path,
        .has_own_directory = request->run_directory == NULL,
        .is_verbose = request->verbose > 0,
        .is_foreground = report == -1,
        .report = report,
    };
    core_config_t *config = toolkit->config;
    struct plan *plan = toolkit->plan;

    toolkit->config = NULL;             /* now the supervisor's */
    toolkit->plan = NULL;
    return supervisor_run(&options, config, plan);
}

/* Standard streams that stay good when the terminal goes. */
static int
leave_terminal(const struct plan *plan, struct core_fault *fault)
{
    int folder = directory_open_log(plan->log_directory, fault);
    int output = output_open(folder, OWN_NAME);
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (folder == -1)
        return -1;
    close(folder);
    if (output == -1 || nothing == -1) {
        core_fault_set(fault, plan->log_directory, 0, "cannot write: %s",
                       strerror(errno));
        return -1;
    }
    setsid();
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    close(nothing);
    close(output);
    umask(022);
    return chdir("/");
}

/* The child: becomes the supervisor. */
static int
run_in_background(const struct request *request, struct toolkit *toolkit,
                  int lock, int report)
{
    struct core_fault fault;

    directory_sign(lock);
    if (leave_terminal(toolkit->plan, &fault) == -1) {
        char line[CORE_FAULT_LINE_SIZE];

        report_send(report, CORE_EXIT_AGAIN,
                    core_fault_format(&fault, line));
        close(report);
        return CORE_EXIT_AGAIN;
    }
    return supervise(request, toolkit, report);
}

static int
start_in_background(const struct request *request, struct toolkit *toolkit,
                    int lock)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) == -1)
        return message_fail(CORE_EXIT_AGAIN, "cannot make a pipe: %s",
                            strerror(errno));

    pid_t pid = fork();

    if (pid == -1)
        return message_fail(CORE_EXIT_AGAIN, "cannot start a process: %s",
                            strerror(errno));
    if (pid == 0) {
        close(ends[0]);
        return run_in_background(request, toolkit, lock, ends[1]);
    }
    close(ends[1]);
    return report_receive(ends[0]);
}

/* Everything that can be wrong before a process is started. */
static int
check(const struct toolkit *toolkit)
{
    char *copy_path;

    if (asprintf(&copy_path, "%s/coredns.conf.new",
                 toolkit->run_directory) == -1)
        abort();

    int code = checker_run(toolkit, CHECKER_SETTINGS, copy_path, stderr);

    free(copy_path);
    return code;
}

static int
start_locked(const struct request *request, struct toolkit *toolkit, int lock)
{
    int code = check(toolkit);

    if (code != CORE_EXIT_DONE)
        return code;
    if ((request->options & OPTION_FOREGROUND) != 0)
        return supervise(request, toolkit, -1);
    return start_in_background(request, toolkit, lock);
}

static int
start(const struct request *request, struct toolkit *toolkit)
{
    struct core_fault fault;
    pid_t holder = directory_holder(toolkit->run_directory);
    int lock = -1;

    if (holder == 0) {
        if (toolkit->plan == NULL)
            return checker_run(toolkit, CHECKER_SETTINGS, "", stderr);
        if (directory_prepare_all(toolkit->plan, &fault) == -1
            || keys_install(toolkit->plan, &fault) == -1
            || ((lock = directory_lock(toolkit->run_directory, &holder,
                                       &fault)) == -1 && holder == 0))
            return message_fault(CORE_EXIT_FAILED, &fault);
    }
    if (holder != 0)
        return message_fail(CORE_EXIT_DONE, "already running, pid %ld",
                            (long) holder);

    int code = start_locked(request, toolkit, lock);

    close(lock);
    return code;
}

int
start_run(const struct request *request)
{
    struct toolkit toolkit;

    toolkit_plan(&toolkit, request->config_path, request->run_directory,
                 request->verbose > 0);

    int code = start(request, &toolkit);

    toolkit_end(&toolkit);
    return code;
}
