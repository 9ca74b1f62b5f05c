/*
 * privilege - becoming an unprivileged user, for good
 */

#include "coredns/privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define READING (1u << CAP_DAC_READ_SEARCH)

static int
fail(struct core_fault *fault, const char *user, const char *why)
{
    core_fault_set(fault, NULL, 0, "cannot become user %s: %s", user, why);
    return -1;
}

/* Sets the capabilities of this process: none but these. */
static int
set_capabilities(unsigned capabilities)
{
    struct __user_cap_header_struct header = {
        .version = _LINUX_CAPABILITY_VERSION_3
    };
    struct __user_cap_data_struct data[2] = {
        { capabilities, capabilities, capabilities }
    };

    return (int) syscall(SYS_capset, &header, data);
}

static bool
may_read(void)
{
    struct __user_cap_header_struct header = {
        .version = _LINUX_CAPABILITY_VERSION_3
    };
    struct __user_cap_data_struct data[2];

    return syscall(SYS_capget, &header, data) == 0
        && (data[0].permitted & READING) != 0;
}

/* Gives up all capabilities but the one to read, or all when that one cannot
   be handed on. */
static int
keep_reading(void)
{
    prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
    if (set_capabilities(READING) == 0
        && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0,
                 0) == 0)
        return 0;
    return set_capabilities(0);
}

int
core_privilege_drop(const char *user, const char *group_of,
                    bool keeps_reading, struct core_fault *fault)
{
    const struct passwd *entry = getpwnam(user);

    if (entry == NULL)
        return fail(fault, user, "there is no such user");

    uid_t uid = entry->pw_uid;
    gid_t gid = entry->pw_gid;

    if (group_of != NULL) {
        entry = getpwnam(group_of);
        if (entry == NULL)
            return fail(fault, group_of, "there is no such user");
        gid = entry->pw_gid;
    }
    if (geteuid() == uid)
        return 0;
    keeps_reading = keeps_reading && may_read();
    if (keeps_reading)
        prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    if (initgroups(user, gid) == -1 || setresgid(gid, gid, gid) == -1
        || setresuid(uid, uid, uid) == -1)
        return fail(fault, user, strerror(errno));
    if (setresuid(0, 0, 0) != -1)
        return fail(fault, user, "the way back to root is still open");
    if (keeps_reading && keep_reading() == -1)
        return fail(fault, user, strerror(errno));
    return 0;
}

void
core_privilege_close(void)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
