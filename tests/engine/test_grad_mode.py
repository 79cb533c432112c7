"""Grad mode: two levels, always restored, on everything that can be decorated."""

import asyncio
import contextlib
import functools
import gc
import inspect

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.tiny import Square, leaf


def on():
    """Whether a Function called here is recorded; checked against what Config says."""
    recorded = Square()(leaf(1.0)).creator is not None
    assert ng.Config.enable_backprop is recorded
    assert ((leaf(1.0) * 2.0).creator is not None) is recorded
    return recorded


def test_with():
    with ng.no_grad():
        assert not on()
        with ng.enable_grad():
            assert on()
            with ng.using_config("enable_backprop", False):
                assert not on()
            assert on()
        assert not on()
    assert on()


def test_the_process_wide_default():
    ng.Config.enable_backprop = False
    try:
        assert not on()
        with ng.enable_grad():
            assert on()
            ng.Config.enable_backprop = True
            assert on()
            ng.Config.enable_backprop = False
            assert on()
        assert not on()
    finally:
        ng.Config.enable_backprop = True
    assert on()
    with ng.no_grad():
        ng.Config.enable_backprop = True
        assert not on()
    assert on()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_restored_by_any_exception(error):
    def fail():
        with ng.no_grad():
            assert not on()
            raise error

    with pytest.raises(error):
        fail()
    assert on()


def test_restored_by_return_break_continue():
    def early():
        with ng.no_grad():
            return on()

    assert early() is False
    for _ in range(2):
        with ng.no_grad():
            continue
    for _ in range(2):
        with ng.no_grad():
            break
    assert on()


def test_one_object_may_be_entered_again():
    mode = ng.no_grad()
    with mode:
        with mode:
            assert not on()
        assert not on()
    assert on()
    with mode:
        assert not on()
    assert on()


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


def hold(mode):
    with mode:
        yield on()


@pytest.mark.filterwarnings("ignore::nbgrad.GradModeWarning")
@pytest.mark.parametrize(
    "closing", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0), (0, 2, 1), (2, 0, 1)]
)
def test_interleaved_generators_exit_in_any_order(closing):
    generators = [hold(ng.no_grad()), hold(ng.enable_grad()), hold(ng.no_grad())]
    modes = [next(g) for g in generators]
    assert modes == [False, True, False]
    left = [0, 1, 2]
    for i in closing:
        generators[i].close()
        left.remove(i)
        assert on() is (modes[left[-1]] if left else True)


@pytest.mark.filterwarnings("ignore::nbgrad.GradModeWarning")
def test_exits_inside_another_context():
    import contextvars

    g = hold(ng.no_grad())
    next(g)
    contextvars.copy_context().run(g.close)
    assert not on()
    with ng.enable_grad():
        assert on()
    # The override belongs to this context, which the generator left through another one.
    from nbgrad.engine.grad_mode import override

    override.set(None)
    assert on()


BAD_NAMES = ["enable_backpropagation", "train", "", "__class__x"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_an_unknown_name_lists_the_valid_ones(name):
    words = f"Config has no setting {name!r}. The settings are: 'enable_backprop' (bool)."
    for use in (
        lambda: ng.using_config(name, True),
        lambda: setattr(ng.Config, name, True),
        *([lambda: getattr(ng.Config, name)] if not name.startswith("__") else []),
    ):
        with pytest.raises(ng.ConfigError) as caught:
            use()
        assert str(caught.value) == words
    assert on()


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError):
        ng.Config.foo
    assert not hasattr(ng.Config, "foo")
    assert getattr(ng.Config, "foo", 3) == 3


@pytest.mark.parametrize("value", ["off", None, 2, 0.5, [], np.array([True, False])])
def test_a_bad_value(value):
    for use in (
        lambda: ng.using_config("enable_backprop", value),
        lambda: setattr(ng.Config, "enable_backprop", value),
    ):
        with pytest.raises(
            ng.ConfigError, match=r"Config\.enable_backprop must be True or False, not"
        ):
            use()
    assert on()


@pytest.mark.parametrize("value", [0, 1, np.True_, np.False_])
def test_other_truths(value):
    with ng.using_config("enable_backprop", value):
        assert on() is bool(value)


def test_backward_of_an_unrecorded_result_says_so():
    with ng.no_grad():
        y = Square()(leaf(2.0, "x"))
        z = leaf(2.0) * 3.0
    y.name = "y"
    with pytest.raises(ng.NoGraphError) as caught:
        y.backward()
    assert str(caught.value) == (
        "backward() of y: it was made under no_grad, so it has no graph to go back through. "
        "Compute it outside no_grad, from Variables."
    )
    with pytest.raises(
        ng.NoGraphError, match=r"^backward\(\) of this variable: it was made under no_grad"
    ):
        z.backward()


def test_a_leaf_made_under_no_grad_is_a_leaf():
    with ng.no_grad():
        x = leaf(2.0)
    Square()(x).backward()
    assert x.grad == 4.0


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


def run(function):
    async def items():
        return [item async for item in function()]

    if inspect.isasyncgenfunction(function):
        return asyncio.run(items())
    if function is meant:
        with function():
            return on()
    return list(function())


@pytest.mark.parametrize("function", [leaks, leaks_from_a_branch, delegates, leaks_and_waits])
def test_a_with_that_a_generators_consumer_is_in_too(function):
    name = "enable_grad" if function is leaks_from_a_branch else "no_grad"
    words = (
        rf"^{name} goes on while the generator {function.__name__} waits .* @{name}\(\) above def"
    )
    with pytest.warns(ng.GradModeWarning, match=words) as caught:
        run(function)
    assert caught[0].filename == __file__
    assert on()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("function", [tidy, meant, waits, ng.no_grad(tidy)])
def test_a_with_that_the_consumer_is_not_in(function):
    run(function)
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
    assert run(ng.no_grad(model.agen)) == [False]
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
