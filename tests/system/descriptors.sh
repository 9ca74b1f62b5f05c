#!/bin/sh
# With few file descriptors, and clients that take all there are, the others are
# served; and what is killed then comes back.

. tests/system/lib.sh
. tests/system/resolver.sh

metrics=$("$tools/ports")
health=$("$tools/ports")
resolver "" "" "health: { metrics = [ \"127.0.0.1:$metrics\" ];
                          listen = [ \"127.0.0.1:$health\" ]; };"
(
    # shellcheck disable=SC3045
    ulimit -n 80
    start
) || exit 1
i=0
while [ $i -lt 1000 ]; do
    echo "n$i.example.org"
    i=$((i + 1))
done >"$folder/names"

# served WHAT: old and new names are
served() {
    check "$1: names are asked for" \
        "$tools/flood" -q 500 -t 1 -s 20 -f "$folder/names" 127.0.0.1 "$port"
}

# spent NAME...: clock ticks of the stages
spent() {
    for name in "$@"; do
        cut -d' ' -f14,15 "/proc/$(pid_of "$name")/stat" | tr ' ' '\n'
    done | awk '{ sum += $1 } END { print sum }'
}

helper tests/system/crowd 100 "$port" "$health" "$metrics" >"$folder/crowd"
check "all clients have tried" eventually 20 grep -qs tried "$folder/crowd"
served "a crowd"
for name in cache forward frontend health; do
    kill -KILL "$(pid_of $name)"
    served "$name was killed"
done
before=$(spent frontend health cache forward)
sleep 2
after=$(spent frontend health cache forward)
check "nobody turns in circles: $((after - before)) ticks of 800" \
    test $((after - before)) -lt 200
for pid in $helpers; do
    kill "$pid"
done
same "TCP is served when they are gone" 192.0.2.80 \
    "$(eventually 5 ask +tcp n1.example.org A)"
check "and health" eventually 5 curl -sf "http://127.0.0.1:$health/health"
check "all is well" eventually 5 ctl status
finish
