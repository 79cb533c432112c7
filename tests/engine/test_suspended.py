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


@pytest.mark.parametrize("function", [leaks, leaks_from_a_branch, delegates, leaks_and_waits])
def test_a_with_that_a_generators_consumer_is_in_too(function):
    name = "enable_grad" if function is leaks_from_a_branch else "no_grad"
    words = (
        rf"^{name} goes on while the generator {function.__name__} waits .* @{name}\(\) above def"
    )
    with pytest.warns(ng.GradModeWarning, match=words) as caught:
        listed(function())
    assert caught[0].filename == __file__
    assert on()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("function", [tidy, waits, ng.no_grad(tidy)])
def test_a_with_that_the_consumer_is_not_in(function):
    listed(function())
    assert on()


@pytest.mark.filterwarnings("error")
def test_a_context_manager_that_yields_within_one():
    with meant():
        assert not on()
    assert on()
