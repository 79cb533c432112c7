"""The pass: its order, its sums, and what it leaves behind."""

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.tiny import (
    Add,
    Both,
    Mul,
    Spy,
    Square,
    Total,
    grads,
    leaf,
    random_graph,
    same,
)  # fmt: skip


@pytest.fixture
def order(monkeypatch):
    monkeypatch.setattr(Spy, "order", [])
    return Spy.order


def test_falling_generation(order):
    x = leaf(1.0)
    a = Spy("a")(x)
    b = Spy("b")(a)
    c = Spy("c")(b)
    Total()(a, Spy("d")(x), c, b).backward()
    assert order == ["c", "b", "a", "d"]


def test_ties_go_first_come_first_served(order):
    x = leaf(1.0)
    names = "abcdefgh"
    Total()(*(Spy(n)(x) for n in names)).backward()
    assert order == list(names)


def test_ties_by_arrival_not_by_making(order):
    x = leaf(1.0)
    a, b, c = Spy("a")(x), Spy("b")(x), Spy("c")(x)
    Total()(c, a, b).backward()
    assert order == ["c", "a", "b"]


@pytest.mark.parametrize("use_heap", [False, True])
def test_the_order_is_the_same_with_the_heap(order, use_heap):
    x = leaf(1.0)
    a = Spy("a")(x)
    b, c = Spy("b")(a), Spy("c")(a)
    Add()(b, c).backward(use_heap=use_heap)
    assert order == ["b", "c", "a"]


def test_each_function_runs_once(order):
    x = leaf(1.0)
    a = Spy("a")(x)
    y = a
    for _ in range(20):
        y = Add()(y, y)
    Add()(y, a).backward()
    assert order == ["a"]
    assert x.grad == 2 * (2**20 + 1)


def test_a_function_of_two_outputs_runs_once():
    runs = []

    class Counted(Both):
        def backward(self, g0, g1):
            runs.append((float(g0), float(g1)))
            return super().backward(g0, g1)

    y0, y1 = Counted()(leaf(1.0))
    Total()(y0, y1, Square()(y0), y1).backward()
    assert runs == [(5.0, 2.0)]


@pytest.mark.parametrize("seed", range(60))
def test_the_heap_gives_the_same_bits(seed):
    results = []
    for use_heap in (False, True):
        graph = random_graph(seed)
        graph.root.backward(use_heap=use_heap, retain_grad=True)
        results.append(grads(graph))
    assert same(*results)


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("second", [False, True])
@pytest.mark.parametrize("seed", range(30))
def test_a_second_pass_adds_exactly_once(seed, first, second):
    graph = random_graph(seed)
    graph.root.backward(retain_grad=first)
    once = [x.grad.copy() for x in graph.leaves]
    graph.root.backward(retain_grad=second)
    assert same([x.grad for x in graph.leaves], [g + g for g in once])
    graph.root.backward(retain_grad=first)
    assert same([x.grad for x in graph.leaves], [g + g + g for g in once])


@pytest.mark.parametrize("seed", range(20))
def test_without_retain_grad_only_leaves_have_gradients(seed):
    graph = random_graph(seed)
    graph.root.backward(retain_grad=True)
    assert graph.root.grad is not None
    graph.root.backward()
    assert all(x.grad is not None for x in graph.leaves)
    assert graph.root.grad is None
    reached = [v for v in graph.between if v.grad is not None]
    graph.root.backward(retain_grad=True)
    for v in reached:  # what the root does not depend on keeps what it had: nothing
        assert v.grad is not None


def test_a_retained_gradient_is_no_seed():
    x = leaf(3.0)
    y = Square()(x)
    for again in (1, 2, 3):
        y.backward(retain_grad=True)
        assert y.grad == 1.0
        assert x.grad == 6.0 * again


def test_a_preset_gradient_is_the_seed():
    x = leaf([1.0, 2.0])
    y = Square()(x)
    y.grad = np.array([10, 100])
    y.backward()
    assert x.grad.tolist() == [20.0, 400.0]
    assert y.grad is None


