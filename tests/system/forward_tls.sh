#!/bin/sh
# Upstreams over TLS: believed when their certificate is right, and only then;
# one connection for many queries.

. tests/system/lib.sh

# certificate NAME EXTENSION: signed by our own authority
certificate() {
    openssl req -newkey rsa:2048 -nodes -keyout "$folder/$1.key" \
        -out "$folder/$1.req" -subj "/CN=$1" 2>/dev/null
    echo "subjectAltName = $2" >"$folder/$1.ext"
    openssl x509 -req -in "$folder/$1.req" -CA "$folder/ca.pem" \
        -CAkey "$folder/ca.key" -CAcreateserial -days 2 \
        -extfile "$folder/$1.ext" -out "$folder/$1.pem" 2>/dev/null
}

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$folder/ca.key" \
    -out "$folder/ca.pem" -days 2 -subj "/CN=authority" 2>/dev/null
certificate named DNS:dns.test
certificate addressed IP:127.0.0.1
chmod 644 "$folder"/*.pem

# shellcheck disable=SC2046
set -- $("$tools/ports" 2)
named=$1
addressed=$2
helper tests/system/liar "$named" "$folder/named.log" \
    "$folder/named.pem" "$folder/named.key"
helper tests/system/liar "$addressed" "$folder/addressed.log" \
    "$folder/addressed.pem" "$folder/addressed.key"
check "the upstreams are ready" eventually 10 \
    grep -qs ready "$folder/named.log" "$folder/addressed.log"
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "forward"; } );
    };
    forward: {
        routes = (
            { zone = "named."; to = [ "tls://127.0.0.1%dns.test:$named" ];
              tls = { ca = "$folder/ca.pem"; }; },
            { zone = "setting."; to = [ "tls://127.0.0.1:$named" ];
              tls = { ca = "$folder/ca.pem"; servername = "dns.test"; }; },
            { zone = "wrong."; to = [ "tls://127.0.0.1%other.test:$named" ];
              tls = { ca = "$folder/ca.pem"; }; },
            { zone = "unknown."; to = [ "tls://127.0.0.1%dns.test:$named" ];
            },
            { zone = "addressed."; to = [ "tls://127.0.0.1:$addressed" ];
              tls = { ca = "$folder/ca.pem"; }; }
        );
    };
};
END
start

same "a certificate for the name" 192.0.2.1 "$(ask www.named A)"
same "for the name in the settings" 192.0.2.1 "$(ask www.setting A)"
same "for the address" 192.0.2.1 "$(ask www.addressed A)"
same "for another name" SERVFAIL "$(rcode www.wrong A)"
same "of an authority nobody knows" SERVFAIL "$(rcode www.unknown A)"
same "only the good ones were asked" "www.addressed. www.named. www.setting." \
    "$(cat "$folder"/*.log | awk '/^tls/ { print tolower($4) }' | sort |
        tr '\n' ' ' | sed 's/ $//')"
for i in 1 2 3 4 5; do
    same "again: $i" 192.0.2.1 "$(ask www$i.named A)"
done
same "over the same connection" 1 \
    "$(awk 'tolower($4) ~ /named/ { print $2 }' "$folder/named.log" | sort -u | wc -l)"
same "a server that closes each connection" "192.0.2.1 192.0.2.1" \
    "$(ask closes.named A) $(ask www.named A)"
finish
