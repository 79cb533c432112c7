"""What functions of matrices refuse: wrong shapes, and arguments without a rule."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import nbgrad as ng

RNG = np.random.default_rng(0)
A = RNG.uniform(-1, 1, (3, 3))
Q = np.linalg.qr(A)[0]
TWICE = Q @ np.diag([2.0, 2.0, 5.0]) @ Q.T
"""Symmetric, with an eigenvalue and a singular value that come twice."""
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
    with pytest.raises(TypeError, match=r"ng\.full\(shape, value\) takes a Variable"):
        np.full((2, 3), x[0, 0])
    with pytest.raises(TypeError, match=r"ng\.select takes a Variable as the default"):
        np.select([TWICE > 0], [TWICE], x)
    with pytest.raises(TypeError, match="'reduced', 'complete' and 'r'"):
        np.linalg.qr(x, "raw")
    with pytest.raises(TypeError, match="complex"):
        np.linalg.eig(x)
    with pytest.raises(TypeError, match="complex"):
        np.fft.rfft(x)
