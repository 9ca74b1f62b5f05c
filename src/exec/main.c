/* coredns-exec - hands queries to a script as lines of JSON */

#include "exec/exec.h"

int
main(int argc, char **argv)
{
    return core_stage_main(&exec_stage, argc, argv);
}
