#!/bin/sh
# A hundred thousand distinct names a second into a cache that is full: it stays
# within its capacity, and what is asked for often stays in it.
# alone

. tests/system/lib.sh
. tests/system/resolver.sh

metrics=$("$tools/ports")
resolver 'capacity = "4 MiB"; success_minimum_ttl = "10m";' "" \
    "health: { metrics = [ \"127.0.0.1:$metrics\" ]; listen = []; };"
start
i=0
while [ $i -lt 200 ]; do
    echo "popular$i.www.example.org"
    i=$((i + 1))
done >"$folder/popular"

# ask_popular: all of them, several times; none is lost
# shellcheck disable=SC2317
ask_popular() {
    "$tools/flood" -q 400 -t 2 -f "$folder/popular" 127.0.0.1 "$port"
}
hits() {
    value coredns_cache_hits_total type=success
}

check "popular names are asked for" ask_popular
flood 100000 3
# shellcheck disable=SC2317
is_full() {
    [ "$(value coredns_cache_evictions_total)" -gt 0 ]
}
# A sanitizer is too slow to fill it, and has memory of its own.
case $bin in
*/sanitize) ;;
*) check "the cache is full then" eventually 5 is_full ;;
esac
round=0
while [ $round -lt 3 ]; do
    check "popular names are asked for" ask_popular
    flood 100000 2
    round=$((round + 1))
done
# Its capacity, what a process takes anyway, and the queries on their way.
case $bin in
*/sanitize) ;;
*)
    check "it takes little more than its capacity" \
        test "$(resident "$(pid_of cache)")" -lt $((24 * 1024))
    ;;
esac

sleep 1.2                               # until the counters are told
known=$(hits)
check "popular names are asked for" ask_popular
sleep 1.2
known=$(($(hits) - known))
check "and nearly all are still known: $known of 800" test "$known" -ge 760
check "all is well" eventually 5 ctl status
finish
