"""Cofactors and their derivative, element by element, of matrices with elements of any scale."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

import nbgrad as ng


def det(rows: list[list[Fraction]]) -> Fraction:
    if not rows:
        return Fraction(1)
    left = [[r[:j] + r[j + 1 :] for r in rows[1:]] for j in range(len(rows))]
    return sum(((-1) ** j * v * det(left[j]) for j, v in enumerate(rows[0]) if v), Fraction(0))


def without(m: list[list[Fraction]], rows: tuple[int, ...], columns: tuple[int, ...]) -> Fraction:
    n = len(m)
    return det([[m[i][j] for j in range(n) if j not in columns] for i in range(n) if i not in rows])


def exact(x: Any, g: Any) -> tuple[Any, Any]:
    """Return the cofactors, and the derivative of Σ g · cofactors, of exact numbers."""
    n, m = len(x), [[Fraction(float(v)) for v in row] for row in x]
    cofactors = np.array(
        [[float((-1) ** (i + j) * without(m, (i,), (j,))) for j in range(n)] for i in range(n)]
    )
    slope = np.zeros((n, n), object)
    for i, j, row, column in product(range(n), repeat=4):
        if row != i and column != j:
            sign = (-1) ** (i + j + row - (row > i) + column - (column > j))
            slope[row, column] += (
                Fraction(float(g[i, j])) * sign * without(m, (i, row), (j, column))
            )
    return cofactors, slope.astype(float)


def test_cofactors_are_right_element_by_element_at_any_scale() -> None:
    rng = np.random.default_rng(0)
    cases = 0
    for n, dtype, far in ((4, float, 200), (5, float, 90), (4, np.float32, 25), (4, np.float16, 4)):
        x, g = rng.normal(size=(2, n, n))
        twice = np.round(np.vstack([x[:-1], x[:1]]), 0)
        steps = np.linspace(-far, far, n).astype(int)
        each = rng.integers(-far, far, (n, n))
        for scaled in (
            x * 2.0 ** steps[:, None], x * 2.0**steps, x * 2.0**each, twice * 2.0**steps,
            np.diag(2.0**steps), np.zeros((n, n)),
        ):  # fmt: skip
            leaf = ng.Variable(scaled.astype(dtype))
            with np.errstate(all="ignore"):
                ng.det(leaf).backward(create_graph=True)
                first = leaf.grad
                leaf.cleargrad()
                (first * g.astype(dtype)).sum().backward()
            info = np.finfo(dtype)
            for found, right in zip(
                (first.data, leaf.grad), exact(leaf.data, g.astype(dtype)), strict=True
            ):
                within = np.abs(right) < info.max
                np.testing.assert_allclose(
                    found[within], right[within], 1e3 * info.eps, 8 * info.smallest_subnormal
                )
                cases += right.size
    print(f"{cases} cases")
