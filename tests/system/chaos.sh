#!/bin/sh
# A stage that makes trouble: each effect is what it says, the rest passes.

. tests/system/lib.sh

# shellcheck disable=SC2046
set -- $("$tools/ports" 2)
health=127.0.0.1:$1 metrics=127.0.0.1:$2

zone example.org <<END
\$TTL 300
@ SOA ns1 hostmaster 1 7200 3600 1209600 300
  NS ns1
* A 192.0.2.80
END

# between EFFECTS: chaos between the frontend and the authority
between() {
    configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "chaos"; } );
        deadline = "2s";
    };
    chaos: { seed = 7; effects = ( $1 ); next = "authority"; };
    authority: { sources = [ "file-sync" ]; };
    file-sync: {
        zones = ( { origin = "example.org."; file = "example.org.zone"; } );
    };
    health: { listen = [ "$health" ]; metrics = [ "$metrics" ]; };
};
END
}

# counts VALUE NAME LABEL...: a metric is that within two seconds
# shellcheck disable=SC2317
counts() {
    counts_wanted=$1
    shift
    counts_is() {
        counts_got=$(tests/system/metrics "http://$metrics/metrics" "$@" 2>&1)
        [ "$counts_got" = "$counts_wanted" ]
    }
    eventually 5 counts_is "$@" || {
        echo "$counts_got instead of $counts_wanted"
        return 1
    }
}

# all_of NAME COUNT: the rcodes of so many queries in a row
all_of() {
    all_of_left=$2
    while [ "$all_of_left" -gt 0 ]; do
        rcode "$1" A
        all_of_left=$((all_of_left - 1))
    done | xargs
}

# took COMMAND...: milliseconds
took() {
    took_start=$(date +%s%N)
    "$@" >/dev/null
    echo $((($(date +%s%N) - took_start) / 1000000))
}

between '
    { do = "delay"; names = "slow.example.org."; delay = "400ms"; },
    { do = "delay"; names = "varied.example.org."; delay = "200ms";
      distribution = "uniform"; spread = "300ms"; },
    { do = "drop"; names = "lost.example.org."; },
    { do = "drop"; names = "replyless.example.org."; to = "replies"; },
    { do = "duplicate"; names = "twice.example.org."; },
    { do = "duplicate"; names = "echo.example.org."; to = "replies"; },
    { do = "reorder"; names = "late.example.org."; within = "30s"; },
    { do = "reorder"; names = "lonely.example.org."; within = "300ms"; },
    { do = "truncate"; names = "cut.example.org."; transports = "udp"; },
    { do = "truncate"; names = "marked.example.org."; to = "replies";
      keep = true; },
    { do = "rcode"; names = "broken.example.org."; },
    { do = "rcode"; names = "refused.example.org."; rcode = "REFUSED"; },
    { do = "rcode"; names = "third.example.org."; every = 3; },
    { do = "rcode"; names = "typed.example.org."; types = [ "TXT" ]; },
    { do = "rcode"; names = "half.example.org."; rate = "50%"; },
    { do = "answer"; names = "made.example.org."; }'
start

# ---- what is not touched ------------------------------------------------------

same "a query that nothing befalls passes" 192.0.2.80 "$(ask www.example.org A)"
same "and over TCP" 192.0.2.80 "$(ask www.example.org A +tcp)"
check "it takes a load" "$tools/flood" -q 1000 -t 2 127.0.0.1 "$port"

# ---- time ---------------------------------------------------------------------

check "a delay is a delay" test "$(took ask slow.example.org A)" -ge 400
same "after which there is the answer" 192.0.2.80 \
    "$(ask slow.example.org A)"
check "a delay that varies has its least" \
    test "$(took ask varied.example.org A)" -ge 200
check "a query that is late is asked for once" \
    counts 3 coredns_chaos_queries_total effect=delay
check "one that nobody overtakes goes on by itself" \
    test "$(took ask lonely.example.org A)" -ge 300

