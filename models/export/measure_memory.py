"""
Runs a command and tells the peak memory of it and everything it starts (Linux).

    python3 models/export/measure_memory.py [--trace FILE] npx videochat chat CLIP "question" --models DIR --model ID

`resident` counts pages mapped from files too, which the system takes back when it needs them; `own` does not.
"""
import argparse
import os
import re
import subprocess
import time


def family(root):
    """{process: parent} of everything under `root`."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as f:
                parents[int(name)] = int(f.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    found = {root}
    while True:
        more = {p for p, parent in parents.items() if parent in found} - found
        if not more:
            return found
        found |= more


def memory(processes):
    """(resident, own) in MiB."""
    resident = own = 0
    for process in processes:
        try:
            with open(f"/proc/{process}/status") as f:
                text = f.read()
        except OSError:
            continue
        kilobytes = {k: int(v) for k, v in re.findall(r"(VmRSS|RssAnon|RssShmem):\s+(\d+)", text)}
        resident += kilobytes.get("VmRSS", 0)
        own += kilobytes.get("RssAnon", 0) + kilobytes.get("RssShmem", 0)
    return resident / 1024, own / 1024


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--trace", help="file for one line a second")
    a.add_argument("command", nargs=argparse.REMAINDER)
    o = a.parse_args()
    begun, peaks, last = time.time(), (0, 0), 0
    trace = open(o.trace, "w") if o.trace else None
    child = subprocess.Popen(o.command)
    while child.poll() is None:
        now = memory(family(child.pid))
        peaks = tuple(map(max, peaks, now))
        if trace and time.time() - last >= 1:
            last = time.time()
            trace.write(f"{last - begun:.0f} {now[0]:.0f} {now[1]:.0f}\n")
            trace.flush()
        time.sleep(0.1)
    print(f"peak of all processes: {peaks[0]:.0f} MiB resident, {peaks[1]:.0f} MiB own; {time.time() - begun:.0f} s")
    raise SystemExit(child.returncode)


if __name__ == "__main__":
    main()
