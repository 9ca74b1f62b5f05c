# shellcheck shell=sh
# peer.sh - other name servers on loopback, to compare with; sourced
#
# Needs $folder and helper of lib.sh.  Each function starts one server in the
# foreground under helper, for one zone file, and leaves its process id in
# $peer_pid; `peer_ready PORT NAME` waits for its first answer.

# shellcheck disable=SC2034,SC2154    # peer_pid and folder

# peer_knot ORIGIN FILE PORT
peer_knot() {
    mkdir -p "$folder/knot"
    cat >"$folder/knot/knot.conf" <<END
server:
    rundir: "$folder/knot"
    listen: 127.0.0.1@$3
    udp-workers: ${PEER_WORKERS:-1}
    tcp-workers: 1
    background-workers: 1
database:
    storage: "$folder/knot"
log:
  - target: stderr
    any: error
zone:
  - domain: $1
    file: "$2"
    zonefile-sync: -1
    journal-content: none
END
    helper knotd -c "$folder/knot/knot.conf"
    peer_pid=$!
}

# peer_nsd ORIGIN FILE PORT
peer_nsd() {
    mkdir -p "$folder/nsd"
    cat >"$folder/nsd/nsd.conf" <<END
server:
    ip-address: 127.0.0.1@$3
    server-count: ${PEER_WORKERS:-1}
    username: ""
    zonesdir: "$folder/nsd"
    database: ""
    pidfile: ""
    xfrdfile: "$folder/nsd/xfrd.state"
    zonelistfile: "$folder/nsd/zone.list"
    xfrdir: "$folder/nsd"
    logfile: "$folder/nsd/log"
    rrl-ratelimit: 0
remote-control:
    control-enable: no
zone:
    name: $1
    zonefile: "$2"
END
    helper nsd -d -c "$folder/nsd/nsd.conf"
    peer_pid=$!
}

# peer_named ORIGIN FILE PORT
peer_named() {
    mkdir -p "$folder/named"
    cat >"$folder/named/named.conf" <<END
options {
    directory "$folder/named";
    pid-file none;
    session-keyfile none;
    listen-on port $3 { 127.0.0.1; };
    listen-on-v6 { none; };
    recursion no;
    minimal-responses no-auth;
    dnssec-validation no;
};
controls { };
zone "$1" { type primary; file "$2"; };
END
    helper named -g -n "${PEER_WORKERS:-1}" -c "$folder/named/named.conf" \
        2>"$folder/named/log"
    peer_pid=$!
}

# peer_answers PORT NAME
peer_answers() {
    dig @127.0.0.1 -p "$1" +short +time=1 +tries=1 "$2" A 2>&1 |
        grep -qv '^;'
}

# peer_ready PORT NAME
peer_ready() {
    eventually 60 peer_answers "$1" "$2"
}
