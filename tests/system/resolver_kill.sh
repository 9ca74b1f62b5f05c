#!/bin/sh
# Killing the cache, the forward or the health stage under load loses no client's
# query, be it remembered or asked for.
# alone

. tests/system/lib.sh
. tests/system/resolver.sh

health=$("$tools/ports")
resolver "" "" "health: { listen = [ \"127.0.0.1:$health\" ]; };"
start

# Names for five seconds, so that some are known and some are asked for.
i=0
while [ $i -lt 2000 ]; do
    echo "n$i.example.org"
    i=$((i + 1))
done >"$folder/names"

# shellcheck disable=SC2317
replaced() {
    replaced_pid=$(pid_of "$1")
    [ -n "$replaced_pid" ] && [ "$replaced_pid" != "$2" ] &&
        kill -0 "$replaced_pid"
}

for name in cache forward health; do
    "$tools/flood" -q 1500 -t 6 -f "$folder/names" 127.0.0.1 "$port" \
        >"$folder/flood" 2>&1 &
    load=$!
    times=0
    while [ $times -lt 5 ] && kill -0 "$load" 2>/dev/null; do
        times=$((times + 1))
        victim=$(pid_of "$name")
        kill -KILL "$victim"
        eventually 10 replaced "$name" "$victim" 2>/dev/null ||
            not_ok "a killed $name is started again"
        sleep 0.2
    done
    if wait "$load"; then
        ok "no query is lost when $name is killed $times times"
    else
        not_ok "$name is killed $times times: $(cat "$folder/flood")"
    fi
done
check "all is well" eventually 5 ctl status
check "and healthy" eventually 5 curl -sf "http://127.0.0.1:$health/health"
finish
