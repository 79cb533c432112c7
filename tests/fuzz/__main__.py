"""The long profile: every target for a number of cases or of seconds.

    python -m tests.fuzz [--examples N] [--runs N] [--seconds S] [TARGET ...]

With --examples the property tests of all folders come first. The targets are guided by coverage
where atheris is installed, else by plain mutations of the seeds. What is found is left in
.reports/fuzz, and run again with ``python -m tests.fuzz --again FILE TARGET``.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz import targets

FOUND = Path(__file__).resolve().parents[2] / ".reports" / "fuzz"
RUNS, SECONDS = 100_000, 60
PASSED = re.compile(rb"- (\d+) passing\b")
COUNTED = re.compile(rb"stat::number_of_executed_units:\s*(\d+)")
POOL = 1000
"""How many inputs are mutated further where nothing guides."""
SLOW, MEMORY = 20, 2048
"""A case that takes more seconds, or more MB, is a finding."""


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
    module, rng, most = targets.load(name), random.Random(0), targets.TARGETS[name].most
    seeds: list[bytes] = module.seeds()
    pool = list(seeds)
    end, ran = time.monotonic() + seconds, 0
    for k in itertools.count():
        if ran >= runs or time.monotonic() > end:
            break
        data = seeds[k] if k < len(seeds) else module.mutate(rng.choice(pool), most, k)
        if data is None:
            continue
        ran += 1
        try:
            module.target(data)
        except Exception:  # noqa: BLE001 - whatever does not hold
            traceback.print_exc()
            (FOUND / f"{name}-crash").write_bytes(data)
            return ran, False
        if len(pool) < POOL:
            pool.append(data)
        else:
            pool[rng.randrange(len(seeds), POOL)] = data
    return ran, True


def properties(examples: int) -> tuple[int, bool]:
    """Run the property tests of all folders with a number of cases for each; return as the others do."""
    left_out = ("browser", "packaging", "benchmarks")
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-m", "hypothesis or fuzz"),
        *(("-n", "auto") if find_spec("xdist") else ()),
        *("--hypothesis-profile=fuzz", "--hypothesis-show-statistics"),
        *(f"--ignore=tests/{folder}" for folder in left_out),
    ]
    given = {**os.environ, "FUZZ_EXAMPLES": str(examples), "NBGRAD_FUZZ": "1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, env=given, check=False)
    if done.returncode:
        sys.stdout.write(done.stdout.decode(errors="replace"))
    return sum(map(int, PASSED.findall(done.stdout))), done.returncode == 0


def report(name: str, start: float, cases: int, fine: bool) -> None:
    verdict = "nothing found" if fine else f"FOUND, see above and {FOUND}"
    print(f"{name:10} {cases:>9,} cases, {time.monotonic() - start:4.0f} s: {verdict}", flush=True)


def main() -> int:
    options = arguments()
    FOUND.mkdir(parents=True, exist_ok=True)
    if options.again is not None:
        for name in options.targets:
            targets.load(name).target(options.again.read_bytes())
        return 0
    results = []
    if options.examples:
        start = time.monotonic()
        results.append(properties(options.examples))
        report("properties", start, *results[-1])
    has_atheris = find_spec("atheris") is not None
    run = guided if has_atheris else unguided

    def one(name: str) -> tuple[int, bool]:
        start = time.monotonic()
        result = run(name, options.runs, options.seconds)
        report(name, start, *result)
        return result

    if has_atheris:  # each target is a process of its own
        with ThreadPoolExecutor(os.cpu_count()) as several:
            results += several.map(one, options.targets)
    else:
        results += map(one, options.targets)
    how = "guided by coverage" if has_atheris else "unguided: atheris is not installed"
    print(f"{'total':10} {sum(cases for cases, _ in results):>9,} cases, the targets {how}")
    return 0 if all(fine for _, fine in results) else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz nbgrad.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(targets.TARGETS))
    parser.add_argument("--runs", type=int, default=RUNS, help="cases for each target")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="longest time for each")
    parser.add_argument("--examples", type=int, default=0, help="cases for each property test")
    parser.add_argument("--again", type=Path, metavar="FILE", help="run this one input")
    options = parser.parse_args()
    options.targets = options.targets or list(targets.TARGETS)
    if unknown := set(options.targets) - set(targets.TARGETS):
        parser.error(f"there is no target {', '.join(unknown)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
