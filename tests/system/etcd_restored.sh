#!/bin/sh
# An etcd that is brought back from a copy: its cluster has the same id, and its
# history is another one, whether its revision is behind or ahead of what was
# known.

. tests/system/lib.sh
. tests/system/etcd_lib.sh

# shellcheck disable=SC2317
answers() {
    [ "$(ask "$1" "$2" | sort | xargs)" = "$3" ]
}

# shellcheck disable=SC2317
says() {
    [ "$(rcode "$1" "$2")" = "$3" ]
}

# restore: the data are what they were when the copy was made
restore() {
    etcd_end 1 KILL
    rm -rf "$folder/etcd.1"
    # shellcheck disable=SC2154
    ETCDCTL_API=3 etcdctl snapshot restore "$folder/copy" --name m1 \
        --data-dir "$folder/etcd.1" --initial-cluster "$etcd_cluster" \
        --initial-advertise-peer-urls "http://127.0.0.1:$etcd_peer_1" \
        >/dev/null 2>&1
}

# start_again: what it asks raft for is a later term than before
start_again() {
    etcd_end 1 KILL
    etcd_start 1
    check "etcd has been started again" eventually 20 etcd_is_well
}

etcd_members 1
put test/skydns/stay '{"host":"192.0.2.1"}'
put test/skydns/removed '{"host":"192.0.2.2"}'
put test/skydns/changed '{"host":"192.0.2.3"}'
# shellcheck disable=SC2119
etcd_toolkit
start
check "keys are read" answers stay.skydns.test A 192.0.2.1

cluster=$(etcd_ctl get x -w json | sed 's/.*cluster_id":\([0-9]*\).*/\1/')
etcd_ctl snapshot save "$folder/copy" >/dev/null 2>&1
put test/skydns/later '{"host":"192.0.2.4"}'
put test/skydns/changed '{"host":"192.0.2.5"}'
remove test/skydns/removed
check "keys change" eventually 5 says removed.skydns.test A NXDOMAIN

# ---- a revision that is behind ----------------------------------------------

restore
etcd_start 1
check "etcd is back" eventually 20 etcd_is_well
same "its cluster has the same id" "$cluster" \
    "$(etcd_ctl get x -w json | sed 's/.*cluster_id":\([0-9]*\).*/\1/')"
check "what came after the copy is gone" eventually 20 \
    says later.skydns.test A NXDOMAIN
check "what was removed is back" answers removed.skydns.test A 192.0.2.2
check "and what was changed" answers changed.skydns.test A 192.0.2.3

# ---- a revision that is ahead -----------------------------------------------

# ahead COUNT WHAT: the copy is brought back where the sync does not see it,
# WHAT is done, COUNT revisions pass, and it is back
ahead() {
    count=$1
    shift
    restore
    etcd_move 1
    etcd_start 1
    check "etcd is elsewhere" eventually 20 etcd_is_well
    "$@"
    for i in $(seq "$count"); do
        etcd_ctl put /elsewhere "$i" >/dev/null
    done
    start_again
    start_again
    start_again
    etcd_end 1 KILL
    etcd_move 1
    etcd_start 1
    check "etcd is back" eventually 20 etcd_is_well
}

put test/skydns/later '{"host":"192.0.2.4"}'
put test/skydns/changed '{"host":"192.0.2.5"}'
remove test/skydns/removed
check "keys change" eventually 5 says removed.skydns.test A NXDOMAIN
ahead 9 put test/skydns/other '{"host":"192.0.2.6"}'
check "what came after the copy is gone" eventually 20 \
    says later.skydns.test A NXDOMAIN
check "what was removed is back" answers removed.skydns.test A 192.0.2.2
check "and what was changed" answers changed.skydns.test A 192.0.2.3
check "what was put meanwhile is there" answers other.skydns.test A 192.0.2.6

# As many keys as before; only the last change tells.
# shellcheck disable=SC2317
put_others() {
    put test/skydns/changed '{"host":"192.0.2.7"}'
    put test/skydns/other '{"host":"192.0.2.6"}'
}
put test/skydns/stay '{"host":"192.0.2.10"}'
check "a key is put" eventually 5 answers stay.skydns.test A 192.0.2.10
ahead 30 put_others
check "what came after the copy is gone" eventually 20 \
    answers stay.skydns.test A 192.0.2.1
check "and what was put meanwhile is there" answers changed.skydns.test A \
    192.0.2.7

# ---- its own history --------------------------------------------------------

loads=$(grep -c 'all keys are read anew' "$folder/run/log/etcd-sync.log")
start_again
put test/skydns/after '{"host":"192.0.2.8"}'
check "a restart is gone on behind" eventually 20 answers after.skydns.test A \
    192.0.2.8
remove test/skydns/after
check "a key goes" eventually 5 says after.skydns.test A NXDOMAIN
start_again
put test/skydns/after '{"host":"192.0.2.9"}'
check "also behind a removal" eventually 20 answers after.skydns.test A \
    192.0.2.9
same "nothing is read anew" "$loads" \
    "$(grep -c 'all keys are read anew' "$folder/run/log/etcd-sync.log")"
check "it stops" ctl stop
finish
