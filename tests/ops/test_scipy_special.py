"""SciPy's functions far out and close to their poles, where other formulas lose all digits."""

from __future__ import annotations

import warnings
from typing import Any

import mpmath as mp
import numpy as np
import pytest
import scipy.special

import nbgrad as ng
from nbgrad.compat.scipy import special
from tests.ops.test_magnitudes import derivatives

DTYPES = {np.float64: 1e-11, np.float32: 1e-5, np.float16: 4e-3}


def hazard(x: Any) -> Any:
    return mp.sqrt(2 / mp.pi) * mp.exp(-x * x / 2) / mp.erfc(-x / mp.sqrt(2))


def close(found: Any, exact: Any, dtype: Any) -> None:
    with np.errstate(over="ignore"):
        right = np.array([float(e) for e in exact]).astype(dtype)
    least = float(np.finfo(dtype).smallest_subnormal)
    np.testing.assert_allclose(found, right, rtol=DTYPES[dtype], atol=4 * least)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_logarithm_of_the_normal_distribution_far_out(dtype: Any) -> None:
    data = np.array([-3e4, -740.0, -300.0, -31.0, -29.0, -15.0, -1.0, 0.0, 4.5], dtype)
    with np.errstate(over="ignore"):
        _, (g,), ((h,),) = derivatives(scipy.special.log_ndtr, data)
    with mp.workdps(60):
        xs = [mp.mpf(float(x)) for x in data]
        close(g, [hazard(x) for x in xs], dtype)
        close(h, [-hazard(x) * (x + hazard(x)) for x in xs], dtype)
    third = ng.grad(ng.grad(ng.grad(scipy.special.log_ndtr)))(-2.0)
    with mp.workdps(60):
        assert third == pytest.approx(float(mp.diff(hazard, -2, 2)), rel=1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_logit_beside_its_poles(dtype: Any) -> None:
    tiny = np.finfo(dtype).smallest_subnormal
    data = np.array([tiny, 1e-3, 0.25, 1 - np.finfo(dtype).epsneg], dtype)
    with np.errstate(all="ignore"):
        _, (g,), ((h,),) = derivatives(scipy.special.logit, data)
        xs = [mp.mpf(float(x)) for x in data]
        close(g, [1 / (x * (1 - x)) for x in xs], dtype)
        close(h, [(2 * x - 1) / (x * (1 - x)) ** 2 for x in xs], dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_beta_functions_of_numbers_of_different_size(dtype: Any) -> None:
    sizes = [1e-3, 0.5, 1.0, 7.25, 300.0, 3e4]
    if dtype is not np.float16:
        sizes += [1e-10, 1e10, 1e15]
    a, b = (np.ravel(x).astype(dtype) for x in np.meshgrid(sizes, sizes))
    with np.errstate(all="ignore"):
        _, (g, _), ((h, mixed), (_, _)) = derivatives(scipy.special.betaln, a, b)
        _, (slope, _), _ = derivatives(scipy.special.beta, a, b)
    with mp.workdps(60):
        pairs = [(mp.mpf(float(m)), mp.mpf(float(n))) for m, n in zip(a, b, strict=True)]
        right = [mp.psi(0, m) - mp.psi(0, m + n) for m, n in pairs]
        close(g, right, dtype)
        close(h, [mp.psi(1, m) - mp.psi(1, m + n) for m, n in pairs], dtype)
        close(mixed, [-mp.psi(1, m + n) for m, n in pairs], dtype)
    if dtype is not np.float16:  # whose products of large and tiny numbers have few digits
        beta = scipy.special.beta(a.astype(float), b.astype(float))
        close(slope, [p * float(r) for p, r in zip(beta, right, strict=True)], dtype)


def test_relative_entropy_of_numbers_whose_ratio_is_beyond_the_dtype() -> None:
    a, b = np.array([1e-200, 1e200, 2.0]), np.array([1e200, 1e-200, 2.0])
    with np.errstate(over="ignore"):  # of the derivative by b
        _, (g, _), ((h, mixed), _) = derivatives(scipy.special.rel_entr, a, b)
    np.testing.assert_allclose(g, np.log(a) - np.log(b) + 1)
    np.testing.assert_allclose(h, 1 / a)
    np.testing.assert_allclose(mixed, -1 / b)


def test_polygamma_in_float16_keeps_its_digits() -> None:
    x = np.array([2.5, 7.7, 9.0], np.float16)
    _, (g,), _ = derivatives(lambda v: special.polygamma(5, v), x)
    right = scipy.special.polygamma(6, x.astype(float))
    np.testing.assert_allclose(g, right.astype(np.float16), rtol=2e-3)
    with pytest.raises(ng.OperandError, match="order"):
        special.polygamma(ng.Variable(np.ones(3)), x)


def test_a_compiled_beta_function_of_a_number_runs_compiled() -> None:
    def f(x: Any) -> Any:
        return (scipy.special.betaln(x, 2.0) + scipy.special.log_ndtr(x)).sum()

    x = ng.Variable(np.array([0.5, 3.0, 40.0]))
    compiled = ng.compile(f)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ng.CompileWarning)
        for _ in range(2):
            x.cleargrad()
            compiled(x).backward()
    np.testing.assert_array_equal(x.grad, ng.grad(f)(x.data))
