#!/bin/sh
# conf/kubernetes: the objects fit together, and their Corefile is right.

. tests/system/lib.sh

check "the objects fit together" tests/system/manifests \
    conf/kubernetes/coredns.yaml "$folder/Corefile"
check "the Corefile is right" "$bin/corednsctl" check "$folder/Corefile"

# It becomes a toolkit with a feed for the cluster.
check "and has the cluster in it" sh -c "\"$bin/corednsctl\" import \
    \"$folder/Corefile\" | grep -q 'kubernetes-sync: {'"
finish
