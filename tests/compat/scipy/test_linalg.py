"""`scipy.linalg` on Variables: values are SciPy's, derivatives those of finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg

import nbgrad as ng
from nbgrad.compat.scipy import linalg
from tests.compat.scipy.checks import A, B, S, check

BAND = np.array([[2.0], [5.0], [2.0]])
LINEAR: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "upper": (lambda m, a, b: m.solve_triangular(a, b), (S, B)),
    "lower": (lambda m, a, b: m.solve_triangular(a, b, lower=True), (S, B[:, 0])),
    "transposed": (lambda m, a, b: m.solve_triangular(a, b, trans="T", lower=True), (S, B)),
    "unit": (lambda m, a, b: m.solve_triangular(a, b, unit_diagonal=True), (S, B)),
    "transposed unit": (lambda m, a, b: m.solve_triangular(a, b, "T", unit_diagonal=True), (S, B)),
    "hints": (
        lambda m, a, b: m.cho_solve((a, True), b, overwrite_b=False, check_finite=False),
        (S, B[:, 0]),
    ),
    "cholesky": (lambda m, a: m.cholesky((a + a.T) / 2), (S,)),
    "cholesky lower": (lambda m, a: m.cholesky((a + a.T) / 2, lower=True), (S,)),
    "cho_solve": (lambda m, a, b: m.cho_solve(m.cho_factor((a + a.T) / 2), b), (S, B)),
    "cho_solve lower": (lambda m, a, b: m.cho_solve((a, True), b), (S, B)),
    "solve": (lambda m, a, b: m.solve(a, b), (S, B)),
    "solve sym": (lambda m, a, b: m.solve(a, b, assume_a="sym"), (S, B)),
    "solve pos lower": (lambda m, a, b: m.solve(a, b, lower=True, assume_a="pos"), (S, B)),
    "solve symmetric transposed": (
        lambda m, a, b: m.solve(a, b, False, False, True, assume_a="sym", transposed=True),
        (S, B),
    ),
    "solve transposed": (lambda m, a, b: m.solve(a, b, transposed=True), (S + A, B)),
    "hints in their places": (
        lambda m, a, b: m.solve_triangular(a, b, "N", True, False, False, True),
        (S, B),
    ),
    "no second matrix": (lambda m, a: m.eigh((a + a.T) / 2, None, eigvals_only=True), (S,)),
    "inv": (lambda m, a: m.inv(a), (S,)),
    "det": (lambda m, a: m.det(a), (S,)),
    "pinv": (lambda m, a: m.pinv(a), (B,)),
    "svdvals": (lambda m, a: m.svdvals(a), (B,)),
    "eigh": (lambda m, a: m.eigh((a + a.T) / 2)[0], (S,)),
    "eigh only": (lambda m, a: m.eigh((a + a.T) / 2, lower=False, eigvals_only=True), (S,)),
    "block_diag": (lambda m, a, b: m.block_diag(a, b, b[0]), (S, B)),
    "sqrtm": (lambda m, a: m.sqrtm(a), (S,)),
    "solve_banded": (lambda m, a, b: m.solve_banded((1, 1), a + BAND, b), (A, B)),
    "solve_banded below": (lambda m, a, b: m.solve_banded((2, 0), a + BAND, b), (A, B[:, 0])),
    "solve_banded above": (lambda m, a, b: m.solve_banded((0, 2), a - BAND, b), (A, B)),
    "toeplitz": (lambda m, a, b: m.toeplitz(a, b), (A[0], B[:, 0])),
    "toeplitz symmetric": (lambda m, a: m.toeplitz(a), (A[1],)),
    "solve_sylvester": (lambda m, a, b: m.solve_sylvester(a, a[:2, :2], b), (S, B)),
    "expm": (lambda m, a: m.expm(a), (A,)),
    "expm of a number": (lambda m, a: m.expm(a), (np.array(0.5),)),
    "expm of a stack": (lambda m, a: m.expm(a), (np.stack([B[:2], A[:2, :2]]),)),
}


@pytest.mark.parametrize("name", LINEAR)
def test_functions_of_linalg(name: str) -> None:
    f, arrays = LINEAR[name]
    check(lambda *xs: f(linalg, *xs), lambda *xs: f(scipy.linalg, *xs), *arrays)


def test_what_linalg_refuses() -> None:
    x = ng.Variable(A)
    for call, said in (
        (lambda: linalg.sqrtm(-x @ x.T - np.eye(3)), "complex"),
        (lambda: linalg.solve(x, x, assume_a="banded"), "assume_a"),
        (lambda: linalg.solve_banded((1, 0), x, x), "diagonals"),
        (lambda: linalg.eigh(x, x), "takes no b"),
        (lambda: linalg.pinv(x, atol=0.1), "Leave atol out"),
    ):
        with pytest.raises(ng.NbgradError, match=said):
            call()


@pytest.mark.parametrize("triangle", ["upper", "lower"])
def test_a_triangle_is_read_where_it_is_said_to_be_all(triangle: str) -> None:
    y = linalg.solve(ng.Variable(S), B, assume_a=f"{triangle} triangular")
    right = scipy.linalg.solve_triangular(S, B, lower=triangle == "lower")
    np.testing.assert_allclose(y.data, right, rtol=1e-12)
