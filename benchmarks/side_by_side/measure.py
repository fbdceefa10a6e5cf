"""Running one command, and what it took."""

import os
import resource
import subprocess
import sys
import threading
import time


def sh(*command, **more):
    return subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **more)


def tree_peak(root):
    """Peak resident bytes of a process and all below it, as the kernel keeps them; cheap enough not to disturb."""
    total, todo = 0, [root]
    while todo:
        pid = todo.pop()
        try:
            with open(f"/proc/{pid}/status") as file:
                total += next((int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM:")), 0)
            with open(f"/proc/{pid}/task/{pid}/children") as file:
                todo += [int(child) for child in file.read().split()]
        except OSError:
            pass
    return total


def timed(command, env=None, cwd=None):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    process = subprocess.Popen(
        command, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
    )
    peak = [0]

    def watch():
        while process.poll() is None:
            peak[0] = max(peak[0], tree_peak(process.pid))
            time.sleep(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    wall = time.monotonic() - start
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode != 0:
        sys.exit(f"failed ({process.returncode}): {' '.join(command)}\n{output.decode(errors='replace')}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": wall, "cpuSeconds": cpu, "peakRssBytes": peak[0]}


def stored(folder):
    total = 0
    for path, _, files in os.walk(folder):
        total += sum(os.path.getsize(os.path.join(path, name)) for name in files)
    return total
