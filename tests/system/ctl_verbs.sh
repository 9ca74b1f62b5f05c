#!/bin/sh
# start, a second start, status, logs, wires, stop: what they say and exit with

. tests/system/lib.sh
. tests/system/fake.sh

configure <<END
stages: {
    head: { program = "$folder/fake"; listen = [ "dns://127.0.0.1:$port" ];
            next = "middle"; };
    middle: { program = "$folder/fake"; next = "tail"; sources = [ "feed" ]; };
    tail: { program = "$folder/fake"; instances = 2; };
    feed: { program = "$folder/fake"; };
};
END

json() {
    /usr/bin/python3 -c "import json, sys
root = json.load(sys.stdin)
print($1)"
}

check "nothing runs: status exits 3" exits 3 ctl status
check "nothing runs: stop exits 3" exits 3 ctl stop
check "nothing runs: reload exits 3" exits 3 ctl reload
check "nothing runs: restart exits 3" exits 3 ctl restart
same "and says so" "corednsctl: not running" "$(ctl status 2>&1)"
same "also in JSON" not-running "$(ctl status --json 2>&-  | json 'root["state"]')"

start
same "start is quiet" "" "$(ctl stop 2>&1; ctl start 2>&1)"
pids=$(all_pids; pid_of head; pid_of middle; pid_of tail.0; pid_of tail.1)
check "a second start exits 0" exits 0 ctl start
same "and says who runs" "corednsctl: already running, pid $(pid_of corednsctl)" \
    "$(ctl start 2>&1)"
same "and changes nothing" "$pids" \
    "$(all_pids; pid_of head; pid_of middle; pid_of tail.0; pid_of tail.1)"
check "status exits 0" ctl status
same "status has a row for each process" 6 "$(ctl status | wc -l)"
same "heads stand above tails" "head middle tail.0 tail.1 feed" \
    "$(ctl status | awk 'NR > 1 { print $1 }' | xargs)"
same "JSON says the schema" corednsctl.status/1 \
    "$(ctl status --json | json 'root["schema"]')"
same "and the process ids" "$(pid_of middle)" \
    "$(ctl status --json | json 'root["stages"][1]["pid"]')"
same "the run directory is private" 700 "$(stat -c %a "$folder/run")"
check "a stage was told its sockets" \
    grep -q "listen0.udp:listen0.tcp:memory of $(pid_of head)" \
    "$folder/run/log/head.log"
same "logs of one stage" "coredns-fake: middle begins" \
    "$(ctl logs middle --lines 100 | head -1)"
same "logs of its instances" 2 "$(ctl logs tail | grep -c '==>')"
check "logs of nobody" exits 1 ctl logs nobody
check "the tail is started before the head" \
    [ "$folder/run/tail.0.control.lock" -ot "$folder/run/head.control.lock" ]
check "wires draws the source" \
    sh -c "'$bin/corednsctl' wires -c '$configuration' | grep -q 'source: feed'"

check "restart of a stage" ctl restart tail
check "its instances are others" sh -c "[ '$pids' != '$(all_pids
    pid_of head; pid_of middle; pid_of tail.0; pid_of tail.1)' ]"
check "restart of all" ctl restart
check "restart of one that is not there" exits 64 ctl restart tial
same "names the nearest" \
    "corednsctl: no stage is called tial; did you mean tail" \
    "$(ctl restart tial 2>&1)"

check "stop" ctl stop
check "all are gone" nobody_lives
check "then it is not running" exits 3 ctl status
check "the sockets are free" "$tools/ports"
finish
