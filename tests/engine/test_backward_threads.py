"""Passes in threads: graphs of their own, leaves in common, one instance for all."""

import os
import sys
import threading

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine import commit
from nbgrad.engine.commit import private
from nbgrad.engine.sentinels import reading_and_setting
from tests.engine.threads import at_once, differing, frequent_switches
from tests.engine.tiny import Both, Keeps, Mul, Square, grads, leaf, random_graph

__all__ = ["frequent_switches"]  # a fixture


def test_graphs_of_their_own():
    def run(seed, k):
        graph = random_graph(seed)
        graph.root.backward(retain_grad=True)
        return grads(graph)

    assert differing(run, 20) == []


@pytest.mark.parametrize("shape", [(), (5,)])
@pytest.mark.parametrize("read", [False, True])
def test_a_leaf_in_common_loses_nothing(shape, read):
    x = ng.Variable(np.ones(shape))
    roots = [Square()(x) * 0.5 for _ in range(4)]

    def work(y):
        for _ in range(300):
            y.backward()
            if read:
                x.grad.sum()

    at_once(*(lambda y=y: work(y) for y in roots))
    assert np.all(x.grad == 4 * 300)


def test_a_graph_in_common():
    x = leaf(3.0)
    y = Both()(Square()(x))[1] * 1.0
    at_once(*([lambda: [y.backward() for _ in range(100)]] * 4))
    assert x.grad == 400 * 4 * 27.0


def test_one_instance_for_all_threads():
    wrong = []
    for _ in range(60):
        f = Keeps()

        def work(value, f=f):
            for _ in range(3):
                x = leaf(value)
                f(x).backward()
                if x.grad != 2 * value:
                    wrong.append((value, x.grad))

        at_once(*(lambda v=v: work(v) for v in (1.0, 2.0, 3.0)))
    assert wrong == []


def test_second_derivatives_in_threads():
    wrong = []

    def work(value):
        for _ in range(20):
            x = leaf(value)
            y = Mul()(x, Square()(x))
            y.backward(create_graph=True)
            g = x.grad
            x.cleargrad()
            g.backward()
            if x.grad != 6 * value:
                wrong.append(value)
            if type(x.data) is not np.ndarray:
                wrong.append("data")

    at_once(*(lambda v=v: work(v) for v in (1.0, 2.0, 3.0)))
    assert wrong == []


def test_a_failing_pass_beside_others():
    class Fails(Square):
        def backward(self, gy):
            raise ValueError("injected")

    x = leaf(1.0)
    good, bad = Square()(x), Fails()(Square()(x))

    def fail():
        for _ in range(200):
            with pytest.raises(ValueError, match="injected"):
                bad.backward()

    at_once(lambda: [good.backward() for _ in range(200)], fail)
    assert x.grad == 400.0


if hasattr(os, "fork"):

    def test_a_forked_child_does_not_wait_for_a_lock():
        x = leaf(1.0)
        y = Square()(x)
        stop = threading.Event()

        def busy():
            while not stop.is_set():
                y.backward()

        thread = threading.Thread(target=busy)
        thread.start()
        try:
            for _ in range(10):
                child = os.fork()
                if child == 0:
                    sys.settrace(None)  # a measurement of coverage has locks of its own
                    z = leaf(3.0)
                    Square()(z).backward()
                    os._exit(0 if z.grad == 6.0 else 1)
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        finally:
            stop.set()
            thread.join()


def test_no_lock_is_held_while_numpy_works(monkeypatch):
    free = []

    def watched(g, x, state):
        def ask():
            free.append(reading_and_setting.acquire(timeout=5))
            reading_and_setting.release()

        other = threading.Thread(target=ask)
        other.start()
        other.join()
        return private(g, x, state)

    monkeypatch.setattr(commit, "private", watched)
    x = leaf(2.0)
    Mul()(x, x).backward()
    assert free == [True]
    assert x.grad == 4.0


def test_what_another_thread_added_meanwhile_is_not_lost(monkeypatch):
    others = [np.array(10.0), np.array(100.0)]

    def interrupted(g, x, state):
        if others:
            x.grad = others.pop()
        return private(g, x, state)

    monkeypatch.setattr(commit, "private", interrupted)
    x = leaf(2.0)
    Mul()(x, x).backward()
    assert x.grad == 104.0
    assert len(others) == 1
