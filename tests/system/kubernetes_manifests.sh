#!/bin/sh
# conf/kubernetes: the objects fit together, and their configuration is right.

. tests/system/lib.sh

check "the objects fit together" tests/system/manifests \
    conf/kubernetes/coredns.yaml "$folder/Corefile"
inside="KUBERNETES_SERVICE_HOST=10.96.0.1 KUBERNETES_SERVICE_PORT=443"
# shellcheck disable=SC2086
check "the Corefile is right in a cluster" env $inside "$bin/corednsctl" check \
    "$folder/Corefile"

# It becomes a toolkit with a feed for the cluster.
check "and has the cluster in it" sh -c "\"$bin/corednsctl\" import \
    \"$folder/Corefile\" | grep -q 'kubernetes-sync: {'"

check "so do those of a DNS on each node" tests/system/manifests \
    conf/kubernetes/node-local.yaml "$folder/nodes.conf"
for host in node sync; do
    # shellcheck disable=SC2086
    check "their configuration is right for a $host" env $inside \
        COREDNS_HOST="$host" "$bin/corednsctl" check "$folder/nodes.conf"
done
same "a node leads to the one that feeds them all" 1 \
    "$(COREDNS_HOST=node SYNC_ADDRESS=10.96.0.77 "$bin/corednsctl" wires \
        -c "$folder/nodes.conf" |
        grep -c 'source: kubernetes-sync @ sync  curve://node:sync@10.96.0.77:')"
finish
