#!/bin/sh
# Whatever an upstream, or somebody in its place, sends beside the answer: the
# client gets the answer.

. tests/system/lib.sh

upstream=$("$tools/ports")
log=$folder/liar.log
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "forward"; } );
    };
    forward: { routes = ( { to = [ "127.0.0.1:$upstream" ]; } ); };
};
END
helper tests/system/liar "$upstream" "$log"
check "the upstream is ready" eventually 10 grep -qs ready "$log"
start

# answers NAME [ARGUMENT...]: NAME.test has its address
answers() {
    same "$1 $2" 192.0.2.1 "$(ask "$1.test" A)"
}

answers www "the truth"
answers wrongid "a reply with a wrong id before the right one"
answers wrongids "only wrong ids: over TCP"
answers wrongname "a reply to another question before the right one"
answers wrongcase "a reply in other letters before the right one"
answers garbage "what is no message before the right one"
answers half "half a message before the right one"
answers tc "truncated: over TCP"
answers udpsilent "nothing over UDP: over TCP"
answers folds "a server that does not keep the case"
answers folds "the same once more"
answers plain "a server that does not know EDNS"
answers closes "a server that closes each connection"
same "truncated over TCP too: as it is" "NOERROR tc" \
    "$(dig @127.0.0.1 -p "$port" +time=5 +tries=1 tcforever.test A |
        sed -n 's/.*status: \([A-Z]*\).*/\1/p; s/.*flags: qr \(tc\).*/\1/p' |
        tr '\n' ' ' | sed 's/ $//')"
same "another question, over TCP too: FORMERR" FORMERR \
    "$(rcode wrongnames.test A)"
for word in servfail refused nxdomain; do
    same "$word is handed up" "$(echo $word | tr '[:lower:]' '[:upper:]')" \
        "$(rcode $word.test A)"
done
same "an extended error is handed up" "EDE: 22 (No Reachable Authority): (lost)" \
    "$(dig @127.0.0.1 -p "$port" +time=5 +tries=1 ede.test A |
        sed -n 's/^; \(EDE.*\)/\1/p')"
same "names are as they were asked" "WriTTen.tEst. 300 IN A 192.0.2.1" \
    "$(dig @127.0.0.1 -p "$port" +time=5 +tries=1 +noall +answer \
        WriTTen.tEst A | tr -s '\t ' ' ')"
same "records behind OPT stay whole" \
    "glue.optfirst.test. glue.optfirst.test. " \
    "$(dig @127.0.0.1 -p "$port" +time=5 +tries=1 +noall +additional \
        optfirst.test A | awk '/^glue/ { printf "%s ", $1 }')"
# A server that kept no case was believed only over TCP, and after that was
# sent names as they came.
check "a server that folds is asked in small letters then" \
    grep -q "^udp .* folds.test. " "$log"
same "no upstream is down" "" "$(cat "$folder"/run/log/forward.log)"
finish
