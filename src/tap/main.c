/* coredns-tap - prints what passes and changes nothing */

#include "tap/tap.h"

int
main(int argc, char **argv)
{
    return core_stage_main(&tap_stage, argc, argv);
}
