#!/bin/sh
# What SkyDNS was told by flags, environment and its etcd becomes a
# configuration that does the same.

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

# import FLAG...: into $configuration, which is told what tests need
import() {
    "$bin/corednsctl" import --skydns -- "$@" >"$folder/imported" || return 1
    configure <"$folder/imported"
}

etcd_members 2 --auth-token simple
upstream=$("$tools/ports")
put test/skydns/web/1 '{"host":"192.0.2.1","port":80}'
put arpa/in-addr/192/0/2/1 '{"host":"1.web.skydns.test"}'
put test/skydns/dns/ns/a '{"host":"192.0.2.53"}'
put test/skydns/dns/stub/stub.test/1 "{\"host\":\"127.0.0.1\",\"port\":$upstream}"
put config "{\"dns_addr\":\"127.0.0.1:1\",\"domain\":\"SkyDNS.test\",
    \"ttl\":77,\"min_ttl\":88,\"priority\":5,\"stub_zones\":true,
    \"nameservers\":[\"127.0.0.1:$upstream\"],\"local\":\"1.web.skydns.test.\",
    \"hostmaster\":\"me@mail.test\"}"

# Who is asked for other names.
for name in stub.test far.test 2.0.192.in-addr.arpa; do
    zone $name <<END
\$TTL 60
@ SOA ns host 1 7200 3600 1209600 60
@ NS ns
ns A 192.0.2.1
www A 192.0.2.80
2 PTR www.far.test.
END
done
mkdir "$folder/up"
cat >"$folder/up/coredns.conf" <<END
directory = "$folder";
run_directory = "$folder/up/run";
user = "$(stage_user)";
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$upstream" ];
        routes = ( { zones = [ "." ]; next = "authority"; } );
    };
    authority: { sources = [ "file-sync" ]; };
    file-sync: {
        zones = ( { origin = "stub.test."; file = "stub.test.zone"; },
                  { origin = "far.test."; file = "far.test.zone"; },
                  { origin = "2.0.192.in-addr.arpa.";
                    file = "2.0.192.in-addr.arpa.zone"; } );
    };
};
END
check "the name server of others starts" "$bin/corednsctl" start \
    -c "$folder/up/coredns.conf"

dead=$("$tools/ports")
check "options are imported" import -addr "127.0.0.1:$port" -etcd3 \
    -machines "http://127.0.0.1:$dead,$etcd_urls"
check "the configuration is right" ctl check
start
check "a service is served" answers web.skydns.test SRV \
    "5 100 80 1.web.skydns.test."
same "with the TTL that it has by default" 77 "$(dig @127.0.0.1 -p "$port" \
    +noall +answer web.skydns.test A | awk '{ print $2 }')"
check "an address leads back" answers 1.2.0.192.in-addr.arpa PTR \
    1.web.skydns.test.
check "one that is not known is asked for" answers 2.2.0.192.in-addr.arpa PTR \
    www.far.test.
check "the SOA is SkyDNS's" sh -c "dig @127.0.0.1 -p $port +short \
    skydns.test SOA |
    grep -q '^ns.dns.skydns.test. me.mail.test. [0-9]* 28800 7200 604800 88$'"
check "local.dns stands for a name" answers local.dns.skydns.test A \
    "1.web.skydns.test. 192.0.2.1"
check "the servers have names" answers skydns.test NS a.ns.dns.skydns.test.
check "and addresses" answers ns.dns.skydns.test A 192.0.2.53
check "other names are asked for" answers www.far.test A 192.0.2.80
check "stub zones too" answers www.stub.test A 192.0.2.80
check "those of too few labels are not" says nowhere A SERVFAIL
check "it stops" ctl stop

# ---- without others ---------------------------------------------------------

check "without recursion" import -addr "127.0.0.1:$port" -etcd3 -no-rec \
    -machines "$etcd_urls"
check "the configuration is right" ctl check
start
check "services are served" answers web.skydns.test A 192.0.2.1
check "stub zones are asked for" answers www.stub.test A 192.0.2.80
check "and nothing else" says www.far.test A SERVFAIL
check "it stops" ctl stop
check "without stub zones too" import -addr "127.0.0.1:$port" -etcd3 -no-rec \
    -machines "$etcd_urls" -stubzones=false
check "the configuration is right" ctl check
"$bin/corednsctl" stop -c "$folder/up/coredns.conf"

# ---- what is wrong ----------------------------------------------------------

# refused FLAG...: what is said, with its exit code
refused() {
    "$bin/corednsctl" import --skydns -- -etcd3 "$@" 2>&1
    echo $?
}

same "an endpoint that is none is told by its flag" \
    "coredns-etcd-sync: -machines: etcd-sync.endpoints[0]: neither http://... nor https://...: ftp://x
78" "$(refused -machines ftp://x)"
same "so is a file that is none" \
    "coredns-etcd-sync: -ca-cert: etcd-sync.ca: cannot read $PWD/nix: No such file or directory
78" "$(refused -ca-cert nix)"
same "and a password of nobody" \
    "coredns-etcd-sync: -password: etcd-sync.password: username is missing
78" "$(refused -password x)"
same "what is no address is told without asking etcd" \
    "corednsctl: -addr: not an address: foo
78" "$(refused -machines "http://127.0.0.1:$dead" -addr foo)"
put config '{"ttl": '
same "of bad JSON there is one line" \
    "corednsctl: /skydns/config: not a JSON object: unexpected token near end of file" \
    "$(import -etcd3 -machines "$etcd_urls" 2>&1)"
put config '{"ttl":9}'
etcd_ctl user add root:secret >/dev/null
etcd_ctl user grant-role root root >/dev/null
etcd_ctl auth enable >/dev/null
check "a login is carried over" import -etcd3 -machines "$etcd_urls" \
    -username root -password secret
check "what it reads counts" grep -q 'ttl = 9;' "$folder/imported"
check "without one it is told" sh -c "'$bin/corednsctl' import --skydns -- \
    -etcd3 -machines '$etcd_urls' 2>&1 |
    grep -q '^corednsctl: cannot read /skydns/config from etcd: .*user name'"
check "nothing is left behind" sh -c "! ls -d /tmp/coredns-skydns.* 2>/dev/null"
finish
