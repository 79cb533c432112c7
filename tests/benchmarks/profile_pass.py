"""Where a pass spends its time, per function: `make profile`."""

from __future__ import annotations

import cProfile
import pstats
import sys

from tests.benchmarks.libraries import Library
from tests.benchmarks.workloads import make


def main(keys: list[str]) -> None:
    """Profile workloads, W1 and W3 unless others are named."""
    for key in keys or ["W1", "W3"]:
        workload = make(key)
        run = Library().prepare(workload)
        run()
        profiler = cProfile.Profile()
        rounds = max(3, 60_000 // workload.nodes)
        profiler.enable()
        for _ in range(min(rounds, 2000)):
            run()
        profiler.disable()
        print(f"\n{key}: {workload.title}, {workload.nodes} operations a round")
        pstats.Stats(profiler).strip_dirs().sort_stats("tottime").print_stats(18)


if __name__ == "__main__":
    main(sys.argv[1:])
