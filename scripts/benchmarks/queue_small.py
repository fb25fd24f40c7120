"""queue_small int|record N: one process puts, this one gets."""
import sys
from bench import mp, now, record, report


def produce(q, gate, n, kind):
    gate.get()
    if kind == "record":
        for i in range(n):
            q.put(record(i))
    else:
        for i in range(n):
            q.put(i)


kind, n = sys.argv[1], int(sys.argv[2])
q, gate = mp.Queue(), mp.Queue()
p = mp.Process(target=produce, args=(q, gate, n, kind))
p.start()
began = now()
gate.put(True)
for _ in range(n):
    q.get()
report(f"{kind}_per_s", n / (now() - began))
p.join()
