#!/bin/sh
# In the foreground: readiness for systemd, signals; and toolkits side by side

. tests/system/lib.sh
. tests/system/fake.sh

configure <<END
stages: {
    one: { program = "$folder/fake"; };
    two: { program = "$folder/fake"; next = "one"; };
};
END

# A socket such as systemd's; writes what it is told.
helper /usr/bin/python3 -c "import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind('$folder/notify')
while True:
    print(s.recv(4096).decode(), flush=True)" >"$folder/notified"
eventually 5 [ -S "$folder/notify" ]

NOTIFY_SOCKET=$folder/notify "$bin/corednsctl" start --foreground \
    -c "$configuration" >"$folder/words" 2>&1 &
supervisor=$!
check "it says READY=1" eventually 10 grep -q '^READY=1' "$folder/notified"
check "all are ready then" ctl status
same "it is the process that was started" $supervisor "$(pid_of corednsctl)"
check "the stages write where it writes" grep -q 'one begins' "$folder/words"
check "they have no NOTIFY_SOCKET" sh -c \
    "! tr '\\0' '\\n' <'/proc/$(pid_of one)/environ' | grep -q NOTIFY"
kill -TERM $supervisor
wait $supervisor
same "SIGTERM ends it with 0" 0 $?
check "it says STOPPING=1" grep -q '^STOPPING=1' "$folder/notified"
check "the stages are gone" nobody_lives

"$bin/corednsctl" start --foreground -c "$configuration" \
    >"$folder/words" 2>&1 &
supervisor=$!
check "it starts again" eventually 10 ctl status
kill -INT $supervisor
wait $supervisor
same "SIGINT ends it with 0" 0 $?

# Two toolkits with two files know nothing of each other.
start
other=$folder/other.conf
sed 's/run_directory.*//; s/two:/three:/' "$configuration" >"$other"
check "another toolkit starts beside it" "$bin/corednsctl" start -c "$other"
check "it has its own stages" sh -c \
    "'$bin/corednsctl' status -c '$other' | grep -q three"
check "the first one has not" sh -c \
    "! '$bin/corednsctl' status -c '$configuration' | grep -q three"
ln -s "$other" "$folder/link.conf"
check "a link to the file finds the same one" \
    "$bin/corednsctl" status -c "$folder/link.conf"
run=$("$bin/corednsctl" status --json -c "$other" |
    sed -n 's/.*"run_directory": "\(.*\)".*/\1/p')
echo "broken" >>"$other"
check "stop works with a broken file" "$bin/corednsctl" stop -c "$other"
check "its folder was made from the file" \
    sh -c "case '$run' in */coredns-*) rm -r '$run' ;; *) false ;; esac"
check "the first one runs on" ctl status
check "-r puts one into another folder" "$bin/corednsctl" start \
    -c "$configuration" -r "$folder/run2"
check "which is found by -r" "$bin/corednsctl" status -c "$configuration" \
    -r "$folder/run2"
check "and stopped by -r" "$bin/corednsctl" stop -c "$configuration" \
    -r "$folder/run2"
check "stop" ctl stop

if [ "$(id -u)" -eq 0 ] && [ "$(stage_user)" != root ]; then
    start
    same "the stages are nobody" 65534 \
        "$(awk '/^Uid:/ { print $2 }' "/proc/$(pid_of one)/status")"
    same "without a way to more" 1 \
        "$(awk '/^NoNewPrivs:/ { print $2 }' "/proc/$(pid_of one)/status")"
    same "the run directory is theirs" "nobody 700" \
        "$(stat -c '%U %a' "$folder/run")"
    ctl stop
    sed -i 's/one: {/one: { user = "daemon";/' "$configuration"
    start
    same "one stage has its own user" 1 \
        "$(awk '/^Uid:/ { print $2 }' "/proc/$(pid_of one)/status")"
    same "the run directory is shared then" "nobody 770" \
        "$(stat -c '%U %a' "$folder/run")"
    check "all is well" ctl status
    ctl stop
fi
finish
