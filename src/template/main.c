/* coredns-template - makes up answers from patterns and texts */

#include "template/template.h"

int
main(int argc, char **argv)
{
    return core_stage_main(&template_stage, argc, argv);
}
