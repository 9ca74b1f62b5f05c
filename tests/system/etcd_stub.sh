#!/bin/sh
# SkyDNS's stub zones: an etcd lists who is to be asked for the names of a zone.

. tests/system/lib.sh
. tests/system/etcd_lib.sh

# shellcheck disable=SC2046
set -- $("$tools/ports" 3)
one=$1
other=$2
loop=$3

# The server of the zones that are stubs, twice.
for name in example.net inner.skydns.test else.test more.test later.test; do
    zone $name <<END
\$TTL 60
@ SOA ns host 1 7200 3600 1209600 60
@ NS ns
@ A 192.0.2.10
ns A 192.0.2.1
www A 192.0.2.80
END
done
etcd_members 1
put test/skydns/www '{"host":"192.0.2.2"}'
put test/skydns/inner/www '{"host":"192.0.2.3"}'
put test/skydns/alias '{"host":"www.example.net"}'
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "cache"; } );
    };
    cache: { next = "authority"; };
    authority: {
        sources = [ "etcd-sync" ]; source_patience = "1s";
        lookup = "frontend"; next = "forward";
    };
    etcd-sync: {
        zones = [ "skydns.test." ];
        endpoints = [ $(etcd_endpoints) ];
    };
    forward: {
        routes = ( { zone = "else.test."; to = [ "127.0.0.1:$other" ]; } );
        sources = [ "etcd-sync" ];
    };

    one: {
        program = "frontend"; listen = [ "dns://127.0.0.1:$one" ];
        routes = ( { zones = [ "." ]; next = "server"; } );
    };
    two: {
        program = "frontend"; listen = [ "dns://127.0.0.1:$other" ];
        routes = ( { zones = [ "." ]; next = "server"; } );
    };
    server: { program = "authority"; sources = [ "file-sync" ]; };
    file-sync: {
        zones = (
            { origin = "example.net."; file = "example.net.zone"; },
            { origin = "else.test."; file = "else.test.zone"; },
            { origin = "more.test."; file = "more.test.zone"; },
            { origin = "later.test."; file = "later.test.zone"; },
            { origin = "inner.skydns.test.";
              file = "inner.skydns.test.zone"; }
        );
    };
};
END
start

# shellcheck disable=SC2317
answers() {
    [ "$(ask "$1" "$2" | sort | xargs)" = "$3" ]
}

# shellcheck disable=SC2317
says() {
    [ "$(rcode "$1" "$2")" = "$3" ]
}

check "names of our zone" answers www.skydns.test A 192.0.2.2
check "those of a route" answers www.else.test A 192.0.2.80
check "of what nobody is asked for" says www.example.net A REFUSED
check "and what is within our zone yet" answers www.inner.skydns.test A \
    192.0.2.3

# ---- servers are listed -----------------------------------------------------

put test/skydns/dns/stub/example.net/1 "{\"host\":\"127.0.0.1\",\"port\":$one}"
check "a listed server is asked" eventually 5 answers www.example.net A \
    192.0.2.80
check "for the top of the zone too" answers example.net A 192.0.2.10
check "aliases lead there" eventually 5 answers alias.skydns.test A \
    "192.0.2.80 www.example.net."
put test/skydns/dns/stub/test/skydns/inner/1 \
    "{\"host\":\"127.0.0.1\",\"port\":$one}"
check "so is one for names within our zone" eventually 5 \
    answers www.inner.skydns.test A 192.0.2.80
check "and for the top of that" answers inner.skydns.test A 192.0.2.10
check "other names are ours" answers www.skydns.test A 192.0.2.2
check "zones shows it" sh -c "'$bin/corednsctl' zones -c '$configuration' |
    grep -q '^authority: inner.skydns.test. etcd-sync .* fallthrough'"

# ---- and change -------------------------------------------------------------

put test/skydns/dns/stub/example.net/1 "{\"host\":\"192.0.2.99\",\"port\":1}"
put test/skydns/dns/stub/example.net/2 \
    "{\"host\":\"127.0.0.1\",\"port\":$other}"
remove test/skydns/dns/stub/example.net/1
check "another server is asked" eventually 5 answers ns.example.net A 192.0.2.1
remove test/skydns/dns/stub/test/skydns/inner/1
check "without a server the names are ours again" eventually 5 \
    answers www.inner.skydns.test A 192.0.2.3
remove test/skydns/dns/stub/example.net/2
check "or nobody's" eventually 5 says no.example.net A REFUSED
put test/skydns/dns/stub/else.test/1 '{"host":"127.0.0.1","port":1}'
put test/skydns/dns/stub/skydns.test/1 '{"host":"127.0.0.1","port":1}'
put test/skydns/dns/stub/example.net/1 '{"host":"ns.example.net"}'
put test/skydns/dns/stub/example.net/2 "{\"host\":\"127.0.0.1\",\"port\":$one}"
check "a server that is a name is left out" eventually 5 \
    answers www.example.net A 192.0.2.80
