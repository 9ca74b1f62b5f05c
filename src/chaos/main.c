/* coredns-chaos - delays, drops, repeats and breaks on purpose */

#include "chaos/chaos.h"

int
main(int argc, char **argv)
{
    return core_stage_main(&chaos_stage, argc, argv);
}
