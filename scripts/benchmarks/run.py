"""Runs every workload under mplua and its peers, round robin, and prints a table of ratios."""
import argparse
import os
import resource
import shlex
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TICKS = os.sysconf("SC_CLK_TCK")
TIME_LIMIT = 120

# Workload, arguments of the peer, arguments of mplua. A peer's share is smaller where it is slower,
# so that every run takes about half a second.
PYTHON, LUA = "python3", "lua5.4"
WORKLOADS = [
    ("start", PYTHON, ["fork", "200"], ["fork", "1000"]),
    ("start", PYTHON, ["spawn", "10"], ["spawn", "300"]),
    ("start", PYTHON, ["forkserver", "60", "500MiB"], ["forkserver", "500", "500MiB"]),
    ("interp", LUA, ["60"], ["60"]),
    ("queue_small", PYTHON, ["int", "100000"], ["int", "2000000"]),
    ("queue_small", PYTHON, ["record", "100000"], ["record", "1000000"]),
    ("queue_fan", PYTHON, ["4", "4", "80000"], ["4", "4", "1000000"]),
    ("queue_large", PYTHON, ["300"], ["3000"]),
    ("latency", PYTHON, ["pipe", "5000"], ["pipe", "10000"]),
    ("latency", PYTHON, ["queue", "5000"], ["queue", "20000"]),
    ("lock", PYTHON, ["1", "5000000"], ["1", "5000000"]),
    ("lock", PYTHON, ["2", "1000000"], ["2", "1000000"]),
    ("lock", PYTHON, ["4", "1000000"], ["4", "1000000"]),
    ("synchronize", PYTHON, ["rlock", "5000000"], ["rlock", "5000000"]),
    ("synchronize", PYTHON, ["semaphore", "5000000"], ["semaphore", "5000000"]),
    ("synchronize", PYTHON, ["event", "5000"], ["event", "50000"]),
    ("pool_map", PYTHON, ["100000"], ["200000"]),
    ("cpu_bound", PYTHON, ["300000"], ["3000000"]),
    ("arrays", PYTHON, ["10000000"], ["10000000"]),
    ("value", PYTHON, ["2", "200000"], ["2", "2000000"]),
    ("serialise", PYTHON, ["0.2"], ["0.2"]),
    ("memory", PYTHON, [], []),
    ("cpu", LUA, ["primes", "300000"], ["primes", "300000"]),
    ("cpu", LUA, ["mandelbrot", "400"], ["mandelbrot", "400"]),
]

# Others can only slow these down, as one process does the same all the time: the best run counts.
# The rest depends on who runs when, and the median counts.
STEADY = ("interp.", "serialise.", "lock.uncontended", "synchronize.rlock",
          "synchronize.semaphore", "arrays.", "cpu.")


class Failure(Exception):
    """A run that gave no numbers."""


def read_floors():
    floors = {}
    with open(os.path.join(HERE, "floors")) as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                metric, peer, relation, bound = line.split()
                floors[metric] = (peer, relation, float(bound))
    return floors


def start_milliseconds(command, count):
    """The quickest of `count` starts that do nothing."""
    best = float("inf")
    argv = [*command, "-e", ""]
    with open(os.devnull, "w") as nowhere:
        actions = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)]
        for _ in range(count):
            began = time.perf_counter()
            pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions)
            status = os.waitpid(pid, 0)[1]
            best = min(best, time.perf_counter() - began)
            if status:
                raise Failure(f"status {status}")
    return best * 1e3


