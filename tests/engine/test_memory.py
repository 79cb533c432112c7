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
def test_the_environment_still_has_the_last_word():
    assert faults_of_ten_passes(MALLOC_TRIM_THRESHOLD_="131072") > 10_000


def test_a_python_without_ctypes_will_do():
    code = "import sys; sys.modules['ctypes'] = None; import nbgrad"
    subprocess.run([sys.executable, "-c", code], check=True)
