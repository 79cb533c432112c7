"""Work in threads that start together and change turns often."""

import sys
import threading

import pytest

from tests.engine.tiny import same


@pytest.fixture(autouse=True)
def frequent_switches():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(*works):
    """Run functions in threads that start together; raise what any of them raised."""
    barrier = threading.Barrier(len(works))
    errors = []

    def run(work):
        barrier.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    threads = [threading.Thread(target=run, args=(w,)) for w in works]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if errors:
        raise errors[0]


def differing(run, times):
    """Run ``run(seed, k)`` often for each of four seeds, in threads at once.

    Returns the seeds for which it gave other gradients than alone.
    """
    expected = [run(seed, 0) for seed in range(4)]
    wrong = []

    def work(seed):
        wrong.extend(seed for k in range(times) if not same(run(seed, k), expected[seed]))

    at_once(*(lambda s=s: work(s) for s in range(4)))
    return wrong
