"""cpu_bound LIMIT: primes below LIMIT, counted in blocks by this process, then by a pool of two; how
many times as fast the pool is. Needs two cores."""
import sys
from bench import mp, now, report

limit, block = int(sys.argv[1]), 1000


def primes_from(first):
    count = 0
    for n in range(max(first, 2), first + block):
        is_prime = True
        d = 2
        while d * d <= n:
            if n % d == 0:
                is_prime = False
                break
            d += 1
        if is_prime:
            count += 1
    return count


with mp.Pool(2) as pool:
    pool.map(primes_from, range(0, 4 * block, block))
    blocks = range(0, limit, block)
    began = now()
    serially = sum(primes_from(first) for first in blocks)
    serial = now() - began
    began = now()
    together = sum(pool.map(primes_from, blocks))
    report("speed_up_of_2", serial / (now() - began))
    assert together == serially
