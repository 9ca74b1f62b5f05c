#!/bin/sh
# Three hosts with one configuration: network namespaces on a bridge.
# shellcheck disable=SC2317  # functions are called through check
. tests/system/lib.sh
. tests/system/machines.sh

# at HOST VERB...: corednsctl of that host
at() {
    at_host=$1
    shift
    on "$at_host" "$bin/corednsctl" -c "$configuration" \
        -r "$folder/run-$at_host" "$@"
}

connect 10.99.0 a b c
cat >"$folder/example.org.zone" <<END
\$ORIGIN example.org.
\$TTL 300
@ SOA ns host 1 7200 3600 1209600 60
@ NS ns
ns A 192.0.2.1
secretname A 192.0.2.80
* A 192.0.2.81
END
configure <<END
hosts: { a = "10.99.0.1"; b = "10.99.0.2"; c = "10.99.0.3"; };
stages: {
    frontend: {
        host = [ "a", "b" ];
        listen = [ "dns://127.0.0.1:5300" ];
        routes = ( { next = "cache"; } );
    };
    cache: { host = [ "a", "b" ]; next = "authority"; };
    authority: {
        host = "c"; port = 5401; sources = [ "file-sync" ];
    };
    file-sync: {
        host = "c";
        zones = ( { origin = "example.org."; file = "example.org.zone"; } );
    };
};
END
sed -i '/^run_directory/d; /^state_directory/d' "$configuration"

query() {
    query_host=$1
    shift
    on "$query_host" dig @127.0.0.1 -p 5300 +time=5 +tries=1 +short "$@"
}

# ---- keys
check "a host that is none" exits 78 "$bin/corednsctl" check \
    -c "$configuration" -H nothing
check "nor does it draw wires" exits 78 "$bin/corednsctl" wires \
    -c "$configuration" -H nothing
check "without keys nothing starts" exits 1 at c start
check "keygen makes them" at a keygen
same "for us alone" "600 600 600 600 600 600" \
    "$(cd "$folder/keys" && stat -c %a ./* | tr '\n' ' ' | sed 's/ $//')"
before=$(cat "$folder/keys/"*)
at a keygen 2>/dev/null
same "and makes none a second time" "$before" "$(cat "$folder/keys/"*)"

# ---- the way
on switch /usr/bin/python3 - "$folder/captured" <<'END' &
import socket, sys
raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
with open(sys.argv[1], "wb", buffering=0) as file:
    while True:
        file.write(raw.recv(65536))
END
capture=$!
helpers="$helpers $capture"
for host in c b a; do
    check "host $host starts its stages" at "$host" start
done
same "a asks c" 192.0.2.80 "$(query a secretname.example.org)"
same "b asks c" 192.0.2.80 "$(query b secretname.example.org)"
same "each has its own stages" "cache.pipe frontend.pipe " \
    "$(find "$folder/run-a" -name '*.pipe' -printf '%f\n' | sort |
        tr '\n' ' ')"
check "wires shows where they lead" sh -c "ip netns exec $(net a) \
    '$bin/corednsctl' wires -c '$configuration' -r '$folder/run-a' |
    grep -q 'next: authority @ c  curve://a:c@10.99.0.3:5401'"

check "the example for several hosts is right" "$bin/corednsctl" check \
    -c conf/hosts.conf -H c

# ---- looking at all of them
states() {
    at a status --all --json | /usr/bin/python3 -c 'import json, sys
for host in json.load(sys.stdin)["hosts"]:
    status = host["status"]
    print(host["host"], status and status["state"],
          *sorted(stage["name"] for stage in (status or {"stages": []})["stages"]))'
}
same "status --all asks every host" "a ready cache frontend
b ready cache frontend
c ready authority file-sync" "$(states)"
check "it is well" at a status --all
same "zones are listed from afar" "example.org." \
    "$(at a zones list | awk '{ print $1 }')"
check "caches are flushed on all hosts" at a flush
same "and tell of themselves" "b/cache: requests
cache: requests" "$(at a cache stats | grep requests | sed 's/ [0-9]*$//' |
    sort)"
# From another host one may look, and no more.
ask_supervisor() {
    on a /usr/bin/python3 - "$folder" "$@" <<'END'
import sys
import zmq
folder, *words = sys.argv[1:]

def keys(path):
    values = dict(line.split("=", 1) for line in
                  open(path).read().replace(" ", "").splitlines() if "=" in line)
    return [values[key].strip('"').encode() for key in
            ("public-key", "secret-key") if key in values]

socket = zmq.Context().socket(zmq.DEALER)
socket.linger = 0
socket.curve_publickey, socket.curve_secretkey = keys(folder + "/keys/a_secret")
socket.curve_serverkey, = keys(folder + "/keys/c")
socket.connect("tcp://10.99.0.3:5390")
socket.send_multipart([b""] + [word.encode() for word in words])
if socket.poll(3000):
    print(socket.recv_multipart()[1].decode())
else:
    print("silence")
END
}
same "it may be asked from afar" 0 "$(ask_supervisor status)"
for verb in stop restart reload swap; do
    same "but not told to $verb" 64 "$(ask_supervisor "$verb" authority)"
done
same "nor its stages" 64 "$(ask_supervisor ask authority reload)"
same "a stage may be asked" 0 "$(ask_supervisor ask authority status)"
mv "$folder/keys/a_secret" "$folder/keys/kept"
cp "$folder/keys/b_secret" "$folder/keys/a_secret"
same "with a listed key" 0 "$(ask_supervisor status)"
"$bin/corednsctl" keygen -c "$configuration" -H a 2>/dev/null
/usr/bin/python3 - "$folder/keys/a_secret" <<'END'
import sys
import zmq
public, secret = zmq.curve_keypair()
open(sys.argv[1], "w").write("curve\n    public-key = \"%s\"\n"
    "    secret-key = \"%s\"\n" % (public.decode(), secret.decode()))
END
same "with another one nothing comes back" silence "$(ask_supervisor status)"
mv "$folder/keys/kept" "$folder/keys/a_secret"

# ---- the link is cut
memory() {
    resident "$(cat "$folder/run-a/frontend.control.lock")" \
        "$(cat "$folder/run-a/cache.control.lock")"
}
before=$(memory)
on a "$tools/flood" -q 200 -t 12 -w 6000 127.0.0.1 5300 >"$folder/flood" 2>&1 &
load=$!
sleep 1
kill -KILL "$(cat "$folder/run-c/authority.control.lock")"
sleep 1
query a secretname.example.org >/dev/null
on switch ip link set to-c down
sleep 2
same "what is known is answered without c" 192.0.2.80 \
    "$(query a secretname.example.org)"
check "status tells of it" sh -c "ip netns exec $(net a) '$bin/corednsctl' \
    status --all -c '$configuration' -r '$folder/run-a' 2>/dev/null |
    grep -q '^c .*does not answer'"
sleep 2
on switch ip link set to-c up
if wait "$load"; then
    ok "nothing is lost: $(cat "$folder/flood")"
else
    not_ok "nothing is lost: $(cat "$folder/flood")"
fi
steady "$before" "$(memory)"
check "c is back" eventually 10 sh -c \
    "[ \"\$(ip netns exec $(net a) dig @127.0.0.1 -p 5300 +short \
    other.example.org)\" = 192.0.2.81 ]"

kill "$capture"
check "the capture has what went by" test "$(wc -c <"$folder/captured")" -gt 20000
check "no name is readable on the way" sh -c \
    "! grep -qaiE 'secretname|example|authority' '$folder/captured'"

for host in a b c; do
    check "host $host stops" at "$host" stop
done
finish
