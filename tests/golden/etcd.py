"""etcd - an etcd of a scenario's own, and its keys"""

import base64
import json
import os
import subprocess
import time
import urllib.request

START_SECONDS = 20


def octets(text):
    return base64.b64encode(text.encode()).decode()


class Etcd:
    """One member in that folder; `put` and `delete` as scenarios have them."""

    def __init__(self, folder, port, peer_port):
        self.url = f"http://127.0.0.1:{port}"
        peer = f"http://127.0.0.1:{peer_port}"
        with open(os.path.join(folder, "etcd.log"), "wb") as log:
            self.process = subprocess.Popen(
                ["etcd", "--name", "one", "--log-level", "error",
                 "--data-dir", os.path.join(folder, "etcd"),
                 "--listen-client-urls", self.url,
                 "--advertise-client-urls", self.url,
                 "--listen-peer-urls", peer,
                 "--initial-advertise-peer-urls", peer,
                 "--initial-cluster", f"one={peer}", "--unsafe-no-fsync"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait()

    def wait(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(self.url + "/health",
                                            timeout=2) as reply:
                    if b"true" in reply.read():
                        return
            except OSError:
                pass
            time.sleep(0.05)
        self.stop()
        raise RuntimeError("etcd does not start")

    def call(self, path, body):
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(),
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=5) as reply:
            return json.load(reply)

    def put(self, key, value, lease=None):
        if not isinstance(value, str):
            value = json.dumps(value, separators=(",", ":"))
        body = {"key": octets(key), "value": octets(value)}
        if lease:
            body["lease"] = self.call("/v3/lease/grant", {"TTL": lease})["ID"]
        self.call("/v3/kv/put", body)

    def delete(self, key):
        self.call("/v3/kv/deleterange", {"key": octets(key)})

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
