"""``backward(free_graph=True)``: the graph goes on the way, and a second pass says so."""

import gc
import tracemalloc
import weakref

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.faults import Faults
from tests.engine.tiny import Both, Mul, Square, leaf, random_graph


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("retain_grad", [False, True])
def test_the_gradients_have_the_bits_of_a_pass_that_keeps_the_graph(seed, retain_grad):
    kept, freed = random_graph(seed), random_graph(seed)
    kept.root.backward(retain_grad=retain_grad)
    freed.root.backward(retain_grad=retain_grad, free_graph=True)
    for x, y in zip([*kept.leaves, *kept.between], [*freed.leaves, *freed.between], strict=True):
        assert (x.grad is None) == (y.grad is None)
        if x.grad is not None:
            np.testing.assert_array_equal(x.grad, y.grad, strict=True)


def test_an_older_gradient_of_an_intermediate_is_gone_as_in_any_pass():
    x = leaf(2.0)
    a = x * x
    y = a * x
    a.grad = np.array(7.0)
    y.backward(free_graph=True)
    assert a.grad is None
    assert x.grad == 12.0


def test_a_second_pass_says_what_to_do():
    x = leaf(2.0, "x")
    a = x * x
    a.name = "a"
    y, z = a * 3.0, Square()(a)
    y.name = "y"
    y.backward(free_graph=True)
    with pytest.raises(ng.NoGraphError) as caught:
        y.backward()
    assert str(caught.value) == (
        "backward() comes to y, whose graph was freed by an earlier backward(free_graph=True). "
        "Compute it again, or leave free_graph=True out of every pass but the last."
    )
    for root in (z, a * 2.0):  # another root, and a later one
        x.grad = np.array(5.0)
        with pytest.raises(ng.NoGraphError, match="comes to a, whose graph was freed"):
            root.backward()
        assert x.grad == 5.0
    assert a.creator is None
    assert (a.data, y.data) == (4.0, 12.0)


def test_functions_of_several_outputs_and_compiled_ones():
    x = leaf([3.0, 4.0])
    a, b = Both()(x)
    Mul()(a, b).backward(free_graph=True)
    assert a.creator is b.creator is None
    first, x.grad = x.grad, None
    c, d = Both()(x)
    Mul()(c, d).backward()
    np.testing.assert_array_equal(x.grad, first)
    square = ng.compile(lambda x: (x * x).sum())
    for _ in range(3):
        x.cleargrad()
        y = square(x)
        y.backward(free_graph=True)
        assert x.grad.tolist() == [6.0, 8.0]
        with pytest.raises(ng.NoGraphError, match="was freed"):
            y.backward()


def test_not_with_a_recorded_pass():
    with pytest.raises(ng.OperandError, match="leave free_graph=True out"):
        (leaf(2.0) * 2.0).backward(create_graph=True, free_graph=True)
    with pytest.raises(ng.OperandError, match="is True or False, not str"):
        (leaf(2.0) * 2.0).backward(free_graph="yes")


def test_a_pass_that_fails_leaves_every_gradient():
    faults = Faults(ValueError, 3)
    graph = random_graph(4, wrap=faults.wrap)
    for x in graph.leaves:
        x.grad = np.ones(x.shape)
    with pytest.raises(ValueError, match="injected"):
        graph.root.backward(free_graph=True)
    assert all(np.array_equal(x.grad, np.ones(x.shape)) for x in graph.leaves)


def test_what_a_rule_needed_is_freed_when_it_has_run():
    alive = []

    class Looks(ng.Function):
        def forward(self, x):
            return x + 0.0

        def backward(self, gy):
            alive.append([ref() is not None for ref in refs])
            return gy

    gc.disable()
    try:
        x = ng.Variable(np.ones(1000))
        y = Looks()(x)
        refs = []
        for _ in range(4):
            y = Square()(y)
            refs.append(weakref.ref(y))
        y = y.sum()
        y.backward(free_graph=True)
    finally:
        gc.enable()
    assert alive == [[True, False, False, False]] or alive == [[False] * 4]


def test_it_takes_less_memory():
    def peak(**options):
        x = ng.Variable(np.ones(100_000))
        tracemalloc.start()
        try:
            y = x
            for _ in range(10):
                y = ng.sin(y) * 1.5
            y = y.sum()
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            y.backward(**options)
            return tracemalloc.get_traced_memory()[1] - before
        finally:
            tracemalloc.stop()

    assert peak(free_graph=True) <= peak()
    assert peak(free_graph=True) < 3.2 * 800_000


def test_a_variable_says_why_it_has_no_gradient():
    x = leaf(2.0)
    a = x * x
    (a * a).backward(free_graph=True)
    assert a.grad is None
    if html := a._repr_html_():
        assert "free_graph" in html
