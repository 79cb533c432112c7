"""Determinants and cofactors of any size, beyond all numbers, and of singular matrices."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import permutations
from typing import Any

import numpy as np

import nbgrad as ng
from nbgrad import ops
from tests.ops.cases import gradient


def test_the_logarithm_of_a_singular_determinant_has_no_gradient() -> None:
    assert np.isnan(gradient(lambda a: ng.slogdet(a)[1], np.ones((2, 2)))).all()


def test_a_determinant_beyond_all_numbers() -> None:
    x = np.eye(400) * 1e3
    g = gradient(lambda a: np.linalg.slogdet(a)[1], x)
    np.testing.assert_allclose(np.diagonal(g), 1e-3)


def exact_cofactors(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the cofactors in exact fractions, and the sums of their terms' sizes."""
    n = len(x)
    rows = [[Fraction(float(e)) for e in row] for row in x]
    found = np.zeros((2, n, n))
    for i, j in np.ndindex(n, n):
        minor = [[rows[r][c] for c in range(n) if c != j] for r in range(n) if r != i]
        total = size = Fraction(0)
        for order in permutations(range(n - 1)):
            term = math.prod((minor[r][c] for r, c in enumerate(order)), start=Fraction(1))
            odd = sum(a > b for k, b in enumerate(order) for a in order[:k]) + i + j
            total, size = total + (-term if odd % 2 else term), size + abs(term)
        found[:, i, j] = [as_float(total), as_float(size)]
    return found[0], found[1]


def as_float(x: Fraction) -> float:
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf


def test_cofactors_of_any_size() -> None:
    """The gradient of det is right where a determinant, or a product on its way, is out of range."""
    rng = np.random.default_rng(7)
    matrices = [
        np.diag(d)
        for d in ([3e154, 1e150, 2e154], [1e200, 1e-200, 1e-200, 1e100], [0, 1e160, 1e140])
    ]
    for n in (1, 2, 3, 4, 5):
        matrices += [rng.normal(size=(n, n)) * size for size in (1e150, 1e-150, 1e90, 1e-120)]
        for _ in range(6):
            x = rng.normal(size=(n, n))
            rows, columns = (10.0 ** rng.uniform(-60, 60, shape) for shape in ((n, 1), (1, n)))
            singular = np.concatenate([x[1:], x[1:2]]) if n > 1 else x * 0
            matrices += [rows * x * columns, singular * columns]
    wrong = []
    for x in matrices:
        right, size = exact_cofactors(x)
        g = gradient(ng.det, x)
        with np.errstate(all="ignore"):
            off = np.where(g == right, 0.0, np.abs(g - right) / np.maximum(size, 1e-300))
        if not np.max(off) < 1e-9:
            wrong.append(f"{x} {g} {right}")
    print(f"{len(matrices)} cases")
    assert not wrong, "\n".join(wrong)


def test_cofactors_to_second_order_and_of_nan() -> None:
    rng = np.random.default_rng(8)
    for n in (2, 3, 4):
        x, g, t = rng.normal(size=(3, n, n))
        for size in (1.0, 1e100, 1e-100):
            v = ng.Variable(x * size)
            ng.det(v).backward(create_graph=True)
            (first, v.grad) = v.grad, None
            (first * g).sum().backward(create_graph=True)
            expected = [gradient(lambda a, i=i: cofactor(a, i), x) for i in np.ndindex(n, n)]
            right = sum(w * e for w, e in zip(g.ravel(), expected, strict=True))
            np.testing.assert_allclose(v.grad.data / size ** (n - 2), right, rtol=1e-9, atol=1e-12)
            if n < 4:  # to third order: the determinant of t, g, ... is of degree n in its rows
                second, v.grad = v.grad, None
                (second * t).sum().backward()
                assert np.isfinite(0.0 if v.grad is None else v.grad).all()
    half = gradient(ng.det, np.array([[np.nan, 1.0], [2.0, 3.0]]))
    np.testing.assert_array_equal(half, [[3.0, -2.0], [-1.0, np.nan]])
    assert np.isnan(gradient(ng.det, np.full((4, 4), np.nan))).all()


def cofactor(x: Any, i: tuple[int, ...]) -> Any:
    minor = np.delete(np.delete(x, i[0], 0), i[1], 1)
    return ng.det(minor) * (-1.0) ** sum(i)


def test_det_of_singular_matrices() -> None:
    first = ng.grad(ops.det)
    np.testing.assert_allclose(
        first(np.array([[1.0, 2.0], [2.0, 4.0]])), [[4, -2], [-2, 1]], atol=1e-14
    )
    assert first(np.zeros((4, 4))).tolist() == np.zeros((4, 4)).tolist()
    hessian = ng.hessian(ops.det)(np.zeros((2, 2)))
    assert hessian[0, 0].tolist() == [[0, 0], [0, 1]]
    assert hessian[0, 1].tolist() == [[0, 0], [-1, 0]]
