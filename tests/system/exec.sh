#!/bin/sh
# Queries are answered by scripts; whatever these do, nobody else is harmed.

# Functions are given to check and eventually.
# shellcheck disable=SC2317

. tests/system/lib.sh

cp conf/example.org.zone "$folder/example.org.zone"
cp conf/exec/* tests/system/talker "$folder"
chmod 755 "$folder"/*.sh "$folder"/*.py "$folder/talker"
chmod 644 "$folder"/*.csv
mkdir "$folder/notes"
chmod 777 "$folder/notes"
printf 'ads.example\ntracker.test\n' >"$folder/list"
chmod 644 "$folder/list"

# toolkit SETTINGS: of the talker; names outside exec.test are not its business
toolkit() {
    configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "blocklist"; } );
    };
    blocklist: {
        program = "exec"; next = "inventory";
        command = [ "./blocklist.sh", "list" ];
        zones = [ "example", "test", "lan.example" ];
    };
    inventory: {
        program = "exec"; next = "talker"; zones = "lan.example";
        command = [ "./inventory.py", "inventory.csv" ];
    };
    talker: {
        program = "exec"; next = "authority"; zones = "exec.test";
        command = [ "./talker", "$folder/notes" ];
        $1
    };
    authority: { sources = [ "file-sync" ]; };
    file-sync: {
        zones = ( { origin = "example.org."; file = "example.org.zone"; } );
    };
};
END
}

# change SETTINGS: the toolkit goes on with these, with a script that is new
change() {
    started=$(starts)
    toolkit "$1"
    ctl reload || return
    eventually 10 started_more "$started" || return
    eventually 10 answers plain.exec.test
}

starts() {
    wc -l <"$folder/notes/starts"
}

started_more() {
    [ "$(starts)" -gt "$1" ]
}

# answers NAME: succeeds when the talker does
answers() {
    [ -n "$(ask "$1" TXT | tr -d '"')" ]
}

# pid_says NAME: the process that answered
pid_says() {
    ask "$1" TXT | tr -d '"'
}

talker_log() {
    grep "$@" "$folder/run/log/talker.log"
}

# Nobody who is not handed to a script is harmed.
others() {
    same "others are answered meanwhile ($1)" 192.0.2.80 \
        "$(ask web.example.org A | head -n 1)"
}

toolkit 'on_failure = "servfail"; timeout = "1s"; restart_delay = "50ms";'
check "the settings are right" ctl check
start

# ---- the examples ------------------------------------------------------------

same "a name on the list is blocked" NXDOMAIN "$(rcode ads.example A)"
same "so is one below" NXDOMAIN "$(rcode a.b.Tracker.test TXT)"
same "one that only ends like it passes" REFUSED "$(rcode bads.example A)"
same "the inventory has addresses" "192.0.2.20 192.0.2.21" \
    "$(ask db.lan.example A | sort | xargs)"
same "and IPv6 ones" 2001:db8::20 "$(ask DB.lan.example AAAA)"
same "no other types" NOERROR "$(rcode printer.lan.example TXT)"
same "what it does not know passes" REFUSED "$(rcode no.lan.example A)"

# ---- what an answer can be -----------------------------------------------------

# section NAME TYPE SECTION: its records, blanks made one
section() {
    dig @127.0.0.1 -p "$port" +time=5 +tries=1 +noall "+$3" "$1" "$2" |
        tr -s '\t ' ' '
}

# flags NAME: of the reply
flags() {
    dig @127.0.0.1 -p "$port" +time=5 +tries=1 "$1" TXT |
        sed -n 's/^;; flags: \([a-z ]*\);.*/\1/p'
}

same "the script is asked in JSON" \
    '"name=echo.exec.test." "type=TXT" "class=IN" "client=127.0.0.1" "transport=udp" "flags=['"'rd', 'ad'"']"' \
    "$(ask Echo.Exec.TEST TXT)"
same "over TCP too" '"transport=tcp"' \
    "$(ask echo.exec.test TXT +tcp | grep -o '"transport=tcp"')"
