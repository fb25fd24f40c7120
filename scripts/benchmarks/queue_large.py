"""queue_large N: strings of 1 MiB."""
import sys
from bench import mp, now, report


def produce(q, gate, n):
    text = "x" * (1 << 20)
    gate.get()
    for _ in range(n):
        q.put(text)


n = int(sys.argv[1])
q, gate = mp.Queue(16), mp.Queue()
p = mp.Process(target=produce, args=(q, gate, n))
p.start()
began = now()
gate.put(True)
for _ in range(n):
    assert len(q.get()) == 1 << 20
report("gib_per_s", n / 1024 / (now() - began))
p.join()
