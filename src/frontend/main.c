/* coredns-frontend - speaks DNS to clients and owns their queries */

#include "frontend/frontend.h"

int
main(int argc, char **argv)
{
    return core_stage_main(&frontend_stage, argc, argv);
}
