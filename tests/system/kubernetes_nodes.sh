#!/bin/sh
# A DNS on each node of a cluster, and one process that feeds them all: the
# configuration of conf/kubernetes, in network namespaces on a bridge.  Nodes
# join late, are killed and cut off, and come right; so does their feed.

# shellcheck disable=SC2119,SC2317
# Functions are called by check and eventually, and api mostly as it is.

. tests/system/lib.sh
. tests/system/kubernetes.sh
. tests/system/machines.sh

# at MACHINE VERB...: corednsctl there; each has keys and state of its own
at() {
    at_machine=$1
    shift
    at_host=node
    [ "$at_machine" = sync ] && at_host=sync
    on "$at_machine" env COREDNS_HOST=$at_host KEYS="$folder/keys-$at_machine" \
        KUBERNETES_SERVICE_HOST=127.0.0.1 \
        KUBERNETES_SERVICE_PORT="$api_port" \
        "$bin/corednsctl" -c "$folder/$at_machine.conf" \
        -r "$folder/run-$at_machine" "$@"
}

connect 10.99.1 sync n1 n2 n3 n4 stranger

# ---- the configuration is that of the manifests, but for its folders
tests/system/manifests conf/kubernetes/node-local.yaml "$folder/coredns.conf"
for machine in $machines; do
    mkdir "$folder/keys-$machine"
    sed "/^run_directory/d
        s|^state_directory.*|state_directory = \"$folder/state-$machine\";|
        s|10.96.0.9|10.99.1.1|
        s|/etc/resolv.conf|127.0.0.9|
        s|port = 5410;|& service_account = \"$folder/account\";|" \
        "$folder/coredns.conf" >"$folder/$machine.conf"
done
check "keygen makes the keys" env KEYS="$folder/keys" "$bin/corednsctl" \
    -c "$folder/sync.conf" keygen
env KEYS="$folder/other" "$bin/corednsctl" -c "$folder/sync.conf" keygen \
    >"$folder/keygen.log"
cp "$folder/keys/sync_secret" "$folder/keys/sync" "$folder/keys/node" \
    "$folder/keys-sync"
for machine in n1 n2 n3 n4; do
    cp "$folder/keys/node_secret" "$folder/keys/node" "$folder/keys/sync" \
        "$folder/keys-$machine"
done
cp "$folder/other/node_secret" "$folder/other/node" "$folder/keys/sync" \
    "$folder/keys-stranger"

api_space=$(net sync)
api --token inside
mkdir "$folder/account"
cp "$folder/ca.crt" "$folder/account"
echo inside >"$folder/account/token"
chmod 755 "$folder/account"
chmod 644 "$folder"/account/*
put "$(space prod)"
put "$(service web 10.96.1.1)"
put "$(service db None)"
put "$(slice db-1 db 10.244.2.1 db-0)"

node_ask() {
    on "$1" dig @127.0.0.1 +time=2 +tries=1 +short "$2.prod.svc.cluster.local" A
}
node_code() {
    on "$1" dig @127.0.0.1 +time=2 +tries=1 "$2.prod.svc.cluster.local" A |
        sed -n 's/.*status: \([A-Z]*\).*/\1/p'
}
node_has() {
    [ "$(node_ask "$1" "$2")" = "$3" ]
}
node_says() {
    [ "$(node_code "$1" "$2")" = "$3" ]
}
# follows TEXT NAME ADDRESS NODE...: each of the nodes has it before long
follows() {
    follows_text=$1 follows_name=$2 follows_address=$3
    shift 3
    for node in "$@"; do
        check "$follows_text: $node" eventually 15 node_has "$node" \
            "$follows_name" "$follows_address"
    done
}
process() {
    cat "$folder/run-$1/$2.control.lock"
}

# ---- who is there, and who comes later
check "the sync starts" at sync start
for node in n1 n2; do
    check "node $node starts" at "$node" start
done
follows "a service is known" web 10.96.1.1 n1 n2
follows "an endpoint is" db-0.db 10.244.2.1 n1 n2
put "$(service late 10.96.1.2)"
follows "what comes is told to all" late 10.96.1.2 n1 n2
same "nobody but the sync asks the API" "" "$(find "$folder"/run-n* \
    -name 'kubernetes-sync*')"
