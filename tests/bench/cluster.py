"""A cluster of 10,000 services, 50,000 endpoints and 150,000 pods: memory of
the whole toolkit, a list read anew, changes on their way, many authorities.

    tests/bench/cluster.py [--services N] [--endpoints N] [--pods N]
                           [--headless PART] [--authorities N] [--changes N]

Numbers are printed one a line; nothing is judged.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import threading
import time

HOME = os.path.dirname(os.path.abspath(__file__))
sys.path.append(f"{HOME}/../system")

import api_server                                       # noqa: E402
import measure                                          # noqa: E402
import toolkit                                          # noqa: E402

NAME = "service-9000.team-0.svc.cluster.local"


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


def order(folder, stage, *words):
    subprocess.run([f"{HOME}/../system/control",
                    f"{folder}/run/{stage}.control", *words], check=True,
                   stdout=subprocess.DEVNULL)


def reset_peaks(folder):
    for pid in toolkit.processes(folder).values():
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
    before = [toolkit.memory(pid)[0]
              for pid in toolkit.processes(folder).values()]
    reset_peaks(folder)
    order(folder, "kubernetes-sync", "relist")
    began = time.monotonic()
    time.sleep(1)
    wait_for_silence(pipe)
    peaks = [toolkit.memory(pid)[1]
             for pid in toolkit.processes(folder).values()]
    print(f"list read anew in {time.monotonic() - began - 3:.1f} s at most: "
          f"peaks {sum(peaks) / 1024:.1f} MB, "
          f"{sum(peaks) / sum(before):.3f} times as much")


def measure_changes(port, pipe, count, rate):
    """A service changes; how long until a client sees it: from the moment in
    which the server hands the event to its socket."""
    took, questions = [], 0
    witness = toolkit.Witness(port, NAME)
    for number in range(count):
        wanted = f"172.{20 + number // 250}.{number % 250}.7"
        began = time.monotonic()
        witness.expect(wanted)
        pipe.send({"kind": "Service",
                   "metadata": {"name": "service-9000",
                                "namespace": "team-0"},
                   "spec": {"clusterIP": wanted,
                            "ports": [{"name": "http", "port": 80}]}})
        seen, asked = witness.seen()
        took.append(1e3 * (seen - pipe.recv()))
        questions += asked
        time.sleep(max(0, began + 1 / rate - time.monotonic()))
    witness.end()
    print(f"propagation of {count} changes: {toolkit.spread(took)}; "
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
    toolkit.control(folder, "stop")
    server.kill()
    began = time.monotonic()
    toolkit.control(folder, "start")
    started = time.monotonic()
    found = toolkit.wait_for(port, NAME, 20)
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
    port = toolkit.free_port()
    pipe, other = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(other, arguments),
                                     daemon=True)
    server.start()
    write_configuration(folder, port, pipe.recv(), arguments)
    toolkit.control(folder, "start")
    began = time.monotonic()
    try:
        if not toolkit.wait_for(port, NAME, 300):
            print("it does not answer")
        print(f"synced in {time.monotonic() - began:.1f} s")
        time.sleep(3)
        toolkit.show_memory(folder, "after the start")
        sync = toolkit.processes(folder)["kubernetes-sync"]
        if arguments.relist:
            measure_relist(folder, pipe)
            toolkit.show_memory(folder, "after a list that was read anew")
        if arguments.changes:
            used = measure.cpu_us(sync)
            measure_changes(port, pipe, arguments.changes, arguments.rate)
            used = measure.cpu_us(sync) - used
            print(f"the sync used {used / arguments.changes:.0f} us of CPU "
                  f"for a change")
        measure_start(folder, port, server)
    finally:
        toolkit.control(folder, "stop", check=False)


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
    with toolkit.folder() as folder:
        run(arguments, folder)


if __name__ == "__main__":
    main()
