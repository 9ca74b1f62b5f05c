#!/bin/sh
# Three members of an etcd, over TLS with client certificates and with a login
# whose tokens last seconds: members and the sync are killed while keys change,
# and what is served then is what a fresh load serves.

. tests/system/lib.sh
. tests/system/etcd_lib.sh

# certificate NAME: signed by our own authority; without a common name, which
# etcd's gateway refuses where logins are wanted
certificate() {
    openssl req -newkey rsa:2048 -nodes -keyout "$folder/$1.key" \
        -out "$folder/$1.req" -subj "/O=$1" 2>/dev/null
    echo "subjectAltName = IP:127.0.0.1" >"$folder/$1.ext"
    openssl x509 -req -in "$folder/$1.req" -CA "$folder/ca.pem" \
        -CAkey "$folder/ca.key" -CAcreateserial -days 2 \
        -extfile "$folder/$1.ext" -out "$folder/$1.pem" 2>/dev/null
}

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$folder/ca.key" \
    -out "$folder/ca.pem" -days 2 -subj "/CN=authority" 2>/dev/null
certificate member
certificate client
openssl genrsa -out "$folder/token.key" 2048 2>/dev/null
openssl rsa -in "$folder/token.key" -pubout -out "$folder/token.pem" \
    2>/dev/null
chmod 644 "$folder"/*.pem "$folder"/*.key

etcd_scheme=https
etcd_login="--cacert $folder/ca.pem --cert $folder/client.pem \
    --key $folder/client.key"
etcd_members 3 --cert-file "$folder/member.pem" \
    --key-file "$folder/member.key" --client-cert-auth \
    --trusted-ca-file "$folder/ca.pem" --auth-token \
    "jwt,pub-key=$folder/token.pem,priv-key=$folder/token.key,\
sign-method=RS256,ttl=3s"
etcd_ctl user add root:secret >/dev/null
etcd_ctl user add reader:word >/dev/null
etcd_ctl role add reads >/dev/null
etcd_ctl role grant-permission --prefix=true reads read /skydns/ >/dev/null
etcd_ctl user grant-role reader reads >/dev/null
etcd_ctl user grant-role root root >/dev/null
etcd_ctl auth enable >/dev/null
etcd_login="$etcd_login --user root:secret"
put test/skydns/first '{"host":"192.0.2.1"}'

etcd_toolkit "username = \"reader\"; password = \"word\"; \
    ca = \"$folder/ca.pem\"; certificate = \"$folder/client.pem\"; \
    key = \"$folder/client.key\""
start

# shellcheck disable=SC2317
answers() {
    [ "$(ask "$1" "$2" | sort | xargs)" = "$3" ]
}

check "keys are read" answers first.skydns.test A 192.0.2.1

# fresh: a second toolkit, which has loaded everything just now
fresh() {
    fresh_port=$("$tools/ports")
    mkdir -p "$folder/fresh"
    sed -e "s|$folder/run|$folder/fresh/run|" \
        -e "s|$folder/state|$folder/fresh/state|" \
        -e "s|127.0.0.1:$port\"|127.0.0.1:$fresh_port\"|" \
        "$configuration" >"$folder/fresh/coredns.conf"
    "$bin/corednsctl" start -c "$folder/fresh/coredns.conf" ||
        not_ok "a second toolkit starts"
}

# churn SECONDS SEED: keys change meanwhile
churn() {
    # shellcheck disable=SC2046
    ETCD_CA=$folder/ca.pem ETCD_CERTIFICATE=$folder/client.pem \
        ETCD_KEY=$folder/client.key ETCD_TOKEN_OF=root:secret \
        tests/system/etcd_churn put "$1" "$2" \
        $(echo "$etcd_urls" | tr , ' ') >"$folder/churn" &
    churn_pid=$!
}

# end_churn: waits until it is over
end_churn() {
    wait "$churn_pid"
    churn_status=$?
    check "keys were put ($(cat "$folder/churn") times)" \
        test $churn_status -eq 0
}

# same_as_fresh TEXT: what is served is what a fresh load serves
same_as_fresh() {
    end_churn
    fresh
    check "$1" tests/system/etcd_churn compare 15 "$port" "$fresh_port"
    "$bin/corednsctl" stop -c "$folder/fresh/coredns.conf"
}

churn 8 one
same_as_fresh "changes leave what a fresh load gives"

churn 14 two
for number in 1 2 3; do
    sleep 1
    etcd_end $number KILL
    sleep 1
    etcd_start $number
    check "a member that was killed is back" eventually 20 etcd_is_well
done
same_as_fresh "members may be killed, the leader among them"

churn 8 three
for number in 1 2 3 4; do
    sleep 1
    kill -9 "$(pid_of etcd-sync)"
done
same_as_fresh "the sync may be killed"

etcd_end 1 STOP
etcd_end 2 STOP
check "without a majority answers go on" answers first.skydns.test A 192.0.2.1
kill -CONT "$(cat "$folder/etcd.1.pid")" "$(cat "$folder/etcd.2.pid")"
check "a majority is back" eventually 20 etcd_is_well
put test/skydns/first '{"host":"192.0.2.2"}'
check "and changes come" eventually 20 answers first.skydns.test A 192.0.2.2

etcd_end 1 TERM
etcd_end 2 TERM
etcd_end 3 TERM
etcd_start 1
etcd_start 2
etcd_start 3
check "all have been started anew" eventually 30 etcd_is_well
put test/skydns/first '{"host":"192.0.2.3"}'
check "changes come again" eventually 20 answers first.skydns.test A 192.0.2.3

# ---- files of our own that are no good ---------------------------------------

cp "$folder/client.key" "$folder/kept.key"
cp "$folder/member.key" "$folder/client.key"
check "a key of another certificate is told by check" sh -c \
    "'$bin/corednsctl' check -c '$configuration' 2>&1 | grep -q \
    'coredns.conf:[0-9]*: etcd-sync.key: $folder/client.key is not the key of'"
for number in 1 2 3; do
    etcd_end $number KILL
    etcd_start $number
done
check "and in the log, instead of an etcd that is away" eventually 20 grep -q \
    ": etcd-sync.key: $folder/client.key is not the key of" \
    "$folder/run/log/etcd-sync.log"
cp "$folder/kept.key" "$folder/client.key"
check "with the right one etcd is well" eventually 30 etcd_is_well
put test/skydns/first '{"host":"192.0.2.4"}'
check "and changes come" eventually 20 answers first.skydns.test A 192.0.2.4
finish