cat >"$folder/order.py" <<'END'
import socket, struct, sys
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(5)
client.connect(("127.0.0.1", int(sys.argv[1])))
for number, label in (1, b"late"), (2, b"www"):
    name = b"".join(bytes([len(part)]) + part
                    for part in (label, b"example", b"org", b""))
    client.send(struct.pack("!6H", number, 0x100, 1, 0, 0, 0) + name
                + b"\0\1\0\1")
    if number == 1:
        # Two datagrams of one moment may be swapped on their own.
        client.settimeout(0.3)
        try:
            client.recv(512)
            print("early", end=" ")
        except TimeoutError:
            client.settimeout(5)
print(*(client.recv(512)[1] for _ in range(2)))
END
same "one that is reordered is overtaken by the next" "2 1" \
    "$(python3 "$folder/order.py" "$port")"

# ---- loss and repetition ------------------------------------------------------

same "a query that is lost stays lost, however often it is sent again" \
    SERVFAIL "$(rcode lost.example.org A)"
check "and is one query" counts 1 coredns_chaos_queries_total effect=drop
check "though it came again" eventually 3 sh -c "
    [ \"\$(tests/system/metrics http://$metrics/metrics \
        coredns_chaos_resent_total)\" -gt 0 ]"
same "a reply that is lost is none" SERVFAIL \
    "$(rcode replyless.example.org A)"
asked() {
    tests/system/metrics "http://$metrics/metrics" coredns_queries_total \
        stage=authority
}
# settled: what the authority has been asked, when no more comes
settled() {
    settled_last=
    while [ "$settled_last" != "$(asked)" ]; do
        settled_last=$(asked)
        sleep 1.2
    done
    echo "$settled_last"
}
before=$(settled)
same "a query that is sent twice is answered once" 192.0.2.80 \
    "$(ask twice.example.org A)"
check "but was asked for twice" \
    counts $((before + 2)) coredns_queries_total stage=authority
same "a reply that comes twice is one" 192.0.2.80 "$(ask echo.example.org A)"
check "but came twice" counts 1 coredns_chaos_replies_total effect=duplicate
check "and the query came once" \
    counts $((before + 3)) coredns_queries_total stage=authority

# ---- other replies ------------------------------------------------------------

flags() {
    dig @127.0.0.1 -p "$port" +time=5 +tries=1 +ignore "$@" |
        sed -n 's/^;; flags: \(.*\); QUERY.* ANSWER: \([0-9]*\),.*/\1 \2/p'
}
same "a reply is cut off" "qr tc rd 0" "$(flags cut.example.org A)"
same "and whole over TCP" 192.0.2.80 "$(ask cut.example.org A)"
same "one is only said to be" "qr aa tc rd 1" "$(flags marked.example.org A)"
same "a query fails" SERVFAIL "$(rcode broken.example.org A)"
same "or is refused" REFUSED "$(rcode refused.example.org A)"
same "every third fails" \
    "NOERROR NOERROR SERVFAIL NOERROR NOERROR SERVFAIL" \
    "$(all_of third.example.org 6)"
same "one type fails" "SERVFAIL NOERROR" \
    "$(rcode typed.example.org TXT) $(rcode typed.example.org A)"
same "an answer is made up" "192.0.2.53 2001:db8::53" \
    "$(ask made.example.org A) $(ask made.example.org AAAA)"

# ---- chance repeats, settings change ------------------------------------------

first=$(all_of half.example.org 24)
check "half of them fail by chance" sh -c "
    case '$first' in *SERVFAIL*NOERROR* | *NOERROR*SERVFAIL*) ;; *) exit 1;; esac"
kill -KILL "$(pid_of chaos)"
same "the seed repeats it" "$first" "$(all_of half.example.org 24)"

between '{ do = "rcode"; rcode = "NXDOMAIN"; }'
check "a reload takes other effects" ctl reload
same "and they count" NXDOMAIN "$(rcode www.example.org A)"
between '{ do = "rcode"; rate = "5"; }'
check "what is wrong is told with its line" sh -c "
    '$bin/corednsctl' check -c '$configuration' 2>&1 |
        grep -q 'conf:[0-9]*: chaos.effects\[0\].rate: expected 0% to 100%'"
check "it stops like any other" ctl stop
finish
