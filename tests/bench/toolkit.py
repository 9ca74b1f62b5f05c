"""toolkit - a toolkit of ours that is fed from elsewhere: its processes, their
memory, and how soon a client sees a change
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time

import measure

HOME = os.path.dirname(os.path.abspath(__file__))
BIN = os.environ.get("BIN", f"{HOME}/../../bin")


@contextlib.contextmanager
def folder():
    """A folder that its user may enter, with one for state; gone at the
    end."""
    path = tempfile.mkdtemp(prefix="coredns-bench.")
    os.chmod(path, 0o755)
    os.mkdir(f"{path}/state")
    os.chmod(f"{path}/state", 0o777)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def processes(folder):
    found = {}
    for name in os.listdir(f"{folder}/run"):
        if name.endswith(".control.lock"):
            with open(f"{folder}/run/{name}", encoding="utf-8") as file:
                found[name[:-len(".control.lock")]] = int(file.read())
    return found


def control(folder, verb, check=True):
    subprocess.run([f"{BIN}/corednsctl", verb, "-c",
                    f"{folder}/coredns.conf"], check=check)


def memory(pid):
    """Resident KiB, now and at most."""
    fields = {}
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        for line in file:
            key, _, value = line.partition(":")
            fields[key] = value.split()
    return int(fields["VmRSS"][0]), int(fields["VmHWM"][0])


def proportional(pid):
    """KiB, each shared page by as many parts as have it."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


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


class Witness:
    """Asks until the answer is the one that is expected."""

    def __init__(self, port, name):
        self.process = subprocess.Popen(
            [f"{measure.TOOLS}/witness", "127.0.0.1", str(port), name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            bufsize=1)

    def expect(self, address):
        self.process.stdin.write(address + "\n")

    def seen(self):
        """When it was seen, in seconds as time.monotonic(), and how many
        questions that took."""
        moment, asked = map(int, self.process.stdout.readline().split())
        return moment / 1e9, asked

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def spread(took):
    """Milliseconds in words."""
    took = sorted(took)
    return (f"median {took[len(took) // 2]:.2f} ms, 90th percentile "
            f"{took[int(len(took) * 0.9)]:.2f} ms, 99th "
            f"{took[int(len(took) * 0.99)]:.2f} ms, most {took[-1]:.2f} ms")
