#!/bin/sh
# Programs put on the wires by hand: swapped, inserted, taken out under load.
# shellcheck disable=SC2317  # functions are called through check
. tests/system/lib.sh

cp conf/example.org.zone "$folder/example.org.zone"
toolkit() {
    configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { next = "cache"; } );
    };
    cache: { next = "authority"; instances = $1; };
    authority: { sources = [ "file-sync" ]; next = "whoami"; };
    whoami: { };
    file-sync: {
        zones = ( { origin = "example.org."; file = "example.org.zone"; } );
    };
};
END
}
toolkit 1
start

address() {
    ask www.example.org A | tail -n 1
}
program_of() {
    ctl status --json | python3 -c 'import json, sys
for stage in json.load(sys.stdin)["stages"]:
    if stage["name"] == sys.argv[1]:
        print(stage["program"], stage["replaces"], stage["before"],
              stage["state"])' "$1"
}
is_back() {
    [ "$(program_of authority)" = "coredns-authority None None ready" ]
}
is_gone() {
    [ -z "$(program_of "$1")" ]
}

# ---- swap
check "another program takes the place of a stage" \
    ctl swap authority -- whoami
same "status shows both" "coredns-whoami coredns-authority None ready" \
    "$(program_of authority)"
check "and so does wires" sh -c "'$bin/corednsctl' wires -c '$configuration' |
    grep -q 'authority (coredns-whoami) in the place of coredns-authority'"
same "it answers" "" "$(address)"
check "swap --back brings the stage's own back" ctl swap authority --back
check "at once" is_back
same "which answers as before" 192.0.2.81 "$(address)"

ctl swap authority -- whoami
kill -KILL "$(pid_of authority)"
check "its own comes back when it dies" eventually 5 is_back
ctl swap authority -- whoami
kill -TERM "$(pid_of authority)"
check "and when it ends" eventually 5 is_back
same "which answers as before" 192.0.2.81 "$(address)"

check "a feed can be swapped" ctl swap file-sync -- file-sync
same "by its own program it knows its zones" 192.0.2.81 "$(address)"
ctl swap file-sync --back
check "the head can be swapped" ctl swap frontend -- \
    "$bin/coredns-frontend"
same "and answers" 192.0.2.81 "$(address)"
check "and back" ctl swap frontend --back
same "and answers still" 192.0.2.81 "$(address)"

# ---- what is wrong changes nothing
# says CODE TEXT VERB...: succeeds when the verb ends so
says() {
    says_code=$1
    says_text=$2
    shift 2
    says_output=$(ctl "$@" 2>&1)
    says_got=$?
    echo "$says_output"
    [ "$says_got" -eq "$says_code" ] &&
        echo "$says_output" | grep -qF -- "$says_text"
}
refused() {
    check "$3 $4: $2" says "$@"
}
refused 64 "no stage is called cahce; did you mean cache" \
    swap cahce -- whoami
refused 64 "there is no program nothing-like-it" \
    swap cache -- nothing-like-it
refused 64 "needs a program" swap cache
refused 64 "cache runs its own program" swap cache --back
refused 78 "--set x=3: authority.x: unknown key" \
    swap authority -- whoami --set x=3
refused 1 "exited with 1" swap authority -- /bin/false
refused 64 "no stage sends queries to frontend; insert in front of cache" \
    insert tap --before frontend -- whoami
refused 64 "no stage sends queries to file-sync" \
    insert tap --before file-sync -- whoami
refused 64 "there is a stage called whoami already" \
    insert whoami --before cache -- whoami
refused 64 "not a name: A.b" insert A.b --before cache -- whoami
refused 64 "needs --before" insert tap -- whoami
refused 64 "nothing called cache was inserted" remove cache
check "all is as before" is_back
same "and answers" 192.0.2.81 "$(address)"

# ---- insert
check "a program goes in front of a stage" \
    ctl insert first --before cache -- tests/system/passthrough
same "status shows it" \
    "$PWD/tests/system/passthrough None cache ready" "$(program_of first)"
