#!/bin/sh
# An upstream that leads back to this server is found, told of once and left
# alone; nothing exits and nothing goes round for long.

. tests/system/lib.sh

upstream=$("$tools/ports")
log=$folder/liar.log
helper tests/system/liar "$upstream" "$log"
check "the upstream is ready" eventually 10 grep -qs ready "$log"
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "forward"; } );
    };
    forward: {
        routes = (
            { zone = "round."; to = [ "127.0.0.1:$port" ]; },
            { zone = "both."; policy = "sequential";
              to = [ "127.0.0.1:$port", "127.0.0.1:$upstream" ]; }
        );
    };
};
END
start
pids=$(all_pids)

same "a loop is refused" REFUSED "$(rcode a.round A)"
same "with its reason" "EDE: 0 (Other): (forwarding loop)" \
    "$(dig @127.0.0.1 -p "$port" +time=5 +tries=1 b.round A |
        sed -n 's/^; \(EDE.*\)/\1/p')"
same "another upstream answers" 192.0.2.1 "$(ask a.both A)"
for i in 1 2 3 4 5; do
    same "again: $i" "REFUSED 192.0.2.1" \
        "$(rcode $i.round A) $(ask $i.both A)"
done
same "each route's loop is told once" 2 \
    "$(grep -c 'leads back to this server' "$folder/run/log/forward.log")"
same "all processes are those from before" "$pids" "$(all_pids)"
check "all is well" ctl status
finish
