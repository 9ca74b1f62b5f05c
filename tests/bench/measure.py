"""measure - what a server that runs costs, and how it answers

CPU is user + system of all processes of a server over the queries it answered:
on a machine that others use too, the only steady figure.
"""

import glob
import os
import re
import statistics
import subprocess

TOOLS = os.environ.get("BUILD", os.path.abspath("build")) + "/tests/system"


def descendants(pid):
    yield pid
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        try:
            with open(path, encoding="ascii") as file:
                children = file.read().split()
        except OSError:
            continue
        for child in children:
            yield from descendants(int(child))


def cpu_us(pid):
    """User and system time of all threads so far."""
    total = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        try:
            with open(path, encoding="ascii") as file:
                total += int(file.read().split()[0])
        except OSError:
            pass
    return total / 1000


def resident_mib(pids):
    """Shared pages count once (Pss), though several processes have them."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            total += int(re.search(r"^Pss:\s*(\d+)", file.read(), re.M)[1])
    return total / 1024


def load(server, queries, seconds, transport="UDP"):
    """Asks as fast as it answers, for so long or (0) the file once: queries a
    second, CPU a query by process."""
    processes = server.processes()
    before = {name: cpu_us(pid) for name, pid in processes.items()}
    limit = ["-l", str(seconds)] if seconds else ["-n", "1"]
    shown = subprocess.run(
        ["dnsperf", "-s", "127.0.0.1", "-p", server.port, "-d", queries,
         *limit, "-c", "8", "-q", "200", "-m", transport.lower()],
        capture_output=True, text=True, check=True).stdout
    after = {name: cpu_us(pid) for name, pid in processes.items()}
    answered = int(re.search(r"Queries completed:\s*(\d+)", shown)[1])
    lost = int(re.search(r"Queries lost:\s*(\d+)", shown)[1])
    qps = float(re.search(r"Queries per second:\s*([\d.]+)", shown)[1])
    cpu = {name: (after[name] - before[name]) / max(answered, 1)
           for name in processes}
    return {"qps": qps, "lost": lost, "cpu_us": sum(cpu.values()),
            "cpu_us_of": cpu}


def latency(server, seconds, names):
    """One question after the other, never two at a time."""
    shown = subprocess.run(
        [f"{TOOLS}/pingpong", "127.0.0.1", server.port, str(seconds), *names],
        capture_output=True, text=True, check=True).stdout.split()
    return {"p50_us": int(shown[3]), "p99_us": int(shown[5]),
            "p999_us": int(shown[7])}


def summary(name, rounds):
    """The medians of all rounds of a server."""
    row = {"server": name, "lost": sum(one["lost"] for one in rounds)}
    for key in ("cpu_us", "qps", "p50_us", "p99_us", "p999_us"):
        if key in rounds[0]:
            row[key] = statistics.median(one[key] for one in rounds)
    if name.startswith("coredns"):
        row["cpu_us_of"] = {
            process: statistics.median(one["cpu_us_of"][process]
                                       for one in rounds)
            for process in rounds[0]["cpu_us_of"]}
    return row
