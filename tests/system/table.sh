#!/bin/sh
# The answer table: the same answers with it and without, never old ones

. tests/system/lib.sh

plain=$("$tools/ports")
upstream=$("$tools/ports")
metrics=$("$tools/ports")

# value NAME: the sum of these samples of /metrics
value() {
    tests/system/metrics "http://127.0.0.1:$metrics/metrics" "$@" 2>/dev/null
}

cp conf/example.org.zone "$folder/example.org.zone"
echo 'out CNAME www.far.test.' >>"$folder/example.org.zone"
zone far.test <<END
\$ORIGIN far.test.
\$TTL 3000
@ SOA ns host 1 7200 3600 1209600 60
@ NS ns
@ MX 10 mail
ns A 192.0.2.1
mail A 192.0.2.2
www A 192.0.2.80
www A 192.0.2.81
www AAAA 2001:db8::80
alias CNAME www
$(for i in $(seq 90); do echo "wide A 198.51.100.$i"; done)
END
cp tests/system/passthrough "$folder/passthrough"
chmod 755 "$folder/passthrough"

# toolkit CACHE: what the published cache is
toolkit() {
    configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "cache"; } );
    };
    cache: { next = "authority"; $1 };
    plain: {
        program = "frontend"; listen = [ "dns://127.0.0.1:$plain" ];
        routes = ( { zones = [ "." ]; next = "hidden"; } );
    };
    hidden: { program = "cache"; publish = false; next = "authority"; };
    authority: {
        sources = [ "file-sync" ]; next = "forward"; lookup = "frontend";
    };
    file-sync: {
        zones = ( { origin = "example.org."; file = "example.org.zone"; } );
    };
    forward: { routes = ( { to = [ "127.0.0.1:$upstream" ]; } ); };
    up: {
        program = "frontend"; listen = [ "dns://127.0.0.1:$upstream" ];
        routes = ( { zones = [ "." ]; next = "far"; } );
    };
    far: { program = "authority"; sources = [ "far-sync" ]; };
    far-sync: {
        program = "file-sync";
        zones = ( { origin = "far.test."; file = "far.test.zone"; } );
    };
    health: { metrics = [ "127.0.0.1:$metrics" ]; };
};
END
}

toolkit ''
start

# shellcheck disable=SC2317
table_is_used() {
    ask www.far.test A >/dev/null
    ask www.example.org A >/dev/null
    [ "$(value coredns_frontend_table_hits_total process=frontend)" -gt "$1" ]
}
check "the table is used" eventually 10 table_is_used 4
check "replies are the same with the table and without" \
    tests/system/same_answers "$port" "$plain" "${SEED:-1}" "${COUNT:-2500}"
before=$(value coredns_frontend_table_hits_total process=frontend)
check "most of them came from the table" test "$before" -gt 2000
same "none where none is published" 0 \
    "$(value coredns_frontend_table_hits_total process=plain)"
# shellcheck disable=SC2317
hits_told() {
    [ "$(value coredns_cache_hits_total process=cache)" -ge "$before" ]
}
check "the cache counts these hits as its own" eventually 5 hits_told

# ---- the order of addresses -------------------------------------------------

# What the route asks for is done to what comes out of the table, too.
sed -i 's/next = "cache"; } );/next = "cache"; order = "random"; } );/' \
    "$configuration"
check "the order is drawn for each reply" ctl reload
before=$(value coredns_frontend_table_hits_total process=frontend)
for _ in $(seq 40); do
    ask www.far.test A | head -n 1
done >"$folder/first"
same "each address is the first one now and then" 2 \
    "$(sort -u "$folder/first" | wc -l)"
sleep 1.2
check "out of the table" test "$((before + 40))" -le \
    "$(value coredns_frontend_table_hits_total process=frontend)"

# ---- changes ----------------------------------------------------------------

zone example.org <<END
\$ORIGIN example.org.
\$TTL 3600
@ SOA ns host 1 7200 3600 1209600 60
@ NS ns
ns A 192.0.2.1
number TXT "0"
END
# shellcheck disable=SC2317
has_number() {
    [ "$(ask number.example.org TXT)" = '"0"' ]
}
check "the zone is another one" eventually 5 has_number
check "no old answer comes after a new one" tests/system/change_race "$port" \
    "$folder/example.org.zone" 100
# What is printed is no test: machines differ.
echo "$check_output"

# ---- the owner goes ---------------------------------------------------------

kill -KILL "$(pid_of cache)"
echo number.example.org >"$folder/names"
check "all is answered while it is away" "$tools/flood" -q 2000 -t 2 \
    -f "$folder/names" 127.0.0.1 "$port"
check "and the table of the next one is used" eventually 10 table_is_used \
    "$(value coredns_frontend_table_hits_total process=frontend)"

toolkit "program = \"$folder/passthrough\";"
check "another program takes its place" ctl reload
sleep 1.2                               # metrics are told once a second
before=$(value coredns_frontend_table_hits_total process=frontend)
check "replies are the same" tests/system/same_answers "$port" "$plain" 2 200 \
    example.org
sleep 1.2
check "and come down the pipe" test "$before" -eq \
    "$(value coredns_frontend_table_hits_total process=frontend)"

toolkit 'capacity = "2 MiB";'
check "the cache again" ctl reload
check "and its table" eventually 10 table_is_used "$before"
toolkit 'capacity = "4 MiB";'
check "with other memory" ctl reload
before=$(value coredns_frontend_table_hits_total process=frontend)
check "which is used as well" eventually 10 table_is_used "$before"
check "replies are the same still" tests/system/same_answers "$port" "$plain" \
    3 500 example.org
check "stop" ctl stop
finish
