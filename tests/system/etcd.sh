#!/bin/sh
# Services in an etcd: puts and deletes, leases, bad values, an etcd that is
# away, compacts, or is another one.

. tests/system/lib.sh
. tests/system/etcd_lib.sh

# shellcheck disable=SC2046
set -- $("$tools/ports" 2)
metrics=127.0.0.1:$1
ready=127.0.0.1:$2

etcd_members 1
put test/skydns/a/x1 '{"host":"192.0.2.1","ttl":60}'
put test/skydns/a/x2 '{"host":"192.0.2.2","ttl":60}'
put test/skydns/bad/1 '{"host": '
put test/skydns/bad/2 '{"host":"192.0.2.3"}'
put test/skydns/port '{"host":"192.0.2.3","port":99999}'
put test/skydns/alias '{"host":"a.skydns.test"}'
put test/other/a '{"host":"192.0.2.9"}'
put arpa/in-addr/192/0/2/1 '{"host":"x1.a.skydns.test"}'
# shellcheck disable=SC2119
etcd_toolkit
sed -i "s/^    etcd-sync: {/    health: { listen = []; metrics = [ \"$metrics\" ];\
 ready = [ \"$ready\" ]; };\n&/" "$configuration"
start

# gauge NAME: its value
gauge() {
    tests/system/metrics "http://$metrics/metrics" "coredns_etcd_sync_$1" |
        cut -d. -f1
}

# shellcheck disable=SC2317
has_gauge() {
    [ -n "$(gauge "$1")" ]
}

# shellcheck disable=SC2317
gauge_is() {
    [ "$(gauge "$1")" = "$2" ]
}

# shellcheck disable=SC2317
answers() {
    [ "$(ask "$1" "$2" | sort | xargs)" = "$3" ]
}

# shellcheck disable=SC2317
says() {
    [ "$(rcode "$1" "$2")" = "$3" ]
}

# zone_is WORD: the authority says so of a zone
# shellcheck disable=SC2317
zone_is() {
    ctl zones | grep -q "^skydns.test. etcd-sync .* $1"
}

# shellcheck disable=SC2317
zone_is_not() {
    ! zone_is "$1"
}