def run(workload, command, arguments):
    """The numbers of one run, by metric."""
    if workload == "interp":
        return {"interp.start_ms": start_milliseconds(command, int(arguments[0]))}
    suffix = "py" if command == [PYTHON] else "lua"
    argv = [*command, f"{HERE}/{workload}.{suffix}", *arguments]
    environment = dict(os.environ, LUA_PATH=f"{HERE}/?.lua;;", PYTHONDONTWRITEBYTECODE="1")
    try:
        done = subprocess.run(argv, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired:
        raise Failure(f"not done after {TIME_LIMIT} s") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise Failure(next((x for x in lines if "stack traceback" not in x), "")
                      or f"status {done.returncode}")
    pairs = [line.split() for line in done.stdout.splitlines()]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise Failure(f"no numbers but {done.stdout[:60]!r}")
    return {f"{workload}.{metric}": float(value) for metric, value in pairs}


def seconds_of_machine():
    with open("/proc/stat") as file:
        fields = [int(x) for x in file.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def seconds_of_ours():
    usages = [resource.getrusage(x) for x in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
    return sum(x.ru_utime + x.ru_stime for x in usages)


def run_undisturbed(attempts, *what):
    """Repeats a run in which other programs took much of the machine."""
    for attempt in range(attempts):
        before = time.monotonic(), seconds_of_machine(), seconds_of_ours()
        numbers = run(*what)
        after = time.monotonic(), seconds_of_machine(), seconds_of_ours()
        wall, machine, ours = (b - a for a, b in zip(before, after))
        if machine - ours <= 0.1 * wall * os.cpu_count() + 0.05:
            return numbers, False
        if attempt < attempts - 1:
            time.sleep(0.3)
    return numbers, True


def readable(value):
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:.3g} {unit}"
    return f"{value:.3g}"


def typical(metric, values):
    if not metric.startswith(STEADY):
        return statistics.median(values)
    return min(values) if metric.endswith("_ms") else max(values)


def meets(floor, ratio, value):
    peer, relation, bound = floor
    judged = value if peer == "-" else ratio
    return judged >= bound if relation == ">=" else judged <= bound


def shorten(arguments):
    """A tenth of the work, for a rough look."""
    return [str(int(x) // 10) if x.isdigit() and int(x) >= 60 else x for x in arguments]


def measure(workload, peer, peer_arguments, arguments, mplua, rounds):
    """All values by metric and by whom, and how many runs others disturbed."""
    values, disturbed, attempts = {}, 0, 3
    if peer == LUA:  # compared to the percent, by the best: many short runs, none repeated
        rounds, attempts = 4 * rounds, 1
    for _ in range(rounds):
        for who, command, given in (("mplua", mplua, arguments), (peer, [peer], peer_arguments)):
            try:
                numbers, was_disturbed = run_undisturbed(attempts, workload, command, given)
            except (Failure, OSError) as error:
                raise Failure(f"{who}: {error}") from None
            disturbed += was_disturbed
            for metric, value in numbers.items():
                values.setdefault(metric, {}).setdefault(who, []).append(value)
    return values, disturbed


def main():
    parser = argparse.ArgumentParser(description=__doc__, prog="scripts/bench")
    parser.add_argument("--quick", action="store_true", help="little work, two rounds: rough")
    parser.add_argument("--only", metavar="LIST", help="workloads, with commas between")
    parser.add_argument("--mplua", metavar="COMMAND", required=True,
                        help="what to measure (the release build)")
    options = parser.parse_args()
    names = list(dict.fromkeys(x[0] for x in WORKLOADS))
    only = options.only.split(",") if options.only else names
    unknown = set(only) - set(names)
    if unknown:
        parser.error(f"no such workload: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    mplua, rounds, floors = shlex.split(options.mplua), 2 if options.quick else 5, read_floors()
    python = subprocess.run([PYTHON, "--version"], capture_output=True, text=True).stdout.strip()
    lua = subprocess.run([LUA, "-v"], capture_output=True, text=True).stdout.split("  ")[0]
    print(f"{python}, {lua}, {os.cpu_count()} cores, {rounds} rounds")
    print(f"{'':28}{'mplua':>10}{'peer':>10}  {'':8}{'ratio':>8}   floor")
    failures = noisy = 0
    for workload, peer, peer_arguments, arguments in WORKLOADS:
        if workload not in only:
            continue
        if options.quick:
            peer_arguments, arguments = shorten(peer_arguments), shorten(arguments)
        label = " ".join([workload, *(x for x in arguments if x.isalpha())])
        try:
            values, disturbed = measure(workload, peer, peer_arguments, arguments, mplua, rounds)
        except Failure as failure:
            print(f"{label:28}{'FAILED':>10}  {failure}", flush=True)
            failures += 1
            continue
        noisy += disturbed
        for metric, by_who in values.items():
            ours, theirs = (typical(metric, by_who[x]) for x in ("mplua", peer))
            ratio = ours / theirs
            verdict = ""
            if metric in floors:
                good = meets(floors[metric], ratio, ours)
                failures += not good
                of_value = " itself" if floors[metric][0] == "-" else ""
                verdict = f"{floors[metric][1]} {floors[metric][2]:g}{of_value}  " \
                          f"{'ok' if good else 'MISSED'}"
            print(f"{metric:28}{readable(ours):>10}{readable(theirs):>10}  {peer:8}{ratio:>8.3g}"
                  f"   {verdict}", flush=True)
    if noisy:
        print(f"{noisy} runs were disturbed by other programs: look twice")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