check "and another one in front of that" \
    ctl insert second --before first -- tests/system/passthrough
same "queries pass both" 192.0.2.81 "$(address)"
check "the first one is taken out" ctl remove first
same "queries pass the other one" 192.0.2.81 "$(address)"
check "which is in front of the cache" sh -c "'$bin/corednsctl' \
    wires -c '$configuration' | grep -A1 'next: second' | grep -q 'next: cache'"
kill -KILL "$(pid_of second)"
check "one that dies is taken out" eventually 5 is_gone second
same "and nothing is missed" 192.0.2.81 "$(address)"

# ---- under load
same_pid=$(pid_of cache)
"$tools/flood" -q 5000 -t 20 127.0.0.1 "$port" >"$folder/flood" 2>&1 &
load=$!
changes=0
while kill -0 "$load" 2>/dev/null; do
    ctl insert busy --before cache -- tests/system/passthrough || break
    ctl remove busy || break
    ctl swap authority -- authority || break
    ctl swap authority --back || break
    changes=$((changes + 2))
done
if wait "$load"; then
    ok "$changes inserts and swaps lose nothing: $(cat "$folder/flood")"
else
    not_ok "$changes inserts and swaps lose nothing: $(cat "$folder/flood")"
fi
same "a stage behind an insert is not started anew" "$same_pid" \
    "$(pid_of cache)"

# ---- programs that are no stages, under load
printf '#!/bin/sh\nexec sleep 60\n' >"$folder/never"
cat >"$folder/odd" <<'END'
#!/bin/sh
for word; do
    [ "$before" = --ready ] && eval "echo foo >&$word"
    before=$word
done
exec sleep 60
END
chmod +x "$folder/never" "$folder/odd"
cache=$(pid_of cache)
"$tools/flood" -q 1000 -t 24 127.0.0.1 "$port" >"$folder/flood" 2>&1 &
load=$!
refused 1 "not ready after 10 s" swap cache -- "$folder/never"
refused 1 "not ready after 10 s" insert odd --before cache -- "$folder/odd"
refused 1 "cannot run" swap cache -- "$folder/never.not"
if wait "$load"; then
    ok "they cost nothing: $(cat "$folder/flood")"
else
    not_ok "they cost nothing: $(cat "$folder/flood")"
fi
same "the cache is the same process" "$cache" "$(pid_of cache)"
check "and can be spoken to under another build of it" \
    ctl swap cache -- "$bin/coredns-cache"
check "as before" ctl cache stats
ctl swap cache --back

# ---- a reload and a supervisor that dies
ctl insert kept --before cache -- tests/system/passthrough
ctl swap whoami -- whoami
frontend=$(pid_of frontend)
toolkit 2
check "a reload goes on with it" ctl reload
same "what was inserted stays" \
    "$PWD/tests/system/passthrough None cache ready" "$(program_of kept)"
same "nor is the head started anew" "$frontend" "$(pid_of frontend)"
same "queries pass" 192.0.2.81 "$(address)"
kill -KILL "$(pid_of corednsctl)"
same "they do so without a supervisor" 192.0.2.81 "$(address)"
check "start takes all over" ctl start
same "with what was swapped" "coredns-whoami coredns-whoami None ready" \
    "$(program_of whoami)"
same "and inserted" "$PWD/tests/system/passthrough None cache ready" \
    "$(program_of kept)"
check "which can be taken out" ctl remove kept
check "and back" ctl swap whoami --back
same "queries pass" 192.0.2.81 "$(address)"
ctl insert lost --before whoami -- whoami
sed 's/next = "whoami";//; /whoami: /d' "$configuration" >"$folder/without"
cp "$folder/without" "$configuration"
check "what goes with its stage is said" says 0 \
    "lost: coredns-whoami goes with its stage" reload
check "and is gone" is_gone lost
ctl insert again --before cache -- tests/system/passthrough
ctl stop
start
check "a stop ends it" is_gone again
finish