same "records are below the name asked for" \
    "whole.exec.test. 7 IN CNAME there.whole.exec.test.
there.EXAMPLE. 8 IN A 192.0.2.1" "$(section whole.exec.test A answer)"
same "and live for no time unless they say so" \
    "whole.exec.test. 0 IN NS ns.whole.exec.test." \
    "$(section whole.exec.test A authority)"
same "there are additional ones" \
    "ns.whole.exec.test. 0 IN AAAA 2001:db8::1" \
    "$(section whole.exec.test A additional | grep AAAA)"
same "AA is not set" "qr rd" "$(flags plain.exec.test)"
same "or is" "qr aa rd" "$(flags aa.exec.test)"
same "an rcode with a cause" REFUSED "$(rcode refused.exec.test TXT)"
check "which is told" sh -c \
    "dig @127.0.0.1 -p $port refused.exec.test TXT | grep -q 'EDE: 15 (Blocked): (because)'"
same "one that passes" REFUSED "$(rcode pass.exec.test TXT)"
same "AXFR is not for scripts" "; Transfer failed." \
    "$(dig @127.0.0.1 -p "$port" plain.exec.test AXFR | grep Transfer)"

# ---- where it lives --------------------------------------------------------------

same "the script has a session, three descriptors, the file's folder" \
    "\"True\" \"True\" \"4\" \"$folder\"" "$(ask session.exec.test TXT)"
# Whoever runs the tests may ignore some for us and all that we start.
ignored=$(sed -n 's/^SigIgn:[^0-9]*//p' /proc/self/status)
signals=$(ask signals.exec.test TXT | tr -d '"')
same "no signal is blocked" 0000000000000000 "${signals% *}"
same "and none is ignored but the two that Python itself ignores" 0 \
    "$((0x${signals#* } & ~(0x1001000 | 0x$ignored)))"
first=$(pid_says plain.exec.test)
same "it is the same one all the time" "$first" "$(pid_says plain.exec.test)"

# ---- order -------------------------------------------------------------------------

for i in 1 2 3; do
    pid_says "reverse-$i.exec.test" >"$folder/reverse.$i" &
    eval "ask_$i=$!"
done
# shellcheck disable=SC2154
wait "$ask_1" "$ask_2" "$ask_3"
same "answers come in any order" "$first $first $first" \
    "$(cat "$folder"/reverse.? | xargs)"

# ---- answers that are none ---------------------------------------------------------

for kind in broken typo many big; do
    same "a $kind answer fails" SERVFAIL "$(rcode $kind.exec.test TXT)"
done
check "one says why" talker_log -q \
    'warning: script: not an IPv4 address: 1.2.3: {"id'
check "one names the right word" talker_log -q \
    'there is no key answer; did you mean answers'
check "one is too many" talker_log -q 'more than 100 records'
check "one is too large" talker_log -q 'a reply of more than 16384 octets'
same "garbage in between" "$first" "$(pid_says garbage.exec.test)"
same "an answer twice" "$first" "$(pid_says twice.exec.test)"
check "the second is told" talker_log -q 'answers once more'
same "an answer to another question" SERVFAIL "$(rcode wrong.exec.test TXT)"
check "it is told" talker_log -q 'answers what it was not asked'
same "no answer" SERVFAIL "$(rcode silent.exec.test TXT)"
same "the script has borne it all" "$first" "$(pid_says plain.exec.test)"
count=$(talker_log -c warning)
for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
    rcode broken.exec.test TXT >/dev/null
done
check "complaints are few" test "$(talker_log -c warning)" -le \
    $((count + 20))

# ---- standard error ----------------------------------------------------------------

same "a loud script answers" "$first" "$(pid_says loud.exec.test)"
check "its lines are in the log" talker_log -q 'notice: script: complaint 0 xx'
check "but not all" test "$(talker_log -c complaint)" -le 200
check "which is told" eventually 5 talker_log -q 'more lines were left out'

# ---- scripts that end or must ------------------------------------------------------

# The script is another one than $1, soon.
is_another() {
    now=$(pid_says plain.exec.test) && [ -n "$now" ] && [ "$now" != "$1" ]
}

