# shellcheck shell=sh
# etcd_lib.sh - members of an etcd for a system test; sourced behind lib.sh
#
#   etcd_members COUNT [OPTION...]   starts them; each gets the options
#   etcd_endpoints                   their addresses, as a list of settings
#   etcd_start NUMBER                starts a member (again)
#   etcd_end NUMBER SIGNAL           ends one by that signal
#   etcd_move NUMBER                 gives one another port, or its own again
#   etcd_ctl ARGUMENT...             etcdctl
#   put KEY VALUE, remove KEY        below /skydns

etcd_scheme=http
etcd_options=

etcd_members() {
    etcd_count=$1
    shift
    etcd_options=$*
    # shellcheck disable=SC2046,SC2154
    set -- $("$tools/ports" $((2 * etcd_count)))
    etcd_cluster=
    etcd_urls=
    number=0
    while [ $number -lt "$etcd_count" ]; do
        number=$((number + 1))
        eval "etcd_port_$number=$1 etcd_peer_$number=$2"
        etcd_cluster=$etcd_cluster,m$number=http://127.0.0.1:$2
        etcd_urls=$etcd_urls,$etcd_scheme://127.0.0.1:$1
        shift 2
    done
    etcd_cluster=${etcd_cluster#,}
    etcd_urls=${etcd_urls#,}
    for number in $(seq "$etcd_count"); do
        etcd_start "$number"
    done
    check "$etcd_count members of etcd are well" eventually 30 etcd_is_well
}

etcd_endpoints() {
    echo "\"$etcd_urls\"" | sed 's/,/", "/g'
}

etcd_start() {
    eval "etcd_port=\$etcd_port_$1 etcd_peer=\$etcd_peer_$1"
    # shellcheck disable=SC2086,SC2154
    etcd --name "m$1" --data-dir "$folder/etcd.$1" --log-level error \
        --listen-client-urls "$etcd_scheme://127.0.0.1:$etcd_port" \
        --advertise-client-urls "$etcd_scheme://127.0.0.1:$etcd_port" \
        --listen-peer-urls "http://127.0.0.1:$etcd_peer" \
        --initial-advertise-peer-urls "http://127.0.0.1:$etcd_peer" \
        --initial-cluster "$etcd_cluster" --unsafe-no-fsync \
        --heartbeat-interval 50 --election-timeout 500 \
        $etcd_options >>"$folder/etcd.$1.log" 2>&1 &
    echo $! >"$folder/etcd.$1.pid"
    helpers="$helpers $!"
}

etcd_end() {
    kill "-$2" "$(cat "$folder/etcd.$1.pid")"
    [ "$2" = STOP ] || wait "$(cat "$folder/etcd.$1.pid")" 2>/dev/null
}

# The port where clients find a member becomes another one, or what it was.
etcd_move() {
    eval "etcd_port=\$etcd_port_$1 etcd_other=\${etcd_other_$1:-}"
    [ -n "$etcd_other" ] || etcd_other=$("$tools/ports")
    eval "etcd_port_$1=$etcd_other etcd_other_$1=$etcd_port"
    etcd_urls=$(echo "$etcd_urls" | sed "s/:$etcd_port\>/:$etcd_other/")
}

etcd_login=
etcd_ctl() {
    # shellcheck disable=SC2086
    ETCDCTL_API=3 etcdctl --endpoints "$etcd_urls" --command-timeout 5s \
        $etcd_login "$@"
}

# shellcheck disable=SC2317
etcd_is_well() {
    etcd_ctl endpoint health >/dev/null 2>&1
}

put() {
    etcd_ctl put "/skydns/$1" "$2" >/dev/null
}

remove() {
    etcd_ctl del "/skydns/$1" >/dev/null
}

# etcd_toolkit [SETTING...]: frontend, authority, etcd-sync and health
etcd_toolkit() {
    # shellcheck disable=SC2154
    configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "authority"; } );
    };
    authority: { sources = [ "etcd-sync" ]; source_patience = "1s"; };
    etcd-sync: {
        zones = [ "skydns.test.", "2.0.192.in-addr.arpa." ];
        endpoints = [ $(etcd_endpoints) ];
        $*
    };
};
END
}
