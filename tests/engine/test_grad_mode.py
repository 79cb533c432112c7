"""Grad mode: two levels, always restored."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.tiny import Square, leaf, on


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
