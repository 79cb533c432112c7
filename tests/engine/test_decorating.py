"""A grad mode as a decorator: of functions, methods, generators, coroutines and classes."""

from __future__ import annotations

import asyncio
import functools
import gc
import inspect

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.tiny import listed, on


@pytest.mark.parametrize(
    "decorate", [ng.no_grad, ng.no_grad(), ng.using_config("enable_backprop", False)]
)
def test_a_decorated_function(decorate):
    @decorate
    def function(a, *, b=2):
        """Doc."""
        return on(), a, b

    assert function(1, b=3) == (False, 1, 3)
    assert on()
    assert (function.__name__, function.__doc__) == ("function", "Doc.")
    assert str(inspect.signature(function)) == "(a, *, b=2)"

    @decorate
    def fails():
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        fails()
    assert on()


def test_a_decorated_method_and_recursion():
    class Model:
        @ng.no_grad()
        def predict(self, depth):
            return [on(), *(self.predict(depth - 1) if depth else [])]

    assert Model().predict(3) == [False] * 4
    assert on()


def test_a_decorated_generator():
    @ng.no_grad()
    def generator():
        got = yield on()
        while True:
            got = yield on(), got

    g = generator()
    assert inspect.isgeneratorfunction(generator)
    assert next(g) is False
    assert on()
    assert g.send("a") == (False, "a")
    assert on()
    with ng.enable_grad():
        assert g.send("b") == (False, "b")
    g.close()
    assert on()


def test_a_decorated_generator_that_returns_throws_and_cleans_up():
    said = []

    @ng.no_grad()
    def generator():
        try:
            try:
                yield 1
            except KeyError as error:
                said.append(("caught", str(error), on()))
            yield 2
            return "done"
        finally:
            said.append(("finally", on()))

    def outer():
        said.append((yield from generator()))

    g = outer()
    assert next(g) == 1
    assert g.throw(KeyError("x")) == 2
    assert list(g) == []
    assert said == [("caught", "'x'", False), ("finally", False), "done"]
    g = generator()
    next(g)
    with pytest.raises(ValueError, match="out"):
        g.throw(ValueError("out"))
    assert said[-1] == ("finally", False)
    assert on()


def test_a_dropped_decorated_generator_is_closed():
    said = []

    @ng.no_grad()
    def generator():
        try:
            yield 1
        finally:
            said.append(on())

    gc.disable()
    try:
        g = generator()
        next(g)
        del g
        assert said == [False]
    finally:
        gc.enable()
    assert on()


def test_a_generator_that_ignores_close():
    @ng.no_grad()
    def generator():
        while True:
            try:
                yield 1
            except GeneratorExit:
                yield 2

    g = generator()
    next(g)
    with pytest.raises(RuntimeError, match="ignored GeneratorExit"):
        g.close()
    assert on()


def test_a_decorated_coroutine():
    @ng.no_grad()
    async def coroutine(a):
        before = on()
        await asyncio.sleep(0)
        return before, on(), a

    assert inspect.iscoroutinefunction(coroutine)
    assert asyncio.run(coroutine(3)) == (False, False, 3)
    assert on()


def test_a_decorated_asynchronous_generator():
    said = []

    @ng.no_grad()
    async def generator():
        try:
            got = None
            for _ in range(3):
                await asyncio.sleep(0)
                try:
                    got = yield on(), got
                except KeyError:
                    said.append(on())
        finally:
            said.append(on())

    async def main():
        assert [item async for item in generator()] == [(False, None)] * 3
        g = generator()
        assert await g.asend(None) == (False, None)
        assert on()
        assert await g.asend("a") == (False, "a")
        assert await g.athrow(KeyError) == (False, "a")
        assert on()
        await g.aclose()
        assert on()

    assert inspect.isasyncgenfunction(generator)
    asyncio.run(main())
    assert said == [False, False, False]
    assert on()


def test_what_else_can_be_decorated():
    class Model:
        def __call__(self):
            yield on()

        async def agen(self):
            yield on()

        @ng.no_grad()
        @staticmethod
        def static():
            return on()

        @ng.no_grad()
        @classmethod
        def of_class(cls):
            return cls, on()

        @ng.no_grad()
        @property
        def prop(self):
            """Doc."""
            return on()

    model = Model()
    items = ng.no_grad(model)()
    assert next(items) is False
    assert on()
    assert list(ng.no_grad(functools.partial(model))()) == [False]
    assert listed(ng.no_grad(model.agen)()) == [False]
    assert (model.static(), model.of_class(), model.prop) == (False, (Model, False), False)
    assert Model.prop.__doc__ == "Doc."
    for what in (3, "x", np.ones(2), [], ng.Variable(np.ones(2))):
        with pytest.raises(ng.OperandError, match=r"^no_grad decorates a function, not"):
            ng.no_grad(what)


@pytest.mark.parametrize("decorate", [ng.no_grad, ng.no_grad()])
def test_a_decorated_class_is_still_a_class_and_warns(decorate):
    class Model:
        def __init__(self):
            self.made = on()

        def forward(self):
            return on()

    with pytest.warns(ng.GradModeWarning, match=r"^@no_grad on the class Model holds") as caught:
        decorated = decorate(Model)
    assert caught[0].filename == __file__
    assert decorated is Model
    assert (Model().made, Model().forward()) == (False, True)
