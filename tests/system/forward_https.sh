#!/bin/sh
# Upstreams over HTTPS (RFC 8484): by POST and by GET, one connection for many
# queries, and what servers do wrong.

. tests/system/lib.sh

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$folder/dns.key" \
    -out "$folder/dns.pem" -days 2 -subj "/CN=dns.test" \
    -addext "subjectAltName = DNS:dns.test" 2>/dev/null
chmod 644 "$folder/dns.pem"

# shellcheck disable=SC2046
set -- $("$tools/ports" 2)
upstream=$1
other=$2
helper tests/system/liar "$upstream" "$folder/log" "$folder/dns.pem" \
    "$folder/dns.key"
helper tests/system/liar "$other" "$folder/other.log"
check "an upstream is ready" eventually 10 grep -qs ready "$folder/log"
check "another is ready" eventually 10 grep -qs ready "$folder/other.log"
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "forward"; } );
    };
    forward: {
        routes = (
            { zone = "post."; to = [ "https://127.0.0.1%dns.test:$upstream" ];
              tls = { ca = "$folder/dns.pem"; }; },
            { zone = "get.";
              to = [ "https://127.0.0.1%dns.test:$upstream/a/b?c=d" ];
              doh_method = "GET"; tls = { ca = "$folder/dns.pem"; }; },
            { zone = "wrong."; to = [ "https://127.0.0.1:$upstream" ];
              tls = { ca = "$folder/dns.pem"; }; },
            { zone = "two."; policy = "sequential";
              to = [ "https://127.0.0.1%dns.test:$upstream",
                     "127.0.0.1:$other" ];
              tls = { ca = "$folder/dns.pem"; }; }
        );
    };
};
END
start

# asked NAME: how the upstream was asked for it, and with which id
asked() {
    awk -v "name=$1." 'tolower($4) == name { print $1, $3 }' "$folder/log"
}

# error NAME: what is said of it
error() {
    dig @127.0.0.1 -p "$port" +time=5 +tries=1 "$1" A |
        sed -n 's/.*status: \([A-Z]*\).*/\1/p; s/^; \(EDE.*\)/\1/p' |
        tr '\n' ' ' | sed 's/ $//'
}

same "by POST" 192.0.2.1 "$(ask www.post A)"
same "as RFC 8484 says" "https:POST:dns.test:$upstream/dns-query 0" \
    "$(asked www.post)"
same "by GET" 192.0.2.1 "$(ask www.get A)"
same "as RFC 8484 says" "https:GET:dns.test:$upstream/a/b 0" \
    "$(asked www.get)"
same "a certificate for another name" SERVFAIL "$(rcode www.wrong A)"
i=0
while [ $i -lt 300 ]; do
    echo "www$i.post"
    i=$((i + 1))
done >"$folder/names"
check "300 queries are answered" \
    "$tools/flood" -q 1000 -t 1 -f "$folder/names" 127.0.0.1 "$port"
same "over few connections" yes \
    "$(awk 'tolower($4) ~ /post/ { print $2 }' "$folder/log" | sort -u |
        wc -l | awk '{ print $1 <= 20 ? "yes" : $1 }')"
same "a large reply" 192.0.2.1 "$(ask www.post A +bufsize=4096)"
for word in servfail refused nxdomain; do
    same "$word is handed up" "$(echo $word | tr '[:lower:]' '[:upper:]')" \
        "$(rcode $word.post A)"
done

where="https://127.0.0.1:$upstream/dns-query"
same "another status" \
    "SERVFAIL EDE: 23 (Network Error): ($where: HTTP status 503)" \
    "$(error status-503.post)"
same "another type" \
    "SERVFAIL EDE: 23 (Network Error): ($where: no DNS message in the response)" \
    "$(error wrongtype.post)"
same "too much" \
    "SERVFAIL EDE: 23 (Network Error): ($where: more than 65535 octets)" \
    "$(error huge.post)"
same "a stream that is reset" \
    "SERVFAIL EDE: 23 (Network Error): ($where: REFUSED_STREAM)" \
    "$(error reset.post)"
same "nothing" "SERVFAIL EDE: 22 (No Reachable Authority): ($where: no reply)" \
    "$(error silent.post)"
same "another question: FORMERR" FORMERR "$(rcode wrongnames.post A)"
for word in goaway closes goaway; do
    same "$word: the reply counts" 192.0.2.1 "$(ask $word.post A)"
    same "$word: and there is a next connection" 192.0.2.1 \
        "$(ask www.post A)"
done
same "garbage ends the connection" SERVFAIL "$(rcode nohttp.post A)"
same "and there is a next one" 192.0.2.1 "$(ask www.post A)"
for word in status-503 wrongtype huge reset nohttp; do
    same "$word: the next upstream is asked" 192.0.2.1 "$(ask $word.two A)"
done
finish
