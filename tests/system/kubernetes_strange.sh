#!/bin/sh
# Objects that make no sense are counted, and told of once: by kind, name and
# what is wrong.

# shellcheck disable=SC2119,SC2317
# Functions are called by check and eventually, and api mostly as it is.

. tests/system/lib.sh
. tests/system/kubernetes.sh

# told TEXT TIMES
told() {
    [ "$(grep -cF "warning: $1" "$folder/run/log/kubernetes-sync.log")" -eq "$2" ]
}

api
put "$(space prod)"
put "$(service listed 999.1.1.1)"
cluster_toolkit
start
check "what is in a list is told" eventually 10 told \
    'services: prod/listed: clusterIP: no address: "999.1.1.1"' 1
put "$(service ports 10.96.1.1 ',"ports":[{"port":"x"}]')"
put "$(service alias "" ',"type":"ExternalName","externalName":"a..b"')"
put "$(service web 10.96.1.2)"
soon "the others are followed" web.prod.svc.cluster.local A 10.96.1.2
check "so is a port" told \
    'services: prod/ports: ports: no port of 1 to 65535: "x"' 1
check "and the name of an alias" told \
    'services: prod/alias: externalName: no domain name: "a..b"' 1
tests/system/control "$folder/run/kubernetes-sync.control" relist
sleep 1
put "$(service web 10.96.1.3)"
soon "all is listed once more" web.prod.svc.cluster.local A 10.96.1.3
check "which tells nothing again" told 'services: prod/' 3
ctl stop
finish
