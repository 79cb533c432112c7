"""Threads, tasks, executors and suspended generators: each gets the mode and gradients due to it."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.tracing import Trace
from nbgrad.views.repr.html import variable_html
from tests.engine.threads import at_once, differing, frequent_switches
from tests.engine.tiny import on, same
from tests.robustness.random_programs import nbgrad_run, random_program

__all__ = ["frequent_switches"]  # a fixture


# ---------------------------------------------------------------- gradients


def grads(ran):
    return [None if x.grad is None else np.array(x.grad) for x in ran.leaves]


def passes(y, stop):
    """Run many passes, then stop the others."""
    try:
        for _ in range(300):
            y.backward()
    finally:
        stop.set()


def test_built_in_operations_on_graphs_of_their_own():
    def run(seed, k):
        ran = nbgrad_run(random_program(seed))
        (ran.root.backward, lambda: ng.trace(ran.root))[k % 2]()
        return grads(ran)

    assert differing(run, 25) == []


@pytest.mark.parametrize("shape", [(), (200,)])
@pytest.mark.parametrize("create_graph", [False, True])
def test_one_leaf_for_all_threads_gets_every_gradient(shape, create_graph):
    """Passes, traces and retaining passes at once, through built-in operations."""
    x = ng.Variable(np.ones(shape), "x")
    roots = [ng.sum(ng.square(x) * 0.5) for _ in range(4)]
    ways = [
        lambda y: y.backward(create_graph=create_graph),
        lambda y: y.backward(retain_grad=True),
        ng.trace,
        lambda y: y.backward(use_heap=True),
    ]

    def work(y, way):
        for _ in range(200):
            way(y)

    at_once(*(lambda y=y, w=w: work(y, w) for y, w in zip(roots, ways, strict=True)))
    total = x.grad.data if isinstance(x.grad, ng.Variable) else x.grad
    assert np.all(total == 4 * 200)


def test_a_graph_is_looked_at_while_passes_run():
    x = ng.Variable(np.ones(5), "x")
    y = ng.sum(ng.tanh(x) * x)
    stop = threading.Event()
    seen = []

    def look():
        while not stop.is_set():
            seen.append(len(variable_html(y)))
            seen.append(len(str(ng.graph(y))))
            seen.append(y.creator is not None)

    at_once(lambda: passes(y, stop), look, look)
    single = ng.Variable(np.ones(5))
    ng.sum(ng.tanh(single) * single).backward()
    assert np.allclose(x.grad, 300 * single.grad)
    assert all(seen)


def test_a_trace_is_worked_out_by_several_threads_at_once():
    y = nbgrad_run(random_program(4)).root
    right = ng.trace(y, apply=False)
    right.parts  # worked out alone
    for _ in range(20):
        trace = ng.trace(y, apply=False)
        texts = []
        at_once(*([lambda t=trace, out=texts: out.append((str(t), t == right))] * 4))
        assert set(texts) == {(str(right), True)}
        assert isinstance(Trace.from_dict(trace.to_dict()), Trace)


def test_gradients_are_cleared_while_passes_run():
    """A clear between two passes is seen whole: there is never half a gradient."""
    x = ng.Variable(np.ones(50), "x")
    y = ng.sum(x * 3.0)
    stop, wrong = threading.Event(), []

    def clear():
        while not stop.is_set():
            x.cleargrad()
            g = x.grad
            if g is not None and (g % 3.0).any():
                wrong.append(g)

    at_once(lambda: passes(y, stop), clear)
    assert wrong == []
    assert x.grad is None or not (x.grad % 3.0).any()


# ---------------------------------------------------------------- modes


def test_executors():
    """A pool's thread starts with the default; a context that is handed over comes along."""
    with ThreadPoolExecutor(2) as pool, ng.no_grad():
        assert pool.submit(on).result() is True
        assert list(pool.map(lambda _: on(), range(4))) == [True] * 4
        assert pool.submit(contextvars.copy_context().run, on).result() is False
        assert not on()
    assert on()


