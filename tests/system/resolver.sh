# shellcheck shell=sh
# resolver.sh - a toolkit that forwards, and its upstream; sourced behind lib.sh
#
# The upstream is a chain of the same toolkit, at $upstream: it has every name
# below example.org.  What the usual stages are is said by the functions below.

# shellcheck disable=SC2154
upstream=$("$tools/ports")

# resolver CACHE FORWARD [OTHERS]: settings of the two, and other stages
resolver() {
    zone example.org <<END
\$ORIGIN example.org.
\$TTL 5
@ SOA ns host 1 7200 3600 1209600 60
@ NS ns
ns A 192.0.2.1
* A 192.0.2.80
*.www A 192.0.2.80
www A 192.0.2.80
END
    configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "cache"; } );
    };
    cache: { next = "forward"; $1 };
    forward: { routes = ( { to = [ "127.0.0.1:$upstream" ]; } ); $2 };
    $3
    up: {
        program = "frontend"; listen = [ "dns://127.0.0.1:$upstream" ];
        routes = ( { zones = [ "." ]; next = "authority"; } );
    };
    authority: { sources = [ "file-sync" ]; };
    file-sync: {
        zones = ( { origin = "example.org."; file = "example.org.zone"; } );
    };
};
END
}

# value NAME LABEL...: the sum of these samples of /metrics at $metrics
value() {
    tests/system/metrics "http://127.0.0.1:$metrics/metrics" "$@" 2>/dev/null
}

# What waited in the socket in front of it has been read.
# shellcheck disable=SC2317
is_through() {
    dig @127.0.0.1 -p "$port" +time=1 +tries=1 through.example.org |
        grep -q NOERROR
}

# flood QPS SECONDS: names of which each comes once, until all were looked at
flood() {
    "$tools/blast" -d -q "$1" -t "$2" 127.0.0.1 "$port" >"$folder/blast"
    check "a flood ends" eventually 20 is_through
}
