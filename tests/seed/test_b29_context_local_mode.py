"""B29: the flag was process-wide: other threads and suspended generators saw it."""

import threading

import numpy as np

import nbgrad as ng
from tests.seed.steps import square


def test_b29_other_threads_record():
    seen = []
    with ng.no_grad():
        thread = threading.Thread(target=lambda: seen.append(ng.Config.enable_backprop))
        thread.start()
        thread.join()
    assert seen == [True]


def test_b29_a_suspended_generator_does_not_leak_its_mode():
    @ng.no_grad()
    def results():
        while True:
            yield square(ng.Variable(np.array(2.0)))

    generator = results()
    assert next(generator).creator is None
    assert square(ng.Variable(np.array(2.0))).creator is not None
    assert next(generator).creator is None
