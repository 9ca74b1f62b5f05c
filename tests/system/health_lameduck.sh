#!/bin/sh
# Before the end /ready says so, and all goes on for that time.

. tests/system/lib.sh

# shellcheck disable=SC2046
set -- $("$tools/ports" 2)
health=127.0.0.1:$1 ready=127.0.0.1:$2

usual_toolkit
sed -i '$d' "$configuration"
cat >>"$configuration" <<END
    health: {
        listen = [ "$health" ];
        ready = [ "$ready" ];
        lameduck = "2s";
    };
};
END
start

# shellcheck disable=SC2317
status_is() {
    [ "$(curl -s -m 5 -o "$folder/body" -w '%{http_code}' \
        "http://$2")" = "$1" ]
}

# shellcheck disable=SC2317
refused() {
    exits 78 ctl start >"$folder/said" 2>&1 &&
        grep "health.lameduck: must be a second shorter than drain_limit" \
            "$folder/said"
}

check "/health is OK" eventually 3 status_is 200 "$health/health"
check "/ready is OK" eventually 3 status_is 200 "$ready/ready"
begun=$(date +%s%N)
ctl stop &
stop=$!
check "/ready says 503" eventually 1 status_is 503 "$ready/ready"
same "and why" "health: shutting down" "$(head -n 1 "$folder/body")"
check "/health is OK still: nobody need end what ends" \
    status_is 200 "$health/health"
same "queries are answered still" 192.0.2.90 "$(ask short.example.org A)"
wait "$stop"
same "stop exits 0" 0 $?
took=$((($(date +%s%N) - begun) / 1000000))
check "it took the time that was set: $took ms" [ "$took" -ge 2000 ]
check "and not much longer" [ "$took" -lt 6000 ]
check "then nobody answers" status_is 000 "$health/health"
same "and nothing runs" "" "$(all_pids)"

# Longer than ends may take, unless that is longer too.
sed -i 's/lameduck = "2s"/lameduck = "12s"/' "$configuration"
check "a lameduck above drain_limit is refused" refused
sed -i 's/lameduck = "12s"/& ; drain_limit = "13s"/' "$configuration"
start
begun=$(date +%s%N)
check "stop waits for it" ctl stop
took=$((($(date +%s%N) - begun) / 1000000))
check "it took the time that was set: $took ms" [ "$took" -ge 12000 ]
same "and nothing was killed" "" "$(grep killed "$folder/run/log/corednsctl.log")"
finish
