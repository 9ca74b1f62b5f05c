#!/bin/sh
# A user and a password for an etcd that has no logins: the keys are read
# without, until it wants them.

. tests/system/lib.sh
. tests/system/etcd_lib.sh

etcd_members 1
etcd_ctl user add root:secret >/dev/null
etcd_ctl user add reader:word >/dev/null
etcd_ctl role add reads >/dev/null
etcd_ctl role grant-permission --prefix=true reads read /skydns/ >/dev/null
etcd_ctl user grant-role reader reads >/dev/null
etcd_ctl user grant-role root root >/dev/null
put test/skydns/first '{"host":"192.0.2.1"}'
etcd_toolkit "username = \"reader\"; password = \"word\""
start

# shellcheck disable=SC2317
answers() {
    [ "$(ask "$1" "$2" | sort | xargs)" = "$3" ]
}

# told COUNT: it was told so often that there are no logins
# shellcheck disable=SC2317
told() {
    [ "$(grep -c 'etcd has no logins' "$folder/run/log/etcd-sync.log")" = "$1" ]
}

check "keys are read without a login" eventually 5 \
    answers first.skydns.test A 192.0.2.1
put test/skydns/first '{"host":"192.0.2.2"}'
check "and followed" eventually 5 answers first.skydns.test A 192.0.2.2
etcd_end 1 KILL
etcd_start 1
check "an etcd that was started anew is well" eventually 20 etcd_is_well
put test/skydns/first '{"host":"192.0.2.3"}'
check "and followed, too" eventually 10 answers first.skydns.test A 192.0.2.3
check "that there are no logins is told once" told 1

etcd_ctl auth enable >/dev/null
etcd_login="--user root:secret"
put test/skydns/first '{"host":"192.0.2.4"}'
check "when there are, changes come" eventually 10 \
    answers first.skydns.test A 192.0.2.4
kill -9 "$(pid_of etcd-sync)"
put test/skydns/first '{"host":"192.0.2.5"}'
check "and all keys, with a login" eventually 10 \
    answers first.skydns.test A 192.0.2.5
etcd_end 1 KILL
etcd_start 1
check "an etcd with logins is well" eventually 20 etcd_is_well
put test/skydns/first '{"host":"192.0.2.6"}'
check "and followed with a login" eventually 10 \
    answers first.skydns.test A 192.0.2.6

etcd_ctl auth disable >/dev/null
etcd_login=
put test/skydns/first '{"host":"192.0.2.7"}'
check "without logins again changes come" eventually 10 \
    answers first.skydns.test A 192.0.2.7
check "it stops" ctl stop
finish
