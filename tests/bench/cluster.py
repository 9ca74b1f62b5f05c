"""A cluster of 10,000 services, 50,000 endpoints and 150,000 pods: memory of
the whole toolkit, a list read anew, changes on their way, many authorities.

    tests/bench/cluster.py [--services N] [--endpoints N] [--pods N]
                           [--headless PART] [--authorities N] [--changes N]

Numbers are printed one a line; nothing is judged.
"""

import argparse
import multiprocessing
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HOME = os.path.dirname(os.path.abspath(__file__))
sys.path.append(f"{HOME}/../system")

import api_server                                       # noqa: E402
import measure                                          # noqa: E402

BIN = os.environ.get("BIN", f"{HOME}/../../bin")


def address(number, first):
    return "%d.%d.%d.%d" % (first, number >> 16 & 255, number >> 8 & 255,
                            number & 255)


def make_objects(arguments):
    for space in range(arguments.spaces):
        yield {"kind": "Namespace", "metadata": {"name": f"team-{space}"}}
    each = max(1, arguments.endpoints // arguments.services)
    pod = 0
    for number in range(arguments.services):
        space = f"team-{number % arguments.spaces}"
        name = f"service-{number}"
        is_headless = number < arguments.services * arguments.headless
        yield {"kind": "Service",
               "metadata": {"name": name, "namespace": space},
               "spec": {"clusterIP": "None" if is_headless
                        else address(number + 1, 172),
                        "selector": {"app": name},
                        "ports": [{"name": "http", "port": 80,
                                   "protocol": "TCP"}]}}
        endpoints = []
        for _ in range(each):
            pod += 1
            endpoints.append({"addresses": [address(pod, 10)],
                              "conditions": {"ready": True},
                              "nodeName": f"node-{pod % 1000}"})
        yield {"kind": "EndpointSlice",
               "metadata": {"name": f"{name}-x{number % 977:03d}",
                            "namespace": space,
                            "labels": {"kubernetes.io/service-name": name}},
               "addressType": "IPv4", "endpoints": endpoints,
               "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}]}
    for number in range(arguments.pods):
        yield {"kind": "Pod",
               "metadata": {"name": f"service-{number % arguments.services}"
                            f"-7d9c6b5f4d-{number:05x}",
                            "namespace": f"team-{number % arguments.spaces}"},
               "status": {"phase": "Running",
                          "podIP": address(number + 1, 10)}}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def write_configuration(folder, port, api_port, arguments):
    stages, routes = "", ""
    names = ["authority"] + [f"authority-{number}"
                             for number in range(2, arguments.authorities + 1)]
    for name in names:
        if name != "authority":
            routes += f"""
            {{ zones = [ "{name}.test." ]; next = "{name}"; }},"""
        stages += f"""
    {name}: {{ program = "authority"; sources = [ "kubernetes-sync" ]; }};"""
    with open(f"{folder}/coredns.conf", "w", encoding="utf-8") as file:
        file.write(f"""
run_directory = "{folder}/run";
state_directory = "{folder}/state";
stages: {{
    frontend: {{
        listen = [ "dns://127.0.0.1:{port}" ];
        routes = ({routes}
            {{ zones = [ "." ]; next = "cache"; }} );
    }};
    cache: {{ capacity = "{arguments.cache}"; next = "authority"; }};{stages}
    kubernetes-sync: {{
        zones = [ "cluster.local.", "in-addr.arpa." ];
        endpoint = "http://127.0.0.1:{api_port}";
        pods = "{arguments.mode}";
        addresses = [ "none" ];
    }};
}};
""")


def processes(folder):
    found = {}
    for name in os.listdir(f"{folder}/run"):
        if name.endswith(".control.lock"):
            with open(f"{folder}/run/{name}", encoding="utf-8") as file:
                found[name[:-len(".control.lock")]] = int(file.read())
    return found


def memory(pid):
    """Resident KiB, and of these what is shared with files or others."""
    fields = {}
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        for line in file:
            key, _, value = line.partition(":")
            fields[key] = value.split()
    return int(fields["VmRSS"][0]), int(fields["VmHWM"][0])


def proportional(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def cpu(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ask(one, port, name, number):
    question = b"".join(bytes([len(label)]) + label.encode()
                        for label in name.split(".")) + b"\0\0\1\0\1"
    one.sendto(number.to_bytes(2, "big") + b"\1\0\0\1\0\0\0\0\0\0" + question,
               ("127.0.0.1", port))
    reply = one.recv(4096)
    return reply[3] & 15, reply[-4:]


def wait_for(port, name, seconds):
    end = time.monotonic() + seconds
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(1)
        while time.monotonic() < end:
            try:
                if ask(one, port, name, 1)[0] == 0:
                    return True
            except OSError:
                pass
            time.sleep(0.05)
    return False


def show_memory(folder, when):
    total, shared = 0, 0
    for name, pid in sorted(processes(folder).items()):
        resident, peak = memory(pid)
        part = proportional(pid)
        total += resident
        shared += part
        print(f"  {name}: {resident / 1024:.1f} MB resident, "
              f"{part / 1024:.1f} proportional, peak {peak / 1024:.1f}")
    print(f"memory {when}: {total / 1024:.1f} MB resident, "
          f"{shared / 1024:.1f} MB proportional")
    return total


def order(folder, stage, *words):
    subprocess.run([f"{HOME}/../system/control",
                    f"{folder}/run/{stage}.control", *words], check=True,
                   stdout=subprocess.DEVNULL)


def reset_peaks(folder):
    for pid in processes(folder).values():
        with open(f"/proc/{pid}/clear_refs", "w", encoding="utf-8") as file:
            file.write("5")


def wait_for_silence(pipe):
    """Until the server is asked for nothing any more."""
    last, now = -1, 0
    while last != now:
        time.sleep(3)
        pipe.send("requests")
        last, now = now, pipe.recv()


def measure_relist(folder, pipe):
    before = {name: memory(pid)[0] for name, pid in processes(folder).items()}
    reset_peaks(folder)
    order(folder, "kubernetes-sync", "relist")
    began = time.monotonic()
    time.sleep(1)
    wait_for_silence(pipe)
    peaks = {name: memory(pid)[1] for name, pid in processes(folder).items()}
    print(f"list read anew in {time.monotonic() - began - 3:.1f} s at most: "
          f"peaks {sum(peaks.values()) / 1024:.1f} MB, "
          f"{sum(peaks.values()) / sum(before.values()):.3f} times as much")


def measure_changes(port, pipe, count, rate):
    """A service changes; how long until a client sees it: from the moment in
    which the server hands the event to its socket."""
    took, questions = [], 0
    witness = subprocess.Popen(
        [f"{measure.TOOLS}/witness", "127.0.0.1", str(port),
         "service-9000.team-0.svc.cluster.local"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    for number in range(count):
        wanted = f"172.{20 + number // 250}.{number % 250}.7"
        began = time.monotonic()
        witness.stdin.write(wanted + "\n")
        pipe.send({"kind": "Service",
                   "metadata": {"name": "service-9000",
                                "namespace": "team-0"},
                   "spec": {"clusterIP": wanted,
                            "ports": [{"name": "http", "port": 80}]}})
        seen, asked = map(int, witness.stdout.readline().split())
        took.append(seen / 1e6 - 1e3 * pipe.recv())
        questions += asked
        time.sleep(max(0, began + 1 / rate - time.monotonic()))
    witness.stdin.close()
    witness.wait()
    took.sort()
    print(f"propagation of {count} changes: median "
          f"{statistics.median(took):.2f} ms, 90th percentile "
          f"{took[int(len(took) * 0.9)]:.2f} ms, 99th "
          f"{took[int(len(took) * 0.99)]:.2f} ms, most {took[-1]:.2f} ms; "
          f"{questions / count:.1f} questions for each")


class Handler(api_server.Handler):
    """Tells when an event began to be written."""

    def chunk(self, octets):
        self.written = time.monotonic()
        super().chunk(octets)

    def event(self, name, space, selector, event):
        super().event(name, space, selector, event)
        self.server.pipe.send(self.written)


def measure_start(folder, port, server):
    """A start without the API, from what is on disk."""
    control = [f"{BIN}/corednsctl", "-c", f"{folder}/coredns.conf"]
    subprocess.run(control + ["stop"], check=True)
    server.kill()
    began = time.monotonic()
    subprocess.run(control + ["start"], check=True)
    started = time.monotonic()
    found = wait_for(port, "service-9000.team-0.svc.cluster.local", 20)
    print(f"start without the API: {1000 * (started - began):.0f} ms, "
          f"{'' if found else 'no '}answer after "
          f"{1000 * (time.monotonic() - began):.0f} ms")


def serve(pipe, arguments):
    """An API server in a process of its own."""
    server = api_server.Server(("127.0.0.1", 0))
    server.RequestHandlerClass = Handler
    server.pipe = pipe
    server.store.load(make_objects(arguments))
    pipe.send(server.server_address[1])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        thing = pipe.recv()
        if thing is None:
            return
        if thing == "requests":
            pipe.send(len(server.requests))
        else:
            server.store.apply("MODIFIED", thing)


def run(arguments, folder):
    port = free_port()
    pipe, other = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(other, arguments),
                                     daemon=True)
    server.start()
    write_configuration(folder, port, pipe.recv(), arguments)
    subprocess.run([f"{BIN}/corednsctl", "start", "-c",
                    f"{folder}/coredns.conf"], check=True)
    began = time.monotonic()
    try:
        if not wait_for(port, "service-9000.team-0.svc.cluster.local", 300):
            print("it does not answer")
        print(f"synced in {time.monotonic() - began:.1f} s")
        time.sleep(3)
        show_memory(folder, "after the start")
        pids = processes(folder)
        used = cpu(pids["kubernetes-sync"])
        if arguments.relist:
            measure_relist(folder, pipe)
            show_memory(folder, "after a list that was read anew")
        if arguments.changes:
            used = cpu(pids["kubernetes-sync"])
            measure_changes(port, pipe, arguments.changes, arguments.rate)
            used = cpu(pids["kubernetes-sync"]) - used
            print(f"the sync used {used / arguments.changes * 1e6:.0f} us of "
                  f"CPU for a change")
        measure_start(folder, port, server)
    finally:
        subprocess.run([f"{BIN}/corednsctl", "stop", "-c",
                        f"{folder}/coredns.conf"], check=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--services", type=int, default=10000)
    parser.add_argument("--endpoints", type=int, default=50000)
    parser.add_argument("--pods", type=int, default=150000)
    parser.add_argument("--spaces", type=int, default=100)
    parser.add_argument("--headless", type=float, default=0.1)
    parser.add_argument("--authorities", type=int, default=1)
    parser.add_argument("--changes", type=int, default=500)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--mode", default="verified")
    parser.add_argument("--cache", default="4 MiB")
    parser.add_argument("--no-relist", dest="relist", action="store_false")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="coredns-bench.")
    os.chmod(folder, 0o755)
    os.mkdir(f"{folder}/state", 0o777)
    os.chmod(f"{folder}/state", 0o777)
    try:
        run(arguments, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
