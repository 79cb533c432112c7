"""Between passes the C library keeps the memory of arrays of megabytes (glibc; nothing elsewhere)."""

import os
import platform
import subprocess
import sys

import pytest

TRAINING = """
import resource
import numpy as np
import nbgrad as ng

w = ng.Variable(np.full((1024, 1024), 0.5))

def step():
    w.cleargrad()
    (np.tanh(w * 2.0) + w).sum().backward()

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

for _ in range(3):
    step()
before = faults()
for _ in range(10):
    step()
print(faults() - before)
"""


def faults_of_ten_passes(**environment: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", TRAINING],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_a_training_loop_gets_its_arrays_without_page_faults():
    # Each pass makes eight arrays of 8 MB, two thousand pages each.
    assert faults_of_ten_passes() < 1000


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
@pytest.mark.parametrize("setting", [
    {"MALLOC_TRIM_THRESHOLD_": "131072"}, {"NBGRAD_KEEP_MEMORY": "0"},
])  # fmt: skip
def test_the_environment_has_the_last_word(setting):
    assert faults_of_ten_passes(**setting) > 10_000


ASKED = """
import sys
{before}
import numpy as np
import nbgrad as ng
from nbgrad.engine.memory import state

asked = [state.asked]
for n, dtype in ((10, "f8"), (2**19, "f4")):
    ng.square(ng.Variable(np.ones(n, dtype))).sum().backward()
    asked.append(state.asked)
print(asked, "ctypes" in sys.modules)
"""


@pytest.mark.parametrize("before", ["", "sys.modules['ctypes'] = None"])
def test_the_first_pass_over_megabytes_asks(before):
    done = subprocess.run(
        [sys.executable, "-c", ASKED.format(before=before)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("[False, False, True]")
