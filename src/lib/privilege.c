/*
 * privilege - becoming an unprivileged user, for good
 */

#include "coredns/privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

static int
fail(struct core_fault *fault, const char *user, const char *why)
{
    core_fault_set(fault, NULL, 0, "cannot become user %s: %s", user, why);
    return -1;
}

int
core_privilege_drop(const char *user, const char *group_of,
                    struct core_fault *fault)
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
    if (initgroups(user, gid) == -1 || setresgid(gid, gid, gid) == -1
        || setresuid(uid, uid, uid) == -1)
        return fail(fault, user, strerror(errno));
    if (setresuid(0, 0, 0) != -1)
        return fail(fault, user, "the way back to root is still open");
    return 0;
}

void
core_privilege_close(void)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
