#!/bin/sh
# A Corefile in the place of a configuration: checked, served, refused

. tests/system/lib.sh

dead=$("$tools/ports")
health=$("$tools/ports")
ready=$("$tools/ports")
metrics=$("$tools/ports")
configuration=$folder/Corefile

# run VERB...: the run directory is no setting of a Corefile
run() {
    verb=$1
    shift
    "$bin/corednsctl" "$verb" -c "$configuration" -r "$folder/run" "$@"
}

check "the example is right" "$bin/corednsctl" check conf/Corefile

# What a stage finds wrong has the line it comes from, and is told once.
printf '.:%s {\n health 127.0.0.1:%s {\n  lameduck 20m\n }\n%s\n}\n' "$port" \
    "$health" ' autopath /nonexistent
 forward . 127.0.0.1' >"$configuration"
wrong="coredns-autopath: $configuration:5: autopath.resolv_conf: /nonexistent: \
cannot read: No such file or directory
coredns-health: $configuration:3: health.lameduck: 20m is above the limit 9m59s"
same "faults have their lines" "$wrong" "$(run check 2>&1 | sort)"

cp conf/example.org.zone "$folder/example.org.zone"
cat >"$configuration" <<END
.:$port {
    bind 127.0.0.1
    errors
    health 127.0.0.1:$health
    ready 127.0.0.1:$ready
    prometheus 127.0.0.1:$metrics
    cache 30
    forward . 127.0.0.1:$dead
}

example.org:$port {
    bind 127.0.0.1
    cache
    file example.org.zone
}
END
chmod 644 "$configuration"

check "a Corefile is checked" run check
helper "$bin/corednsctl" start --foreground -c "$configuration" \
    -r "$folder/run"
# shellcheck disable=SC2317
is_well() {
    run status >"$folder/status" 2>&1
}
check "and started" eventually 20 is_well
same "its zone file is served" NOERROR "$(rcode example.org SOA)"
same "and what is not in it is not there" NXDOMAIN \
    "$(rcode nosuch.example.org A)"
same "a dead upstream fails" SERVFAIL "$(rcode example.com A)"
check "health is told" wget -qO /dev/null "http://127.0.0.1:$health/health"
check "readiness too" eventually 10 wget -qO /dev/null "http://127.0.0.1:$ready/ready"
check "and numbers" wget -qO /dev/null "http://127.0.0.1:$metrics/metrics"

sed -i '/cache 30/a rewrite name a b' "$configuration"
check "a reload of what is not supported is refused" exits 78 run reload
check "and nothing has changed" run status
sed -i '/rewrite/d; /errors/d; s/cache 30/cache 10/' "$configuration"
check "one that is right is done" run reload
same "and it serves" NOERROR "$(rcode example.org SOA)"
check "it stops" run stop

# ---- faults -----------------------------------------------------------------

cat >"$configuration" <<END
.:$port {
    rewrite name a b
    forward . 127.0.0.1 {
        expire soon
        policy best
    }
}
END
told=$(run check 2>&1)
same "all that is wrong has its line" "$(
    echo "corednsctl: $configuration:2: rewrite: this directive is not supported yet"
    echo "corednsctl: $configuration:4: expire: not a time: soon"
)" "$told"
sed -i '/rewrite/d; /expire/d' "$configuration"
told=$(run check 2>&1)
same "what a stage finds wrong too" "coredns-forward: $configuration:3: \
forward.routes[0].policy: best is none of random, round_robin, sequential" \
    "$told"

# ---- files that only root can read -------------------------------------------

if [ "$(id -u)" -eq 0 ]; then
    mkdir -m 700 "$folder/secret"
    cp conf/example.org.zone "$folder/secret/db"
    chmod 600 "$folder/secret/db"
    configuration=$folder/secret/Corefile
    printf 'example.org:%s {\n bind 127.0.0.1\n file db\n}\n' "$port" \
        >"$configuration"
    check "a folder of root's starts" run start
    check "and is served" [ "$(rcode www.example.org A)" = NOERROR ]
    same "though nobody reads it" "$(stage_user)" \
        "$(stat -c %U "/proc/$(pid_of file-sync)")"
    check "and those who talk to strangers cannot" \
        grep -q '^CapEff:.*0000000000000000$' \
        "/proc/$(pid_of frontend)/status" "/proc/$(pid_of authority)/status"
    check "it stops" run stop
    configuration=$folder/Corefile
fi

# ---- many -------------------------------------------------------------------

zone many <<END
@ 60 SOA ns hostmaster 1 3600 600 86400 60
@ 60 NS ns
ns 60 A 192.0.2.1
END
number=0
while [ $number -lt 2000 ]; do
    echo "zone$number.example:$port {
    bind 127.0.0.1
    file many.zone
    cache
}"
    number=$((number + 1))
done >"$configuration"
begin=$(date +%s%N)
check "2,000 blocks start" run start
took=$((($(date +%s%N) - begin) / 1000000))
check "in no more than 5 seconds ($took ms)" test "$took" -lt 5000
# shellcheck disable=SC2317
last_is_served() {
    [ "$(ask ns.zone1999.example A)" = 192.0.2.1 ]
}
check "the last is served" eventually 10 last_is_served
check "it stops" run stop

finish
