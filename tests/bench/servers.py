"""servers - the toolkit and its peers, started to be measured

Each answers on a port of loopback, with one thread or process, until end().
"""

import glob
import os
import socket
import subprocess
import time

import measure

BIN = os.environ.get("BIN", os.path.abspath("bin"))
START_SECONDS = 120


def free_port():
    return subprocess.run([f"{measure.TOOLS}/ports"], capture_output=True, text=True,
                          check=True).stdout.strip()


def query(name, number):
    labels = b"".join(bytes([len(label)]) + label.encode()
                      for label in name.split("."))
    return (number.to_bytes(2, "big") + b"\1\0\0\1\0\0\0\0\0\0" + labels +
            b"\0\0\1\0\1")


def wait_for_answer(port, name, process=None):
    """Asks until there is an answer with records; seconds it took."""
    begun = time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(0.005)
        for number in range(1 << 30):
            if process is not None and process.poll() is not None:
                raise RuntimeError(f"exit {process.returncode}")
            if time.monotonic() - begun > START_SECONDS:
                raise RuntimeError(f"no answer in {START_SECONDS} s")
            asker.sendto(query(name, number & 65535),
                         ("127.0.0.1", int(port)))
            try:
                reply = asker.recv(4096)
            except (TimeoutError, ConnectionError):
                continue
            if reply[6:8] != b"\0\0":
                return time.monotonic() - begun


class Server:
    """One server that runs."""

    process = None                      # that we have started, or None

    def __init__(self, name, folder, first):
        """first: a name that it must answer before it counts as started."""
        self.name = name
        self.folder = f"{folder}/{name.translate(str.maketrans(' ', '-', ',:'))}"
        self.port = free_port()
        os.makedirs(self.folder)
        os.chmod(self.folder, 0o755)
        begun = time.monotonic()
        self.launch()
        wait_for_answer(self.port, first, self.process)
        self.start_seconds = time.monotonic() - begun


class Peer(Server):
    """Another server; lines: what tests/system/peer reads."""

    def __init__(self, name, folder, first, lines):
        self.lines = lines
        super().__init__(name, folder, first)

    def launch(self):
        self.process = subprocess.Popen(
            ["tests/system/peer", self.name, self.port, self.folder],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, text=True)
        self.process.stdin.write("".join(f"{line}\n" for line in self.lines))
        self.process.stdin.close()

    def processes(self):
        return {f"{self.name}.{pid}": pid
                for pid in measure.descendants(self.process.pid)}

    def end(self):
        self.process.terminate()
        self.process.wait()


class Toolkit(Server):
    """Ours; stages: their groups in the configuration, with PORT to fill
    in."""

    def __init__(self, name, folder, first, stages):
        self.stages = stages
        super().__init__(name, folder, first)

    def launch(self):
        self.path = f"{self.folder}/coredns.conf"
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(f"""
run_directory = "{self.folder}/run";
state_directory = "{self.folder}/state";
user = "{user_of_stages()}";
stages: {{
    {self.stages.replace("PORT", self.port)}
}};
""")
        os.mkdir(f"{self.folder}/state")
        os.chmod(f"{self.folder}/state", 0o777)
        subprocess.run([f"{BIN}/corednsctl", "start", "-c", self.path],
                       check=True, stdin=subprocess.DEVNULL)

    def processes(self):
        found = {}
        for lock in glob.glob(f"{self.folder}/run/*.control.lock"):
            with open(lock, encoding="ascii") as file:
                found[os.path.basename(lock)[:-len(".control.lock")]] = \
                    int(file.read())
        return found

    def end(self):
        subprocess.run([f"{BIN}/corednsctl", "stop", "-c", self.path],
                       check=False, stdin=subprocess.DEVNULL)


def user_of_stages():
    place = BIN
    while place != "/":
        if not os.stat(place).st_mode & 1:
            return "root"
        place = os.path.dirname(place)
    return "nobody"
