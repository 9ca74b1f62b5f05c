#!/bin/sh
# The API is away when the toolkit starts: with what it knew it answers at once,
# without it says SERVFAIL, never that a name does not exist.

# shellcheck disable=SC2119,SC2317
# Functions are called by check and eventually, and api mostly as it is.

. tests/system/lib.sh
. tests/system/kubernetes.sh

# Stages like cluster_toolkit's, with one that tells of readiness.
health_port=$("$tools/ports")
watched_toolkit() {
    cluster_toolkit "${1:-}"
    sed -i "s|^stages: {|&\n    health: { ready = [ \"127.0.0.1:$health_port\" ]; };|" \
        "$configuration"
}

ready() {
    curl -s -o "$folder/ready" -w '%{http_code}' \
        "http://127.0.0.1:$health_port/ready?verbose"
}

# says_why REASON: of the sync
says_why() {
    ready >/dev/null
    grep -q "kubernetes-sync: $1" "$folder/ready"
}

is_ready() {
    [ "$(ready)" = "$1" ]
}

api
put "$(space prod)"
put "$(service web 10.96.1.1)"
end_api

# Nothing is known yet.
watched_toolkit
start
same "without data an unknown name is SERVFAIL" SERVFAIL \
    "$(rcode web.prod.svc.cluster.local A)"
same "the zone's own name too" SERVFAIL "$(rcode cluster.local SOA)"
same "other names are not touched by that" REFUSED "$(rcode example.org A)"
check "it is not ready" eventually 5 is_ready 503
check "and says why, zone by zone" eventually 5 says_why \
    "cluster.local., in-addr.arpa.: not synced: namespaces: cannot list: .*onnect"
api
put "$(space prod)"
put "$(service web 10.96.1.1)"
put "$(service db None)"
put "$(slice db-1 db 10.244.2.1 db-0)"
soon "when the API comes it is followed" web.prod.svc.cluster.local A 10.96.1.1
soon "as a whole" db-0.db.prod.svc.cluster.local A 10.244.2.1
check "and it is ready" eventually 5 is_ready 200

# kill -9 of the sync while the API is away: the authority goes on.
end_api
kill -KILL "$(pid_of kubernetes-sync)"
sleep 0.5
for i in 1 2 3 4 5; do
    same "a sync that dies takes no answer with it ($i)" 10.96.1.1 \
        "$(ask web.prod.svc.cluster.local A)"
    sleep 0.3
done
ctl stop

# A start without the API, from what is on disk.
for life in second third; do
    began=$(date +%s%N)
    start
    answer=$(ask web.prod.svc.cluster.local A)
    took=$((($(date +%s%N) - began) / 1000000))
    same "a $life life answers from what the first one knew" 10.96.1.1 \
        "$answer"
    echo "# start and answer took $took ms"
    check "without waiting for the API" test "$took" -lt 3000
    same "what was not there is not there" NXDOMAIN \
        "$(rcode none.prod.svc.cluster.local A)"
    check "that the data are old is told" sh -c "dig @127.0.0.1 -p $port \
        web.prod.svc.cluster.local A | grep 'EDE: 3'"
    check "it is not ready" eventually 5 is_ready 503
    ctl stop
done

# The API comes back with something else.
start
api
put "$(space prod)"
put "$(service web 10.96.1.2)"
soon "the API is back and is right" web.prod.svc.cluster.local A 10.96.1.2
check "what it has not is gone" eventually 10 \
    is_rcode db.prod.svc.cluster.local A NXDOMAIN
ctl stop

# kill -9 in the middle of a list: page after page, each slow.
for number in 1 2 3 4 5 6 7 8 9; do
    put "$(service "s$number" "10.96.9.$number")"
done
watched_toolkit 'page = 2;'
start
soon "pages come together" s9.prod.svc.cluster.local A 10.96.9.9
order '{"order":"fault","faults":{"page_delay":0.3}}' >/dev/null
kill -KILL "$(pid_of kubernetes-sync)"
lost=0
for i in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.2
    [ "$i" = 4 ] && kill -KILL "$(pid_of kubernetes-sync)" 2>/dev/null
    for number in 1 5 9; do
        answers "s$number.prod.svc.cluster.local" A "10.96.9.$number" ||
            lost=$((lost + 1))
    done
done
same "nobody notices when a sync dies in the middle of a list" 0 "$lost"
order '{"order":"fault","faults":{"page_delay":0}}' >/dev/null
put "$(service after 10.96.9.99)"
soon "and the next one comes to its end" after.prod.svc.cluster.local A \
    10.96.9.99
ctl stop
finish
