/* coredns-cache - remembers replies */

#include "cache/cache.h"

int
main(int argc, char **argv)
{
    return core_stage_main(&cache_stage, argc, argv);
}