same "a script that dies fails its query" SERVFAIL "$(rcode die.exec.test TXT)"
others dead
check "another is started" eventually 10 is_another "$first"
check "its end is told" talker_log -q 'script: ended, exit 3; it is started'
same "nothing is left of it" "" "$(ps -o stat= -p "$first")"

before=$(starts)
i=0
while [ $i -lt 40 ]; do
    rcode die.exec.test TXT >/dev/null
    i=$((i + 1))
done
check "one that dies at each query is started ever later" test \
    "$(starts)" -le $((before + 12))
others dying

change 'on_failure = "servfail"; timeout = "1s"; stuck = "2s";
        restart_delay = "50ms"; line_size = "8 KiB";
        unasked_size = "300 KiB";' || not_ok "it takes other settings"
first=$(pid_says plain.exec.test)
same "a giant line is skipped" "$first" "$(pid_says giant.exec.test)"
check "and told" talker_log -q 'a line that is too long: xxx'
same "a flood of garbage fails its query" SERVFAIL "$(rcode flood.exec.test TXT)"
others flooding
check "the script is another then" eventually 10 is_another "$first"
check "which is told" talker_log -q 'says too much that nobody asked for'
first=$(pid_says plain.exec.test)
same "a line without end" SERVFAIL "$(rcode endless.exec.test TXT)"
check "ends the script" eventually 10 is_another "$first"
first=$(pid_says plain.exec.test)
same "a script that hangs" SERVFAIL "$(rcode hang.exec.test TXT)"
others hanging
check "is replaced" eventually 10 is_another "$first"
check "which is told" talker_log -q 'has not answered for too long'
first=$(pid_says plain.exec.test)
pid_says children.exec.test >/dev/null
kill -KILL "$first"
check "one that was killed is replaced" eventually 10 is_another "$first"
# Whoever adopts orphans may be slow to bury them.
check "its children are gone" eventually 10 sh -c \
    "! ps -o stat= -p $(cat "$folder/notes/child") | grep -qv Z"

# ---- reload --------------------------------------------------------------------------

first=$(pid_says plain.exec.test)
check "a reload takes the script anew" change 'timeout = "500ms"; ttl = "9s";'
check "it is another" is_another "$first"
check "the old one saw the end of its input" eventually 5 \
    grep -qx "$first" "$folder/notes/end"
same "a script that is silent lets queries pass" REFUSED \
    "$(rcode silent.exec.test TXT)"
same "the usual TTL is another" "plain.exec.test. 9 IN TXT" \
    "$(section plain.exec.test TXT answer | cut -d' ' -f1-4)"
toolkit 'timeout = "20s";'
check "settings that do not fit" exits 78 ctl reload
check "nothing is changed" answers plain.exec.test
toolkit 'command = [ "./nothing" ];'
sed -i 's/command = \[ ".\/talker.*//' "$configuration"
check "a script that is not there is found by check" sh -c \
    "'$bin/corednsctl' check -c '$configuration' 2>&1 |
        grep -q 'talker.command: cannot run ./nothing: No such file'"

# ---- several ------------------------------------------------------------------------

# says_many NAMES: how many processes answer so many names
says_many() {
    i=0
    while [ "$i" -lt "$1" ]; do
        pid_says "n$i.exec.test"
        i=$((i + 1))
    done | sort -u | wc -l
}

all_say() {
    [ "$(says_many 30)" -eq 3 ]
}

check "three at once" change 'workers = 3;'
same "a name has one" 1 \
    "$(for _ in 1 2 3 4 5 6; do pid_says plain.exec.test; done |
        sort -u | wc -l)"
check "names have all" eventually 10 all_say
check "the one with the least work" change \
    'workers = 3; balance = "least"; timeout = "5s"; in_flight = 4;'
check "queries are spread" eventually 10 all_say

# ---- too many ------------------------------------------------------------------------

check "a slow script" change 'on_failure = "servfail"; timeout = "500ms";
    waiting = 200; in_flight = 64;'
