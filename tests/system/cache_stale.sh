#!/bin/sh
# An upstream that slows down, fails and comes back behind a cache: what its
# clients notice of that, and how often it is asked.

. tests/system/lib.sh

upstream=$("$tools/ports")
helper tests/system/liar "$upstream" "$folder/upstream.log"
check "an upstream is ready" \
    eventually 10 grep -qs ready "$folder/upstream.log"

# configure_cache SETTINGS
configure_cache() {
    configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "cache"; } );
    };
    cache: { success_ttl = "1s"; failure_ttl = "2s"; next = "forward"; $1 };
    forward: { routes = ( { to = [ "127.0.0.1:$upstream" ]; } ); };
};
END
}

# asked NAME: how often the upstream was asked for it
asked() {
    grep -ci " $1\. " "$folder/upstream.log"
}

# reply NAME: rcode, address, TTL and extended error of the answer
reply() {
    dig @127.0.0.1 -p "$port" +time=5 +tries=1 +noall +comments +answer "$1" A |
        awk '/status:/ { sub(",", "", $6); text = $6 }
             /^; EDE:/ { ede = " EDE " $3 }
             $4 == "A" { text = text " " $5 " " $2 }
             END { print text ede }'
}

# replies WANTED NAME
# shellcheck disable=SC2317
replies() {
    [ "$(reply "$2")" = "$1" ]
}

configure_cache 'serve_stale = "1h"; stale_wait = "500ms";
                 stale_recheck = "1s";'
start

for number in 1 2 3 4 5 6 7 8 9 10; do
    ask slow-200.example A >"$folder/$number.reply" &
    waiting="${waiting:-} $!"
done
# shellcheck disable=SC2086
wait $waiting
same "ten who ask at once get an answer" 10 \
    "$(cat "$folder"/*.reply | grep -c 192.0.2.1)"
check "to one question, which the forward may repeat" \
    test "$(asked slow-200.example)" -le 2

same "a TTL has its limit" "NOERROR 192.0.2.1 1" "$(reply a.example)"
touch "$folder/upstream.log.silent"
check "when the upstream is silent the old answer is used" \
    eventually 5 replies "NOERROR 192.0.2.1 30 EDE 3" a.example
same "what is not known fails" SERVFAIL "$(rcode b.example A)"
rm "$folder/upstream.log.silent"
check "when it is back so is the answer" \
    eventually 10 replies "NOERROR 192.0.2.1 1" a.example
check "and what was not known" \
    eventually 10 replies "NOERROR 192.0.2.1 1" b.example

same "a failure is handed up" SERVFAIL "$(rcode servfail.example A)"
same "and kept for a while" "SERVFAIL EDE 13" "$(reply servfail.example)"
same "a refusal is not kept" "REFUSED REFUSED" \
    "$(rcode refused.example A) $(rcode refused.example A)"
same "and asked again" 2 "$(asked refused.example)"

# Killed under the eyes of a client.
ask slow-901.example A >"$folder/killed.reply" &
waiting=$!
check "a question is under way" \
    eventually 5 grep -qi slow-901.example "$folder/upstream.log"
kill -KILL "$(pid_of cache)"
wait "$waiting"
same "a cache that is killed loses nothing" 192.0.2.1 \
    "$(cat "$folder/killed.reply")"

configure_cache 'serve_stale = "1h"; stale_mode = "immediate";
                 stale_ttl = 7;'
check "another way to be stale" ctl reload
check "a client has an answer" \
    eventually 5 replies "NOERROR 192.0.2.1 1" c.example
check "stale at once" \
    eventually 5 replies "NOERROR 192.0.2.1 7 EDE 3" c.example
check "and fresh soon" eventually 5 replies "NOERROR 192.0.2.1 1" c.example
check "all is well" ctl status
finish
