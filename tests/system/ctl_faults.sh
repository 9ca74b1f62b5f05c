#!/bin/sh
# Wrong configurations and stages that fail: who is told what, and what stays

. tests/system/lib.sh
. tests/system/fake.sh

# one_stage SETTINGS: two stages, the second with these settings
one_stage() {
    configure <<END
stages: {
    good: { program = "$folder/fake"; next = "other"; };
    other: { program = "$folder/fake"; $1 };
};
END
}

# says TEXT COMMAND...: the command's words hold the text
# shellcheck disable=SC2317
says() {
    says_text=$1
    shift
    "$@" 2>&1 | grep -qF -- "$says_text"
}

cat >"$configuration" <<END
run_directory = "$folder/run";
user = "$(stage_user)";
usr = "x";
stages: {
    one: { program = "$folder/fake"; next = "tow"; listen = "127.0.0.1:$port"; };
    two: { program = "$folder/fake"; fake = "wrong /x:1: two.a: bad"; };
    three: { program = "$folder/fake"; listen = "127.0.0.1:$port"; };
    four: { program = "$folder/nothing"; };
};
END
check "check exits 78" exits 78 ctl check
check "and with the file as a word" exits 78 "$bin/corednsctl" check \
    "$configuration"
check "it names the nearest key" \
    says "coredns.conf:3: usr: unknown key, did you mean user" ctl check
check "and the nearest stage" \
    says ":5: one.next: no stage is called tow; did you mean two" ctl check
check "and two listeners on one address" \
    says ":7: three.listen: 127.0.0.1:$port is taken by one already" ctl check
check "and a missing program" says "cannot run $folder/nothing" ctl check
check "and what a stage's own check finds" \
    says "coredns-fake: /x:1: two.a: bad" ctl check
same "one line each" 5 "$(ctl check 2>&1 | wc -l)"
check "check touches no run directory" [ ! -e "$folder/run" ]
check "JSON has them too" sh -c "'$bin/corednsctl' check --json \
    -c '$configuration' | grep -q '\"line\": 7'"
check "start refuses it" exits 78 ctl start
check "and starts nothing" nobody_lives

for code in 64 78; do
    one_stage "fake = \"exit $code\";"
    ctl start 2>"$folder/words"
    got=$?
    [ $code -eq 78 ] && wanted=78 || wanted=1
    same "a stage that exits $code ends the start" "$wanted" "$got"
    check "the words name it" grep -q "other: exited with $code" \
        "$folder/words"
    check "nobody is left" nobody_lives
    check "it is not running" exits 3 ctl status
done

one_stage "listen = \"127.0.0.1:$port\";"
# A second listener on that port, of somebody else.
helper /usr/bin/python3 -c "import socket, time
taken = socket.create_server(('127.0.0.1', $port))
print('open', flush=True)
time.sleep(300)" >"$folder/taken"
eventually 5 grep -q open "$folder/taken"
check "an address in use is one clear line" \
    says "corednsctl: cannot bind 127.0.0.1:$port/tcp: Address already in use" \
    ctl start
check "and exit 1" exits 1 ctl start

if [ "$(id -u)" -eq 0 ] && [ "$(stage_user)" != root ]; then
    one_stage ""
    chmod 700 "$folder/fake"
    check "a program its user cannot run is one clear line" \
        says "user nobody cannot run $folder/fake: Permission denied" ctl start
    chmod 755 "$folder/fake"
fi

# A stage that dies later with 78 is not started again, one with 1 is.
one_stage ""
start
printf '%s\n' 'import sys' 'sys.exit(78)' >"$folder/78"
sed -i '1!d' "$folder/fake"
cat "$folder/78" >>"$folder/fake"
kill -KILL "$(pid_of other)"
check "a stage that exits 78 is failed" \
    eventually 5 says "failed" ctl status
check "its exit status is told" says "exited with 78" ctl status
check "status exits 4" exits 4 ctl status
check "stop goes on to work" ctl stop
check "nobody is left" nobody_lives

cp tests/system/fake_stage "$folder/fake"
one_stage ""
start
old=$(pid_of other)
kill -KILL "$old"
check "a killed stage is started again" eventually 5 ctl status
check "it is another" [ "$old" != "$(pid_of other)" ]
check "its restarts are counted" says '"restarts": 1' ctl status --json
check "and why" says "killed by signal 9" ctl status

# A process that does not drain is killed, and that is told.
sed -i 's/    other: {/    other: { fake = "stubborn";/' "$configuration"
ctl stop
start
ctl stop 2>"$folder/words"
same "stop ends a stubborn one too" 0 $?
check "and says so" grep -q "other: not drained after 10 s, killed" \
    "$folder/words"
check "nobody is left" nobody_lives
finish