check "what is configured counts more" answers ns.else.test A 192.0.2.1
check "our own zone stays ours" answers www.skydns.test A 192.0.2.2
check "what was left out is told" eventually 5 grep -q \
    '2 services below dns/stub are no servers' \
    "$folder/run/log/etcd-sync.log"

# ---- an etcd that is away, processes that die -------------------------------

# is_asked ZONE RCODE: a name of it that nobody has asked for gives that
fresh=0
# shellcheck disable=SC2317
is_asked() {
    fresh=$((fresh + 1))
    [ "$(rcode "f$fresh.$1" A)" = "$2" ]
}

# is_away COUNT: the feed has told so often that etcd is away
# shellcheck disable=SC2317
is_away() {
    [ "$(grep -c 'etcd is away' "$folder/run/log/etcd-sync.log")" -ge "$1" ]
}

put test/skydns/dns/stub/test/skydns/inner/1 \
    "{\"host\":\"127.0.0.1\",\"port\":$one}"
check "a stub within our zone is there" eventually 5 \
    answers www.inner.skydns.test A 192.0.2.80
etcd_end 1 KILL
check "without etcd they are asked" answers txt.example.net TXT ""
kill -9 "$(pid_of forward)"
check "a forward that starts anew knows them" eventually 20 \
    answers ns.example.net AAAA ""
check "and asks them" eventually 5 answers ns.example.net A 192.0.2.1

# A feed that knows nothing yet, and says so for longer than two beats.
check "that etcd is away is told" eventually 20 is_away 1
kill -9 "$(pid_of etcd-sync)"
check "a feed that starts anew without etcd" eventually 20 is_away 2
sleep 3
check "takes no servers away" is_asked example.net NXDOMAIN
check "nor those within our zone" answers ns.inner.skydns.test A 192.0.2.1
kill -9 "$(pid_of authority)"
check "an authority that starts anew has them" eventually 20 \
    says ns.inner.skydns.test TXT NOERROR
etcd_start 1
check "etcd is back" eventually 20 etcd_is_well
remove test/skydns/dns/stub/test/skydns/inner/1
check "and then they go when they are removed" eventually 20 \
    answers www.inner.skydns.test A 192.0.2.3

# ---- reload, restart of the feed --------------------------------------------

check "a server is asked" is_asked example.net NXDOMAIN
sed -i "s/zone = \"else.test.\"/zone = [ \"else.test.\", \"more.test.\" ]/" \
    "$configuration"
check "nobody is asked for another zone" is_asked more.test REFUSED
check "a reload" ctl reload
check "brings another route" eventually 5 is_asked more.test NXDOMAIN
check "and leaves those that are listed" is_asked example.net NXDOMAIN
kill -9 "$(pid_of etcd-sync)"
check "the feed may be killed" is_asked example.net NXDOMAIN
put test/skydns/dns/stub/later.test/1 "{\"host\":\"127.0.0.1\",\"port\":$one}"
check "what is listed later is asked" eventually 20 is_asked later.test NXDOMAIN
remove test/skydns/dns/stub/later.test/1
check "and no more when it has gone" eventually 5 is_asked later.test REFUSED
check "what was listed before still is" is_asked example.net NXDOMAIN

# ---- a loop -----------------------------------------------------------------

# A second server, whose stub leads here, as ours leads there.
put test/skydns/dns/stub/loop.test/1 "{\"host\":\"127.0.0.1\",\"port\":$loop}"
mkdir -p "$folder/second"
cat >"$folder/second/coredns.conf" <<END
run_directory = "$folder/second/run";
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$loop" ];
        routes = ( { zones = [ "." ]; next = "forward"; } );
    };
    forward: {
        routes = ( { zone = "loop.test."; to = [ "127.0.0.1:$port" ]; } );
    };
};
END
check "a second server starts" "$bin/corednsctl" start \
    -c "$folder/second/coredns.conf"
# shellcheck disable=SC2317
is_looped() {
    dig @127.0.0.1 -p "$port" +tries=1 +time=5 www.loop.test A >/dev/null
    grep -qs 'leads back to this server' "$folder/run/log/forward.log" \
        "$folder/second/run/log/forward.log"
}
check "servers that are each other's stubs are found" eventually 20 is_looped
"$bin/corednsctl" stop -c "$folder/second/coredns.conf"
check "it stops" ctl stop
finish
