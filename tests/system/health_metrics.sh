#!/bin/sh
# /metrics is what Prometheus takes, and counts what was asked.

. tests/system/lib.sh

# shellcheck disable=SC2046
set -- $("$tools/ports" 2)
health=127.0.0.1:$1 metrics=127.0.0.1:$2

usual_toolkit
sed -i '$d' "$configuration"
cat >>"$configuration" <<END
    health: { listen = [ "$health" ]; metrics = [ "$metrics" ]; };
};
END
start

# value NAME LABEL...: the sum of these samples
# shellcheck disable=SC2317
value() {
    tests/system/metrics "http://$metrics/metrics" "$@" 2>&1
}

# has VALUE NAME LABEL...
# shellcheck disable=SC2317
has() {
    has_wanted=$1
    shift
    has_got=$(value "$@")
    [ "$has_got" = "$has_wanted" ] || {
        echo "$has_got instead of $has_wanted"
        return 1
    }
}

# is_above VALUE NAME LABEL...
# shellcheck disable=SC2317
is_above() {
    is_above_limit=$1
    shift
    is_above_got=$(value "$@")
    awk "BEGIN { exit !($is_above_got > $is_above_limit) }"
}

# Clients that say something now and then, but never enough.
cat >"$folder/drip.py" <<END
import select, socket, time
socks = [socket.create_connection(("$metrics".split(":")[0],
                                   int("$metrics".split(":")[1])))
         for _ in range(20)]
begun = time.monotonic()
left = list(socks)
for sock in socks:
    sock.sendall(b"GET /met")
while left and time.monotonic() - begun < 20:
    for sock in select.select(left, [], [], 0.5)[0]:
        left.remove(sock)
    for sock in list(left):
        try:
            sock.sendall(b"r")
        except OSError:
            left.remove(sock)
print("cut after %d s, %d left" % (time.monotonic() - begun, len(left)))
END
python3 "$folder/drip.py" >"$folder/drip" &
drip=$!
helpers="$helpers $drip"

for i in 1 2 3 4 5; do
    ask short.example.org A >/dev/null
done
ask short.example.org A +tcp >/dev/null
rcode "no$i.example.org" A >/dev/null
check "queries over UDP are counted" \
    eventually 5 has 6 coredns_dns_requests_total proto=udp family=1
check "and over TCP" has 1 coredns_dns_requests_total proto=tcp
check "and by rcode" has 6 coredns_dns_responses_total rcode=NOERROR
check "and by type" has 7 coredns_dns_requests_total type=A
check "and their time" has 7 coredns_dns_request_duration_seconds_count
check "and their sizes" has 6 coredns_dns_request_size_bytes_bucket \
    proto=udp le=100
check "NXDOMAIN too" has 1 coredns_dns_responses_total rcode=NXDOMAIN
check "all metrics are right" tests/system/metrics "http://$metrics/metrics"
check "the authority tells its own" \
    eventually 3 is_above 0 coredns_authority_zones process=authority
for name in frontend authority file-sync health; do
    check "$name is ready, and has memory" \
        eventually 3 has 1 coredns_process_ready "process=$name" "stage=$name"
    check "memory of $name" eventually 3 is_above 1000000 \
        coredns_process_resident_memory_bytes "process=$name"
done
check "the build" eventually 3 has 1 coredns_build_info \
    "version=$("$bin/coredns-health" --version | cut -d' ' -f2)"

check "no process has broken" eventually 3 has 0 coredns_panics_total process=corednsctl
kill -ABRT "$(pid_of file-sync)"
check "a process that breaks is counted" \
    eventually 5 has 1 coredns_panics_total process=corednsctl
check "how long /health takes is measured" \
    eventually 5 is_above 0 coredns_health_request_duration_seconds_count
check "and how often it fails" has 0 coredns_health_request_failures_total

# What is not there, and what nobody may do.
same "another path" 404 \
    "$(curl -s -o "$folder/body" -w '%{http_code}' "http://$metrics/")"
same "another method" 405 "$(curl -s -o "$folder/body" -w '%{http_code}' \
    -X DELETE "http://$metrics/metrics")"
same "a path without end" 414 "$(curl -s -o "$folder/body" \
    -w '%{http_code}' "http://$metrics/$(head -c 40000 /dev/zero | tr '\0' a)")"

# Requests leave nothing behind.
before=$(resident "$(pid_of health)")
i=0
while [ $i -lt 3000 ]; do
    i=$((i + 1))
    printf 'url = "http://%s/metrics"\noutput = "%s/body"\n' \
        "$metrics" "$folder"
done >"$folder/many"
check "3000 requests" curl -s -f -K "$folder/many"
after=$(resident "$(pid_of health)")
case $bin in
*sanitize) limit=400000 ;;              # it keeps aside what was freed
*) limit=4096 ;;
esac
check "memory after them: $before KiB, then $after KiB" \
    [ "$after" -lt $((before + limit)) ]

wait "$drip"
same "slow clients are cut, and none is left" \
    "cut after 10 s, 0 left" "$(sed 's/1[0-2]/10/' "$folder/drip")"
check "and counted" eventually 3 has 20 \
    coredns_health_connections_cut_total listener=metrics
check "stop" ctl stop
finish
