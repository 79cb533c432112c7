"""Matrices that are singular or of less than full rank."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.ops import solving
from tests.ops.cases import gradient


def test_the_pseudoinverse_of_less_than_full_rank() -> None:
    x = np.outer([1.0, 2.0, 3.0], [1.0, -1.0])
    g = gradient(lambda a: ng.pinv(a).sum(), x)
    # Along the matrices of rank one: x · 2 has half of the pseudoinverse.
    np.testing.assert_allclose((g * x).sum(), -np.linalg.pinv(x).sum(), rtol=1e-10, atol=1e-14)


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


def test_second_derivatives_of_float16() -> None:
    """In a rule float16 may meet a gradient of float32."""
    data = np.array([[3.0, 1.0], [0.5, 2.0]])
    for f in (lambda x: ng.solve(x, x[:, 0] * x[0]), lambda x: ng.qr(x).Q, lambda x: ng.qr(x).R):
        hessians = [
            ng.hessian(lambda x, f=f: ng.sum(f(x) ** 2 + f(x)))(data.astype(dtype))
            for dtype in (np.float16, np.float64)
        ]
        np.testing.assert_allclose(*hessians, rtol=2e-2, atol=2e-2)


def test_eigenvalues_with_nan_are_refused() -> None:
    """LAPACK has numbers for a matrix of two rows."""
    data = np.array([[np.nan, 0.0], [1.0, 2.0]])
    for f in (np.linalg.eigh, np.linalg.eigvalsh):
        with pytest.raises(np.linalg.LinAlgError, match="must be finite"):
            f(ng.Variable(data))
    upper = np.array([[1.0, np.nan], [0.5, 2.0]])  # where the lower triangle is read
    np.testing.assert_array_equal(
        np.linalg.eigvalsh(ng.Variable(upper)).data, np.linalg.eigvalsh(upper)
    )


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_singular_values_of_what_is_not_finite_are_refused_at_once(
    value: float, dtype: Any
) -> None:
    """LAPACK may never return from such a matrix."""
    data = np.eye(4, dtype=dtype)
    data[0, 3] = value
    for f in (
        np.linalg.svd,
        np.linalg.pinv,
        lambda x: np.linalg.norm(x, "nuc"),
        lambda x: np.linalg.lstsq(x, np.ones(4, dtype), rcond=None),
    ):
        with pytest.raises(np.linalg.LinAlgError, match="must be finite"):
            f(ng.Variable(data))
