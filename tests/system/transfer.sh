#!/bin/sh
# Zones to other servers: AXFR, IXFR, NOTIFY, while the zone changes and stages
# die; a real secondary server.
# shellcheck disable=SC2317  # functions are called through check
. tests/system/lib.sh

knot_port=$("$tools/ports")
metrics_port=$("$tools/ports")
deaf_port=$("$tools/ports")

# small SERIAL ADDRESS
small() {
    zone small.test <<END
\$TTL 60
@ SOA ns h $1 7200 3600 1209600 60
@ NS ns
ns A 192.0.2.53
www A $2
END
}

# large SERIAL MARK: some nine megabytes
large() {
    zone large.test <<END
\$TTL 60
@ SOA ns h $1 7200 3600 1209600 60
@ NS ns
ns A 192.0.2.53
$(seq -f "n%06g TXT \"$2$(printf '%0200d' 0)\"" 40000)
END
}

# toolkit [SERVERS]: that are told as well, behind a comma
toolkit() {
    configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "cache"; } );
    };
    cache: { next = "authority"; };
    authority: {
        sources = [ "file-sync" ];
        transfers = (
            { zones = [ "test." ]; to = [ "127.0.0.1", "127.1.0.0/16" ];
              notify = [ "127.0.0.1:$knot_port"${1:-} ]; },
            { zones = [ "closed.test." ];
              notify = [ "127.0.0.1:$deaf_port" ]; }
        );
    };
    file-sync: {
        zones = ( { origin = "small.test."; file = "small.test.zone"; },
                  { origin = "large.test."; file = "large.test.zone"; },
                  { origin = "closed.test."; file = "closed.test.zone"; } );
    };
    health: { metrics = [ "127.0.0.1:$metrics_port" ]; };
};
END
}

axfr() {
    dig @127.0.0.1 -p "$port" +tcp +onesoa "$@" AXFR
}

# metric NAME [LABEL=VALUE]
metric() {
    tests/system/metrics "http://127.0.0.1:$metrics_port/metrics" "$@"
}

serial() {
    dig @127.0.0.1 -p "$1" +short +time=1 +tries=1 "$2" SOA | cut -d' ' -f3
}

has_serial() {
    [ "$(serial "$1" "$2")" = "$3" ]
}

helper tests/system/notified "$deaf_port" >"$folder/notified"
eventually 10 grep -q ready "$folder/notified"
small 1 192.0.2.1
large 1 a
zone closed.test <<END
@ 60 SOA ns h 1 2 3 4 5
END
toolkit
start

# ---- what is sent, and to whom ----------------------------------------------

same "AXFR brings the zone" \
"small.test. 60 IN SOA ns.small.test. h.small.test. 1 7200 3600 1209600 60
small.test. 60 IN NS ns.small.test.
ns.small.test. 60 IN A 192.0.2.53
www.small.test. 60 IN A 192.0.2.1" \
    "$(axfr small.test +noall +answer | tr -s '\t' ' ')"
same "to a network that may have it too" 4 \
    "$(axfr small.test -b 127.1.2.3 +noall +answer | wc -l)"
check "to nobody else" sh -c "
    dig @127.0.0.1 -p $port +tcp -b 127.0.0.2 small.test AXFR |
    grep 'Transfer failed'"
check "the nearest rule counts" sh -c "
    dig @127.0.0.1 -p $port +tcp closed.test AXFR | grep 'Transfer failed'"
same "IXFR from an older version brings all of it" 5 \
    "$(dig @127.0.0.1 -p "$port" +noall +answer small.test IXFR=0 | wc -l)"
same "from this version the SOA record" 1 \
    "$(dig @127.0.0.1 -p "$port" +noall +answer small.test IXFR=1 | wc -l)"
same "over UDP as well" 1 "$(dig @127.0.0.1 -p "$port" +notcp +noall +answer \
    small.test IXFR=0 | wc -l)"

# ---- who does not listen -----------------------------------------------------

check "who does not answer NOTIFY is told again" \
    eventually 40 grep -q -e quiet -e another "$folder/notified"
same "until he does" \
"ready
NOTIFY AA closed.test. IN SOA
NOTIFY AA closed.test. IN SOA
NOTIFY AA closed.test. IN SOA
quiet" "$(cat "$folder/notified")"

# ---- one version, whatever happens ------------------------------------------

# begin TEXT: a slow transfer of large.test under way
begin() {
    rm -f "$folder/go"
    mkfifo "$folder/go"
    tests/system/slow_axfr "$port" large.test <"$folder/go" \
        >"$folder/slow" 2>&1 &
    slow=$!
    exec 3>"$folder/go"
    check "$1" eventually 10 grep -q begun "$folder/slow"
}

# go_on: lets it come to its end; $last is what it says then
go_on() {
    echo go >&3
    wait "$slow"
    exec 3>&-
    last=$(tail -n 1 "$folder/slow")
}

begin "a slow transfer begins"
authority=$(pid_of authority)
before=$(resident "$authority")
large 2 b
check "the zone changes meanwhile" eventually 20 has_serial "$port" large.test 2
go_on
same "and the old version arrives, all of it" "1 1 40004 a" "$last"

begin "another one begins"
kill -9 "$authority"
check "and the authority is killed" eventually 20 has_serial "$port" small.test 1
check "the zone is back" eventually 20 has_serial "$port" large.test 2
go_on
same "what began goes on" "2 2 40004 b" "$last"

begin "a third one begins"
authority=$(pid_of authority)
loads=$(metric coredns_file_sync_loads_total)
loaded() {
    [ "$(metric coredns_file_sync_loads_total)" -gt "$loads" ]
}
kill -STOP "$authority"                 # what it has is the old version
large 3 c
check "the zone changes" eventually 20 loaded
kill -9 "$authority"
check "and the authority is killed" \
    eventually 20 has_serial "$port" large.test 3
go_on
same "nothing is made of two versions" "the connection was closed" "$last"

frontend=$(pid_of frontend)
for _ in 1 2 3 4 5 6; do
    begin "and more of them"
    kill "$slow"
    wait "$slow" 2>/dev/null
    exec 3>&-
done
nothing_waits() {
    [ "$(metric coredns_frontend_in_flight)" = 0 ]
}
check "clients that go in the middle leave nothing behind" \
    eventually 10 nothing_waits
same "and do no harm" "$frontend" "$(pid_of frontend)"
after=$(resident "$(pid_of authority)")
check "memory is no larger: $before, $after" [ "$after" -lt $((before * 3)) ]

# ---- a real secondary server ------------------------------------------------

secondary "$knot_port" small.test large.test
check "knotd has the zones" eventually 20 has_serial "$knot_port" large.test 3
same "as they are" 192.0.2.1 \
    "$(dig @127.0.0.1 -p "$knot_port" +short www.small.test A)"
told() {
    [ "$(metric coredns_authority_notifies_answered_total)" -gt 0 ]
}
check "and has been told of them" eventually 10 told
small 5 192.0.2.5
check "a change reaches it by NOTIFY" \
    eventually 10 has_serial "$knot_port" small.test 5
same "with what is new" 192.0.2.5 \
    "$(dig @127.0.0.1 -p "$knot_port" +short www.small.test A)"

# A server that is new is told, though nothing changes.
new_port=$("$tools/ports")
helper tests/system/notified "$new_port" >"$folder/told"
eventually 10 grep -q ready "$folder/told"
toolkit ", \"127.0.0.1:$new_port\""
check "another server to be told" ctl reload
check "is told of one zone" eventually 5 grep -q small.test "$folder/told"
check "and of the other" eventually 5 grep -q large.test "$folder/told"
finish
