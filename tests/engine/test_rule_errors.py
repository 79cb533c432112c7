"""Rules that return what they should not: the words, and that nothing has changed."""

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.tiny import Square, leaf


class Returns(ng.Function):
    """y = x0 + x1 with whatever backward it is told to have."""

    def __init__(self, result):
        self.result = result

    def forward(self, x0, x1):
        return x0 + x1

    def backward(self, gy):
        return self.result(gy) if callable(self.result) else self.result


def run(result, shape0=(2,), shape1=(2,)):
    x0 = ng.Variable(np.ones(shape0), "a")
    x1 = ng.Variable(np.ones(shape1), "b")
    x0.grad, h = np.full(shape0, 5.0), Square()(x1)
    y = Returns(result)(x0, h)
    h.name = "h"
    try:
        y.backward()
    except Exception:
        assert np.all(x0.grad == 5.0)
        assert x1.grad is h.grad is y.grad is None
        assert ng.Config.enable_backprop is True
        raise
    return x0, x1


COUNTS = [
    ((), "0 gradients"),
    ([], "0 gradients"),
    (lambda gy: gy, "1 gradient"),
    (lambda gy: (gy,), "1 gradient"),
    (lambda gy: [gy] * 3, "3 gradients"),
    (None, "None"),
    (lambda gy: {"a": gy, "b": gy}, "1 gradient"),
    (lambda gy: (g for g in (gy, gy)), "1 gradient"),
]


@pytest.mark.parametrize(("result", "given"), COUNTS)
def test_too_few_or_too_many(result, given):
    with pytest.raises(ng.GradientCountError) as caught:
        run(result)
    assert str(caught.value) == (
        f"Returns.backward returned {given} for 2 inputs (a (2,) float64, h (2,) float64). "
        "Return one per input, in their order; None for an input that has none."
    )


def test_one_input():
    class Pair(ng.Function):
        def forward(self, x):
            return x

        def backward(self, gy):
            return gy, gy

    with pytest.raises(ng.GradientCountError, match="returned 2 gradients for 1 input "):
        Pair()(leaf(1.0)).backward()


SHAPES = [
    (lambda gy: (gy, np.ones(3)), (3,), 1),
    (lambda gy: (gy, 1.0), (), 1),
    (lambda gy: (np.ones((2, 2)), gy), (2, 2), 0),
    (lambda gy: (np.ones((0,)), gy), (0,), 0),
    (lambda gy: (gy[:, None], gy), (2, 1), 0),
]


@pytest.mark.parametrize(("result", "shape", "i"), SHAPES)
def test_wrong_shapes(result, shape, i):
    with pytest.raises(ng.GradientShapeError) as caught:
        run(result)
    assert str(caught.value) == (
        f"Returns.backward returned a gradient of shape {shape} for input {i}, "
        f"{'ah'[i]} (2,) float64. Return one of shape (2,) (broadcasting from (2,) to the "
        "output's shape would be undone for you)."
    )


TYPES = [
    ("text", "str ('text')"),
    ([1.0, 1.0], "list ([1.0, 1.0])"),
    (1j, "complex (1j)"),
    (np.array([1j, 1j]), "an array of dtype complex128"),
    (np.array([True, True]), "an array of dtype bool"),
    (np.array([None, None]), "an array of dtype object"),
    (np.array(["a", "b"]), "an array of dtype <U1"),
    ({}, "dict ({})"),
]


@pytest.mark.parametrize(("gradient", "what"), TYPES)
@pytest.mark.parametrize("i", [0, 1])
def test_wrong_types(gradient, what, i):
    result = (lambda gy: (gradient, gy)) if i == 0 else (lambda gy: (gy, gradient))
    with pytest.raises(ng.GradientTypeError) as caught:
        run(result)
    assert str(caught.value) == (
        f"Returns.backward returned {what} as the gradient of input {i}, {'ah'[i]} (2,) float64. "
        "Return a real array of that shape, or None if it has no gradient."
    )


def test_none_means_no_gradient():
    x0, x1 = run(lambda gy: (gy, None))
    assert x0.grad.tolist() == [6.0, 6.0]
    assert x1.grad is None


def test_none_for_everything():
    x0, x1 = run((None, None))
    assert x0.grad.tolist() == [5.0, 5.0]
    assert x1.grad is None


@pytest.mark.parametrize("gradient", [
    np.ones(2, np.float32), np.ones(2, np.int8), np.array([1, 1], ">f8"), np.ones((4,))[::2],
    ng.Variable(np.ones(2)), np.ma.array([1.0, 1.0]),
])  # fmt: skip
def test_real_gradients_of_any_dtype_are_converted(gradient):
    x0, x1 = run(lambda gy: (gradient, gradient))
    assert x0.grad.dtype == x1.grad.dtype == np.float64
    assert type(x1.grad) is np.ndarray
    assert x0.grad.tolist() == [6.0, 6.0]
    assert x1.grad.tolist() == [2.0, 2.0]


def test_numbers_for_a_0d_input():
    class Scale(ng.Function):
        def forward(self, x):
            return 3 * x

        def backward(self, gy):
            return 3

    x = leaf(2.0)
    Scale()(x).backward()
    assert repr(x.grad) == "array(3.)"


def test_broadcasting_is_undone():
    x0, x1 = run(lambda gy: (gy, gy), shape0=(2, 1, 3), shape1=(4, 1))
    assert x0.grad.shape == (2, 1, 3)
    assert x0.grad.tolist() == [[[9.0] * 3]] * 2
    assert x1.grad.shape == (4, 1)
    assert np.all(x1.grad == 12.0)


def test_a_gradient_of_the_outputs_shape_only_if_that_is_broadcasting():
    with pytest.raises(ng.GradientShapeError):
        run(lambda gy: (gy[0], gy), shape0=(2, 1, 3), shape1=(4, 1))


def test_unknown_errors_in_a_rule_are_raised_as_they_are():
    class Own(Exception):
        pass

    def fail(gy):
        raise Own("from the rule")

    with pytest.raises(Own, match="from the rule") as caught:
        run(fail)
    assert caught.value.__notes__ == [
        "in the backward of Returns(a (2,) float64, h (2,) float64) → unnamed (2,) float64, generation 1"
    ]


def test_an_error_in_a_forward_is_raised_as_it_is():
    class Fails(ng.Function):
        def forward(self, x, y):
            raise KeyError("from forward")

    with pytest.raises(KeyError, match="from forward") as caught:
        Fails()(leaf(1.0, "x"), 2)
    assert caught.value.__notes__ == ["in the forward of Fails(x () float64, unnamed () float64)"]


def test_an_error_is_not_hidden_by_describing_it():
    x = leaf(1.0, "x")

    def fail(gy):
        x.data = None
        raise RuntimeError("the real one")

    y = Returns(fail)(x, leaf(1.0))
    with pytest.raises(RuntimeError, match="the real one") as caught:
        y.backward()
    assert "x without data" in caught.value.__notes__[0]


def test_many_inputs_are_not_all_listed():
    class Many(ng.Function):
        def forward(self, *xs):
            return sum(xs)

        def backward(self, gy):
            return gy

    with pytest.raises(ng.GradientCountError) as caught:
        Many()(*(leaf(1.0) for _ in range(1000))).backward()
    assert "… 990 more" in str(caught.value)
    assert len(str(caught.value)) < 500
