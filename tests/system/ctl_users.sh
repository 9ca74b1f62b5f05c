#!/bin/sh
# Stages change their user while the toolkit runs, and between two runs

. tests/system/lib.sh
. tests/system/fake.sh

if [ "$(id -u)" -ne 0 ] || [ "$(stage_user)" != nobody ]; then
    ok "only root can give stages a user"
    finish
fi

# toolkit USER TAIL: the user of all, and settings of the tail
toolkit() {
    cat >"$configuration" <<END
run_directory = "$folder/run";
user = "$1";
stages: {
    head: { program = "$folder/fake"; next = "tail"; };
    tail: { program = "$folder/fake"; $2 };
};
END
}

users() {
    echo "$(stat -c %U "/proc/$(pid_of head)") \
$(stat -c %U "/proc/$(pid_of tail)") $(stat -c '%U %a' "$folder/run")"
}

toolkit nobody ""
start
same "all are nobody" "nobody nobody nobody 700" "$(users)"

toolkit daemon ""
check "a reload with another user" ctl reload
same "all are that user" "daemon daemon daemon 700" "$(users)"
check "and well" ctl status

toolkit daemon 'user = "bin";'
check "a reload with another user for one" ctl reload
same "who is let in" "daemon bin daemon 770" "$(users)"
check "all is well" ctl status

toolkit nobody 'fake = "exit 78";'
check "one that fails as another user undoes all" exits 78 ctl reload
same "and gives the run directory back" "daemon bin daemon 770" "$(users)"
check "all is well again" ctl status

check "it stops" ctl stop
toolkit nobody ""
check "and starts as another user in the same run directory" ctl start
same "all are that user" "nobody nobody nobody 700" "$(users)"
check "all is well" ctl status

mkdir "$folder/theirs"
chown daemon "$folder/theirs"
toolkit nobody ""
check "a folder of somebody else's is refused" exits 1 \
    "$bin/corednsctl" -c "$configuration" -r "$folder/theirs" start

finish
