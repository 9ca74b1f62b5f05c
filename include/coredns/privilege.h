/*
 * privilege - becoming an unprivileged user, for good
 */

#ifndef COREDNS_PRIVILEGE_H
#define COREDNS_PRIVILEGE_H

#include <stdbool.h>

#include "coredns/fault.h"

/*
 * Takes the user's uid and its supplementary groups, and the primary group of
 * group_of (another user; NULL: of the user itself).  Checks that there is no
 * way back.  Does nothing when this process already is that user.  Returns -1
 * and a fault when there is no such user or we may not become it.
 *
 * keeps_reading: may go on reading all files and searching all folders, also
 * in what it executes (CAP_DAC_READ_SEARCH); where the host does not grant us
 * that, it may not, and that is no fault.
 */
int
    core_privilege_drop(const char *user, const char *group_of,
                        bool keeps_reading, struct core_fault *fault);

/* No process that starts from here on gains privileges by exec (set-uid bits,
   file capabilities), this one included. */
void
    core_privilege_close(void);

#endif
