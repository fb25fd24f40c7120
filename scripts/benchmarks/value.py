"""value PROCESSES N: adding 1 to a shared integer."""
import sys
from bench import mp, now, report


def work(value, ready, gate, n):
    ready.put(True)
    gate.get()
    for _ in range(n):
        with value.get_lock():
            value.value += 1


count, n = int(sys.argv[1]), int(sys.argv[2])
value = mp.Value("q", 0)
ready, gate = mp.Queue(), mp.Queue()
processes = [mp.Process(target=work, args=(value, ready, gate, n // count)) for _ in range(count)]
for p in processes:
    p.start()
for _ in processes:
    ready.get()
began = now()
for _ in processes:
    gate.put(True)
for p in processes:
    p.join()
report(f"{count}processes_add_per_s", n / (now() - began))
assert value.value == n // count * count