# A key like those of a Secret: of another user, for a group.
chmod 440 "$folder/keys-n3/node_secret"
check "a key of ours that a group may read is refused" sh -c "
    ip netns exec $(net n3) env COREDNS_HOST=node KEYS='$folder/keys-n3' \
        '$bin/corednsctl' -c '$folder/n3.conf' -r '$folder/run-n3' start 2>&1 |
    grep -q 'node_secret: others may read this key'"
chown 65534 "$folder/keys-n3/node_secret"
check "another node joins" at n3 start
follows "it has all of it" late 10.96.1.2 n3
put "$(service more 10.96.1.3)"
follows "and what comes" more 10.96.1.3 n1 n2 n3

check "a node is reloaded" at n1 reload
# told MACHINE STAGE: the page of metrics has them
told() {
    on "$1" curl -s http://127.0.0.1:9153/metrics | grep -q "stage=\"$2\""
}
for stage in authority cache forward frontend; do
    check "the metrics of its $stage are there" eventually 5 told n1 "$stage"
done
check "those of the sync at the sync" eventually 5 told sync kubernetes-sync
same "whose readiness is its own" "200 200" "$(for machine in sync n1; do
    on "$machine" curl -s -o /dev/null -w '%{http_code}\n' \
        http://127.0.0.1:8181/ready
done | xargs)"
same "it sees itself, and hosts with an address" "node sync " \
    "$(at n1 status --all | awk 'NR > 1 { print $1 }' | sort -u | tr '\n' ' ')"

# ---- whose key is not known
check "a stranger starts" at stranger start
same "and knows nothing" SERVFAIL "$(node_code stranger web)"

# ---- a node's processes are killed
same "the stranger still does not" SERVFAIL "$(node_code stranger web)"
check "it stops" at stranger stop
kill -KILL "$(process n1 authority)"
put "$(service web 10.96.1.4)"
follows "a killed authority comes right" web 10.96.1.4 n1 n2 n3
for name in corednsctl authority cache frontend.0 frontend.1 forward health; do
    file=$folder/run-n2/$name.control.lock
    [ "$name" = corednsctl ] && file=$folder/run-n2/corednsctl.lock
    kill -KILL "$(cat "$file")"
done
on switch ip link set to-n2 down
check "a node that died starts without its feed" at n2 start
same "and answers from what it had" 10.96.1.4 "$(node_ask n2 web)"
put "$(service web 10.96.1.5)"
follows "what comes is told to the others" web 10.96.1.5 n1 n3
same "not to the one that is cut off" 10.96.1.4 "$(node_ask n2 web)"
on switch ip link set to-n2 up
follows "it comes right" web 10.96.1.5 n2

# ---- the feed dies, and is away
kill -KILL "$(process sync kubernetes-sync)"
same "nobody misses the feed at once" "10.96.1.5 10.96.1.5 10.96.1.5" \
    "$(for node in n1 n2 n3; do node_ask $node web; done | xargs)"
put "$(service web 10.96.1.6)"
follows "its next life tells what came" web 10.96.1.6 n1 n2 n3
at sync stop
check "a node joins meanwhile" at n4 start
same "and does not say that there is nothing" SERVFAIL "$(node_code n4 web)"
same "it is not ready" 503 "$(on n4 curl -s -o "$folder/ready" \
    -w '%{http_code}' 'http://127.0.0.1:8181/ready?verbose')"
check "and says why" grep -q 'authority: waiting for kubernetes-sync' \
    "$folder/ready"
same "the others go on" "10.96.1.6 10.96.1.6 10.96.1.6" \
    "$(for node in n1 n2 n3; do node_ask $node web; done | xargs)"
put "$(service web 10.96.1.6)" DELETED
put "$(service new 10.96.1.7)"
check "the sync is back" at sync start
follows "all have what came" new 10.96.1.7 n1 n2 n3 n4
for node in n1 n2 n3 n4; do
    check "and not what went: $node" eventually 10 node_says "$node" web \
        NXDOMAIN
done

for machine in n1 n2 n3 n4 sync; do
    check "$machine stops" at "$machine" stop
done
finish
