/* coredns-whoami - tells clients who they are, as seen from here */

#include "whoami/whoami.h"

int
main(int argc, char **argv)
{
    return core_stage_main(&whoami_stage, argc, argv);
}