# shellcheck disable=SC2317
is_ready() {
    [ "$(curl -s -m 5 "http://$ready/ready")" = OK ]
}

# shellcheck disable=SC2317
is_not_ready() {
    curl -s -m 5 "http://$ready/ready?verbose" |
        grep -q "^etcd-sync: etcd is away: http://"
}

check "all below a name answer it" answers a.skydns.test A \
    "192.0.2.1 192.0.2.2"
check "with what they are for" answers a.skydns.test SRV \
    "10 50 0 x1.a.skydns.test. 10 50 0 x2.a.skydns.test."
check "an alias is followed" answers alias.skydns.test A \
    "192.0.2.1 192.0.2.2 a.skydns.test."
check "an address leads back" answers 1.2.0.192.in-addr.arpa PTR \
    x1.a.skydns.test.
check "a label stands for any" answers 'x2.*.skydns.test' A 192.0.2.2
check "a bad value costs no other key" answers bad.skydns.test A 192.0.2.3
check "but only its own" says port.skydns.test A NOERROR
check "an unknown name" says nobody.skydns.test A NXDOMAIN
check "a zone that is not served" says a.other.test A REFUSED

# ---- bad values are told ----------------------------------------------------

check "of a bad value there is a line in the log" \
    grep -q '/skydns/test/skydns/bad/1: not JSON' "$folder/run/log/etcd-sync.log"
check "and of a bad port" grep -q \
    'port: port: 99999 is not between -1 and 65535' "$folder/run/log/etcd-sync.log"
check "zones shows it" sh -c "'$bin/corednsctl' zones -c '$configuration' |
    grep -q '^/skydns/test/skydns/port etcd-sync - - 0 bad-value$'"
check "and a gauge" eventually 5 gauge_is keys_bad 2
put test/skydns/port '{"host":"192.0.2.3","port":99999,"ttl":9}'
put test/skydns/port '{"host":"192.0.2.4","port":9999}'
check "what is mended answers" eventually 5 answers port.skydns.test A \
    192.0.2.4
check "and is counted no more" eventually 5 gauge_is keys_bad 1
same "one that stays bad is told once" 1 \
    "$(grep -c 99999 "$folder/run/log/etcd-sync.log")"

# ---- changes ----------------------------------------------------------------

put test/skydns/new/x '{"host":"192.0.2.11"}'
check "a key that is put answers" eventually 5 answers new.skydns.test A \
    192.0.2.11
check "at its own name too" answers x.new.skydns.test A 192.0.2.11
put test/skydns/new/x '{"host":"192.0.2.12"}'
check "one that is changed" eventually 5 answers new.skydns.test A 192.0.2.12
remove test/skydns/new/x
check "one that is removed is no more" eventually 5 says new.skydns.test A \
    NXDOMAIN
remove test/skydns/a/x1
check "an alias follows a change of its target" eventually 5 \
    answers alias.skydns.test A "192.0.2.2 a.skydns.test."
check "nor is what led to it" answers alias.skydns.test A \
    "192.0.2.2 a.skydns.test."
remove test/skydns/a/x2
check "an alias to nothing is none" eventually 5 says alias.skydns.test A \
    NOERROR
check "with an empty reply" answers alias.skydns.test A ""

# ---- leases -----------------------------------------------------------------

lease=$(etcd_ctl lease grant 600 | awk '{ print $2 }')
etcd_ctl put --lease="$lease" /skydns/test/skydns/leased \
    '{"host":"192.0.2.20","ttl":7200}' >/dev/null
# shellcheck disable=SC2317
ttl_is_what_remains() {
    ttl=$(dig @127.0.0.1 -p "$port" +noall +answer leased.skydns.test A |
        awk '{ print $2 }')
    [ "${ttl:-0}" -gt 500 ] && [ "$ttl" -le 600 ]
}
check "the TTL is what remains of the lease" eventually 10 ttl_is_what_remains
etcd_ctl lease revoke "$lease" >/dev/null
check "what hung on a lease that ended is gone" eventually 5 \
    says leased.skydns.test A NXDOMAIN

# ---- services put by corednsctl ---------------------------------------------

# etcd VERB...: corednsctl etcd
etcd_verb() {
    "$bin/corednsctl" etcd -c "$configuration" "$@"
}

check "a service is put" etcd_verb put --host 192.0.2.60 --port 80 \
    --weight 5 --text 'a "b"' --ttl 600 x1.byhand.skydns.test
check "and answers" eventually 5 answers byhand.skydns.test SRV \
    "10 100 80 x1.byhand.skydns.test."
same "with its text" '"a \"b\""' "$(ask byhand.skydns.test TXT)"
same "it is in etcd as SkyDNS has it" \
    '/skydns/test/skydns/byhand/x1 {"host":"192.0.2.60","port":80,"weight":5,"text":"a \"b\""}' \
    "$(etcd_verb get byhand.skydns.test)"
check "and hangs on a lease" sh -c "ETCDCTL_API=3 etcdctl --endpoints $etcd_urls \
    get /skydns/test/skydns/byhand/x1 -w json | grep -q lease"
check "it is removed" etcd_verb rm X1.byhand.skydns.test.
check "and answers no more" eventually 5 says byhand.skydns.test A NXDOMAIN
check "what is not there is not removed" exits 1 \
    etcd_verb rm x1.byhand.skydns.test
check "nor read" exits 1 etcd_verb get byhand.skydns.test
check "a value that is a bad one is not put" exits 64 \
    etcd_verb put --host 192.0.2.60 --port 99999 x.skydns.test
check "nor what is no number" exits 64 \
    etcd_verb put --host 192.0.2.60 --port http x.skydns.test
check "nor nothing" exits 64 etcd_verb put x.skydns.test
check "nor under what is no name" exits 64 etcd_verb put --host a x..test
check "a wrong word is told" exits 64 etcd_verb del x.skydns.test
text=$(head -c 32768 /dev/zero | tr '\0' t)
check "a long text is put" etcd_verb put --text "$text" long.skydns.test
same "as a whole" "/skydns/test/skydns/long {\"text\":\"$text\"}" \
    "$(etcd_verb get long.skydns.test)"
same "one that is longer is told so" \
    "corednsctl: etcd: text: longer than 32768 octets" \
    "$(etcd_verb put --text "${text}t" long.skydns.test 2>&1)"
check "of a folder no zone is imported" exits 1 \
    timeout 10 "$bin/corednsctl" etcd -c "$configuration" import "$folder"
for name in x.example.org any.skydns.test 'x.*.skydns.test' 'a\.b.skydns.test'
do
    check "a service that would not answer is not put: $name" exits 64 \
        etcd_verb put --host 192.0.2.60 "$name"
done
put test/skydns/nameless/any '{"host":"192.0.2.1"}'
check "but its key is removed" etcd_verb rm any.nameless.skydns.test
put test/skydns/own '{"host":"192.0.2.1"}'
put test/skydns/own-of-another '{"host":"192.0.2.1"}'
put test/skydns/own/below '{"host":"192.0.2.1"}'
same "read is the own key with those below" \
    "/skydns/test/skydns/own /skydns/test/skydns/own/below" \
    "$(etcd_verb get own.skydns.test | sed 's/ .*//' | xargs)"
for at in $(seq 0 100 1000); do
    { echo; seq "$at" $((at + 99)) |
        sed 's|.*|put /skydns/test/skydns/heap/& {}|'; echo; echo; } |
        etcd_ctl txn >/dev/null
done
same "of more keys than are written it is told" \
    "there are more: of 1100 keys below it these are the first 1000" \
    "$(etcd_verb get heap.skydns.test | tail -n 1)"
check "which host it is, -H says" sh -c \
    "'$bin/corednsctl' etcd --help | grep -q -e '\[-H host\]'"
check "an option of a service is none of others" exits 64 \
    "$bin/corednsctl" status -c "$configuration" --port 1
cat >"$folder/hosts.conf" <<END
hosts: { a = "127.0.0.1"; b = "192.0.2.7"; };
insecure = true;
stages: {
    authority: { host = "a"; sources = [ "etcd-sync" ]; };
    etcd-sync: { host = "b"; zones = [ "skydns.test." ]; };
};
END
same "of a stage of another host it is told where to say it" \
    "corednsctl: etcd-sync is run by the host b: say it there" \
    "$("$bin/corednsctl" -c "$folder/hosts.conf" -r "$folder/none" etcd rm \
        x.skydns.test 2>&1)"
cat >"$folder/import.zone" <<END
\$ORIGIN skydns.test.
\$TTL 77
@        SOA ns h 1 2 3 4 5
@        NS ns
@        A 192.0.2.61
i.e      A 192.0.2.62
i.e      A 192.0.2.63
al       CNAME i.e
mail     MX 10 i.e
_s._tcp  SRV 5 6 7 i.e
txt      TXT "one" "two"
a/b      A 192.0.2.65
*.w      A 192.0.2.64
x.any    A 192.0.2.64
zero     MX 0 i.e
last     A 192.0.2.66
END
check "a zone file is imported" etcd_verb import "$folder/import.zone"
check "with its addresses" eventually 5 answers i.e.skydns.test A \
    "192.0.2.62 192.0.2.63"
check "those of the top" eventually 5 answers skydns.test A 192.0.2.61
check "aliases" eventually 5 answers al.skydns.test CNAME i.e.skydns.test.
check "mail" eventually 5 answers mail.skydns.test MX "10 i.e.skydns.test."
check "services" eventually 5 answers _s._tcp.skydns.test SRV \
    "5 100 7 i.e.skydns.test."
check "and texts" eventually 5 answers txt.skydns.test TXT onetwo
check "those behind one that is no service" eventually 5 \
    answers last.skydns.test A 192.0.2.66
same "what has no place in a service is told, with the cause" \
    'left out: skydns.test. NS: services make no records of this type
left out: a/b.skydns.test. A: no key can have that name: x1.a/b.skydns.test.
left out: *.w.skydns.test. A: a label that is "*" or "any", or has a dot, is found by no query: x1.*.w.skydns.test.
left out: x.any.skydns.test. A: a label that is "*" or "any", or has a dot, is found by no query: x1.x.any.skydns.test.
left out: zero.skydns.test. MX: a service cannot have the priority 0
8 services, 5 records left out' \
    "$(etcd_verb import "$folder/import.zone" 2>&1)"
check "a file that is no zone is not" exits 1 \
    etcd_verb import "$configuration"

# ---- an etcd that is away ---------------------------------------------------

put test/skydns/stay '{"host":"192.0.2.30"}'
check "before" eventually 5 answers stay.skydns.test A 192.0.2.30
check "all is ready" eventually 10 is_ready
etcd_end 1 STOP
check "an etcd that is silent is told of" eventually 30 is_not_ready
check "answers go on" answers stay.skydns.test A 192.0.2.30
check "the zones are stale" eventually 5 zone_is stale
check "answers say so" sh -c "dig @127.0.0.1 -p $port stay.skydns.test A |
    grep -q 'EDE: 3 (Stale Answer)'"
loads=$(gauge loads_total)
check "and a gauge says for how long" eventually 5 \
    sh -c "! tests/system/metrics http://$metrics/metrics \
    coredns_etcd_sync_stale_seconds | grep -q '^0'"
kill -CONT "$(cat "$folder/etcd.1.pid")"
check "it comes back" eventually 20 is_ready
check "the zones are stale no more" eventually 5 zone_is_not stale
check "nor says the gauge" eventually 5 gauge_is stale_seconds 0
same "and nothing was read anew" "$loads" "$(gauge loads_total)"
check "answers say nothing more" sh -c "! dig @127.0.0.1 -p $port \
    stay.skydns.test A | grep -q EDE"
etcd_end 1 KILL
check "an etcd that is gone is told of" eventually 30 is_not_ready
kill -9 "$(pid_of authority)" "$(pid_of etcd-sync)"
check "answers go on from what is on disk" eventually 20 \
    answers stay.skydns.test A 192.0.2.30
check "and say that they are stale" eventually 20 zone_is stale
check "with the reason" zone_is 'stale.*etcd is away'
etcd_start 1
check "all is ready again" eventually 30 is_ready
put test/skydns/stay '{"host":"192.0.2.31"}'
check "and follows again" eventually 5 answers stay.skydns.test A 192.0.2.31
check "nothing is stale" eventually 5 zone_is_not stale

# ---- history that is gone ---------------------------------------------------

check "the new process tells its counters" eventually 5 has_gauge loads_total

# Where the sync does not find it meanwhile.
loads=$(gauge loads_total)
etcd_end 1 KILL
etcd_move 1
etcd_start 1
check "etcd is elsewhere" eventually 20 etcd_is_well
for i in 1 2 3 4 5; do
    put test/skydns/stay "{\"host\":\"192.0.2.4$i\"}"
done
remove test/skydns/bad/2
revision=$(etcd_ctl put /other x -w json | sed 's/.*revision":\([0-9]*\).*/\1/')
etcd_ctl compact "$revision" >/dev/null
etcd_end 1 KILL
etcd_move 1
etcd_start 1
check "etcd is back" eventually 20 etcd_is_well
check "what a compaction hid is found" eventually 20 \
    answers stay.skydns.test A 192.0.2.45
check "what went meanwhile too" eventually 5 answers bad.skydns.test A ""
# shellcheck disable=SC2317
was_loaded() {
    [ "$(gauge loads_total)" -gt "$loads" ]
}
check "all keys were read anew" eventually 5 was_loaded

# ---- another etcd -----------------------------------------------------------

etcd_end 1 KILL
rm -rf "$folder/etcd.1"
etcd_start 1
check "another etcd is well" eventually 20 etcd_is_well
put test/skydns/fresh '{"host":"192.0.2.50"}'
check "what it has is served" eventually 20 answers fresh.skydns.test A \
    192.0.2.50
check "what only the former one had is not" eventually 5 \
    says stay.skydns.test A NXDOMAIN

# ---- reload -----------------------------------------------------------------

sed -i 's/"skydns.test.", /"skydns.test.", "other.test.", /' "$configuration"
put test/other/a '{"host":"192.0.2.9"}'
check "a reload" ctl reload
check "brings another zone" eventually 10 answers a.other.test A 192.0.2.9
check "and leaves the others" answers fresh.skydns.test A 192.0.2.50
sed -i 's/"other.test.", //' "$configuration"
check "a reload" ctl reload
check "takes it away" eventually 10 says a.other.test A REFUSED
check "it stops" ctl stop

# ---- an etcd that is away from the beginning --------------------------------

rm -rf "$folder/state"
etcd_end 1 KILL
start
check "of what nobody knows yet the reply is a failure" eventually 20 \
    says fresh.skydns.test A SERVFAIL
check "its zone is pending" eventually 5 zone_is "failed,.*pending"
etcd_start 1
check "it is answered when etcd comes" eventually 20 \
    answers fresh.skydns.test A 192.0.2.50
check "it stops" ctl stop
finish
