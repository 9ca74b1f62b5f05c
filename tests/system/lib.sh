# shellcheck shell=sh
# lib.sh - what a system test needs; sourced by it
#
# A test begins with ". tests/system/lib.sh" (the runner starts it in the top
# folder), reports by ok, not_ok or check, and ends with finish.  It has a
# folder of its own, which goes away with everything it has started, however
# the test ends.
#
#   $folder   the private folder        $bin    the programs
#   $port     a free port               $tools  flood, pingpong, ports

set -u

bin=${BIN:-$PWD/bin}
tools=${BUILD:-$PWD/build}/tests/system
folder=$(mktemp -d /tmp/coredns-system.XXXXXX)
chmod 755 "$folder"                     # stages started by root are nobody
port=$("$tools/ports")
configuration=$folder/coredns.conf
failures=0
finished=
helpers=                                # process ids to end

ok() {
    echo "ok - $*"
}

not_ok() {
    echo "not ok - $*"
    failures=$((failures + 1))
}

# check TEXT COMMAND...: ok when the command succeeds; else its output is shown
check() {
    check_text=$1
    shift
    if check_output=$("$@" 2>&1); then
        ok "$check_text"
    else
        not_ok "$check_text (exit $?)"
        echo "$check_output" | sed 's/^/    /'
    fi
}

# same TEXT WANTED GOT
same() {
    if [ "$2" = "$3" ]; then
        ok "$1"
    else
        not_ok "$1"
        printf '    wanted: %s\n    got:    %s\n' "$2" "$3"
    fi
}

# exits CODE COMMAND...: succeeds when the command exits with just that code
exits() {
    exits_wanted=$1
    shift
    "$@"
    exits_got=$?
    [ $exits_got -eq "$exits_wanted" ] || {
        echo "exit $exits_got instead of $exits_wanted"
        return 1
    }
}

# eventually SECONDS COMMAND...: tries until the command succeeds
eventually() {
    eventually_end=$(($(date +%s%N) + $1 * 1000000000))
    shift
    until "$@"; do
        [ "$(date +%s%N)" -lt "$eventually_end" ] || return 1
        sleep 0.02
    done
}

# ---- the toolkit ------------------------------------------------------------

# The user of the stages: nobody, if nobody can read what they need.
stage_user() {
    place=$bin
    while [ "$place" != / ]; do
        case $(stat -c %a "$place") in
        *[1357]) ;;
        *) echo root; return ;;
        esac
        place=$(dirname "$place")
    done
    echo nobody
}

# configure: writes $configuration; the stages come from standard input
configure() {
    cat >"$configuration" <<END
run_directory = "$folder/run";
state_directory = "$folder/state";
user = "$(stage_user)";
END
    cat >>"$configuration"
}

# zone ORIGIN: writes the file $folder/ORIGIN.zone from standard input
zone() {
    cat >"$folder/$1.zone.new"
    mv "$folder/$1.zone.new" "$folder/$1.zone"
}

# The usual three stages for the zone example.org, on $port.
usual_toolkit() {
    cp conf/example.org.zone "$folder/example.org.zone"
    configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "authority"; } );
    };
    authority: { sources = [ "file-sync" ]; };
    file-sync: {
        zones = ( { origin = "example.org."; file = "example.org.zone"; } );
    };
};
END
}

# ctl VERB...: corednsctl for this test's toolkit
ctl() {
    verb=$1
    shift
    "$bin/corednsctl" "$verb" -c "$configuration" "$@"
}

# start: in the background; nothing else makes sense when it fails
start() {
    mkdir -p "$folder/state"
    chmod 777 "$folder/state"
    ctl start || {
        not_ok "the toolkit starts (exit $?)"
        exit 1
    }
}

# pid_of NAME: process id of a stage, or of "corednsctl"
pid_of() {
    cat "$folder/run/$1.control.lock"
}

