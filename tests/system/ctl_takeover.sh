#!/bin/sh
# Stages outlive their supervisor; start takes them over, stop ends them

. tests/system/lib.sh
. tests/system/fake.sh

toolkit() {
    configure <<END
stages: {
    head: { program = "$folder/fake"; next = "tail"; };
    tail: { program = "$folder/fake"; $1 };
};
END
}

pids() {
    echo "$(pid_of head) $(pid_of tail)"
}

# gone PID: there is no such process any more
# shellcheck disable=SC2317
gone() {
    ! kill -0 "$1" 2>/dev/null
}

kill_supervisor() {
    supervisor=$(pid_of corednsctl)
    kill -KILL "$supervisor"
    eventually 5 gone "$supervisor"
}

toolkit ""
start
before=$(pids)
kill_supervisor
check "status without a supervisor exits 4" exits 4 ctl status
same "and says what to do" "corednsctl: no supervisor; start takes over" \
    "$(ctl status 2>&1 >"$folder/table")"
same "and shows who lives" 3 "$(wc -l <"$folder/table")"
check "start takes over" ctl start
same "the stages are the same" "$before" "$(pids)"
check "all is well" ctl status
tail=$(pid_of tail)
kill -KILL "$tail"
check "one that was taken over is started again" eventually 5 ctl status
check "as another process" [ "$tail" != "$(pid_of tail)" ]

# What is missing is started, what has changed is changed.
kill_supervisor
kill -KILL "$(pid_of tail)"
head=$(pid_of head)
check "start with one of two alive" ctl start
same "that one is the same" "$head" "$(pid_of head)"
check "all is well again" ctl status
kill_supervisor
toolkit "x = 1;"
check "start with another file" ctl start
check "the one it is about is told" grep -q "told to reload" \
    "$folder/run/log/tail.log"
check "the other is not" sh -c \
    "! grep -q 'told to reload' '$folder/run/log/head.log'"
same "and is the same" "$head" "$(pid_of head)"

kill_supervisor
check "stop without a supervisor" ctl stop
check "ends all stages" nobody_lives
check "then it is not running" exits 3 ctl status

# A process id in an old lock file is not believed.
echo $$ >"$folder/run/head.control.lock"
check "stop does not end a stranger" exits 3 ctl stop

# A supervisor that hangs is ended as well.
start
kill -STOP "$(pid_of corednsctl)"
check "stop with a stopped supervisor" ctl stop
check "ends all" nobody_lives
finish
