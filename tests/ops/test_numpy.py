"""NumPy's own functions and array methods on Variables, beyond the rows' samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.ops.composite import COMPOSITES
from nbgrad.ops.plain import PLAIN
from tests.ops.cases import differences, many

A = np.random.default_rng(0).uniform(0.5, 2.0, (3, 4))
S = np.random.default_rng(1).uniform(0.5, 2.0, (3, 3))
V = np.random.default_rng(2).uniform(0.5, 2.0, 4)
inf = np.inf

CALLS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "add.reduce": (np.add.reduce, (A,)),
    "add.reduce axis": (lambda x: np.add.reduce(x, axis=1, keepdims=True), (A,)),
    "add.reduce all": (lambda x: np.add.reduce(x, axis=None), (A,)),
    "multiply.reduce": (np.multiply.reduce, (A,)),
    "maximum.reduce": (lambda x: np.maximum.reduce(x, axis=1), (A,)),
    "add.accumulate": (lambda x: np.add.accumulate(x, axis=1), (A,)),
    "array + x": (lambda x: A + x, (A,)),
    "array * x": (lambda x: A[:, :1] * x, (A,)),
    "array @ x": (lambda x: S @ x, (A,)),
    "array ** x": (lambda x: A**x, (A,)),
    "scalar / x": (lambda x: np.float64(2.0) / x, (A,)),
    "2 ** x": (lambda x: 2**x, (A,)),
    "x ** -1.5": (lambda x: x**-1.5, (A,)),
    "abs": (abs, (A - 1,)),
    "amax": (lambda x: np.amax(x, 0), (A,)),
    "amin": (lambda x: np.amin(x, axis=(0, 1)), (A,)),
    "average by hand": (lambda x: np.sum(x * A) / np.sum(A), (A,)),
    "clip": (lambda x: np.clip(x, 0.7, 1.5), (A,)),
    "clip array": (lambda x: np.clip(x, A - 0.1, 1.5), (A,)),
    "clip Variables": (np.clip, (V, V - 0.1, V + 0.1)),
    "clip none": (lambda x: np.clip(x, None, 1.1), (A,)),
    "norm": (np.linalg.norm, (A,)),
    "norm axis": (lambda x: np.linalg.norm(x, axis=-1, keepdims=True), (A,)),
    "norm 1": (lambda x: np.linalg.norm(x, 1), (A,)),
    "norm inf": (lambda x: np.linalg.norm(x, inf), (A,)),
    "norm -inf": (lambda x: np.linalg.norm(x, -inf, keepdims=True), (A,)),
    "norm -1": (lambda x: np.linalg.norm(x, -1, axis=(1, 0)), (A,)),
    "norm 3": (lambda x: np.linalg.norm(x, 3), (V,)),
    "var ddof": (lambda x: np.var(x, axis=0, ddof=1), (A,)),
    "std": (lambda x: np.std(x, 1, ddof=1, keepdims=True), (A,)),
    "sum positional": (lambda x: np.sum(x, 0), (A,)),
    "mean keyword": (lambda x: np.mean(x, axis=0, keepdims=True), (A,)),
    "dot method": (lambda x, y: x.dot(y), (A, V)),
    "reshape": (lambda x: np.reshape(x, (4, 3), order="F"), (A,)),
    "reshape method": (lambda x: x.reshape(2, -1), (A,)),
    "T": (lambda x: x.T, (A,)),
    "einsum lists": (lambda x, y: np.einsum(x, [0, 1], y, [1], [0]), (A, V)),
    "einsum lists implicit": (lambda x: np.einsum(x, [1, 0]), (A,)),
    "einsum optimize": (lambda x, y: np.einsum("ij,jk,kl->il", x, x.T, y, optimize=True), (A, A)),
    "where": (lambda x, y: np.where(x > 1, x, y), (A, 2 * A)),
    "where scalar": (lambda x: np.where(x > 1, x, 0.0), (A,)),
    "concatenate mixed": (lambda x: np.concatenate([x, A, x], axis=1), (A,)),
    "concatenate flat": (lambda x: np.concatenate([x, V], axis=None), (A,)),
    "stack list": (lambda x: np.stack([x[0], x[2], x[0]]), (A,)),
    "stack numbers": (lambda x: np.stack([x.sum(), 1.0, x[0, 0]]), (A,)),
    "split": (lambda x: np.split(x, [1, 3], axis=1), (A,)),
    "tile": (lambda x: np.tile(x, (2, 1)), (A,)),
    "repeat array": (lambda x: np.repeat(x, np.array([1, 0, 2]), axis=0), (A,)),
    "pad": (lambda x: np.pad(x, ((1, 0), (0, 2)), mode="reflect"), (A,)),
    "trace": (np.trace, (S,)),
    "trace method": (lambda x: x.trace(1), (A,)),
    "diagonal": (lambda x: np.diagonal(x, -1), (A,)),
    "diagonal beyond": (lambda x: np.diagonal(x, 7), (A,)),
    "diag": (np.diag, (V,)),
    "diag of matrix": (lambda x: np.diag(x, 1), (A,)),
    "diag below": (lambda x: np.diag(x, -2), (V,)),
    "tril": (np.tril, (A,)),
    "triu": (lambda x: np.triu(x, 1), (A,)),
    "diff": (np.diff, (A,)),
    "diff twice": (lambda x: np.diff(x, n=2, axis=0), (A,)),
    "vstack": (lambda x, y: np.vstack([x, y]), (A, V)),
    "hstack": (lambda x, y: np.hstack([x, y]), (A, S)),
    "hstack vectors": (lambda x: np.hstack([x, x, 3.0]), (V,)),
    "column_stack": (lambda x: np.column_stack([x, x]), (V,)),
    "append": (np.append, (A, V)),
    "array_split": (lambda x: np.array_split(x, 3), (V,)),
    "inner": (np.inner, (A, V)),
    "inner number": (lambda x: np.inner(x, 2.0), (V,)),
    "vdot": (np.vdot, (A, A)),
    "hypot": (np.hypot, (A, A)),
    "flipud": (np.flipud, (A,)),
    "fliplr": (np.fliplr, (A,)),
    "atleast_1d": (np.atleast_1d, (np.array(2.0),)),
    "atleast_2d": (np.atleast_2d, (V,)),
    "cross": (np.cross, (S, S[0])),
    "vander": (np.vander, (V,)),
    "vander increasing": (lambda x: np.vander(x, 3, increasing=True), (V,)),
    "polyadd": (np.polyadd, (V, V[:2])),
    "polysub": (np.polysub, (V[:3], V)),
    "polymul": (np.polymul, (V, V[:2])),
    "polymul zeros": (
        lambda x: np.polymul(x * np.array([0.0, 0.0, 1.0, 1.0]), [0.0, 2.0, 1.0]),
        (V,),
    ),
    "polymul zero": (lambda x: np.polymul(x, [0.0]), (V,)),
    "polyder": (lambda x: np.polyder(x, 2), (V,)),
    "polyder number": (np.polyder, (V[:2],)),
    "polyint": (lambda x: np.polyint(x, 2, k=[1.0, 3.0]), (V,)),
    "polyint constant": (lambda x: np.polyint(x, m=2, k=1.5), (V,)),
    "polyfit": (lambda y: np.polyfit(np.arange(4.0), y, 2), (V,)),
    "polyfit x": (lambda x, y: np.polyfit(x, y, 1), (V[[0, 1, 3]] * 3, V[:3])),
    "polyfit weights": (
        lambda y: np.polyfit(np.arange(4.0), y, 1, w=V),
        (np.stack([V, V[::-1]], 1),),
    ),
    "bincount": (lambda w: np.bincount([0, 3, 3, 1], weights=w, minlength=6), (V,)),
    "partition": (lambda x: np.partition(x, 1, axis=0), (A,)),
    "partition flat": (lambda x: np.partition(x, (2, 5), axis=None), (A,)),
    "apply_along_axis": (lambda x: np.apply_along_axis(lambda r: r * r[0], 0, x), (A,)),
    "apply_along_axis sums": (lambda x: np.apply_along_axis(np.sum, -1, x), (A,)),
    "apply_over_axes": (lambda x: np.apply_over_axes(np.sum, x * x, (0, -1)), (A,)),
    "poly": (np.poly, (V,)),
    "polydiv": (np.polydiv, (V, V[:2])),
    "polydiv shorter": (lambda x: np.polydiv(x[:2], [1.0, 2.0, 3.0]), (V,)),
    "trim_zeros": (lambda x: np.trim_zeros(x * np.array([0.0, 1.0, 1.0, 0.0])), (V,)),
    "trim_zeros back": (lambda x: np.trim_zeros(x * np.array([0.0, 1.0, 0.0, 0.0]), "b"), (V,)),
    "pad mean": (lambda x: np.pad(x, ((1, 2), (0, 3)), "mean", stat_length=2), (A,)),
    "pad median": (lambda x: np.pad(x, 1, "median"), (A,)),
    "pad extremes": (lambda x: np.pad(np.pad(x, 1, "maximum"), 2, "minimum", stat_length=3), (A,)),
    "pad ramp": (lambda x: np.pad(x, (2, 1), "linear_ramp", end_values=(0.5, 2.0)), (A,)),
    "fftshift": (np.fft.fftshift, (A,)),
    "fftshift axes": (lambda x: np.fft.fftshift(x, axes=(1, -2)), (A,)),
    "ifftshift": (np.fft.ifftshift, (S,)),
    "ifftshift axis": (lambda x: np.fft.ifftshift(x, 0), (A,)),
    "broadcast_arrays": (np.broadcast_arrays, (A, V)),
}


def summed(outputs: Any) -> Any:
    weights = [np.random.default_rng(3).uniform(0.5, 1.5, np.shape(y)) for y in many(outputs)]
    total = [(y * w).sum() for y, w in zip(many(outputs), weights, strict=True)]
    return sum(total[1:], total[0])


@pytest.mark.parametrize("name", CALLS)
def test_the_same_expression_on_arrays_and_variables(name: str) -> None:
    f, arrays = CALLS[name]
    xs = [ng.Variable(a) for a in arrays]
    ys, plain = many(f(*xs)), many(f(*arrays))
    for y, p in zip(ys, plain, strict=True):
        assert isinstance(y, ng.Variable)
        assert y.shape == np.shape(p)
        np.testing.assert_allclose(y.data, p, rtol=1e-13)
    summed(f(*xs)).backward()
    expected = differences(lambda *a: summed(f(*a)), [a.copy() for a in arrays])
    for x, e in zip(xs, expected, strict=True):
        np.testing.assert_allclose(x.grad, e, rtol=1e-6, atol=1e-7)


def test_composites_refuse_what_does_not_fit() -> None:
    x = ng.Variable(A)
    for call, said in (
        (lambda: np.vander(x), "one dimension"),
        (lambda: np.polyder(x[0], -1), "negative"),
        (lambda: np.polyint(x[0], -1), "negative"),
        (lambda: np.polyint(x[0], 2, k=[1.0, 2.0, 3.0]), "constant"),
        (lambda: np.polyfit(x[0], x[:, 0], 1), "one length"),
        (lambda: np.polyfit(x[0], x[0], 1, full=True), "full"),
        (lambda: np.bincount([0, 1], weights=x[0]), "one weight"),
        (lambda: np.apply_along_axis(np.sum, 3, x), "axis 3"),
        (lambda: np.fft.fftshift(x, axes=2), "np.fft.fftshift: axis 2"),
    ):
        with pytest.raises(ng.NbgradError, match=said):
            call()
    assert np.bincount(ng.Variable(np.array([0, 2]))).tolist() == [1, 0, 1]
    assert np.vander(x[0].astype(np.float32)).dtype == np.vander(A[0].astype(np.float32)).dtype


def test_every_composite_is_called_above() -> None:
    text = " ".join(CALLS)
    names = [name.rpartition(".")[2] for name in COMPOSITES]
    assert [name for name in names if name not in text] == []


PLAIN_ARGUMENTS = {
    np.full_like: (2.0,),
    np.allclose: (A,),
    np.isclose: (A,),
    np.array_equal: (A,),
    np.logical_and: (A,),
    np.logical_or: (A,),
    np.logical_xor: (A,),
    np.searchsorted: (1.0,),
    np.argpartition: (1,),
    np.digitize: (np.array([0.7, 1.5]),),
    np.isin: ([1.0, 2.0],),
    np.array_equiv: (A,),
    np.shares_memory: (A,),
    np.may_share_memory: (A,),
}


@pytest.mark.parametrize("function", PLAIN)
def test_what_has_no_derivative_is_plain(function: Any) -> None:
    more = PLAIN_ARGUMENTS.get(function, ())
    data = V if function is np.searchsorted else S if "indices" in function.__name__ else A
    with ng.no_grad():
        found = function(ng.Variable(data), *more)
    expected = function(data, *more)
    assert not isinstance(found, ng.Variable)
    assert type(found) is type(expected)
    if function is not np.empty_like:
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    "compare", [np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal]
)
def test_comparisons_are_plain(compare: Any) -> None:
    x = ng.Variable(A)
    for found in (compare(x, 1.0), compare(1.0, x), compare(A, x), compare(x, x)):
        assert isinstance(found, np.ndarray)
        assert found.dtype == bool


METHODS = [
    ("sum", (0,)), ("mean", (1,)), ("max", (0,)), ("min", ()), ("prod", ()), ("var", (0,)),
    ("std", ()), ("cumsum", (1,)), ("reshape", (4, 3)), ("ravel", ()), ("flatten", ()),
    ("transpose", (1, 0)), ("swapaxes", (0, 1)), ("squeeze", ()), ("repeat", (2, 0)),
    ("clip", (0.7, 1.5)), ("dot", (V,)), ("astype", (float,)), ("copy", ()), ("trace", ()),
    ("diagonal", ()), ("argmax", (0,)), ("argmin", ()), ("argsort", ()), ("any", ()), ("all", (0,)),
    ("tolist", ()), ("round", (1,)), ("cumprod", (1,)), ("take", ([0, 5],)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args"), METHODS)
def test_array_methods(name: str, args: Any) -> None:
    y = getattr(ng.Variable(A), name)(*args)
    expected = getattr(A, name)(*args)
    assert isinstance(y, ng.Variable) != (
        name in {"argmax", "argmin", "argsort", "any", "all", "tolist"}
    )
    np.testing.assert_allclose(getattr(y, "data", y) if isinstance(y, ng.Variable) else y, expected)


def test_numpy_scalars_and_arrays_on_the_left() -> None:
    x = ng.Variable(np.array([1.0, 2.0]))
    for left in (
        3,
        3.0,
        np.float64(3),
        np.float32(3),
        np.int64(3),
        np.array(3.0),
        np.array([3.0, 3.0]),
    ):
        for f in (
            lambda a, b: a + b,
            lambda a, b: a - b,
            lambda a, b: a * b,
            lambda a, b: a / b,
            lambda a, b: a**b,
        ):
            y = f(left, x)
            assert isinstance(y, ng.Variable)
            np.testing.assert_allclose(y.data, f(np.float64(3), x.data))
