"""Shared by the Python workloads."""
import multiprocessing
import statistics
from time import monotonic as now  # noqa: F401

mp = multiprocessing.get_context("fork")
median = statistics.median


def report(metric, value):
    """One line that the runner reads."""
    print(f"{metric} {value:.6g}", flush=True)


def record(i):
    """The message of the record workloads: what a program typically sends."""
    return (i, "name", i * 1.5, True)
