"""Bad input: the error names the operation and the shapes, at the call."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad import ops
from nbgrad.engine import errors

from .cases import CASES, Case

X = ng.Variable(np.ones((3, 4)), name="x")
V = ng.Variable(np.ones(3), name="v")
E = ng.Variable(np.ones((0, 3)), name="e")

BAD: list[tuple[Any, type[Exception], list[str]]] = [
    (lambda: X + V, errors.ShapeError, ["add(x (3, 4) float64, v (3,) float64)", "broadcast"]),
    (lambda: ops.maximum(X, V), errors.ShapeError, ["maximum(x (3, 4)", "v (3,)"]),
    (lambda: np.ones(3) * X, errors.ShapeError, ["mul(array (3,) float64, x (3, 4)"]),
    (lambda: ops.where(True, X, V), errors.ShapeError, ["where(x (3, 4)", "v (3,)"]),
    (lambda: ops.sum(X, axis=2), errors.AxisError, ["sum(axis=2)(x (3, 4)", "axis 2"]),
    (lambda: X.mean(axis=-3), errors.AxisError, ["mean(axis=-3)(x (3, 4)", "axis -3"]),
    (lambda: X.max(axis=5), errors.AxisError, ["max(axis=5)", "x (3, 4)"]),
    (lambda: X.var(axis=5), errors.AxisError, ["var(axis=5)", "x (3, 4)"]),
    (lambda: X.prod(axis=(0, 2)), errors.AxisError, ["prod(axis=(0, 2))", "x (3, 4)"]),
    (lambda: X.sum(axis=(0, 0)), errors.ShapeError, ["sum(axis=(0, 0))", "x (3, 4)", "duplicate"]),
    (lambda: ops.cumsum(X, 2), errors.AxisError, ["cumsum(axis=2)", "x (3, 4)"]),
    (lambda: ops.softmax(X, 2), errors.AxisError, ["softmax(axis=2)", "x (3, 4)"]),
    (lambda: ops.logsumexp(X, 2), errors.AxisError, ["logsumexp(axis=2)", "x (3, 4)"]),
    (lambda: ops.norm(X, axis=2), errors.AxisError, ["norm(axis=2)", "x (3, 4)"]),
    (lambda: ops.norm(X, ord=3), errors.OperandError, ["norm", "ord=3", "(3, 4)", "'fro'"]),
    (lambda: ops.max(E, axis=0), errors.ShapeError, ["max(axis=0)(e (0, 3)"]),
    (lambda: X.sum(None, np.float64), errors.OperandError, ["sum", "keepdims", "float64"]),
    (lambda: X @ X, errors.ShapeError, ["matmul(x (3, 4) float64, x (3, 4) float64)"]),
    (lambda: X @ 2.0, errors.ShapeError, ["matmul(x (3, 4) float64, 2.0)"]),
    (lambda: ops.dot(X, X), errors.ShapeError, ["dot(x (3, 4)"]),
    (lambda: ops.tensordot(X, V), errors.ShapeError, ["tensordot", "x (3, 4)", "v (3,)"]),
    (lambda: ops.einsum("ij,jk", X, X), errors.ShapeError, ["einsum(ij,jk)(x (3, 4)"]),
    (lambda: ops.einsum("ijk->i", X), errors.ShapeError, ["einsum(ijk->i)(x (3, 4)"]),
    (lambda: ops.einsum("ij,jk", X), errors.ShapeError, ["einsum(ij,jk)(x (3, 4)"]),
    (lambda: ops.einsum(X), errors.OperandError, ["einsum needs subscripts"]),
    (lambda: X.reshape(5, 2), errors.ShapeError, ["reshape(shape=(5, 2))(x (3, 4)"]),
    (lambda: X.reshape(12, order="X"), errors.ShapeError, ["order", "'X'"]),
    (lambda: X.transpose(0, 0), errors.ShapeError, ["transpose(axes=(0, 0))(x (3, 4)"]),
    (lambda: X.transpose(0, 2), errors.AxisError, ["transpose(axes=(0, 2))(x (3, 4)"]),
    (lambda: X.swapaxes(0, 2), errors.AxisError, ["swapaxes(axis1=0, axis2=2)(x (3, 4)"]),
    (lambda: ops.moveaxis(X, 0, 2), errors.AxisError, ["moveaxis", "x (3, 4)"]),
    (lambda: ops.squeeze(X, 0), errors.ShapeError, ["squeeze(axis=0)(x (3, 4)"]),
    (lambda: ops.expand_dims(X, 5), errors.AxisError, ["expand_dims(axis=5)(x (3, 4)"]),
    (lambda: ops.broadcast_to(X, (4, 3)), errors.ShapeError, ["broadcast_to", "x (3, 4)"]),
    (lambda: ops.sum_to(X, (2, 4)), errors.ShapeError, ["sum_to(shape=(2, 4))(x (3, 4)"]),
    (
        lambda: X.astype(complex),
        errors.OperandError,
        ["astype(dtype=complex128)(x (3, 4)", "cannot hold"],
    ),
    (lambda: X[3], errors.OperationIndexError, ["getitem[3](x (3, 4)", "out of bounds"]),
    (lambda: X[0, 0, 0], errors.OperationIndexError, ["getitem[0, 0, 0](x (3, 4)", "too many"]),
    (lambda: X[[0, 7]], errors.OperationIndexError, ["getitem", "x (3, 4)", "out of bounds"]),
    (lambda: X[np.array([True])], errors.OperationIndexError, ["getitem", "boolean"]),
    (lambda: X[1.5], errors.OperationIndexError, ["getitem[1.5](x (3, 4)", "integers"]),
    (lambda: X[V], errors.OperationIndexError, ["getitem", "integers or booleans"]),
    (lambda: ops.concatenate([X, V]), errors.ShapeError, ["concatenate(x (3, 4)", "v (3,)"]),
    (lambda: ops.concatenate([X, X], 2), errors.AxisError, ["concatenate(axis=2)"]),
    (lambda: ops.concatenate([]), errors.ShapeError, ["concatenate", "at least one"]),
    (lambda: ops.concatenate(3), errors.OperandError, ["concatenate", "sequence", "int"]),
    (lambda: ops.stack([X, V]), errors.ShapeError, ["stack(x (3, 4)", "v (3,)"]),
    (lambda: ops.split(X, 2), errors.ShapeError, ["split(sections=2)(x (3, 4)", "equal division"]),
    (lambda: ops.split(X, 2, axis=2), errors.AxisError, ["split(sections=2, axis=2)(x (3, 4)"]),
    (lambda: ops.flip(X, 2), errors.AxisError, ["flip(axis=2)(x (3, 4)"]),
    (lambda: ops.repeat(X, [1, 2], 0), errors.ShapeError, ["repeat", "x (3, 4)"]),
    (lambda: ops.pad(X, ((1, 2), (3, 4), (5, 6))), errors.ShapeError, ["pad", "x (3, 4)"]),
    (lambda: ops.pad(X, 1, "empty"), errors.ShapeError, ["pad", "'empty'", "'edge'", "'mean'"]),
    (lambda: ops.pad(X[:, :0], 1, "mean"), errors.OperandError, ["pad", "'mean'", "(3, 0)"]),
    (lambda: V**-1 + ng.Variable(np.array([2])) ** -1, errors.ShapeError, ["pow", "negative"]),
    (
        lambda: ops.mean_squared_error(ops.reshape(V, (3, 1)), V),
        errors.ShapeError,
        ["mean_squared_error", "(3, 1)", "(3,)", "reshape"],
    ),
    (
        lambda: ops.softmax_cross_entropy(X, np.array([0, 1])),
        errors.ShapeError,
        ["softmax_cross_entropy(x (3, 4)", "(2,)"],
    ),
    (
        lambda: ops.softmax_cross_entropy(X, np.array([0, 1, 4])),
        errors.OperationIndexError,
        ["softmax_cross_entropy(x (3, 4)", "0 to 4", "4 classes"],
    ),
    (lambda: ops.binary_cross_entropy(V, X), errors.ShapeError, ["binary_cross_entropy(v (3,)"]),
    (
        lambda: ops.binary_cross_entropy(V * 2, V),
        errors.ShapeError,
        ["between 0 and 1", "from_logits"],
    ),
    (lambda: ops.inv(X), errors.ShapeError, ["inv(x (3, 4)", "square"]),
    (lambda: ops.inv(ng.Variable(np.ones((2, 2)))), errors.ShapeError, ["inv(", "Singular"]),
    (lambda: ops.solve(ng.Variable(np.eye(2)), V), errors.ShapeError, ["solve(", "v (3,)"]),
    (lambda: ops.sort(X, 2), errors.AxisError, ["sort(axis=2)(x (3, 4)"]),
    (lambda: ops.sin("x"), errors.OperandError, ["sin cannot take str"]),
    (lambda: ops.sin(None), errors.OperandError, ["sin cannot take NoneType"]),
    (lambda: ops.sum(np.array([1j])), errors.OperandError, ["sum", "complex128"]),
    (lambda: ops.sum(X, initial=1j), errors.OperandError, ["sum", "complex", ".real"]),
    (lambda: ops.pad(X, 1, constant_values=1j), errors.OperandError, ["pad", "complex", ".real"]),
    (lambda: ops.insert(X, True, 0.0), errors.ShapeError, ["insert", "boolean", "one dimensional"]),
    (lambda: X + "a", TypeError, ["add cannot take str"]),
]


@pytest.mark.parametrize(("call", "kind", "words"), BAD)
def test_the_error_says_what_and_where(call: Any, kind: Any, words: list[str]) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert isinstance(caught.value, errors.NbgradError)
    for word in words:
        assert word in str(caught.value)


UNSUPPORTED = [
    (lambda: np.fft.fft(V), "np.fft.fft"),
    (lambda: np.nextafter(V, V), "np.nextafter"),
    (lambda: np.frexp(V), "np.frexp"),
    (lambda: np.linalg.eig(X), "np.linalg.eig"),
    (lambda: np.nextafter.reduceat(V, [0]), "np.nextafter.reduceat"),
    (lambda: np.lcm(V, V), "np.lcm"),
]


@pytest.mark.parametrize(("call", "name"), UNSUPPORTED)
def test_what_is_missing_is_named_with_its_nearest(call: Any, name: str) -> None:
    with pytest.raises(errors.UnsupportedFunctionError, match="no rule for") as caught:
        call()
    assert f"{name} on a Variable" in str(caught.value)
    assert isinstance(caught.value, TypeError)


def test_what_comes_near_is_told() -> None:
    with pytest.raises(TypeError, match=r"np\.unique\(x\.data"):
        np.unique(V)
    with pytest.raises(TypeError, match=r"Multiply: x \* 2\.0"):
        np.ldexp(V, 2)


@pytest.mark.parametrize(
    "call",
    [
        lambda: np.sin(V, out=np.empty(3)),
        lambda: np.sum(X, axis=0, out=np.empty(4)),
        lambda: np.add(V, V, out=np.empty(3)),
        lambda: np.concatenate([V, V], out=np.empty(6)),
    ],
)
def test_out_is_refused(call: Any) -> None:
    with pytest.raises(errors.InPlaceError, match="out="):
        call()


def _called_with(case: Case) -> Iterator[tuple[str, Any]]:
    """Yield the call of a case with each of its parameters but the operands replaced."""
    function = case.row.function
    signature = inspect.signature(function)
    parameters = signature.parameters.values()
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
        return
    given = signature.bind(*case.arguments(case.variables()), **case.sample.kwargs).arguments
    for name in list(signature.parameters)[1:]:
        if isinstance(given.get(name), ng.Variable):
            continue
        for wrong in ("same", (1, 2, 3, 4), object()):
            bound = signature.bind(**{**given, name: wrong})
            yield f"{name}={wrong!r}", lambda b=bound: function(*b.args, **b.kwargs)


def test_every_function_names_itself_in_an_error_about_an_argument() -> None:
    rows = {param.values[0].row.name: param.values[0] for param in reversed(CASES)}
    tried, wrong = 0, []
    for name, case in rows.items():
        for what, call in _called_with(case):
            tried += 1
            try:
                call()
            except errors.NbgradError as error:
                if name not in str(error) and not str(error).startswith("nbgrad"):
                    wrong.append((name, what, str(error)))
            except Exception as error:  # noqa: BLE001 - which is the fault looked for
                wrong.append((name, what, repr(error)))
    print(f"{tried} calls of {len(rows)} functions")
    assert tried > 1000
    assert wrong == []


def test_what_the_users_own_function_raises_passes_as_it_is() -> None:
    error = ValueError("mine")

    def fails(_: Any) -> Any:
        raise error

    for call in (
        lambda: np.piecewise(V, [V.data > 0], [fails]),
        lambda: np.apply_along_axis(fails, 0, X),
    ):
        with pytest.raises(ValueError, match="mine") as caught:
            call()
        assert caught.value is error
