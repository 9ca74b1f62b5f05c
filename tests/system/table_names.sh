#!/bin/sh
# Names that become ours: what upstream said of them is forgotten, however it
# comes; and a table that is published again is used again.

. tests/system/lib.sh

# shellcheck disable=SC2046
set -- $("$tools/ports" 2)
upstream=$1
metrics=$2
value() {
    tests/system/metrics "http://127.0.0.1:$metrics/metrics" "$@" 2>/dev/null
}

zone test <<END
\$ORIGIN test.
\$TTL 3000
@ SOA ns host 1 7200 3600 1209600 60
@ NS ns
ns A 192.0.2.1
* A 203.0.113.9
END
zone new.test <<END
\$ORIGIN new.test.
@ 60 SOA ns.test. host.test. 1 7200 3600 1209600 60
@ 60 NS ns.test.
* 60 A 192.0.2.7
END
: >"$folder/hosts"

# toolkit CACHE ZONES: settings of the cache, zones of ours
toolkit() {
    configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "cache"; } );
    };
    cache: { next = "authority"; $1 };
    authority: { sources = [ "file-sync" ]; next = "forward"; };
    file-sync: {
        hosts = ( { file = "$folder/hosts"; fallthrough = [ "." ]; } );
        $2
    };
    forward: { routes = ( { to = [ "127.0.0.1:$upstream" ]; } ); };
    up: {
        program = "frontend"; listen = [ "dns://127.0.0.1:$upstream" ];
        routes = ( { zones = [ "." ]; next = "far"; } );
    };
    far: { program = "authority"; sources = [ "far-sync" ]; };
    far-sync: {
        program = "file-sync";
        zones = ( { origin = "test."; file = "test.zone"; } );
    };
    health: { metrics = [ "127.0.0.1:$metrics" ]; };
};
END
}

# shellcheck disable=SC2317
is() {
    [ "$(ask "$1" A)" = "$2" ]
}

# upstreams NAME: it is upstream's, and in the cache
upstreams() {
    check "$1 is upstream's" eventually 5 is "$1" 203.0.113.9
    same "and known" 203.0.113.9 "$(ask "$1" A)"
}

# add LINE...: to the hosts file
add() {
    cp "$folder/hosts" "$folder/hosts.new"
    printf '%s\n' "$@" >>"$folder/hosts.new"
    mv "$folder/hosts.new" "$folder/hosts"
}

toolkit '' ''
start
for name in line many killed synced; do
    upstreams "$name.test"
done
upstreams z.new.test
upstreams rest.test

add "192.0.2.1 line.test"
check "a line of a hosts file" eventually 5 is line.test 192.0.2.1
same "the others are known still" 203.0.113.9 "$(ask rest.test A)"

# shellcheck disable=SC2046
add "192.0.2.2 many.test" $(seq 400 | sed 's/.*/10.0.0.1=h&.other/') 2>/dev/null
sed -i 's/=/ /' "$folder/hosts"
check "many lines" eventually 5 is many.test 192.0.2.2

toolkit '' 'zones = ( { origin = "new.test."; file = "new.test.zone"; } );'
check "a zone" ctl reload
check "is ours with all its names" eventually 5 is z.new.test 192.0.2.7

upstreams killed.test
kill -KILL "$(pid_of authority)"
add "192.0.2.3 killed.test"
check "a line while nobody reads it" eventually 10 is killed.test 192.0.2.3
upstreams synced.test
kill -KILL "$(pid_of file-sync)"
add "192.0.2.4 synced.test"
check "a line while nobody sends it" eventually 10 is synced.test 192.0.2.4

# What nobody tells of is no reason to forget anything.
ask kept.test A >/dev/null
requests=$(ctl cache stats | awk '/^misses/ { print $2 }')
kill -KILL "$(pid_of forward)"
same "a forward that dies takes no answer with it" 203.0.113.9 \
    "$(ask kept.test A)"
same "and costs no question" "$requests" \
    "$(ctl cache stats | awk '/^misses/ { print $2 }')"

# ---- publishing, and for which names ----------------------------------------

# shellcheck disable=SC2317
table_is_used() {
    ask rest.test A >/dev/null
    [ "$(value coredns_frontend_table_hits_total process=frontend)" -gt "$1" ]
}
check "the table is used" eventually 10 table_is_used 0
toolkit 'publish = false;' ''
check "it is not published any more" ctl reload
toolkit '' ''
check "and again" ctl reload
sleep 1.2
check "and used again" eventually 10 table_is_used \
    "$(value coredns_frontend_table_hits_total process=frontend)"
toolkit 'zones = [ "other.test." ];' ''
check "the cache is for other names" ctl reload
ask rest.test A >/dev/null
sleep 1.2
before=$(value coredns_frontend_table_hits_total process=frontend)
same "rest.test is no longer known" 203.0.113.9 "$(ask rest.test A)"
sleep 1.2
same "and not from the table" "$before" \
    "$(value coredns_frontend_table_hits_total process=frontend)"
check "stop" ctl stop
finish
