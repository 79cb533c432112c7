"""One deep chain in a process of its own: seconds and bytes per node, as JSON.

python -m tests.benchmarks.deep LIBRARY NODES
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np


def resident(field: str = "VmHWM") -> int:
    """Bytes of memory of this process: now (VmRSS), or at most so far (VmHWM); Linux only."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) * 1024


def measure(name: str, n: int) -> dict[str, float]:
    """Build a chain of n additions, go back through it, and free it."""
    from .libraries import BY_NAME
    from .workloads import additions

    library = BY_NAME[name]()
    leaves = [library.leaf(np.array(v)) for v in (1.0, 1e-6)]
    additions(None, leaves, [], 100).backward()
    for leaf in leaves:
        library.gradient(leaf)
    gc.collect()
    gc.freeze()
    before, start = resident("VmRSS"), time.process_time()
    y = additions(None, leaves, [], n)
    forward = time.process_time()
    y.backward()
    backward = time.process_time()
    memory = resident() - before
    gradients = [float(library.gradient(leaf)) for leaf in leaves]
    assert gradients == [1.0, float(n)], gradients
    after = time.process_time()
    del y
    gc.collect()
    freed = time.process_time()
    return {
        "forward": (forward - start) / n,
        "backward": (backward - forward) / n,
        "free": (freed - after) / n,
        "bytes": memory / n,
    }


def in_a_process(name: str, n: int) -> dict[str, float]:
    """Measure in a fresh interpreter; raises CalledProcessError where the library gives up."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.deep", name, str(n)]
    # An idle thread of OpenBLAS spins for 2^28 ticks after the import, some 95 ms, and all of it
    # would count: a pass of 10,000 nodes takes 16.
    calm = os.environ | {"OPENBLAS_THREAD_TIMEOUT": "4"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=calm)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
