"""The long profile: every target for so many cases or so many seconds.

    python -m tests.fuzz [--runs N] [--seconds S] [TARGET ...]

Guided by coverage where atheris is installed, else by plain mutations of the seeds. What is found
is left in .reports/fuzz, and run again with ``python -m tests.fuzz --again FILE TARGET``.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz import targets

FOUND = Path(__file__).resolve().parents[2] / ".reports" / "fuzz"
RUNS, SECONDS = 100_000, 60
COUNTED = re.compile(rb"stat::number_of_executed_units:\s*(\d+)")
SLOW, MEMORY = 20, 2048
"""A case that takes so many seconds, or so many MB, is a finding."""


def guided(name: str, runs: int, seconds: int) -> tuple[int, bool]:
    """Run a target under atheris; return how many cases ran, and whether all of them held."""
    with tempfile.TemporaryDirectory() as folder:
        for k, seed in enumerate(targets.load(name).seeds()):
            (Path(folder) / f"seed-{k}").write_bytes(seed)
        command = [
            *(sys.executable, "-m", "tests.fuzz.guided", name, folder),
            *(
                f"-runs={runs}",
                f"-max_total_time={seconds}",
                f"-max_len={targets.TARGETS[name].most}",
            ),
            *(f"-timeout={SLOW}", f"-rss_limit_mb={MEMORY}", "-print_final_stats=1"),
            f"-artifact_prefix={FOUND / name}-",
        ]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
    counted = COUNTED.search(done.stdout)
    if done.returncode or counted is None:
        sys.stdout.write(done.stdout.decode(errors="replace")[-6000:])
    return (int(counted[1]) if counted else 0), done.returncode == 0


def unguided(name: str, runs: int, seconds: int) -> tuple[int, bool]:
    """Run a target on mutations of its seeds, and of what they became."""
    module, rng = targets.load(name), random.Random(0)
    pool = list(module.seeds())
    first, end = len(pool), time.monotonic() + seconds
    for k in range(runs):
        if time.monotonic() > end:
            return k, True
        data = (
            pool[k] if k < first else module.mutate(rng.choice(pool), targets.TARGETS[name].most, k)
        )
        if data is None:
            continue
        try:
            module.target(data)
        except BaseException:
            (FOUND / f"{name}-crash").write_bytes(data)
            raise
        pool[first + k % 500 :] = [*pool[first + k % 500 + 1 :], data]
    return runs, True


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz nbgrad.")
    parser.add_argument("targets", nargs="*", default=list(targets.TARGETS), metavar="TARGET")
    parser.add_argument("--runs", type=int, default=RUNS, help="cases for each target")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="longest time for each")
    parser.add_argument("--again", type=Path, metavar="FILE", help="run this one input")
    options = parser.parse_args()
    FOUND.mkdir(parents=True, exist_ok=True)
    if options.again is not None:
        for name in options.targets:
            targets.load(name).target(options.again.read_bytes())
        return 0
    run, how = (guided, "guided by coverage") if find_spec("atheris") else (unguided, "unguided")
    total, held = 0, True
    for name in options.targets:
        start = time.monotonic()
        cases, fine = run(name, options.runs, options.seconds)
        total, held = total + cases, held and fine
        verdict = "nothing found" if fine else f"FOUND, see {FOUND}"
        print(
            f"{name:8} {cases:>9,} cases, {time.monotonic() - start:4.0f} s: {verdict}", flush=True
        )
    print(f"{'total':8} {total:>9,} cases, {how}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
