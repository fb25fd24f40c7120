"""start N: empty children, one after the other."""
import sys
from bench import mp, now, report


def nothing():
    pass


n = int(sys.argv[1])
began = now()
for _ in range(n):
    p = mp.Process(target=nothing)
    p.start()
    p.join()
report("children_per_s", n / (now() - began))
