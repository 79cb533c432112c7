"""A grad mode that goes on while a generator waits."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

import nbgrad as ng
from tests.engine.tiny import listed, on


def leaks():
    with ng.no_grad():
        yield 1


def leaks_from_a_branch():
    for i in range(2):
        with contextlib.nullcontext(), ng.enable_grad():
            try:
                raise ValueError
            except ValueError:
                yield i


def delegates():
    with ng.no_grad():
        yield from tidy()


def tidy():
    with ng.no_grad():
        y = on()
    yield y


def leaks_from_a_stack():
    with contextlib.ExitStack() as stack:
        for i in range(1):
            with contextlib.suppress(ValueError):
                stack.enter_context(ng.no_grad())
            yield i


async def leaks_from_an_async_stack():
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(ng.no_grad())
        await asyncio.sleep(0)
        yield on()


def leaks_through_a_context_manager():
    with meant():
        yield 1


def leaks_again_in_a_loop():
    with contextlib.ExitStack() as stack:
        while True:
            yield 1
            if not on():
                return
            stack.enter_context(ng.no_grad())


def closes_stacks():
    with contextlib.ExitStack() as outer:
        yield on()
        with contextlib.ExitStack() as stack:
            stack.enter_context(ng.no_grad())
            stack.enter_context(meant())
        stack = contextlib.ExitStack()
        stack.enter_context(ng.no_grad())
        stack.close()
        yield on()
        outer.enter_context(ng.no_grad())
    yield on()


def leaks_checks():
    with contextlib.ExitStack() as stack:
        stack.enter_context(ng.detect_anomaly())
        yield 1


@contextlib.contextmanager
def meant():
    with ng.no_grad():
        yield


async def waits():
    with ng.no_grad():
        await asyncio.sleep(0)
    yield on()


async def leaks_and_waits():
    with ng.no_grad():
        await asyncio.sleep(0)
        yield on()


def enters_a_stack_of_others():
    kept.enter_context(ng.no_grad())
    yield on()


kept = contextlib.ExitStack()


LEAKS = [
    leaks, leaks_from_a_branch, delegates, leaks_and_waits, leaks_from_a_stack,
    leaks_from_an_async_stack, leaks_through_a_context_manager, leaks_again_in_a_loop,
]  # fmt: skip


@pytest.mark.parametrize("function", LEAKS)
def test_a_with_that_a_generators_consumer_is_in_too(function):
    name = "enable_grad" if function is leaks_from_a_branch else "no_grad"
    words = (
        rf"^{name} goes on while the generator {function.__name__} waits .* @{name}\(\) above def"
    )
    with pytest.warns(ng.GradModeWarning, match=words) as caught:
        listed(function())
    assert caught[0].filename == __file__
    assert on()


def test_checks_that_a_generators_consumer_is_in_too():
    words = "^detect_anomaly goes on .* until the generator ends. Yield outside of the with.$"
    with pytest.warns(ng.GradModeWarning, match=words):
        listed(leaks_checks())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("function", [tidy, waits, closes_stacks, ng.no_grad(tidy)])
def test_a_with_that_the_consumer_is_not_in(function):
    listed(function())
    assert on()


@pytest.mark.filterwarnings("error")
def test_a_stack_that_a_generator_only_fills_is_not_its_own():
    with kept:
        listed(enters_a_stack_of_others())
        assert not on()
    assert on()


@pytest.mark.filterwarnings("error")
def test_a_context_manager_that_yields_within_one():
    with meant():
        assert not on()
    assert on()
