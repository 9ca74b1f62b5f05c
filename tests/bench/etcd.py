"""Services in etcd: how soon they are loaded, what a key takes, and how soon a
client sees a change.

    tests/bench/etcd.py [--keys N] [--names N] [--changes N] [--rate N]

Numbers are printed one a line; nothing is judged.
"""

import argparse
import base64
import http.client
import json
import shutil
import subprocess
import time

import toolkit

NAME = "a.small.test"
PATH = "/skydns/test/small/a/x"
MANY = 100                              # keys of a request, as etcd allows


class Etcd:
    """One member, without a disk that it waits for."""

    def __init__(self, folder):
        self.port = toolkit.free_port()
        peer = f"http://127.0.0.1:{toolkit.free_port()}"
        client = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            ["etcd", "--name", "m", "--data-dir", f"{folder}/etcd",
             "--log-level", "error", "--unsafe-no-fsync",
             "--listen-client-urls", client,
             "--advertise-client-urls", client,
             "--listen-peer-urls", peer,
             "--initial-advertise-peer-urls", peer,
             "--initial-cluster", f"m={peer}"],
            stderr=subprocess.DEVNULL)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port)
        while not self.is_well():
            time.sleep(0.1)

    def post(self, path, body):
        self.connection.request("POST", path, json.dumps(body))
        reply = self.connection.getresponse()
        reply.read()
        if reply.status != 200:
            raise RuntimeError(f"etcd: {path}: {reply.status}")

    def is_well(self):
        try:
            self.put("/nothing", "")
            return True
        except (OSError, RuntimeError, http.client.HTTPException):
            self.connection.close()
            return False

    def put_all(self, pairs):
        self.post("/v3/kv/txn", {"success": [
            {"requestPut": item(*pair)} for pair in pairs]})

    def put(self, key, value):
        self.post("/v3/kv/put", item(key, value))


def item(key, value):
    return {"key": base64.b64encode(key.encode()).decode(),
            "value": base64.b64encode(value.encode()).decode()}


def service(number, names):
    """A key of so many names, and its value."""
    return (f"/skydns/test/skydns/n{number % names}/k{number // names}",
            json.dumps({"host": "10.%d.%d.%d" % (number >> 16 & 255,
                                                 number >> 8 & 255,
                                                 number & 255), "ttl": 60}))


def write_configuration(folder, port, etcd):
    with open(f"{folder}/coredns.conf", "w", encoding="utf-8") as file:
        file.write(f"""
run_directory = "{folder}/run";
state_directory = "{folder}/state";
stages: {{
    frontend: {{
        listen = [ "dns://127.0.0.1:{port}" ];
        routes = ( {{ next = "cache"; }} );
    }};
    cache: {{ capacity = "4 MiB"; next = "authority"; }};
    authority: {{ sources = [ "etcd-sync" ]; }};
    etcd-sync: {{
        zones = [ "skydns.test.", "small.test." ];
        endpoints = [ "http://127.0.0.1:{etcd.port}" ];
    }};
}};
""")


def measure_load(folder, port, name):
    """Starts the toolkit; what its processes take, in KiB."""
    began = time.monotonic()
    toolkit.control(folder, "start")
    if not toolkit.wait_for(port, name, 300):
        print("it does not answer")
    print(f"{name} is answered {time.monotonic() - began:.1f} s after the "
          f"start")
    time.sleep(3)
    return {name: toolkit.proportional(pid)
            for name, pid in toolkit.processes(folder).items()}


def measure_memory(folder, port, etcd, arguments):
    """What is taken with all keys and is not without them."""
    before = measure_load(folder, port, NAME)
    toolkit.control(folder, "stop")
    shutil.rmtree(f"{folder}/state/authority", ignore_errors=True)
    pairs = (service(number, arguments.names)
             for number in range(arguments.keys))
    while some := [pair for pair, _ in zip(pairs, range(MANY))]:
        etcd.put_all(some)
    after = measure_load(folder, port, f"n{arguments.names - 1}.skydns.test")
    toolkit.show_memory(folder, f"with {arguments.keys} keys")
    for stage in "etcd-sync", "authority":
        octets = 1024 * (after[stage] - before[stage]) / arguments.keys
        print(f"  {stage}: {octets:.0f} octets a key")


def measure_changes(port, etcd, count, rate):
    """How long until a client sees a put: from its start, and from etcd's
    reply to it."""
    witness = toolkit.Witness(port, NAME)
    from_start, from_reply = [], []
    for number in range(count):
        wanted = f"172.{20 + number // 250}.{number % 250}.7"
        began = time.monotonic()
        witness.expect(wanted)
        etcd.put(PATH, json.dumps({"host": wanted}))
        replied = time.monotonic()
        seen, _ = witness.seen()
        from_start.append(1e3 * (seen - began))
        from_reply.append(1e3 * (seen - replied))
        time.sleep(max(0, began + 1 / rate - time.monotonic()))
    witness.end()
    print(f"{count} puts, from their start: {toolkit.spread(from_start)}")
    print(f"{count} puts, from etcd's reply: {toolkit.spread(from_reply)}")


def run(arguments, folder):
    port = toolkit.free_port()
    etcd = Etcd(folder)
    try:
        etcd.put(PATH, '{"host": "172.19.0.1"}')
        write_configuration(folder, port, etcd)
        measure_memory(folder, port, etcd, arguments)
        measure_changes(port, etcd, arguments.changes, arguments.rate)
    finally:
        toolkit.control(folder, "stop", check=False)
        etcd.process.kill()
        etcd.process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keys", type=int, default=200000)
    parser.add_argument("--names", type=int, default=10000)
    parser.add_argument("--changes", type=int, default=500)
    parser.add_argument("--rate", type=float, default=100)
    arguments = parser.parse_args()
    with toolkit.folder() as folder:
        run(arguments, folder)


if __name__ == "__main__":
    main()
