/*
 * corednsctl - starts, wires and watches the processes of the DNS server
 */

#include "ctl/verbs.h"

int
main(int argc, char **argv)
{
    return verbs_main(argc, argv);
}
