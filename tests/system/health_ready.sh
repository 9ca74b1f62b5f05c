#!/bin/sh
# /ready and /health say how each process is, and what has become of it.

. tests/system/lib.sh

# shellcheck disable=SC2046
set -- $("$tools/ports" 4)
health=127.0.0.1:$1 ready=127.0.0.1:$2 metrics=127.0.0.1:$3 other=127.0.0.1:$4

# with_health: the usual toolkit and health, with more settings for it
with_health() {
    usual_toolkit
    sed -i '$d' "$configuration"        # the end of the stages
    cat >>"$configuration" <<END
    health: {
        listen = [ "$health" ];
        ready = [ "$ready" ];
        metrics = [ "$metrics" ];
    };
END
    sed -i 's/authority: {/& restart = "never";/' "$configuration"
    cp "$configuration" "$folder/open.conf"
    echo '};' >>"$configuration"
}

# get URL: what stands there
get() {
    curl -s -m 5 "http://$1"
}

# status URL: 200, 503...
status() {
    curl -s -m 5 -o "$folder/body" -w '%{http_code}' "http://$1"
}

# shellcheck disable=SC2317
is_ready() {
    [ "$(get "$ready/ready")" = OK ]
}

# ready_says TEXT...: each of them is a part of /ready?verbose
# shellcheck disable=SC2317
ready_says() {
    get "$ready/ready?verbose" >"$folder/ready"
    for ready_text in "$@"; do
        grep -q "$ready_text" "$folder/ready" || {
            cat "$folder/ready"
            return 1
        }
    done
}

# shellcheck disable=SC2317
page_shows() {
    get "$health/" | grep -q "$1"
}

with_health
start

same "/health is OK" OK "$(get "$health/health")"
same "with status 200" 200 "$(status "$health/health")"
check "/ready becomes OK" eventually 3 is_ready
same "with status 200" 200 "$(status "$ready/ready")"
check "each process is named" ready_says '^frontend: ready$' \
    '^authority: ready$' '^file-sync: ready$' '^health: ready$'
check "the page says so too" eventually 2 page_shows '<h1>all is well<'
same "/ready is not at the address of /health" 404 "$(status "$health/ready")"
same "nor is /metrics" 404 "$(status "$ready/metrics")"

# A process that is killed and is not started again.
victim=$(pid_of authority)
kill -KILL "$victim"
check "a killed process is named with its reason" \
    eventually 2 ready_says "^authority: process $victim has ended\$"
same "then /ready has status 503" 503 "$(status "$ready/ready")"
same "and names it alone" "authority: process $victim has ended" \
    "$(cat "$folder/body")"
same "/health stays OK: it is not health that ended" OK \
    "$(get "$health/health")"
check "the page shows it" \
    eventually 2 page_shows '<td>authority<td class="bad">ended'
check "restart brings it back" ctl restart authority
check "then all is ready again" eventually 3 is_ready

# A process that is started again was away too short to be asked.
victim=$(pid_of file-sync)
kill -KILL "$victim"
# shellcheck disable=SC2317
has_restarted() {
    [ "$(tests/system/metrics "http://$metrics/metrics" \
        coredns_process_restarts_total process=file-sync)" = 1 ]
}
check "a restart is counted" eventually 5 has_restarted
check "and all is ready" eventually 3 is_ready

# A process that hangs.
victim=$(pid_of authority)
kill -STOP "$victim"
check "a process that hangs is silent" \
    eventually 6 ready_says '^authority: silent for [3-9] s$'
kill -CONT "$victim"
check "and ready when it goes on" eventually 3 is_ready

# health itself.
victim=$(pid_of health)
kill -KILL "$victim"
check "a killed health comes back on all its ports" eventually 5 is_ready
check "with metrics" eventually 3 tests/system/metrics "http://$metrics/metrics"

# A configuration with one process more.
cat "$folder/open.conf" - >"$configuration" <<END
    second: {
        program = "file-sync";
        zones = ( { origin = "example.org."; file = "example.org.zone"; } );
    };
};
END
check "reload" ctl reload
check "a new process is watched" eventually 3 ready_says '^second: ready$'
same "and health was not restarted for it" 200 "$(status "$health/health")"
sed -i '/second: {/,/};/d' "$configuration"
check "reload without it" ctl reload
# shellcheck disable=SC2317
has_gone() {
    ! ready_says '^second:' >"$folder/gone" && is_ready
}
check "one that is gone is not watched any more" eventually 3 has_gone

# Addresses that change.
# change KEY LIST
change() {
    sed -i "s/^        $1 = .*/        $1 = [ $2 ];/" "$configuration"
}
pid=$(pid_of health)
change metrics "\"$metrics\", \"$other\""
check "reload with an address more" ctl reload
check "it is served" tests/system/metrics "http://$other/metrics"
check "and so is the other" tests/system/metrics "http://$metrics/metrics"
change ready "\"$ready\", \"127.0.0.1:$port\""
check "an address that is taken is refused" exits 78 ctl reload
check "and nothing has changed" is_ready
change ready "\"$ready\""
change metrics "\"$other\""
check "reload with an address less" ctl reload
same "that is not served any more" 000 "$(status "$metrics/metrics")"
check "the other is" tests/system/metrics "http://$other/metrics"
same "all that without a restart" "$pid" "$(pid_of health)"

# Another one cannot have the ports.
"$bin/coredns-health" -c "$configuration" \
    --control "ipc://$folder/other.control" 2>&1 >/dev/null |
    cat >"$folder/other"
check "a port in use exits 75" exits 75 "$bin/coredns-health" \
    -c "$configuration" --control "ipc://$folder/other.control"
same "and is one clear line" \
    "coredns-health: cannot bind $health/tcp: Address already in use" \
    "$(cat "$folder/other")"
sed "s/\"$ready\"/\"localhost\"/; s/\"$metrics\"/\"1.2.3.4\"/" \
    "$configuration" >"$folder/wrong.conf"
check "addresses are checked before anything starts" \
    exits 78 "$bin/coredns-health" -n -c "$folder/wrong.conf"
finish
