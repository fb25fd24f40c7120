"""lock PROCESSES N: pairs of acquire and release, all on one lock."""
import sys
from bench import mp, now, report


def pairs_of(lock, n):
    acquire, release = lock.acquire, lock.release
    for _ in range(n):
        acquire()
        release()


def work(lock, ready, gate, n):
    ready.put(True)
    gate.get()
    pairs_of(lock, n)


count, n = int(sys.argv[1]), int(sys.argv[2])
lock = mp.Lock()
if count == 1:
    began = now()
    pairs_of(lock, n)
    report("uncontended_per_s", n / (now() - began))
    sys.exit()
ready, gate = mp.Queue(), mp.Queue()
processes = [mp.Process(target=work, args=(lock, ready, gate, n // count)) for _ in range(count)]
for p in processes:
    p.start()
for _ in processes:
    ready.get()
began = now()
for _ in processes:
    gate.put(True)
for p in processes:
    p.join()
report(f"{count}processes_per_s", n / (now() - began))
