/* coredns-forward - asks upstream servers */

#include "forward/forward.h"

int
main(int argc, char **argv)
{
    return core_stage_main(&forward_stage, argc, argv);
}