def test_a_preset_gradient_may_be_a_variable():
    x = leaf(3.0)
    y = Square()(x)
    y.grad = leaf(2.0)
    y.backward()
    assert x.grad == 12.0


@pytest.mark.parametrize("shape", [(1,), (3,), (2, 1), (1, 2), (0,)])
def test_a_preset_gradient_of_another_shape(shape):
    x = leaf([1.0, 2.0], "x")
    y = Square()(x)
    y.name = "y"
    y.grad = preset = np.ones(shape)
    with pytest.raises(ng.GradientShapeError) as caught:
        y.backward()
    assert str(caught.value) == (
        f"backward() of y (2,) float64: its preset grad has shape {shape}. The upstream gradient "
        "needs the variable's own shape; clear it with cleargrad(), or set one that fits."
    )
    assert y.grad is preset
    assert x.grad is None


def test_a_preset_gradient_keeps_the_roots_dtype():
    x = leaf([1.0, 2.0], dtype="f4")
    y = Square()(x)
    y.grad = np.ones(2)
    y.backward()
    assert x.grad.dtype == np.float32


def test_a_leafs_backward():
    x = leaf([1, 2], dtype=int)
    x.backward()
    assert x.grad.dtype == np.float64
    assert x.grad.tolist() == [1.0, 1.0]
    x.grad = np.array([5.0, 5.0])
    x.backward()
    assert x.grad.tolist() == [5.0, 5.0]


def test_integer_leaves_get_float64():
    x = leaf([1, 2], dtype="i4")
    y = leaf([1.0, 2.0], dtype="f4")
    Mul()(x, y).backward()
    assert x.grad.dtype == np.float64
    assert y.grad.dtype == np.float32


def test_the_seed_is_ones_of_the_roots_shape():
    x = leaf(np.zeros((2, 0, 3)))
    y = Square()(x)
    y.backward(retain_grad=True)
    assert y.grad.shape == x.grad.shape == (2, 0, 3)


def test_a_root_in_the_middle():
    x = leaf(2.0)
    a = Square()(x)
    y = Square()(a)
    a.backward()
    assert x.grad == 4.0
    y.backward()
    assert x.grad == 36.0


def test_a_gradient_that_does_not_fit_is_not_added_to():
    x = leaf([1.0, 2.0], "x")
    y = Square()(x)
    x.grad = np.ones(3)
    with pytest.raises(ng.GradientShapeError) as caught:
        y.backward()
    assert str(caught.value) == (
        "x (2,) float64 holds a grad of shape (3,), to which nothing can be added: set x.grad to "
        "an array of the variable's shape, or call cleargrad()."
    )
    assert x.grad.tolist() == [1.0, 1.0, 1.0]


def test_no_data():
    with pytest.raises(ng.NoGraphError) as caught:
        ng.Variable(None).backward()
    assert str(caught.value) == (
        "backward() of this variable: it holds no data (None). Give it an array first."
    )


def test_a_result_made_under_no_grad_is_a_leaf_for_what_follows():
    x = leaf(2.0)
    with ng.no_grad():
        h = Square()(x)
    y = Square()(h)
    y.backward()
    assert h.grad == 8.0
    assert x.grad is None


def test_backward_works_inside_no_grad():
    x = leaf(2.0)
    y = Square()(x)
    with ng.no_grad():
        y.backward()
    assert x.grad == 4.0


def test_a_rule_does_not_record():
    made = []

    class Rule(Square):
        def backward(self, gy):
            made.append(2 * self.inputs[0] * gy)
            return made[-1]

    x = leaf(2.0)
    Rule()(x).backward()
    assert made[0].creator is None
    assert type(x.grad) is np.ndarray


def test_unchain():
    x = leaf(2.0)
    a = Square()(x)
    y = Square()(a)
    a.unchain()
    y.backward()
    assert (a.creator, a.generation) == (None, 0)
    assert a.grad == 8.0
    assert x.grad is None


