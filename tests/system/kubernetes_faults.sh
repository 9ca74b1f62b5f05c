#!/bin/sh
# The API fails in every way it can: what was known goes on being answered, and
# everything is right again soon after.

# shellcheck disable=SC2119,SC2317
# Functions are called by check and eventually, and api mostly as it is.

. tests/system/lib.sh
. tests/system/kubernetes.sh

count=0

# A change is made; it must be followed.
follows() {
    count=$((count + 1))
    put "$(service web "10.96.2.$count")"
    check "$1" eventually 15 answers web.prod.svc.cluster.local A \
        "10.96.2.$count"
}

api
put "$(space prod)"
put "$(service web 10.96.1.1)"
put "$(service db None)"
put "$(slice db-1 db 10.244.2.1 db-0)"
for number in 1 2 3 4 5 6 7; do
    put "$(service "s$number" "10.96.9.$number")"
done

# A start among refusals: pages of two, each failing once.
for code in 401 403 429 500 503 504; do
    order "{\"order\":\"refuse\",\"what\":\"list\",\"code\":$code,
        \"times\":1}" >/dev/null
done
order '{"order":"fault","faults":{"forget_after_page":1,"cut_list_after":2}}' \
    >/dev/null
cluster_toolkit 'page = 2; silence = "2s"; compare = "10s";'
start
check "lists that are refused, cut or too old come to their end" \
    eventually 30 answers web.prod.svc.cluster.local A 10.96.1.1
soon "with all their pages" s7.prod.svc.cluster.local A 10.96.9.7
follows "a change is followed"

for way in clean half error garbage gone; do
    order "{\"order\":\"end\",\"way\":\"$way\"}" >/dev/null
    follows "watches that end ($way) begin again"
done
order '{"order":"cut"}' >/dev/null
follows "so do those that are cut"
for code in 401 403 429 500 503; do
    order "{\"order\":\"refuse\",\"what\":\"watch\",\"code\":$code,
        \"times\":4}" >/dev/null
    order '{"order":"end","way":"clean"}' >/dev/null
    follows "watches that are refused with $code begin again"
done
order '{"order":"refuse","what":"watch","code":410,"times":4}' >/dev/null
order '{"order":"end","way":"clean"}' >/dev/null
follows "too old a watch begins with a list"

# What was deleted while nobody looked is gone after the list.
put "$(service s1 10.96.9.1)" DELETED true
order '{"order":"forget"}' >/dev/null
order '{"order":"end","way":"gone"}' >/dev/null
check "a list finds what went meanwhile" eventually 15 \
    is_rcode s1.prod.svc.cluster.local A NXDOMAIN

# Events that are lost are found by comparing, once the lists of all kinds that
# were too old have been read.
are_watched() {
    [ "$(tests/system/control "$folder/run/kubernetes-sync.control" kinds |
        grep -c up-to-date)" = 3 ]
}
put "$(slice db-1 db 10.244.2.8 db-0)"
soon "endpoints are followed" db-0.db.prod.svc.cluster.local A 10.244.2.8
sleep 1
check "all is up to date" eventually 15 are_watched
put "$(service s2 10.96.8.2)" ADDED true
put "$(service s3 10.96.9.3)" DELETED true
put "$(service s8 10.96.8.8)" ADDED true
put "$(slice db-1 db 10.244.2.9 db-0)" ADDED true
put "$(service nudge 10.96.8.9)"
patience=25
soon "a change that was lost is found" s2.prod.svc.cluster.local A 10.96.8.2
soon "so is what came" s8.prod.svc.cluster.local A 10.96.8.8
soon "so are endpoints" db-0.db.prod.svc.cluster.local A 10.244.2.9
check "so is what went" eventually 25 \
    is_rcode s3.prod.svc.cluster.local A NXDOMAIN
is_logged() {
    grep -q "$1: the watch had lost changes" "$folder/run/log/kubernetes-sync.log"
}
check "which is told" eventually 10 is_logged services
check "of each kind" eventually 10 is_logged endpointslices
for object in services:prod/s2 services:prod/s3 services:prod/s8 \
    endpointslices:prod/db-1; do
    check "by its name: $object" grep -q \
        "${object%:*}: ${object#*:} is repaired" \
        "$folder/run/log/kubernetes-sync.log"
done

# A watch that hangs.
order '{"order":"fault","faults":{"silent":true}}' >/dev/null
put "$(service silent 10.96.7.1)"
sleep 3
order '{"order":"fault","faults":{"silent":false}}' >/dev/null
soon "a silent watch is replaced" silent.prod.svc.cluster.local A 10.96.7.1
follows "and goes on"

# History is set back, as after a backup was restored.
order '{"order":"back","version":50}' >/dev/null
follows "a server whose history was set back is listed anew"

# The server is away.
end_api
for i in 1 2 3; do
    same "answers go on without it ($i)" 10.244.2.9 \
        "$(ask db.prod.svc.cluster.local A)"
    sleep 0.3
done
check "the sync says why" sh -c "tests/system/control \
    '$folder/run/kubernetes-sync.control' kinds | grep '^services .* cannot'"
check "a stage that is ready stays so" ctl status
api
put "$(space prod)"
put "$(service web 10.96.3.1)"
soon "another server in its place is followed" web.prod.svc.cluster.local A \
    10.96.3.1
check "what it has not is gone" eventually 15 \
    is_rcode db.prod.svc.cluster.local A NXDOMAIN
ctl stop
finish