def test_an_executors_thread_is_not_left_in_a_mode():
    def inside():
        with ng.no_grad():
            return on()

    def fails():
        with ng.no_grad():
            raise ValueError("in the middle")

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(inside).result() is False
        with pytest.raises(ValueError, match="in the middle"):
            pool.submit(fails).result()
        assert pool.submit(on).result() is True


def test_to_thread_and_run_in_executor_under_a_decorated_coroutine():
    @ng.no_grad()
    async def work():
        loop = asyncio.get_running_loop()
        plain = await loop.run_in_executor(None, on)
        along = await asyncio.to_thread(on)
        handed = await loop.run_in_executor(None, contextvars.copy_context().run, on)
        return plain, along, handed, on()

    async def main():
        return await work(), on()

    # run_in_executor starts without the context: as asyncio documents.
    assert asyncio.run(main()) == ((True, False, False, False), True)


@ng.no_grad()
def decorated():
    while True:
        yield on()


def plain_generator():
    with ng.no_grad():
        while True:
            yield on()


def test_decorated_generators_are_suspended_in_tasks():
    """Suspended, a decorated generator leaves its consumer's mode alone; resumed, it has its own."""

    async def task(mode, expected):
        generator, seen = decorated(), []
        with mode():
            for _ in range(20):
                seen.append((next(generator), on()))
                await asyncio.sleep(0)
        return set(seen) == {(False, expected)}

    async def main():
        modes = [(ng.no_grad, False), (ng.enable_grad, True)] * 3
        return await asyncio.gather(*(task(*mode) for mode in modes))

    assert asyncio.run(main()) == [True] * 6
    assert on()


def test_one_decorated_generator_is_resumed_by_task_after_task():
    generator = decorated()

    async def task():
        seen = []
        for _ in range(10):
            seen.append((next(generator), on()))
            await asyncio.sleep(0)
        return set(seen)

    async def main():
        return await asyncio.gather(task(), task(), task())

    assert asyncio.run(main()) == [{(False, True)}] * 3
    generator.close()
    assert on()


def test_decorated_generators_in_threads_at_once():
    wrong = []

    def work():
        for _ in range(30):
            generator = decorated()
            for _ in range(5):
                wrong.extend(["suspended"] * ((next(generator), on()) != (False, True)))
            generator.close()
            if not on():
                wrong.append("closed")

    at_once(work, work, work, work)
    assert wrong == []


@pytest.mark.filterwarnings("ignore::nbgrad.GradModeWarning")
def test_a_generator_with_a_with_of_its_own_does_not_reach_other_threads():
    generator = plain_generator()
    assert next(generator) is False
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(on).result() is True
        pool.submit(generator.close).result()
        assert pool.submit(on).result() is True
    # It was left in another thread, which cannot take this thread's override back.
    with ng.enable_grad():
        assert on()
    from nbgrad.engine.grad_mode import override

    override.set(None)
    assert on()


def test_the_default_is_set_while_threads_read_it():
    seen, stop = set(), threading.Event()

    def read():
        while not stop.is_set():
            y = ng.square(ng.Variable(np.array(2.0)))
            seen.add((y.creator is None) == (y._inputs == ()))

    def write():
        try:
            for k in itertools.count():
                ng.Config.enable_backprop = bool(k % 2)
                if k > 400 and seen:
                    return
        finally:
            ng.Config.enable_backprop = True
            stop.set()

    at_once(write, read, read)
    assert seen == {True}


def test_passes_in_tasks_that_take_turns():
    """A pass runs to its end within one task's turn; modes of the others do not reach it."""

    async def task(seed, mode):
        program = random_program(seed, 6, without=("no_grad",))
        ran = nbgrad_run(program)
        with mode():
            for _ in range(5):
                ran.root.backward()
                await asyncio.sleep(0)
        return grads(ran)

    async def main():
        return await asyncio.gather(
            *(task(s, (ng.no_grad, ng.enable_grad)[s % 2]) for s in range(6))
        )

    for seed, found in enumerate(asyncio.run(main())):
        ran = nbgrad_run(random_program(seed, 6, without=("no_grad",)))
        for _ in range(5):
            ran.root.backward()
        assert same(found, grads(ran))
