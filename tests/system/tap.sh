#!/bin/sh
# What passes a tap is shown, in each format, and passes as it was.

. tests/system/lib.sh

# shellcheck disable=SC2046
set -- $("$tools/ports" 3)
health=127.0.0.1:$1 metrics=127.0.0.1:$2 hand=$3
formats="dig line json pcap dnstap"

cp conf/example.org.zone "$folder/example.org.zone"
mkdir "$folder/out"
chmod 777 "$folder/out"
# toolkit TYPES: a tap for each format in a row, then one that writes a file
toolkit() {
    configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { next = "dig"; } );
        deadline = "1500ms";
    };
    dig: { program = "tap"; format = "dig"; next = "line"; };
    line: { program = "tap"; format = "line"; next = "json"; };
    json: { program = "tap"; format = "json"; next = "pcap"; };
    pcap: { program = "tap"; format = "pcap"; next = "dnstap"; };
    dnstap: { program = "tap"; format = "dnstap"; next = "failures"; };
    failures: {
        program = "tap"; format = "line"; rcodes = [ "NXDOMAIN" ];
        types = [ $1 ]; clients = [ "127.0.0.0/8" ]; names = "example.org.";
        file = "$folder/out/failures"; next = "chaos";
    };
    chaos: {
        effects = ( { do = "drop"; names = "lost.example.org."; } );
        next = "authority";
    };
    authority: { sources = [ "file-sync" ]; };
    file-sync: {
        zones = ( { origin = "example.org."; file = "example.org.zone"; } );
    };
    health: { listen = [ "$health" ]; metrics = [ "$metrics" ]; };
};
END
}

# seen FORMAT PATTERN: a viewer has got it
# shellcheck disable=SC2317
seen() {
    eventually 5 grep -aq -- "$2" "$folder/$1.out" || {
        tail -n 20 "$folder/$1.out"
        return 1
    }
}

# reads FORMAT PATTERN: what it has got is right, and that is in it
# shellcheck disable=SC2317
reads() {
    tests/system/captures "$1" "$folder/$1.out" >"$folder/$1.read" ||
        return 1
    grep -q -- "$2" "$folder/$1.read" || {
        tail -n 20 "$folder/$1.read"
        return 1
    }
}

# view NAME OUTPUT: what a viewer of that tap gets goes to OUTPUT.out
view() {
    tests/system/captures view "$folder/run/$1.tap" >"$folder/$2.out" &
    helpers="$helpers $!"
    viewer=$!
}

# shellcheck disable=SC2317
all_see() {
    ask ns1.example.org A >"$folder/warm"
    for format in $formats; do
        [ "$(stat -c %s "$folder/$format.out")" -gt 50 ] || return 1
    done
}

toolkit '"A", "AAAA"'
start

# ---- each format ---------------------------------------------------------------

same "the socket is for its group" "660 socket" \
    "$(stat -c '%a %F' "$folder/run/line.tap")"
for format in $formats; do
    view "$format" "$format"
done
check "viewers see what passes" eventually 10 all_see
same "an answer passes as it is" "web.example.org. 192.0.2.80 192.0.2.81" \
    "$(ask www.example.org A | xargs)"
same "so does what is not there" NXDOMAIN "$(rcode nope.example.org AAAA)"
same "and what comes over TCP" "10 mail.example.org. 20 mail.example.net." \
    "$(ask example.org MX +tcp | xargs)"

tab=$(printf '\t')
check "dig shows records as a zone has them" \
    seen dig "^web.example.org.${tab}3600${tab}IN${tab}A${tab}192.0.2.81\$"
check "and what else is known" seen dig \
    "^;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: [0-9]*\$"
check "and how it came" seen dig "^;; QUERY from 127.0.0.1#[0-9]* over tcp at dig"
check "line shows a query" seen line \
    " query 127.0.0.1#[0-9]* udp [0-9]* www.example.org. IN A rd,ad [0-9]* -\$"
check "and its reply" seen line \
    " reply .* www.example.org. IN A NOERROR 3/0/0 qr,aa,rd 83 - [0-9]* \
CNAME web.example.org., A 192.0.2.80, A 192.0.2.81\$"
check "json shows it" seen json '"name":"example.org.","class":"IN","type":"MX"'
check "each line of it is an object" \
    reads json "^reply NXDOMAIN nope.example.org.\$"
check "pcap shows it" seen pcap "mail"
check "with right packets" reads pcap \
    "^127.0.0.1#[0-9]* 192.0.2.53#53 q [0-9]* www.example.org.\$"
