"""Shapes, axes and indices that Hypothesis draws: value against NumPy, gradient by its definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import nbgrad as ng
from nbgrad import ops
from nbgrad.ops.row import TABLE
from tests.ops.cases import PAIRWISE, differences, draw
from tests.ops.samples import SAMPLES

SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
FILLED = hnp.array_shapes(min_dims=1, max_dims=3, max_side=3)


def values(shape: tuple[int, ...], seed: int = 0) -> Any:
    return np.asarray(np.random.default_rng(seed).uniform(0.5, 2.0, shape))


def back(y: Any, *xs: ng.Variable) -> list[Any]:
    """Return the gradients for fixed weights of the output."""
    (y * values(y.shape, 7)).sum().backward()
    return [x.grad for x in xs]


def expected(f: Any, *arrays: Any) -> list[Any]:
    return differences(lambda *a: (f(*a) * values(np.shape(f(*a)), 7)).sum(), list(arrays))


@pytest.mark.parametrize("name", PAIRWISE)
@given(shapes=hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3, min_side=0))
def test_broadcasting(name: str, shapes: Any) -> None:
    row = TABLE[name]
    rng = np.random.default_rng(5)
    a, b = (draw(s, SAMPLES[name].domain, rng) for s in shapes.input_shapes)
    x0, x1 = ng.Variable(a), ng.Variable(b)
    y = row.function(x0, x1)
    assert y.shape == shapes.result_shape
    for g, e in zip(back(y, x0, x1), expected(row.twins[0], a, b), strict=True):
        assert g.shape == e.shape
        np.testing.assert_allclose(g, e, rtol=1e-5, atol=1e-7)


@st.composite
def axes_of(draw_from: Any, shapes: Any = FILLED) -> tuple[Any, Any]:
    shape = draw_from(shapes)
    one = st.integers(-len(shape), len(shape) - 1)
    several = hnp.valid_tuple_axes(len(shape))
    return shape, draw_from(st.one_of(st.none(), one, several))


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "prod", "var", "std"])
@given(case=axes_of(), keepdims=st.booleans())
def test_reductions(name: str, case: Any, keepdims: bool) -> None:
    shape, axis = case
    a, row = values(shape), TABLE[name]
    x = ng.Variable(a)
    y = row.function(x, axis=axis, keepdims=keepdims)
    reference = getattr(np, name)
    np.testing.assert_allclose(y.data, reference(a, axis=axis, keepdims=keepdims), rtol=1e-12)
    if name == "std" and (y.data == 0).any():
        return  # the derivative is 0 by convention
    (g,) = back(y, x)
    (e,) = expected(lambda v: reference(v, axis=axis, keepdims=keepdims), a)
    np.testing.assert_allclose(g, e, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["logsumexp", "softmax", "log_softmax", "norm"])
@given(case=axes_of())
def test_reductions_without_a_twin(name: str, case: Any) -> None:
    shape, axis = case
    if name == "norm" and isinstance(axis, tuple) and len(axis) not in (1, 2):
        return  # NumPy has norms of vectors and matrices
    if isinstance(axis, tuple) and not axis and name != "norm":
        return
    a = values(shape)
    x = ng.Variable(a)
    y = TABLE[name].function(x, axis=axis)
    reference = SAMPLES[name].reference or np.linalg.norm
    np.testing.assert_allclose(y.data, reference(a, axis=axis), rtol=1e-12, atol=1e-14)
    (g,) = back(y, x)
    (e,) = expected(lambda v: reference(v, axis=axis), a)
    np.testing.assert_allclose(g, e, rtol=1e-5, atol=1e-6)


@given(
    shapes=hnp.mutually_broadcastable_shapes(
        signature="(n?,k),(k,m?)->(n?,m?)", max_dims=2, max_side=3
    )
)
def test_matmul(shapes: Any) -> None:
    a, b = (values(s, i) for i, s in enumerate(shapes.input_shapes))
    x0, x1 = ng.Variable(a), ng.Variable(b)
    y = x0 @ x1
    np.testing.assert_allclose(y.data, a @ b, rtol=1e-12)
    for g, e in zip(back(y, x0, x1), expected(np.matmul, a, b), strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-5, atol=1e-6)


@st.composite
def subscripts(draw_from: Any) -> tuple[str, list[tuple[int, ...]]]:
    """Draw an einsum: letters repeated, dropped, shared, with sizes that fit."""
    sizes = {c: draw_from(st.integers(1, 3)) for c in "abc"}
    terms = draw_from(st.lists(st.text("abc", max_size=3), min_size=1, max_size=3))
    used = sorted(set("".join(terms)))
    output = "".join(draw_from(st.permutations(used)))[: draw_from(st.integers(0, len(used)))]
    arrow = draw_from(st.booleans())
    spec = ",".join(terms) + (f"->{output}" if arrow else "")
    return spec, [tuple(sizes[c] for c in t) for t in terms]


@given(case=subscripts())
def test_einsum(case: Any) -> None:
    spec, shapes = case
    arrays = [values(s, i) for i, s in enumerate(shapes)]
    xs = [ng.Variable(a) for a in arrays]
    y = ops.einsum(spec, *xs)
    np.testing.assert_allclose(y.data, np.einsum(spec, *arrays), rtol=1e-12)
    for g, e in zip(back(y, *xs), expected(lambda *a: np.einsum(spec, *a), *arrays), strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-5, atol=1e-6)


@st.composite
def indices_of(draw_from: Any) -> tuple[Any, Any]:
    shape = draw_from(FILLED)
    basic = hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True)
    whole = hnp.integer_array_indices(shape, result_shape=hnp.array_shapes(max_dims=2, max_side=4))
    masks = hnp.arrays(bool, shape)
    rows = st.lists(st.integers(-shape[0], shape[0] - 1), max_size=5)
    return shape, draw_from(st.one_of(basic, whole, masks, rows))


@given(case=indices_of())
def test_getitem(case: Any) -> None:
    shape, index = case
    a = values(shape)
    x = ng.Variable(a)
    y = x[index]
    picked = a[index if not isinstance(index, list) else np.array(index, int)]
    np.testing.assert_array_equal(y.data, picked)
    (g,) = back(y, x)
    total = np.zeros(shape)
    np.add.at(
        total, index if not isinstance(index, list) else np.array(index, int), values(y.shape, 7)
    )
    np.testing.assert_allclose(g, total, rtol=1e-12)


@given(shape=FILLED, data=st.data())
def test_joining_and_splitting_again(shape: Any, data: Any) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    parts = data.draw(st.integers(1, 3))
    arrays = [values(shape, i) for i in range(parts)]
    xs = [ng.Variable(a) for a in arrays]
    y = np.concatenate(xs, axis=axis)
    again = np.split(y, parts, axis=axis)
    for a, z in zip(arrays, again, strict=True):
        np.testing.assert_array_equal(z.data, a)
    weights = [values(shape, 20 + i) for i in range(parts)]
    sum(
        ((z * w).sum() for z, w in zip(again, weights, strict=True)), ng.Variable(np.array(0.0))
    ).backward()
    for x, w in zip(xs, weights, strict=True):
        np.testing.assert_array_equal(x.grad, w)


@given(shape=SHAPES, data=st.data())
def test_what_only_moves_elements(shape: Any, data: Any) -> None:
    """Each gradient is the weight that stands where the element went."""
    n = len(shape)
    a = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(float)
    some = st.one_of(st.none(), hnp.valid_tuple_axes(n)) if n else st.none()
    order, flipped = data.draw(st.permutations(range(n))), data.draw(some)
    shift = data.draw(st.integers(-4, 4))
    f = data.draw(
        st.sampled_from(
            [
                lambda x: np.transpose(x, order),
                lambda x: np.flip(x, flipped),
                np.ravel,
                lambda x: np.ravel(x, order="F"),
                lambda x: np.expand_dims(x, (0, -1)),
                lambda x: np.squeeze(np.expand_dims(x, 0)),
                lambda x: np.reshape(x, (-1, 1), order="F") if x.size else np.ravel(x),
                lambda x: np.roll(x, shift),
                lambda x: np.moveaxis(x, 0, -1) if n else np.ravel(x),
                lambda x: np.swapaxes(x, 0, -1) if n else np.ravel(x),
                np.atleast_2d,
            ]
        )
    )
    x = ng.Variable(a)
    y = f(x)
    np.testing.assert_array_equal(y.data, f(a))
    (g,) = back(y, x)
    went = np.zeros(a.size)
    went[np.asarray(f(a)).ravel().astype(int)] = values(y.shape, 7).ravel()
    np.testing.assert_array_equal(g.ravel(), went)


@given(shape=FILLED, data=st.data())
def test_copies_give_back_the_sum(shape: Any, data: Any) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    counts = st.lists(st.integers(0, 3), min_size=shape[axis], max_size=shape[axis])
    repeats = data.draw(st.one_of(st.integers(0, 3), counts))
    reps = data.draw(st.lists(st.integers(0, 3), max_size=4))
    width = data.draw(
        st.lists(
            st.tuples(st.integers(0, 2), st.integers(0, 2)),
            min_size=len(shape),
            max_size=len(shape),
        )
    )
    mode = data.draw(st.sampled_from(["constant", "edge", "symmetric", "wrap"]))
    index = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    for f in (
        lambda x: np.repeat(x, repeats, axis=axis),
        lambda x: np.tile(x, reps),
        lambda x: np.pad(
            x, width, mode=mode, **({"constant_values": -1} if mode == "constant" else {})
        ),
    ):
        x = ng.Variable(values(shape))
        y, source = f(x), f(index)
        inside = source >= 0
        np.testing.assert_array_equal(y.data[inside], x.data.ravel()[source[inside]])
        (g,) = back(y, x)
        total = np.bincount(source[inside], values(y.shape, 7)[inside], index.size)
        np.testing.assert_allclose(g.ravel(), total, rtol=1e-12)


def test_an_integer_dtype_is_a_step_function_and_may_be_an_index() -> None:
    image, numbers = np.arange(12.0), np.array([0.5, 2.25, 7.75])

    def interpolated(x: Any) -> Any:
        low = np.floor(x).astype(int)
        at = x - low
        return image[low] ** 2 * (1 - at) + image[low + 1] ** 2 * at

    x = ng.Variable(numbers)
    y = interpolated(x)
    y.sum().backward()
    assert np.array_equal(y.data, interpolated(numbers))
    assert x.grad.tolist() == [1.0, 5.0, 15.0]
    assert np.array_equal(x.astype(bool), [True] * 3)
    assert np.sum(x, dtype=int).data == 9
    whole = ng.Variable(np.array([1, 2], np.int32))
    wide = whole.astype(np.int64)
    wide.sum().backward()
    assert wide.dtype == np.int64
    assert whole.grad.tolist() == [1.0, 1.0]
    with pytest.raises(TypeError, match="silently"):  # integers of an integer leaf have a gradient
        image[wide]
