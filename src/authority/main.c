/* coredns-authority - answers from the records that the feeds bring */

#include "authority/authority.h"

int
main(int argc, char **argv)
{
    return core_stage_main(&authority_stage, argc, argv);
}