check "there and back" reads pcap \
    "^192.0.2.53#53 127.0.0.1#[0-9]* qr [0-9]* www.example.org.\$"
if command -v tshark >"$folder/which"; then
    # It complains of a packet that is written at the moment.
    tshark -r "$folder/pcap.out" -o udp.check_checksum:TRUE \
        -o ip.check_checksum:TRUE -T fields -e dns.qry.name -e ip.checksum.status \
        -e udp.checksum.status >"$folder/tshark" 2>"$folder/tshark.err"
    check "tshark finds the name and right sums" \
        grep -q "^www.example.org${tab}1${tab}1\$" "$folder/tshark"
    same "and no sum that is wrong" "" \
        "$(grep -v "${tab}1${tab}1\$" "$folder/tshark")"
fi
check "dnstap shows it" seen dnstap "mail"
check "with right frames" reads dnstap \
    "^response 127.0.0.1#[0-9]* [0-9]* www.example.org.\$"

# ---- filters -------------------------------------------------------------------

failures() {
    cut -d' ' -f2,6-8 "$folder/out/failures" | xargs
}
same "only what fails is in the file, its query first" \
    "query nope.example.org. IN AAAA reply nope.example.org. IN AAAA" \
    "$(failures)"
toolkit '"MX"'
mv "$folder/out/failures" "$folder/out/failures.old"
check "a reload takes other types" ctl reload
rcode nope.example.org A >"$folder/warm"
rcode no.example.org MX >"$folder/warm"
same "which count, in a new file where the old was renamed" \
    "query no.example.org. IN MX reply no.example.org. IN MX" "$(failures)"
check "the other viewers stay" seen line " no.example.org. IN MX NXDOMAIN "

same "a query that is lost is sent again" SERVFAIL \
    "$(rcode lost.example.org A)"
check "which is shown" seen line " query .* lost.example.org. IN A .* resent\$"

# ---- viewers that do not read, and deaths ---------------------------------------

view dig second
# shellcheck disable=SC2317
dig_sees() {
    ask ns2.example.org A >"$folder/warm"
    [ -s "$folder/second.out" ]
}
check "another viewer may come" eventually 10 dig_sees
kill -STOP "$viewer"
check "nobody waits for a viewer that does not read" \
    "$tools/flood" -q 3000 -t 4 127.0.0.1 "$port"
# shellcheck disable=SC2317
lost() {
    [ "$(tests/system/metrics "http://$metrics/metrics" coredns_tap_lost_total \
        process=dig)" -gt 0 ]
}
check "what it does not take is counted" eventually 5 lost
kill -CONT "$viewer"
check "and it is told" seen second "^;; LOST: [1-9][0-9]*\$"
kill -KILL "$(pid_of line)"
check "a tap that is killed loses no query" \
    "$tools/flood" -q 500 -t 3 127.0.0.1 "$port"
view line again
# shellcheck disable=SC2317
line_sees() {
    ask short.example.org A >"$folder/warm"
    grep -q short "$folder/again.out"
}
check "it can be viewed again" eventually 5 line_sees
check "it stops like any other" ctl stop

# ---- by hand -------------------------------------------------------------------

helper "$bin/coredns-whoami" --pipe "ipc://$folder/whoami"
"$bin/coredns-tap" --pipe "ipc://$folder/tap" --next "ipc://$folder/whoami" \
    --set format=dnstap --set "file=$folder/hand.out" &
tap=$!
"$bin/coredns-tap" --pipe "ipc://$folder/tap2" --next "ipc://$folder/tap" \
    --set format=line --set file=- >"$folder/stdout" &
helpers="$helpers $tap $!"
helper "$bin/coredns-frontend" --next "tap=ipc://$folder/tap2" \
    --set "listen=[ \"dns://127.0.0.1:$hand\" ]" \
    --set 'routes=( { next = "tap"; } )'
# shellcheck disable=SC2317
answers() {
    dig @127.0.0.1 -p "$hand" +time=1 +tries=1 a.test >"$folder/warm" &&
        grep -q " reply .* a.test. IN A NOERROR " "$folder/stdout"
}
check "started by hand it prints to standard output" eventually 10 answers
kill -TERM "$tap"
wait "$tap"
tests/system/captures dnstap "$folder/hand.out" >"$folder/hand.read"
check "a capture ends as it should" grep -q "^stop\$" "$folder/hand.read"
finish
