"""queue_fan PRODUCERS CONSUMERS N: many processes at both ends of one queue."""
import sys
from bench import mp, now, report


def produce(q, ready, gate, n):
    ready.put(True)
    gate.get()
    for i in range(n):
        q.put(i)


def consume(q, ready, gate, n):
    ready.put(True)
    gate.get()
    for _ in range(n):
        q.get()


producers, consumers, n = map(int, sys.argv[1:4])
q, ready, gate = mp.Queue(), mp.Queue(), mp.Queue()
processes = [mp.Process(target=produce, args=(q, ready, gate, n // producers))
             for _ in range(producers)]
processes += [mp.Process(target=consume, args=(q, ready, gate, n // consumers))
              for _ in range(consumers)]
for p in processes:
    p.start()
for _ in processes:
    ready.get()
began = now()
for _ in processes:
    gate.put(True)
for p in processes:
    p.join()
report(f"{producers}to{consumers}_per_s", n / (now() - began))