i=0
while [ $i -lt 500 ]; do
    echo "slow-$i.exec.test"
    i=$((i + 1))
done >"$folder/names"
talker=$(pid_of talker)
# All that the script cannot answer is SERVFAIL; those it answers are counted.
flood_slow() {
    "$tools/flood" -q 5000 -t "$1" -r 2 -f "$folder/names" 127.0.0.1 "$port"
}
flood_slow 2 >/dev/null
before=$(resident "$talker")
flood_slow 4 >"$folder/flood" &
flooding=$!
check "others are answered beside it" \
    "$tools/flood" -q 500 -t 3 -w 1500 127.0.0.1 "$port"
wait $flooding
after=$(resident "$talker")
check "5,000 queries a second at a slow script are all answered" \
    grep -q ' lost 0 ' "$folder/flood"
answered=$(sed -n 's/^rcode 0: //p' "$folder/flood")
check "which answers what it can: ${answered:=0}" test "$answered" -ge 50
steady "$before" "$after"
same "it is the same process" "$talker" "$(pid_of talker)"

# ---- what passes ----------------------------------------------------------------------

check "one that lets all pass" change 'timeout = "4s";'
i=0
while [ $i -lt 500 ]; do
    echo "pass-$i.exec.test"
    i=$((i + 1))
done >"$folder/names"
"$tools/flood" -q 1000 -t 4 -w 8000 -r 5 -f "$folder/names" 127.0.0.1 "$port" \
    >"$folder/flood" &
flooding=$!
for _ in 1 2 3; do
    sleep 0.7
    kill -KILL "$(pid_of authority)"
done
wait $flooding
check "loses nothing when what is behind it is killed" \
    grep -q ' lost 0 wrong 0 ' "$folder/flood"
check "all is well again" eventually 10 ctl status
check "a slow answer" answers once.exec.test
same "is asked for once, however often the frontend asks" 1 \
    "$(wc -l <"$folder/notes/asked")"
last=$(pid_says plain.exec.test)
kill -KILL "$talker"
check "a stage that is killed comes back" eventually 10 is_another "$last"
same "its script is gone" "" "$(ps -o stat= -p "$last" | grep -v Z)"

# ---- the end ---------------------------------------------------------------------------

check "a stubborn script" eventually 10 answers plain.exec.test
last=$(pid_says stubborn.exec.test)
check "does not keep the toolkit from stopping" ctl stop
same "it is gone" "" "$(ps -o stat= -p "$last")"
same "nothing says that it was late" "" "$(talker_log 'not drained')"
start
eventually 10 answers plain.exec.test
last=$(pid_says plain.exec.test)
check "a good one stops too" ctl stop
check "it has seen the end of its input" grep -qx "$last" "$folder/notes/end"

# ---- by hand -----------------------------------------------------------------------------

wire=ipc://$folder/run/hand
helper "$bin/coredns-frontend" --set "listen=dns://127.0.0.1:$port" \
    --set 'routes=( { zones = "."; next = "exec"; } )' --next "$wire.exec"
helper "$bin/coredns-whoami" --pipe "$wire.whoami"
# As the page of the program has it.
# shellcheck disable=SC2016
"$bin/coredns-exec" --pipe "$wire.exec" --next "$wire.whoami" -- \
    sh -c 'while IFS= read -r query; do
        printf "%s\n" "$query" >&2; echo "${query%%,*},\"pass\":true}"
    done' \
    2>"$folder/log" &
helpers="$helpers $!"
by_hand() {
    [ "$(rcode by.hand A)" = NOERROR ]
}
check "it is started with words" eventually 10 by_hand
check "and shows what passes" grep -q \
    'coredns-exec: notice: script: {"id":[0-9]*,"name":"by.hand."' "$folder/log"
check "it is checked with words" "$bin/coredns-exec" -n -n -- \
    conf/exec/blocklist.sh list
check "a relative script is in the folder we are in" exits 78 \
    "$bin/coredns-exec" -n -n -- ./blocklist.sh list
check "without a script there is nothing to do" exits 78 \
    "$bin/coredns-exec" -n
finish
