"""serialise SECONDS: a value to bytes and back."""
import pickle
import sys
from bench import now, record, report

dumps, loads, highest = pickle.dumps, pickle.loads, pickle.HIGHEST_PROTOCOL
seconds = float(sys.argv[1])


def measure(name, value):
    n, taken = 1, 0
    while taken < seconds:
        n *= 2
        began = now()
        for _ in range(n):
            loads(dumps(value, highest))
        taken = now() - began
    report(f"{name}_per_s", n / taken)


measure("record", record(7))
measure("ints1000", list(range(1, 1001)))
measure("str1m", "x" * (1 << 20))
