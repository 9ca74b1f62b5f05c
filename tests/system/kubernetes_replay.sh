#!/bin/sh
# What real API servers sent, of two versions: refusals, lists, watches.

# shellcheck disable=SC2317
. tests/system/lib.sh
. tests/system/kubernetes.sh

make_certificates

# play VERSION WEB DUAL: addresses of these services
play() {
    rm -f "$folder/api.port"
    python3 tests/system/replay.py "tests/system/recordings/$1" \
        "$folder/api.port" "$folder/server.crt" "$folder/server.key" &
    api_pid=$!
    helpers="$helpers $api_pid"
    eventually 10 test -s "$folder/api.port"
    api_port=$(cat "$folder/api.port")
    cluster_toolkit 'pods = "verified";'
    rm -rf "$folder/state"
    start
    patience=20
    soon "$1: a service" web.dns-test.svc.cluster.local A "$2"
    soon "$1: one of both families" dual.dns-test.svc.cluster.local A "$3"
    soon "$1: an external name" ext.dns-test.svc.cluster.local CNAME \
        www.example.com.
    soon "$1: endpoints as the watch left them" \
        db.dns-test.svc.cluster.local A "10.244.1.6 10.244.2.6"
    check "$1: a namespace that went" eventually 10 \
        is_rcode gone.svc.cluster.local A NXDOMAIN
    check "$1: a service that came and went" eventually 10 \
        is_rcode w2.dns-test.svc.cluster.local A NXDOMAIN
    check "$1: another of the list stays" \
        is_rcode svc-2.load-0.svc.cluster.local A NOERROR
    check "$1: all is up to date" eventually 20 sh -c "
        [ \$(tests/system/control '$folder/run/kubernetes-sync.control' \
            kinds | grep -c up-to-date) = 4 ]"
    ctl stop
    end_api
}

play 1.36 10.96.153.206 10.96.53.129
play 1.26 10.96.125.82 10.96.200.28
finish
