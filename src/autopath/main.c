/* coredns-autopath - walks the client's search path on the server's side */

#include "autopath/autopath.h"

int
main(int argc, char **argv)
{
    return core_stage_main(&autopath_stage, argc, argv);
}
