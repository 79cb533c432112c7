"""`scipy.special` on Variables, by its ufuncs and by `nbgrad.compat.scipy`."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
import scipy.special
import scipy.stats
from scipy.linalg import cholesky

import nbgrad as ng
from nbgrad.compat.scipy import special
from nbgrad.ops.scipy_special import RULES, SAME
from tests.compat.scipy.checks import A, X, check

ORDERS: dict[str, tuple[float, ...]] = {
    **dict.fromkeys(("iv", "yv", "kv", "yve"), (1.0,)),
    **dict.fromkeys(("ive", "jv", "jve", "pdtr", "pdtrc", "pdtri"), (2.0,)),
    **dict.fromkeys(("yn", "kn"), (2,)),
    **dict.fromkeys(("gammainc", "gammaincinv"), (1.7,)),
    **dict.fromkeys(("gammaincc", "gammainccinv"), (2.5,)),
    **dict.fromkeys(("betainc", "betaincc", "betaincinv", "betainccinv"), (1.5, 2.5)),
    **dict.fromkeys(("zeta", "stdtr", "stdtrit", "chdtr", "chdtrc", "chdtri"), (3.0,)),
    **dict.fromkeys(("fdtr", "fdtrc", "fdtri"), (3.0, 4.0)),
    **dict.fromkeys(("bdtr", "bdtrc", "bdtri"), (1.0, 4)),
    **dict.fromkeys(("nbdtr", "nbdtrc"), (1, 4)),
    **dict.fromkeys((name for name in RULES if name.startswith("eval_")), (4,)),
    "kve": (1.5,),
    "expn": (3,),
    "hyp0f1": (1.5,),
    "hyp1f1": (1.5, 2.5),
    "hyperu": (1.5, 2.5),
    "hyp2f1": (0.5, 1.5, 2.0),
    "eval_gegenbauer": (3, 1.5),
    "eval_genlaguerre": (3, 0.5),
    "eval_jacobi": (3, 0.5, 1.5),
}


@pytest.mark.parametrize("name", [*RULES, *SAME, "digamma", "jn"])
def test_ufuncs_of_special(name: str) -> None:
    of_all, _, place = name.partition("[")
    if not hasattr(scipy.special, of_all):  # of a newer SciPy
        assert of_all in NEWER
        return
    ufunc = getattr(scipy.special, of_all)
    function = (lambda *xs: ufunc(*xs)[int(place[:-1])]) if place else ufunc
    orders = ORDERS.get("jv" if name == "jn" else name)
    small = ng.Variable(X.astype(np.float32))
    if orders is not None:
        at = -X if name == "ndtri_exp" else X
        check(lambda x: function(*orders, x), lambda x: function(*orders, x), at)
        with pytest.raises(TypeError, match="order"):
            function(ng.Variable(X), *orders[1:], X)
        y = function(*orders, small)
    elif name in ("gdtr", "gdtrc"):
        check(lambda a, x: function(a, 2.5, x), lambda a, x: function(a, 2.5, x), X, X[::-1] + 0.3)
        y = function(small, 2.5, small)
    elif ufunc.nin == 2:
        check(function, function, X, X[::-1] + 0.3)
        y = function(small, small)
    else:
        check(function, function, -X if name == "ndtri_exp" else X)
        y = function(-small if name == "ndtri_exp" else small)
    y.sum().backward()
    assert y.dtype == small.grad.dtype == np.float32


NEWER = ("betaincc", "betainccinv")
"""Functions that came with SciPy 1.11 or later."""
LIMITS: list[tuple[str, Any, float, float]] = [
    ("one degree of freedom more than none", lambda x: scipy.special.chdtr(2.0, x), 0.0, 0.5),
    ("a uniform density", lambda x: scipy.special.betainc(1.0, 1.0, x), 0.0, 1.0),
    ("the dilogarithm at 1", scipy.special.spence, 1.0, -1.0),
    ("Box-Cox at λ = 0", lambda x: scipy.special.boxcox(2.0, x), 0.0, np.log(2.0) ** 2 / 2),
    ("Dawson far out", scipy.special.dawsn, 1e4, -5.000000075000002e-09),
    ("erfcx far out", scipy.special.erfcx, 1e4, -5.641895750849127e-09),
    ("an elliptic integral at 0", scipy.special.ellipk, 0.0, np.pi / 8),
    ("the first order", lambda x: scipy.special.expn(1, x), 2.0, -np.exp(-2.0) / 2.0),
    ("a constant polynomial", lambda x: scipy.special.eval_hermite(0, x), 2.0, 0.0),
]


@pytest.mark.parametrize(("_", "function", "x", "expected"), LIMITS)
def test_limits_of_special(_: str, function: Any, x: float, expected: float) -> None:
    np.testing.assert_allclose(ng.grad(function)(x), expected, rtol=1e-13)


FUNCTIONS = {
    "polygamma": (lambda m, x: m.polygamma(2, x), X),
    "polygamma 0": (lambda m, x: m.polygamma(0, x), X),
    "multigammaln": (lambda m, x: m.multigammaln(x, 3), X + 2.0),
    "logsumexp": (lambda m, x: m.logsumexp(x), A),
    "logsumexp b": (lambda m, x: m.logsumexp(x, axis=0, b=np.abs(A), keepdims=True), A),
    "logsumexp mask": (lambda m, x: m.logsumexp(x, axis=1, b=A < 0.5), A),
    "logsumexp b of both signs": (lambda m, x: m.logsumexp(x, 0, A, return_sign=True)[0], A),
    "polygamma orders": (lambda m, x: m.polygamma(np.arange(5), x), X),
    "softmax": (lambda m, x: m.softmax(x), A),
    "softmax axis": (lambda m, x: m.softmax(x, axis=0), A),
    "log_softmax": (lambda m, x: m.log_softmax(x), A),
    "log_softmax axis": (lambda m, x: m.log_softmax(x, axis=1), A),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_special(name: str) -> None:
    f, x = FUNCTIONS[name]
    vectorised = np.vectorize(lambda a: f(scipy.special, a)) if "multi" in name else None
    check(lambda v: f(special, v), vectorised or (lambda v: f(scipy.special, v)), x)


def test_every_other_name_is_scipys_own() -> None:
    from nbgrad.compat import scipy as both

    assert both.special.comb is scipy.special.comb
    assert both.stats.zscore is scipy.stats.zscore
    assert both.ndimage is scipy.ndimage
    assert both.special.logsumexp is special.logsumexp
    y, sign = special.logsumexp(ng.Variable(-A), 0, np.zeros(3), return_sign=True)
    assert (y.data == -np.inf).all()
    assert not sign.any()


def test_far_out_in_the_tail_of_the_normal_distribution() -> None:
    x = np.array([-1e4, -50.0, 50.0])
    g = ng.grad(lambda x: scipy.special.log_ndtr(x).sum())(x)
    np.testing.assert_allclose(g, [1e4 + 1e-4, 50.01998403, 0.0], rtol=1e-9, atol=1e-300)


def test_a_ufunc_is_named_as_it_is_called() -> None:
    x = ng.Variable(X)
    with pytest.raises(TypeError, match=r"no rule for scipy\.special\.kolmogorov .* For a plain"):
        scipy.special.kolmogorov(x)
    with pytest.raises(TypeError, match=r"beta\.at .* writes into an array"):
        scipy.special.beta.at(x, [0], 1.0)
    with pytest.raises(ng.InPlaceError, match=r"Write y = scipy\.special\.expit\(\.\.\.\)"):
        scipy.special.expit(x, out=np.zeros(5))
    with pytest.raises(TypeError, match=r"scipy\.special\.expit on a Variable takes no where"):
        scipy.special.expit(x, where=X > 0.5)
    with pytest.raises(TypeError, match=r"scipy\.special\.zeta is written for arrays"):
        scipy.special.zeta(x)
    with pytest.raises(ng.OperandError, match=r"multigammaln has no derivative .*operand 1"):
        special.multigammaln(x, ng.Variable(np.array(2.0)))
    np.testing.assert_array_equal(
        special.multigammaln(x + 2, 2.0).data, special.multigammaln(x + 2, 2).data
    )


@pytest.mark.parametrize("name", ["exprel", "boxcox", "boxcox1p"])
def test_derivatives_return_where_hyp1f1_of_scipy_does_not(name: str) -> None:
    function = getattr(scipy.special, name)
    xs = [ng.Variable(np.array([700.0, 1e18, 1e308])) for _ in range(function.nin)]
    with np.errstate(all="ignore"):
        function(*xs).backward()
    assert xs[-1].grad[0] > 1e200
    assert xs[-1].grad[1:].tolist() == [np.inf, np.inf]


OWN_NAMES: dict[str, Any] = {
    "scipy.special.logsumexp": lambda: scipy.special.logsumexp(ng.Variable(A), axis=1),
    "scipy.special.softmax": lambda: scipy.special.softmax(ng.Variable(A)),
    "scipy.special.log_softmax": lambda: scipy.special.log_softmax(ng.Variable(A)),
    "scipy.special.polygamma": lambda: scipy.special.polygamma(1, ng.Variable(X)),
    "scipy.special.multigammaln": lambda: scipy.special.multigammaln(ng.Variable(X + 2), 2),
    "scipy.signal.convolve": lambda: scipy.signal.convolve(X, ng.Variable(X)),
    "scipy.linalg.cho_solve": lambda: scipy.linalg.cho_solve((A, True), ng.Variable(X[:3])),
    "scipy.linalg.solve_triangular": lambda: scipy.linalg.solve_triangular(A, ng.Variable(X[:3])),
    "scipy.linalg.cholesky": lambda: cholesky(ng.Variable(A @ A.T)),
    "scipy.linalg.expm": lambda: scipy.linalg.expm(ng.Variable(A)),
}


def test_what_scipy_has_for_arrays_only_is_an_error_that_names_nbgrads() -> None:
    for name, call in OWN_NAMES.items():
        with pytest.raises(TypeError) as caught:
            call()
        assert str(caught.value) == (
            f"{name} is written for arrays; for Variables there is nbgrad.compat.{name}: "
            f"from nbgrad.compat.scipy import {name.split('.')[1]}."
        )
    asked = (AttributeError, TypeError)  # for its ndim, or in an older SciPy for its array
    with pytest.raises(asked, match=r"scipy\.linalg\.toeplitz is written for arrays; for Var"):
        scipy.linalg.toeplitz(ng.Variable(X))
    with pytest.raises(TypeError, match=r"there is np\.linalg\.qr\."):
        scipy.linalg.qr(ng.Variable(A))
    with pytest.raises(TypeError, match=r"from nbgrad\.compat\.scipy import stats; for another"):
        scipy.stats.norm.logpdf(ng.Variable(X))
    with pytest.raises(TypeError, match=r"nbgrad\.compat\.scipy has functions of special"):
        scipy.stats.zscore(ng.Variable(X))
    with pytest.raises(TypeError, match=r"nbgrad\.compat\.scipy has functions of special"):
        scipy.ndimage.convolve(ng.Variable(A), A)


def test_no_warning_of_a_ufunc_names_a_line_of_a_library() -> None:
    wrong, cases = set(), 0
    ufuncs = [u for u in vars(scipy.special).values() if isinstance(u, np.ufunc)]
    for ufunc in ufuncs:
        for value in (0.0, -np.inf):
            x = ng.Variable(np.array([value]))
            cases += 1
            with warnings.catch_warnings(record=True) as found:
                warnings.simplefilter("always")
                try:
                    y = ufunc(x, *[0.5] * (ufunc.nin - 1))
                    (y[0] if isinstance(y, tuple) else y).sum().backward(create_graph=True)
                except (ng.NbgradError, TypeError):  # one that has no rule
                    continue
            wrong |= {f"{ufunc.__name__}: {w.filename}" for w in found if w.filename != __file__}
    print(f"{cases} cases")
    assert not wrong


def test_an_attribute_of_arrays_alone_is_no_function_of_scipys() -> None:
    with pytest.raises(AttributeError, match=r"its array has it, x\.data\.strides"):
        _ = ng.Variable(np.ones(2)).strides


WITH_ARRAY_API = """
import numpy as np, scipy.special as special, nbgrad as ng
x = ng.Variable(np.array([0.5, 1.5]))
y = special.gammaln(x) + special.xlogy(x, np.ones(2)) + special.xlogy(np.ones(2), x)
y.sum().backward()
np.testing.assert_allclose(x.grad, special.digamma(x.data) + 1 / x.data)
try:
    special.logsumexp(x)
except ng.UnsupportedFunctionError as error:
    print(error)
"""


def test_ufuncs_where_scipy_asks_each_operand_its_library() -> None:
    run = subprocess.run(
        [sys.executable, "-c", WITH_ARRAY_API],
        check=False,
        env={**os.environ, "SCIPY_ARRAY_API": "1"},
        capture_output=True,
        text=True,
    )
    assert run.stdout.endswith("from nbgrad.compat.scipy import special.\n"), run.stderr
