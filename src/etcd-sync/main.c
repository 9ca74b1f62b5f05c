#include "etcd-sync/etcd_sync.h"

int
main(int argc, char **argv)
{
    return core_stage_main(&etcd_sync_stage, argc, argv);
}
