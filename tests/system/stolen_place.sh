#!/bin/sh
# Who comes under the routing id of a frontend takes its place at the stages,
# and the frontend gets it back.

. tests/system/lib.sh

# thief: connects under the frontend's id to every pipe, and stays a moment
# shellcheck disable=SC2317
thief() {
    /usr/bin/python3 - "$folder"/run/*.pipe <<'END'
import sys
import time
import zmq

context = zmq.Context()
for endpoint in sys.argv[1:]:
    socket = context.socket(zmq.DEALER)
    socket.routing_id = b"local/frontend"
    socket.linger = 0
    socket.connect("ipc://" + endpoint)
    socket.send_multipart([b"", b"hands up"])
time.sleep(0.5)
context.destroy()
END
}

usual_toolkit
start
check "questions are answered" "$tools/flood" -q 200 -t 1 127.0.0.1 "$port"
pids=$(all_pids)
check "its place is taken" thief
check "and given back" eventually 10 \
    "$tools/flood" -q 200 -t 1 127.0.0.1 "$port"
same "all processes are alive" "$pids" "$(all_pids)"
finish
