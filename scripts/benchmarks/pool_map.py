"""pool_map N: calls of a small function by two workers: N through `map`, a fifth of them one by one
through `imap_unordered`, a twentieth through `apply`."""
import sys
from bench import mp, now, report


def successor(x):
    return x + 1


n = int(sys.argv[1])
with mp.Pool(2) as pool:
    pool.map(successor, range(100))

    integers = list(range(n))
    began = now()
    results = pool.map(successor, integers)
    report("map_items_per_s", n / (now() - began))
    assert results[-1] == n

    few = n // 5
    integers = list(range(few))
    began = now()
    count = sum(1 for _ in pool.imap_unordered(successor, integers, 1))
    report("imap_unordered_items_per_s", few / (now() - began))
    assert count == few

    few = n // 20
    began = now()
    for i in range(few):
        pool.apply(successor, (i,))
    report("apply_per_s", few / (now() - began))