def test_unchain_backward_keeps_the_last_step():
    x = leaf(2.0)
    h = x
    for _ in range(5):
        h = Add()(Mul()(h, 1.0), x)
    before = h.creator
    h.unchain_backward()
    assert h.creator is before
    h.backward()
    assert x.grad == 1.0
    assert all(v.creator is None for v in before.inputs)


def test_detach():
    x = leaf([2.0], "x")
    y = Square()(x)
    d = y.detach()
    assert d.data is y.data
    assert (d.creator, d.grad) == (None, None)
    Square()(d).backward()
    assert x.grad is None


def test_backward_takes_keywords_by_name():
    x = leaf(2.0)
    with pytest.raises(TypeError):
        Square()(x).backward(keep=True)


UPSTREAM = {
    "array": np.array([3.0, 4.0]),
    "float32": np.array([3.0, 4.0], np.float32),
    "integers": np.array([3, 4]),
    "Variable": ng.Variable(np.array([3.0, 4.0])),
}


@pytest.mark.parametrize("kind", UPSTREAM)
@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("by_name", [False, True])
def test_an_upstream_gradient_as_an_argument(kind, create_graph, by_name):
    x, g = leaf([1.0, 2.0]), UPSTREAM[kind]
    y = Square()(x)
    if by_name:
        y.backward(gradient=g, create_graph=create_graph)
    else:
        y.backward(g, create_graph=create_graph)
    got = x.grad.data if create_graph else x.grad
    assert same(np.asarray(got), np.array([6.0, 16.0]))
    assert y.grad is None


def test_an_upstream_gradient_that_is_a_number_or_a_flag():
    for g, expected in [(3, 12.0), (0.5, 2.0), (np.float32(3), 12.0), (None, 4.0), (True, 4.0),
                        (False, 4.0), (np.True_, 4.0)]:  # fmt: skip
        x = leaf(2.0)
        y = Square()(x)
        y.backward(g)
        assert x.grad == expected
        assert (y.grad is not None) is (g is True or g is np.True_)
    x = leaf(2.0)
    y = Square()(x)
    y.backward(3.0, retain_grad=True)
    assert (x.grad, y.grad) == (12.0, 3.0)
    y.backward(True, True)  # the seed's order: retain_grad, use_heap
    y.backward(use_heapq=True)
    assert x.grad == 20.0


def test_an_upstream_gradient_goes_before_a_preset_one_and_on_top_of_a_leafs():
    x = leaf([1.0, 2.0])
    y = Square()(x)
    y.grad = np.ones(2)
    y.backward(np.array([0.0, 1.0]))
    assert same(x.grad, np.array([0.0, 4.0]))
    g = np.array([1.0, 1.0])
    x.backward(g)
    assert same(x.grad, np.array([1.0, 5.0]))
    assert same(g, np.ones(2))
    z = leaf([1.0, 2.0])
    z.backward(g)
    assert z.grad is not g
    assert not np.shares_memory(z.grad, g)


def test_an_upstream_gradient_that_is_a_variable_carries_its_graph():
    x, v = leaf(3.0), leaf(5.0)
    Square()(x).backward(v * v, create_graph=True)
    x.grad.backward()
    assert v.grad == 2 * 5.0 * 2 * 3.0


def test_an_upstream_gradient_that_does_not_fit_changes_nothing():
    x = leaf([1.0, 2.0])
    y = Square()(x)
    y.grad = np.ones(2)
    for g, error in [(1.0, ValueError), (np.ones(3), ValueError), (np.ones((1, 2)), ValueError),
                     (leaf(1.0), ValueError), ([1.0, 1.0], TypeError), ("ab", TypeError),
                     (np.ones(2, bool), TypeError), (np.ones(2, complex), TypeError),
                     (np.ma.ones(2), TypeError), (np.array([None, None]), TypeError),
                     (object(), TypeError), (ng.Variable(None), TypeError)]:  # fmt: skip
        with pytest.raises(error, match=r"^backward\(\) of .*upstream gradient|holds no data"):
            y.backward(g)
        assert x.grad is None
        assert same(y.grad, np.ones(2))