# Process ids of all that runs.
all_pids() {
    for lock in "$folder"/run/*.control.lock; do
        pid=$(cat "$lock" 2>/dev/null) || continue
        case $(readlink "/proc/$pid/exe") in
        "$bin"/*) echo "$pid" ;;
        esac
    done
}

# resident PID...: sum of their memory in KiB
resident() {
    resident_sum=0
    for pid in "$@"; do
        kib=$(awk '/^VmRSS:/ { print $2 }' "/proc/$pid/status" 2>/dev/null)
        resident_sum=$((resident_sum + ${kib:-0}))
    done
    echo "$resident_sum"
}

# steady BEFORE AFTER: ok when that many KiB are no growth.  A sanitizer keeps
# for a while what is freed: nothing can be said then.
steady() {
    case $bin in
    */sanitize) return ;;
    esac
    check "memory is steady: $1 KiB, then $2 KiB" \
        test "$2" -le $(($1 + $1 / 20 + 2048))
}

# ask NAME TYPE [ARGUMENT...]: dig, one answer, short
ask() {
    dig @127.0.0.1 -p "$port" +time=5 +tries=1 +short "$@"
}

# rcode NAME TYPE [ARGUMENT...]: the word of the reply's status
rcode() {
    dig @127.0.0.1 -p "$port" +time=5 +tries=1 "$@" |
        sed -n 's/.*status: \([A-Z]*\).*/\1/p'
}

# secondary PORT ZONE...: knotd on that port, with the zones from the toolkit,
# which may tell it of changes
secondary() {
    secondary_port=$1
    shift
    mkdir "$folder/knot"
    cat >"$folder/knot.conf" <<END
server:
    rundir: "$folder/knot"
    listen: 127.0.0.1@$secondary_port
database:
    storage: "$folder/knot"
remote:
  - id: us
    address: 127.0.0.1@$port
acl:
  - id: us
    address: 127.0.0.1
    action: notify
template:
  - id: default
    storage: "$folder/knot"
    master: us
    acl: us
zone:
$(printf '  - domain: %s\n' "$@")
END
    helper knotd -c "$folder/knot.conf" >"$folder/knot.log" 2>&1
}

# ---- the end ----------------------------------------------------------------

# helper COMMAND...: starts it in the background, to be ended with the test
helper() {
    "$@" &
    helpers="$helpers $!"
}

# Process ids of all whose command line names our folder: also of those that
# have only just begun, and hold no lock yet.
folder_pids() {
    # shellcheck disable=SC2062
    # From a file, so that grep does not find itself.
    echo "$folder/" | grep -lsFf - /proc/[0-9]*/cmdline | cut -d/ -f3
}

end_processes() {
    # The supervisor first: it would start again what ends.
    if [ -e "$folder/run/corednsctl.control.lock" ]; then
        kill -KILL "$(pid_of corednsctl)" 2>/dev/null
    fi
    end_processes_left=20
    while [ $end_processes_left -gt 0 ]; do
        left=$(folder_pids)
        [ -n "$left" ] || break
        end_processes_left=$((end_processes_left - 1))
        # shellcheck disable=SC2086
        kill -KILL $left 2>/dev/null
    done
    for pid in $helpers; do
        kill -TERM "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
}

show_logs() {
    for log in "$folder"/run/log/*.log; do
        [ -s "$log" ] || continue
        echo "--- ${log##*/}"
        tail -n 40 "$log"
    done
}

clean_up() {
    clean_up_status=$?
    trap - EXIT
    if [ -z "$finished" ]; then
        not_ok "the test came to its end (exit $clean_up_status)"
    fi
    [ "$failures" -eq 0 ] || show_logs
    end_processes
    [ -n "${KEEP:-}" ] || rm -rf "$folder"
    [ "$failures" -eq 0 ] || exit 1
    exit 0
}

trap clean_up EXIT
trap 'exit 130' INT TERM

finish() {
    finished=yes
    exit 0
}
