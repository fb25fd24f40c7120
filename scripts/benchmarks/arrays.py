"""arrays N: making, reading, writing and adding up shared doubles; in bulk by numpy if it is there."""
import sys
from bench import mp, now, report

try:
    import numpy
except ImportError:
    numpy = None


def elements(name, array, count):
    for i in range(count):
        array[i] = i * 0.5
    began = now()
    for i in range(count):
        array[i] = i * 0.5
    report(name + "_set_per_s", count / (now() - began))
    total = 0.0
    began = now()
    for i in range(count):
        total += array[i]
    report(name + "_get_per_s", count / (now() - began))


n = int(sys.argv[1])
began = now()
raw = mp.RawArray("d", n)
report("create_ms", (now() - began) * 1e3)
elements("raw", raw, n)
whole = numpy.frombuffer(raw) if numpy else raw
best = 0
for _ in range(5):
    began = now()
    whole.sum() if numpy else sum(whole)
    best = max(best, n / (now() - began))
report("bulk_sum_per_s", best)
elements("locked", mp.Array("d", n // 10), n // 10)
