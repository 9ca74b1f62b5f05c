/* coredns-health - tells over HTTP how the toolkit is */

#include "health/health.h"

int
main(int argc, char **argv)
{
    return core_stage_main(&health_stage, argc, argv);
}
