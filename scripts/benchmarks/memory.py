"""memory: what an idle child has for itself alone."""
import re
import time
from bench import median, mp, report


def idle(ready, gate):
    ready.put(True)
    gate.get()


def private_kib(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return int(re.search(r"Private_Dirty:\s+(\d+) kB", file.read())[1])


ready, gate = mp.Queue(), mp.Queue()
processes = [mp.Process(target=idle, args=(ready, gate)) for _ in range(4)]
for p in processes:
    p.start()
for _ in processes:
    ready.get()
time.sleep(0.1)  # into the wait
report("idle_child_kib", median(private_kib(p.pid) for p in processes))
for _ in processes:
    gate.put(True)
for p in processes:
    p.join()
