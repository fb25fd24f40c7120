"""start METHOD N [MIB]: empty children, one after the other, from a parent that holds so much."""
import multiprocessing
import re
import sys
from bench import now, report


def nothing():
    pass


def start(process, count):
    for _ in range(count):
        p = process(target=nothing)
        p.start()
        p.join()


if __name__ == "__main__":
    method, n = sys.argv[1], int(sys.argv[2])
    heap = int(re.match(r"\d+", sys.argv[3])[0]) if len(sys.argv) > 3 else 0
    held = [bytes([i & 255]) * 4060 + b"%d" % i for i in range(heap * 256)]
    process = multiprocessing.get_context(method).Process
    start(process, 1)  # a server is running now
    began = now()
    start(process, n)
    rate = n / (now() - began)
    report(("large_parent" if heap else method) + "_children_per_s", rate)
