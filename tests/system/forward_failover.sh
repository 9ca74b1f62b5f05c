#!/bin/sh
# Upstreams that are slow, silent, dead or say no: who is asked instead, how
# soon, and what the client gets when nobody is left.

. tests/system/lib.sh

# shellcheck disable=SC2046
set -- $("$tools/ports" 4)
first=$1
second=$2
third=$3
dead=$4
for number in "$first" "$second" "$third"; do
    helper tests/system/liar "$number" "$folder/$number.log"
    check "an upstream is ready" \
        eventually 10 grep -qs ready "$folder/$number.log"
done
echo "nameserver 127.0.0.9" >"$folder/resolv.conf"
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "forward"; } );
    };
    forward: {
        next = "other";
        routes = (
            { zone = "all."; to = [ "127.0.0.1:$first", "127.0.0.1:$second" ];
              policy = "sequential"; read_timeout = "300ms"; max_fails = 1;
              health_check = { interval = "50ms"; }; except = [ "not.all." ];
            },
            { zone = "hedge."; policy = "sequential";
              to = [ "127.0.0.1:$third", "127.0.0.1:$second" ]; },
            { zone = "silent."; to = [ "127.0.0.1:$third" ]; },
            { zone = "dead."; to = [ "127.0.0.1:$dead" ]; },
            { zone = "fast.dead."; to = [ "127.0.0.1:$dead" ];
              failfast_all_unhealthy = true; max_fails = 1;
              health_check = { interval = "10ms"; }; },
            { zone = "no."; to = [ "127.0.0.1:$first", "127.0.0.1:$second" ];
              policy = "sequential"; failover = [ "SERVFAIL", "REFUSED" ]; },
            { zone = "gone."; to = [ "127.0.0.1:$first" ];
              next_on = [ "NXDOMAIN" ]; next_on_nodata = true; },
            { zone = "few."; to = [ "127.0.0.1:$first" ];
              max_concurrent = 2; },
            { zone = "file."; to = [ "$folder/resolv.conf" ]; }
        );
    };
    other: {
        program = "forward";
        routes = ( { to = [ "127.0.0.1:$second" ]; } );
    };
};
END
start

# who NAME: the port of the upstream that answered
who() {
    ask "$1" TXT | tr -d '"'
}

# within MILLISECONDS TEXT NAME: a reply within that time
within() {
    within_begun=$(date +%s%N)
    within_rcode=$(rcode "$3" A)
    within_took=$((($(date +%s%N) - within_begun) / 1000000))
    check "$2: $within_rcode after $within_took ms" \
        test "$within_took" -lt "$1" -a -n "$within_rcode"
}

# shellcheck disable=SC2317
is_served_by() {
    [ "$(who "$2")" = "$1" ]
}

same "the first one is asked" "$first" "$(who a.all)"
# A quick refusal of the second is no answer while the first is waited for.
touch "$folder/$second.log.refuses"
same "the first one is quick, and asked alone" "$third" "$(who a.hedge)"
same "a slow answer beats a quick refusal" "$third" "$(who slow-900.hedge)"
same "a refusal is the answer when there is no other" REFUSED \
    "$(rcode refused.hedge A)"
rm "$folder/$second.log.refuses"

touch "$folder/$first.log.silent"
same "when it is silent the next one is asked" "$second" "$(who b.all)"
within 1000 "and soon" c.all
check "it is known to be down then" \
    eventually 5 grep -q "$first does not answer" "$folder/run/log/forward.log"
count=$(grep -c ' d.all. ' "$folder/$first.log")
same "and not asked" "$second 0" "$(who d.all) $count"
check "but probed" grep -q ' \. 2 ' "$folder/$first.log"
rm "$folder/$first.log.silent"
check "when it answers again it is asked again" \
    eventually 5 is_served_by "$first" e.all
same "excepted names go to the next stage" "$second" "$(who x.not.all)"
same "so do names without a route" "$second" "$(who x.elsewhere)"

touch "$folder/$third.log.silent"
within 4900 "a lone silent upstream" a.silent
same "gives SERVFAIL" SERVFAIL "$(rcode b.silent A)"
rm "$folder/$third.log.silent"
check "and is never given up" eventually 5 is_served_by "$third" c.silent
within 1000 "a dead upstream" a.dead
same "gives SERVFAIL with its reason" \
    "EDE: 23 (Network Error): (127.0.0.1:$dead: Connection refused)" \
    "$(dig @127.0.0.1 -p "$port" +time=5 +tries=1 b.dead A |
        sed -n 's/^; \(EDE.*\)/\1/p')"
check "one that is down is not asked when that was wished" \
    eventually 5 sh -c "dig @127.0.0.1 -p $port +time=5 +tries=1 a.fast.dead |
        grep -q 'all upstreams are down'"

same "a SERVFAIL of all is handed up" SERVFAIL "$(rcode servfail.no A)"
same "when all were asked" "1 1" \
    "$(grep -ci ' servfail.no. ' "$folder/$first.log") $(
        grep -ci ' servfail.no. ' "$folder/$second.log")"
same "NXDOMAIN goes on to the next stage" NXDOMAIN "$(rcode nxdomain.gone A)"
same "which asks" 1 "$(grep -ci ' nxdomain.gone. ' "$folder/$second.log")"
same "so does an empty answer" "NOERROR 1" \
    "$(rcode nodata.gone A) $(
        grep -ci ' nodata.gone. ' "$folder/$second.log")"
same "an answer does not" "$first" "$(who www.gone)"

ask slow-1500.few A >/dev/null &
one=$!
ask slow-1501.few A >/dev/null &
two=$!
check "two slow ones are under way" \
    eventually 5 sh -c "[ \$(grep -ci 'slow-150[01]' '$folder/$first.log') -ge 2 ]"
same "a third is refused" REFUSED "$(rcode www.few A)"
wait $one $two
same "and not when they are over" NOERROR "$(rcode www.few A)"

same "the file names no server that answers" SERVFAIL "$(rcode www.file A)"
sed -i "s/.*/nameserver 127.0.0.1/" "$folder/resolv.conf"
check "a file that changed is read again" \
    eventually 5 grep -q "read again" "$folder/run/log/forward.log"
echo "nonsense" >"$folder/resolv.conf"
check "one that became wrong is told of" \
    eventually 5 grep -q "names no server" "$folder/run/log/forward.log"
check "all is well" ctl status
finish
