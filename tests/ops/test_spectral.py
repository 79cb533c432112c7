"""Eigenvalues and singular values that are equal, and what is read of a symmetric matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import differences, gradient

RNG = np.random.default_rng(0)
A = RNG.uniform(-1, 1, (3, 3))
Q = np.linalg.qr(A)[0]
G = RNG.uniform(-1, 1, (3, 3))
TWICE = Q @ np.diag([2.0, 2.0, 5.0]) @ Q.T
"""Symmetric, with an eigenvalue and a singular value that come twice."""


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


@pytest.mark.parametrize("name", ["eigh", "eigvalsh"])
def test_a_number_has_no_eigenvalues(name: str) -> None:
    with pytest.raises(ng.MatrixError, match="at least two-dimensional"):
        getattr(ng, name)(np.array(1.0))
