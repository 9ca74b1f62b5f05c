/*
 * lead - telling a process that its queries go elsewhere
 */

#ifndef CTL_LEAD_H
#define CTL_LEAD_H

#include "coredns/control.h"
#include "coredns/loop.h"

#include "ctl/process.h"

/*
 * Tells it, by control, where all its wires lead that queries take, as its spec
 * says.  done is called once, when queries go there: with 0, or the exit code
 * and text of the first that failed; -1 without an answer.
 */
void
    lead_process(void *context, core_loop_t *loop, const char *run_directory,
                 const process_t *process, core_control_done *done,
                 void *owner);

#endif
