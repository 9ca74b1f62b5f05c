/* coredns-kubernetes-sync - publishes the zones of a Kubernetes cluster */

#include "kubernetes-sync/kubernetes_sync.h"

int
main(int argc, char **argv)
{
    return core_stage_main(&kubernetes_sync_stage, argc, argv);
}
