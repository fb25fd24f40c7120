"""synchronize rlock|semaphore|event N: pairs of acquire and release by one process, each inside a
first one for the recursive lock; or a game of two processes with two events."""
import sys
from bench import mp, now, report

what, n = sys.argv[1], int(sys.argv[2])


def pairs_of(lock):
    acquire, release = lock.acquire, lock.release
    began = now()
    for _ in range(n):
        acquire()
        release()
    report(f"{what}_per_s", n / (now() - began))


def answer(there, back):
    for _ in range(n):
        there.wait()
        there.clear()
        back.set()


if what == "rlock":
    lock = mp.RLock()
    lock.acquire()
    pairs_of(lock)
elif what == "semaphore":
    pairs_of(mp.Semaphore(4))
else:
    there, back = mp.Event(), mp.Event()
    p = mp.Process(target=answer, args=(there, back))
    p.start()
    there.set()
    back.wait()
    back.clear()
    began = now()
    for _ in range(n - 1):
        there.set()
        back.wait()
        back.clear()
    report("event_per_s", (n - 1) / (now() - began))
    p.join()
