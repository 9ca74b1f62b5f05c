#!/bin/sh
# A reload changes what differs, nothing else, and all of it or nothing

. tests/system/lib.sh
. tests/system/fake.sh

# toolkit HEAD TAIL OTHERS: settings of the two, and other stages
toolkit() {
    configure <<END
stages: {
    head: { program = "$folder/fake"; next = "tail"; $1 };
    tail: { program = "$folder/fake"; $2 };
    $3
};
END
}

pids() {
    echo "$(pid_of head) $(pid_of tail)"
}

# How often the stage was told to reload.
told() {
    grep -c 'told to reload' "$folder/run/log/$1.log"
}

toolkit "" "" ""
start
before=$(pids)

check "a reload of the same file" ctl reload
same "changes no process" "$before" "$(pids)"
same "and tells none" "0 0" "$(told head) $(told tail)"

toolkit "" "x = 1;" ""
check "a reload of other settings" ctl reload
same "changes no process" "$before" "$(pids)"
same "and tells the one" "0 1" "$(told head) $(told tail)"

echo "stages: {" >"$configuration"
check "half a file exits 78" exits 78 ctl reload
toolkit "fake = \"wrong head.x: bad\";" "fake = \"wrong tail.x: bad\";" ""
check "wrong settings exit 78" exits 78 ctl reload
same "all faults are told" 2 "$(ctl reload 2>&1 | grep -c 'x: bad')"
same "and that nothing was changed" "corednsctl: nothing was changed" \
    "$(ctl reload 2>&1 | tail -1)"
same "which is so" "$before" "$(pids)"
check "the copy is the good one" grep -q 'x = 1' "$folder/run/coredns.conf"

toolkit "" "x = 1;" "new: { program = \"$folder/fake\"; };"
check "a reload with one more" ctl reload
check "it is there" ctl status
check "it runs" kill -0 "$(pid_of new)"
same "the others are the same" "$before" "$(pids)"
new=$(pid_of new)

toolkit "x = 2;" "x = 2;" "new: { program = \"$folder/fake\"; fake = \"exit 78\"; next = \"tail\"; };"
check "one that fails when started anew undoes all" exits 78 ctl reload
same "the others are the same" "$before" "$(pids)"
check "all is well" ctl status
check "the one is there again" kill -0 "$(pid_of new)"
check "by the file of before" grep -q 'x = 1' "$folder/run/coredns.conf"
check "started anew" [ "$new" != "$(pid_of new)" ]

toolkit "" "x = 1;" ""
new=$(pid_of new)
check "a reload with one less" ctl reload
check "it is gone" sh -c "! kill -0 $new 2>/dev/null"
same "the others are the same" "$before" "$(pids)"

toolkit "listen = \"127.0.0.1:$port\";" "x = 1;" ""
check "a reload with a new address" ctl reload
check "starts that stage anew" [ "${before% *}" != "$(pid_of head)" ]
same "and no other" "${before#* }" "$(pid_of tail)"
check "with its socket" grep -q "listen0.tcp of $(pid_of head)" \
    "$folder/run/log/head.log"

toolkit "listen = \"127.0.0.1:$port\"; instances = 2;" "x = 1;" ""
check "a reload with a second instance" ctl reload
check "both have sockets" sh -c "cat '$folder'/run/log/head.[01].log |
    grep -c 'listen0.tcp of' | grep -qx 2"
toolkit "listen = \"127.0.0.1:$port\";" "x = 1;" ""
check "and back" ctl reload
check "all is well" ctl status

# A signal does the same.
toolkit "listen = \"127.0.0.1:$port\";" "x = 3;" ""
count=$(told tail)
kill -HUP "$(pid_of corednsctl)"
# shellcheck disable=SC2317
told_again() {
    [ "$(told tail)" -gt "$count" ]
}
check "SIGHUP is a reload" eventually 5 told_again
toolkit "listen = \"127.0.0.1:$port\";" "x = 4;" ""
count=$(told tail)
kill -USR1 "$(pid_of corednsctl)"
check "so is SIGUSR1" eventually 5 told_again
check "stop" ctl stop
finish
