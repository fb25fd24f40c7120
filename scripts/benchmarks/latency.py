"""latency pipe|queue N: round trips of a small message."""
import sys
from bench import median, mp, now, report


def echo(get, put, n):
    for _ in range(n):
        put(get())


how, n = sys.argv[1], int(sys.argv[2])
if how == "pipe":
    ours, theirs = mp.Pipe()
    put, get, their_get, their_put = ours.send, ours.recv, theirs.recv, theirs.send
else:
    there, back = mp.SimpleQueue(), mp.SimpleQueue()
    put, get, their_get, their_put = there.put, back.get, there.get, back.put
p = mp.Process(target=echo, args=(their_get, their_put, n))
p.start()
times = []
for i in range(n):
    began = now()
    put(i)
    get()
    times.append(now() - began)
p.join()
report(f"{how}_us", median(times) * 1e6)
