#!/bin/sh
# The query log: a line for each query, in no query's way

. tests/system/lib.sh

metrics=$("$tools/ports")
cp conf/example.org.zone "$folder/example.org.zone"
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = (
            { zones = [ "example.org" ]; next = "authority"; failure_log = true;
              query_log = (
                { names = [ "www.example.org" ]; },
                { names = [ "." ]; format = "json"; classes = [ "denial" ]; }
              ); },
            { zones = [ "dead.test" ]; next = "forward"; failure_log = true;
              failure_groups = ( { pattern = "refused"; period = "1s"; } ); }
        );
    };
    authority: { sources = [ "file-sync" ]; };
    forward: { routes = ( { zone = "dead.test"; to = [ "127.0.0.1:1" ]; } ); };
    file-sync: {
        zones = ( { origin = "example.org."; file = "example.org.zone"; } );
    };
    health: { metrics = [ "127.0.0.1:$metrics" ]; listen = []; ready = []; };
};
END
start
log=$folder/run/log/frontend.log

ask www.example.org A >"$folder/answer"
ask WWW.example.org AAAA +tcp +dnssec >"$folder/answer"
ask nowhere.example.org A >"$folder/answer"
ask example.org SOA >"$folder/answer"

# has PATTERN: a line of the log matches
# shellcheck disable=SC2317
has() {
    grep -q -e "$1" "$log"
}
line='frontend: notice: 127.0.0.1:[0-9]* - [0-9]* "A IN www.example.org. udp'
check "a query has a line" eventually 5 \
    has "$line 56 false 1232\" NOERROR qr,aa,rd [0-9]* 0.0[0-9]*s\$"
check "over TCP too" \
    has '"AAAA IN www.example.org. tcp 56 true 65535" NOERROR'
check "a denial is an object" \
    has '^{"time":"[^"]*",.*"name":"nowhere.example.org.",.*"NXDOMAIN"'
same "and nothing else is told" 3 "$(grep -c example.org "$log")"

check "of those that fail" [ "$(rcode a.dead.test A)" = SERVFAIL ]
check "another one" [ "$(rcode b.dead.test A)" = SERVFAIL ]
check "there is one line" \
    eventually 5 has "2 errors like 'refused' in the last 1s"
same "and no more" 0 "$(grep -c 'SERVFAIL' "$log")"

# shellcheck disable=SC2317
counts() {
    [ "$(tests/system/metrics "http://127.0.0.1:$metrics/metrics" \
        coredns_dns_requests_total "server=dns://127.0.0.1:$port" \
        "zone=$1")" = "$2" ]
}
check "queries are counted by zone" eventually 5 counts example.org. 4
check "each of them" counts dead.test. 2
check "stop" ctl stop

# ---- a reader that sleeps ---------------------------------------------------

# Its standard error is a pipe that holds 64 KiB and is not read.
mkfifo "$folder/pipe"
# shellcheck disable=SC2016
helper sh -c 'exec <"$1"; exec sleep 60' sh "$folder/pipe"
usual_toolkit
sed -i 's/next = "authority"; }/next = "authority"; query_log = ({ }); }/' \
    "$configuration"
helper "$bin/corednsctl" start --foreground -c "$configuration" \
    2>"$folder/pipe"
# shellcheck disable=SC2317
answers() {
    [ "$(rcode www.example.org A)" = NOERROR ]
}
check "a toolkit answers" eventually 10 answers
check "also when nobody reads its log" \
    "$tools/flood" -q 3000 -t 3 127.0.0.1 "$port"
finish
