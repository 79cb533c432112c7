"""Every homogeneous operation at every scale: f(s · x) = sᵈ · f(x), and so for its derivatives.

Most rows are homogeneous: what moves, adds or multiplies numbers, lengths, extremes, factors of
matrices. Their values at an ordinary size are known to be right (`test_derivatives`), and so are
those at any power of two of it: nothing may overflow, underflow or lose digits on the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

import nbgrad as ng
from nbgrad.ops.row import TABLE
from tests.ops.cases import CASES, Case, many
from tests.ops.exact import ONE, OVER, TWO

TOLERANCE = {np.float64: 1e-9, np.float32: 2e-3}
ROOM = {np.float64: 800, np.float32: 84}
"""How many powers of two a result may be away from 1."""
PLACES = ("value", "gradient", "second")


def outputs(case: Case, xs: list[Any]) -> list[Any]:
    return [y for y in many(case(*xs)) if isinstance(y, ng.Variable)]


def degrees(case: Case) -> list[int | None]:
    """Return the degree of each output; None where it has none."""
    found: list[int | None] = []
    try:
        with ng.no_grad(), np.errstate(all="ignore"):
            runs = [
                outputs(case, [ng.Variable(np.asarray(x * s)) for x in case.leaves])
                for s in (1.0, 4.0, 0.25)
            ]
    except ValueError:
        return []  # probabilities
    for one, up, down in zip(*(([y.data for y in run]) for run in runs), strict=True):
        ds = [d for d in range(-3, 7) if np.allclose(up, one * 4.0**d, 1e-9, 0)]
        ds = [d for d in ds if np.allclose(down, one / 4.0**d, 1e-9, 0) and np.any(one)]
        found.append(ds[0] if ds else None)
    return found


def results(case: Case, xs: list[np.ndarray], j: int) -> Iterator[tuple[int, Any]]:
    """Yield the value of an output, its gradients, and second derivatives along tangents."""
    weights = case.weights[j].astype(xs[0].dtype)
    leaves = [ng.Variable(np.asarray(x)) for x in xs]
    y = outputs(case, leaves)[j]
    yield 0, y.data
    (y * weights).sum().backward(create_graph=True)
    gs = [x.grad for x in leaves]
    terms = []
    for g, t in zip(gs, case.tangents(), strict=True):
        if g is not None:
            yield 1, g.data
            terms.append((g * t.astype(g.dtype)).sum())
    for x in leaves:
        x.cleargrad()
    for term in terms:
        if term.creator is not None:
            term.backward()
    for x in leaves:
        yield 2, np.zeros(x.shape) if x.grad is None else x.grad


def wrong(case: Case, dtype: Any, j: int, d: int) -> Iterator[str]:
    step = ROOM[dtype] // (2 * max(abs(d), abs(d - 2))) * 2
    xs = [x.astype(dtype) for x in case.leaves]
    plain = list(results(case, xs, j))
    for power in (step, -step):
        for (order, right), (_, found) in zip(
            plain, results(case, [np.ldexp(x, power) for x in xs], j), strict=True
        ):
            back = np.ldexp(np.asarray(found, np.float64), -power * (d - order))
            size = np.max(np.abs(right), initial=0)
            if not np.allclose(back, right, TOLERANCE[dtype], TOLERANCE[dtype] * size):
                yield (
                    f"{PLACES[order]} of {case.row.name}{case.sample.args} {case.sample.kwargs}, "
                    f"{np.dtype(dtype)} × 2^{power}"
                )


EXACT = {"cross": "softmax_cross_entropy", "x**3": "pow", "x**-2": "pow"}
OTHERS = {
    "batch_norm": "standardize and a line",
    "interp": "values between points, which are numbers of their own size",
    "cholesky": "of degree 1/2",
    "cumulative_prod": "cumprod by another name",
    "nancumprod": "cumprod of what is not nan",
    "kl_div": "made of xlogy",
    "unwrap": "adds constants",
}
"""Rows whose magnitudes no hunt covers, and why."""
NO_BOUND = {"cosine_similarity": {"eps": 0.0}}
"""Rows with a bound in the dtype's own units, and how it is left out."""


def hunt() -> tuple[int, list[str], set[str]]:
    cases, found, covered = 0, [], set()
    for param in CASES:
        case = param.values[0]
        if not case.leaves:
            continue
        bound = NO_BOUND.get(case.row.name, {})
        case = replace(case, sample=case.sample._replace(kwargs={**case.sample.kwargs, **bound}))
        for j, d in enumerate(degrees(case)):
            if d is None:
                continue
            covered.add(case.row.name)
            for dtype in TOLERANCE:
                cases += 6
                with np.errstate(all="ignore"):
                    found += wrong(case, dtype, j, d)
    return cases, found, covered


def test_every_homogeneous_operation_is_right_at_every_scale() -> None:
    cases, found, covered = hunt()
    print(f"{cases} cases")
    assert not found, "\n".join(found)
    names = {EXACT.get(n.split()[0], n.split()[0]) for n in (*ONE, *TWO, *OVER)}
    assert set(TABLE) - covered - names == set(OTHERS), "each row needs a hunt, or a reason"
