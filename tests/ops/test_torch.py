"""Every sample with a twin in PyTorch: value, first and second derivative against it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nbgrad.ops.row import TABLE
from tests.ops.cases import CASES, Case, gradients, many, second

torch = pytest.importorskip("torch")

# What PyTorch has under the same name without a derivative, or with another meaning.
NO_TWIN = {
    "dropout",
    "eigh",
    "floor_divide",
    "heaviside",
    "linspace",
    "logspace",
    "lstsq",
    "select",
    "svd",
}


def dims(x: Any, axis: Any) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(x.ndim))
    return tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)


def tuple_or_int(a: Any) -> Any:
    return tuple(a) if isinstance(a, list) else a


def over(function: Any, x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Reduce one axis after the other, where PyTorch takes only one."""
    for d in sorted((a % x.ndim for a in dims(x, dim)), reverse=True):
        x = function(x, dim=d, keepdim=keepdim)
    return x


def expression_of(case: Case) -> str | None:
    own = case.sample.torch
    return case.samples.torch if own is None else own


def in_torch(case: Case, leaves: list[Any]) -> tuple[Any, ...]:
    expression = expression_of(case)
    kwargs = dict(case.sample.kwargs)
    if "keepdims" in kwargs:
        kwargs["keepdim"] = kwargs.pop("keepdims")
    if "axis" in kwargs and "**k" in expression:
        kwargs["dim"] = kwargs.pop("axis")
    names = {
        "np": np,
        "torch": torch,
        "F": torch.nn.functional,
        "a": case.arguments(leaves),
        "k": kwargs | ({"keepdims": kwargs["keepdim"]} if "keepdim" in kwargs else {}),
        "_dims": dims,
        "_over": over,
        "_tuple": tuple_or_int,
        "_own_shape": many(case(*case.leaves))[0].shape if "_own_shape" in expression else None,
        "_t": lambda x: torch.as_tensor(x, dtype=torch.float64),
    }
    if "**k" in expression:
        names["k"] = kwargs
    return many(eval(expression, names))


def with_twin() -> list[Any]:
    return [p for p in CASES if expression_of(p.values[0])]


def test_what_pytorch_has_is_compared_with_it() -> None:
    compared = {p.values[0].row.name for p in with_twin()}
    places = (torch, torch.linalg, torch.special, torch.nn.functional)
    missed = {
        name
        for name in TABLE
        if name not in compared and any(hasattr(place, name) for place in places)
    }
    assert missed == NO_TWIN


@pytest.mark.parametrize("case", with_twin())
def test_value_and_derivatives(case: Case) -> None:
    leaves = [torch.tensor(x, requires_grad=True) for x in case.leaves]
    ys = in_torch(case, leaves)
    for y, own in zip(ys, many(case(*case.variables())), strict=True):
        np.testing.assert_allclose(own.data, y.detach().numpy(), rtol=1e-9, atol=1e-10)
    weights = [torch.as_tensor(w) for w in case.weights]
    loss = sum((y * w).sum() for y, w in zip(ys, weights, strict=True))
    first = torch.autograd.grad(loss, leaves, create_graph=True)
    for g, own in zip(first, gradients(case), strict=True):
        np.testing.assert_allclose(own, g.detach().numpy(), rtol=1e-9, atol=1e-10)
    along = sum((g * torch.as_tensor(t)).sum() for g, t in zip(first, case.tangents(), strict=True))
    if along.requires_grad:
        twice = torch.autograd.grad(along, leaves, allow_unused=True)
        for g, own in zip(twice, second(case), strict=True):
            expected = np.zeros(own.shape) if g is None else g.numpy(force=True)
            np.testing.assert_allclose(own, expected, rtol=1e-8, atol=1e-9)
