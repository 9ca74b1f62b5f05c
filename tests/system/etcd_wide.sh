#!/bin/sh
# Names with thousands of services: what they cost when these change all the
# time, and what is said of those that have too many.

. tests/system/lib.sh
. tests/system/etcd_lib.sh

metrics=127.0.0.1:$("$tools/ports")

# gauge NAME [LABEL=VALUE]: its value
gauge() {
    gauge_name=coredns_etcd_sync_$1
    shift
    tests/system/metrics "http://$metrics/metrics" "$gauge_name" "$@" |
        cut -d. -f1
}

# gauge_is VALUE NAME [LABEL=VALUE]
# shellcheck disable=SC2317
gauge_is() {
    gauge_wanted=$1
    shift
    [ "$(gauge "$@")" = "$gauge_wanted" ]
}

# services FROM TO: puts them below w, a hundred in a transaction
services() {
    at=$1
    while [ "$at" -le "$2" ]; do
        {
            echo
            seq "$at" $((at + 99)) | awk '{ printf "put /skydns/test/skydns/w/%d \
{\"host\":\"10.1.%d.%d\",\"port\":-1}\n", $1, $1 / 256, $1 % 256 }'
            printf '\n\n'
        } | etcd_ctl txn >/dev/null
        at=$((at + 100))
    done
}

# shellcheck disable=SC2317
has() {
    [ "$(dig @127.0.0.1 -p "$port" +tcp +short w.skydns.test A | wc -l)" \
        = "$1" ]
}

etcd_members 1
services 1 3900
# shellcheck disable=SC2119
etcd_toolkit
sed -i "s/^    etcd-sync: {/    health: { listen = []; metrics = [ \"$metrics\" ]; \
};\n&/" "$configuration"
start
check "a name has all of its services" has 3900

# ---- changes below it -------------------------------------------------------

check "what has been published is counted" eventually 5 gauge_is 3900 keys
before=$(gauge published_total)
for i in $(seq 150); do
    put test/skydns/w/1 "{\"host\":\"10.9.0.$i\",\"port\":-1}"
done
# shellcheck disable=SC2317
is_last() {
    dig @127.0.0.1 -p "$port" +tcp +short w.skydns.test A | grep -q '^10.9.0.150$'
}
check "the last of many changes is served" eventually 5 is_last
# Counters are told now and then: they are when a key more is.
put test/skydns/w/last '{"host":"10.9.9.8","port":-1}'
check "the counters are told" eventually 5 gauge_is 3901 keys
after=$(gauge published_total)

# Each change publishes 1.w, and w and the top of the zone would be two more.
check "wide ones far less often than they change ($((after - before)))" \
    test $((after - before)) -lt 300

# ---- too many of them -------------------------------------------------------

remove test/skydns/w/last
services 3901 4000
check "4000 services are not too many" eventually 10 has 4000
check "none is incomplete" eventually 5 gauge_is 0 \
    names_incomplete cause=services
put test/skydns/w/more '{"host":"10.9.9.9","port":-1}'
check "4001 are" eventually 10 has 0
check "zones shows it" sh -c "'$bin/corednsctl' zones -c '$configuration' |
    grep -q '^w.skydns.test. etcd-sync - - 0 too-many-services$'"
check "so does a gauge" eventually 5 gauge_is 2 \
    names_incomplete cause=services
check "and the log" grep -q 'names have too many services below them' \
    "$folder/run/log/etcd-sync.log"
remove test/skydns/w/more
check "with one less all are there again" eventually 10 has 4000
check "and nothing is told any more" sh -c "! '$bin/corednsctl' zones \
    -c '$configuration' | grep too-many-services"
check "it stops" ctl stop
finish
