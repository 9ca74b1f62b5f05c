#!/bin/sh
# What passes, shown in the terminal; and what a shell completes.
# shellcheck disable=SC2317  # functions are called through check
. tests/system/lib.sh
usual_toolkit
start

# tapping FILE ARGUMENT...: in the background, until the tap is there
tapping() {
    tapping_file=$1
    shift
    "$bin/corednsctl" tap -c "$configuration" "$@" >"$tapping_file" 2>&1 &
    tap=$!
    helpers="$helpers $tap"
    eventually 5 test -S "$folder/run/tap-$tap.tap"
    sleep 0.2                           # until it is connected
}
is_gone() {
    ! ctl status | grep -q "^tap-$1 "
}

tapping "$folder/lines" authority --format line
ask www.example.org A >/dev/null
ask nothing.example.org AAAA >/dev/null
check "queries and replies are shown" eventually 5 \
    grep -q "reply .* nothing.example.org. IN AAAA NXDOMAIN" "$folder/lines"
same "each with its reply" "2 2" "$(grep -c ' query ' "$folder/lines") \
$(grep -c ' reply ' "$folder/lines")"
kill -TERM "$tap"
wait "$tap"
same "it ends well" 0 $?
check "and is taken out" is_gone "$tap"

tapping "$folder/filtered" authority --format line --rcode NXDOMAIN \
    --name example.org
ask www.example.org A >/dev/null
ask nothing.example.org A >/dev/null
check "a filter shows what it lets pass" eventually 5 \
    grep -q "nothing.example.org" "$folder/filtered"
same "and nothing else" 0 "$(grep -c www.example.org "$folder/filtered")"
kill -KILL "$tap"
check "it is taken out when its terminal is gone" eventually 5 is_gone "$tap"

ctl tap authority --format json | head -n 1 >"$folder/first" &
reader=$!
check "the tap is there" eventually 5 sh -c "ls '$folder'/run/tap-*.tap"
sleep 0.2
for _ in 1 2 3 4; do
    ask www.example.org A >/dev/null
    sleep 0.1
done
wait "$reader"
check "a reader that has enough ends it" eventually 5 sh -c \
    "! '$bin/corednsctl' status -c '$configuration' | grep -q '^tap-'"
check "what it read is JSON" /usr/bin/python3 -c 'import json, sys
json.load(open(sys.argv[1]))' "$folder/first"
check "a head has nobody in front of it" exits 64 ctl tap frontend
check "a format that is none" exits 78 ctl tap authority --format none
same "all is as before" 192.0.2.81 "$(ask www.example.org A | tail -n 1)"

# ---- completion
complete_bash() {
    bash -c 'source <("$0" completion bash)
        corednsctl() { "$PROGRAM" "$@" -c "$CONFIGURATION"; }
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _corednsctl
        echo "${COMPREPLY[@]}"' "$bin/corednsctl" "$@"
}
export PROGRAM="$bin/corednsctl" CONFIGURATION="$configuration"
same "verbs are completed" "start status stop" \
    "$(complete_bash corednsctl st | tr ' ' '\n' | sort | tr '\n' ' ' |
        sed 's/ $//')"
same "stages are" "authority" "$(complete_bash corednsctl restart au)"
same "options are" "--json" "$(complete_bash corednsctl status --j)"
same "words are" "dump" "$(complete_bash corednsctl cache d)"
same "stages behind an option" "frontend" \
    "$(complete_bash corednsctl trace --from fr)"
check "zsh has a script too" sh -c "'$bin/corednsctl' completion zsh |
    grep -q '^compdef _corednsctl corednsctl'"
check "another shell has none" exits 64 ctl completion fish
same "names are those of the stages" "frontend authority file-sync" \
    "$(ctl names | tr '\n' ' ' | sed 's/ $//')"
finish
