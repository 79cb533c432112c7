"""Linear algebra where the generated samples do not go: equal values, one triangle, wrong shapes."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from itertools import permutations
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.ops import solving
from tests.ops.cases import differences

RNG = np.random.default_rng(0)
A = RNG.uniform(-1, 1, (3, 3))
Q = np.linalg.qr(A)[0]
G = RNG.uniform(-1, 1, (3, 3))
TWICE = Q @ np.diag([2.0, 2.0, 5.0]) @ Q.T
"""Symmetric, with an eigenvalue and a singular value that come twice."""


def gradient(f: Any, x: Any) -> Any:
    return ng.grad(f)(x)


def symmetric(f: Any) -> Any:
    return lambda x: f((x + x.T) / 2)


def plane(x: Any) -> Any:
    _, v = np.linalg.eigh(x)
    return ((v[:, :2] @ v[:, :2].T) * G).sum()


def span_of_left(x: Any) -> Any:
    u, _, _ = np.linalg.svd(x)
    return ((u[:, 1:] @ u[:, 1:].T) * G).sum()


def polar(x: Any) -> Any:
    u, _, vh = np.linalg.svd(x)
    return ((u @ vh) * G).sum()


INDEPENDENT = {
    "sum of logarithms": (symmetric(lambda x: np.log(np.linalg.eigvalsh(x)).sum()), TWICE),
    "sum of cubes": (symmetric(lambda x: (np.linalg.eigh(x)[0] ** 3).sum()), TWICE),
    "projection onto the plane": (symmetric(plane), TWICE),
    "nuclear norm": (lambda x: np.linalg.norm(x, "nuc"), TWICE),
    "singular values squared": (lambda x: (np.linalg.svd(x)[1] ** 2).sum(), np.eye(3)),
    "span of left singular vectors": (span_of_left, TWICE),
    "polar factor": (polar, TWICE),
    "polar factor of the identity": (polar, np.eye(3)),
}


@pytest.mark.parametrize("name", INDEPENDENT)
def test_equal_values_do_not_matter_to_what_does_not_depend_on_their_vectors(name: str) -> None:
    f, x = INDEPENDENT[name]
    (expected,) = differences(f, [x.copy()])
    np.testing.assert_allclose(gradient(f, x), expected, rtol=1e-6, atol=1e-8)


def test_equal_values_give_finite_derivatives_of_vectors() -> None:
    def first_vector(x: Any) -> Any:
        return (np.linalg.eigh(x)[1][:, 0] * G[0]).sum()

    assert np.isfinite(gradient(first_vector, np.eye(3))).all()
    assert np.isfinite(gradient(lambda x: (np.linalg.svd(x)[0] * G).sum(), np.zeros((3, 3)))).all()


@pytest.mark.parametrize("f", [ng.cholesky, ng.eigvalsh, lambda x: ng.eigh(x)[0]])
def test_a_symmetric_matrix_has_a_symmetric_gradient(f: Any) -> None:
    g = gradient(lambda x: (f(x) ** 2 * 0.5 + f(x)).sum(), TWICE + np.diag([0.0, 1.0, 3.0]))
    np.testing.assert_allclose(g, g.T, rtol=1e-12)


def test_a_result_is_a_named_tuple_as_in_numpy() -> None:
    x = ng.Variable(TWICE)
    assert np.linalg.eigh(x).eigenvalues.shape == (3,)
    assert np.linalg.svd(x).S.shape == (3,)
    assert np.linalg.qr(x).R.shape == (3, 3)
    assert np.linalg.slogdet(x).logabsdet.item() == pytest.approx(np.log(20.0))


def test_one_output_alone_is_enough() -> None:
    for f in (
        lambda x: np.linalg.eigh(x)[1],
        lambda x: np.linalg.svd(x)[2],
        lambda x: np.linalg.qr(x)[0],
        lambda x: np.linalg.qr(x, "r"),
    ):
        (expected,) = differences(lambda x: (f(x) * G).sum(), [A.copy()])  # noqa: B023
        np.testing.assert_allclose(gradient(lambda x: (f(x) * G).sum(), A), expected, atol=1e-7)  # noqa: B023


def test_linalg_has_functions_of_stacks_beside_numpys_own() -> None:
    x = RNG.uniform(-1, 1, (2, 3, 3))
    for name in ("trace", "diagonal"):
        if hasattr(np.linalg, name):
            f = getattr(np.linalg, name)
            np.testing.assert_array_equal(f(ng.Variable(x)).data, f(x))
    if hasattr(np.linalg, "cross"):
        np.testing.assert_allclose(np.linalg.cross(ng.Variable(x), A).data, np.cross(x, A))


def test_less_than_full_rank() -> None:
    x = np.outer([1.0, 2.0, 3.0], [1.0, -1.0])
    g = gradient(lambda a: ng.pinv(a).sum(), x)
    # Along the matrices of rank one: x · 2 has half of the pseudoinverse.
    np.testing.assert_allclose((g * x).sum(), -np.linalg.pinv(x).sum(), rtol=1e-10, atol=1e-14)
    y, residuals, rank, _ = np.linalg.lstsq(ng.Variable(x), np.ones(3), rcond=None)
    assert (int(rank), residuals.shape, y.shape) == (1, (0,), (2,))
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


FLAT, SMALL = np.zeros((2, 2)), np.array([[2.0, 1.0], [1.0, 3.0]])
ONE_WAY = np.array([[-0.2, 0.1, -0.2], [-0.1, 0.1, -0.2], [0.3, 0.1, -0.2]])
"""Singular when it is transposed, to working precision."""


@pytest.mark.parametrize(
    ("name", "f", "x"),
    [
        ("qr", lambda a: ng.qr(a)[1].sum(), FLAT),
        ("qr", lambda a: ng.qr(a, "r").sum(), np.ones((3, 2))),
        ("qr", lambda a: ng.qr(a)[0].sum(), np.ones((2, 4))),
        ("inv", lambda a: ng.inv(a).sum(), FLAT),
        ("solve", lambda a: ng.solve(a, np.ones(2)).sum(), FLAT),
        ("inv", lambda a: ng.matrix_power(a, -1).sum(), FLAT),
        ("cholesky", lambda a: ng.cholesky(a).sum(), -SMALL),
        ("svd", lambda a: ng.svd(a)[0].sum(), FLAT + np.nan),
    ],
)
def test_a_matrix_without_a_result_or_derivative_is_named(name: str, f: Any, x: Any) -> None:
    compiled = ng.compile(f)
    compiled(ng.Variable(np.resize(SMALL, x.shape) + np.eye(*x.shape))).backward()
    for call in (
        lambda: f(ng.Variable(x)).backward(),
        lambda: f(ng.Variable(x)).backward(create_graph=True),
        lambda: ng.grad(f)(x),
        lambda: ng.hessian(f)(x),
        lambda: ng.jvp(f, (x,), (x + 1,)),
        lambda: compiled(ng.Variable(x)).backward(),
        lambda: ng.trace(f(ng.Variable(x))),
    ):
        with pytest.raises(
            np.linalg.LinAlgError, match=rf"{name}\(.*{x.shape[0]}, {x.shape[1]}"
        ) as e:
            call()
        assert isinstance(e.value, ng.MatrixError)
        assert re.search(r"np\.eye|isfinite", str(e.value))


def test_a_matrix_that_is_singular_in_the_rule_alone_is_named() -> None:
    for x in (ONE_WAY, ONE_WAY.T):
        try:
            y = ng.solve(ng.Variable(x), np.ones(3))
        except np.linalg.LinAlgError:
            continue
        try:
            y.sum().backward()
        except np.linalg.LinAlgError as error:
            assert "the derivative of solve" in str(error)
    assert float(ng.cond(ng.Variable(FLAT)).data) == np.inf
    with pytest.raises(np.linalg.LinAlgError, match="with elements"):
        ng.cond(ng.Variable(FLAT[:0]))


@pytest.mark.parametrize(
    "call",
    [
        ng.cholesky,
        ng.slogdet,
        ng.eigh,
        ng.eigvalsh,
        lambda x: ng.matrix_power(x, 2),
        lambda x: ng.cross(x, x),
        lambda x: ng.lstsq(x, np.ones(3)),
        lambda x: ng.multi_dot([x, x]),
        lambda x: ng.cond(x, 1),
        ng.tensorinv,
    ],
)
def test_an_error_names_the_shape(call: Any) -> None:
    with pytest.raises(ValueError, match=r"2, 4"):
        call(ng.Variable(np.ones((2, 4))))


def test_what_has_another_name_or_none_is_said() -> None:
    x = ng.Variable(TWICE)
    with pytest.raises(ValueError, match="not positive definite"):
        ng.cholesky(-x)
    with pytest.raises(TypeError, match="eigh"):
        np.linalg.svd(x, hermitian=True)
    with pytest.raises(TypeError, match="'reduced', 'complete' and 'r'"):
        np.linalg.qr(x, "raw")
    with pytest.raises(TypeError, match="complex"):
        np.linalg.eig(x)
    with pytest.raises(TypeError, match="complex"):
        np.fft.rfft(x)


def test_a_singular_matrix_is_found_where_numpy_says_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in Pyodide: no floating-point flags, NaN in place of an error."""

    def silent(*arrays: Any) -> Any:
        return np.full_like(arrays[-1], np.nan)

    monkeypatch.setattr(solving, "FAILS_SILENTLY", True)
    for found in (silent, lambda *a: silent(*a)[..., 0]):
        with pytest.raises(np.linalg.LinAlgError, match="Singular"):
            solving.solved(found, np.eye(2))
    with pytest.raises(np.linalg.LinAlgError, match="Singular"):
        solving.solved(silent, np.eye(2, dtype=np.float16))
    assert np.isnan(solving.solved(silent, np.full((2, 2), np.nan))).all()
    assert solving.solved(np.linalg.inv, np.empty((0, 0))).shape == (0, 0)
    assert float(ng.det(np.eye(2)).data) == 1.0
    assert len(ng.qr(np.eye(2))) == 2
    monkeypatch.setattr(np.linalg, "cholesky", silent)
    with pytest.raises(np.linalg.LinAlgError, match="positive definite"):
        solving.solved(np.linalg.cholesky, -np.eye(2))
