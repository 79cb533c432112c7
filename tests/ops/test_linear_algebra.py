"""Linear algebra where the generated samples do not go: equal values, one triangle, wrong shapes."""

from __future__ import annotations

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
