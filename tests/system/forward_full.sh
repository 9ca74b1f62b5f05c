#!/bin/sh
# An upstream that says nothing fills all places with questions that wait for
# it; names of another upstream are answered all the same.

. tests/system/lib.sh

silent=$("$tools/ports")
upstream=$("$tools/ports")
touch "$folder/silent.silent"
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "forward"; } );
    };
    forward: {
        routes = ( { zone = "www.example.org.";
                     to = [ "127.0.0.1:$upstream" ]; },
                   { to = [ "127.0.0.1:$silent" ]; } );
    };
};
END
helper tests/system/liar "$silent" "$folder/silent"
helper tests/system/liar "$upstream" "$folder/liar"
check "one upstream is ready" eventually 10 grep -qs ready "$folder/silent"
check "and the other one" eventually 10 grep -qs ready "$folder/liar"
start

"$tools/blast" -d -q 3000 -t 5 127.0.0.1 "$port" >"$folder/blast" &
helpers="$helpers $!"

# shellcheck disable=SC2317
is_refused() {
    dig @127.0.0.1 -p "$port" +time=3 +tries=1 more.example.org A |
        tr '\n' ' ' |
        grep "SERVFAIL.* EDE: 14 (Not Ready): (too many queries under way)"
}
check "a question too many is refused for now" eventually 4 is_refused
check "names of the other upstream are answered" \
    "$tools/flood" -q 100 -t 2 127.0.0.1 "$port"
finish
