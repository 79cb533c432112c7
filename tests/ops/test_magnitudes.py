"""Every elementwise operation at every magnitude: value, gradient, second derivative.

The right numbers are mathematics, computed with mpmath to many digits and rounded to the dtype.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mpmath as mp
import numpy as np
import pytest

import nbgrad as ng
from nbgrad import ops
from tests.ops.exact import ONE, OVER, TWO, Function

PLACES = {np.float64: 1e-13, np.float32: 1e-5, np.float16: 4e-3}
"""How exact each dtype's results are; float32's ``exp`` takes the rounding of its argument."""


def points(dtype: Any) -> list[float]:
    """Return numbers of each magnitude that a dtype has, and near the places that matter."""
    info = np.finfo(dtype)
    sizes = [info.smallest_subnormal, info.tiny, info.max, info.max / 8, info.tiny * 3]
    sizes += [0.1, 0.5, 1.0, 2.0, 3.0, 5.0, 9.0, 15.0, 19.5, 26.0, 38.0, 90.0, 708.0, 740.0, 3e4]
    sizes += [1 - info.epsneg, 1 - 100 * info.epsneg, 1 + info.eps, 1e-3, 300.0, 0.9999, 1 - 1e-9]
    if dtype is np.float64:
        sizes += [1e-200, 1e200, 1e-100, 1e100, 1e-20, 1e20, 3e154, 3e-154]
    if dtype is np.float32:
        sizes += [1e-20, 1e20, 1e-10, 1e10, 1e-30, 1e30]
    with np.errstate(over="ignore"):
        found = np.array([*sizes, *(-s for s in sizes)], dtype)
    return sorted(set(found[np.isfinite(found)].tolist()))


def rounded(value: Any, dtype: Any) -> Any:
    """Round an exact number; what is beyond the dtype becomes infinite, or 0."""
    if mp.isinf(value):
        return dtype(float(value))
    mantissa, exponent = mp.frexp(value)
    with np.errstate(all="ignore"):
        if exponent < -1200:
            return dtype(0)
        if exponent > 1200:
            return dtype(np.inf * float(mp.sign(mantissa)))
        wide = np.ldexp(float(mantissa), exponent)
        return dtype(wide)


def agree(found: Any, exact: Any, dtype: Any, digits: float = 1.0, slack: float = 8) -> bool:
    """Whether a number is an exact one, but for the rounding of a few operations."""
    info = np.finfo(dtype)
    with np.errstate(all="ignore"):
        right = float(rounded(exact, dtype))
        found = float(found)
        if found == right:
            return True
        if not np.isfinite(right):  # rounding may stop just before the largest number
            return abs(found) >= float(info.max) * (1 - 64 * float(info.eps)) and found * right > 0
        near_the_end = abs(right) > float(info.max) * (1 - 64 * float(info.eps))
        if not np.isfinite(found):
            return near_the_end and found * right > 0
        margin = slack * float(info.smallest_subnormal) + digits * PLACES[dtype] * abs(right)
        return abs(found - right) <= margin


def derivatives(f: Function, *values: Any) -> tuple[Any, list[Any], list[list[Any]]]:
    """Return value, gradient and Hessian of an elementwise function of one or two arrays."""
    xs = [ng.Variable(v) for v in values]
    y = f(*xs)
    y.sum().backward()
    first = [x.grad for x in xs]
    second = []
    for i in range(len(xs)):
        xs = [ng.Variable(v) for v in values]
        f(*xs).sum().backward(create_graph=True)
        g = xs[i].grad
        for x in xs:
            x.cleargrad()
        if g.creator is not None:
            g.sum().backward()
        second.append([np.zeros(x.shape) if x.grad is None else x.grad for x in xs])
    return y.data, first, second


def in_domain(name: str, x: float, dtype: Any) -> bool:
    if name in ("sqrt", "log", "log2", "log10"):
        return x > 0
    if name == "log1p":
        return x > -1
    if name == "arccosh":
        return x > 1
    if name == "sinc":  # beyond, NumPy's rounded π decides
        return 1e-50 < abs(x) < 0.9
    if name == "i0":  # beyond, float32 has no result
        return abs(x) < 80
    if name in ("arcsin", "arccos", "arctanh"):
        return abs(x) < 1
    if name == "tan" and dtype is np.float16:
        return abs(x) < 1e3
    return True


def wrong(name: str, dtype: Any) -> Iterator[str]:
    f, *exact = ONE[name]
    xs = [x for x in points(dtype) if in_domain(name, x, dtype)]
    with np.errstate(all="ignore"):
        y, (g,), ((h,),) = derivatives(f, np.array(xs, dtype))
    mp.mp.dps = 700 if name in ("sin", "cos", "tan") else 50
    slack = {"gelu": 2000, "silu": 2000}.get(name, 8)
    try:
        for i, x in enumerate(xs):
            for what, found, rule in zip(
                ("value", "gradient", "second"), (y, g, h), exact, strict=True
            ):
                right = rule(mp.mpf(x))
                if not agree(found[i], right, dtype, slack=slack):
                    yield f"{what} of {name} {dtype.__name__} at {x!r}: {found[i]!r} for {mp.nstr(right, 17)}"
    finally:
        mp.mp.dps = 50


# Two operands: value, first derivatives, and second derivatives by both, at all pairs of points.


DENSE = ("arctan2", "hypot", "logaddexp", "xlogy", "div")
"""Rules of several operations, tested at twice as many points."""


def pairs(name: str, dtype: Any) -> tuple[np.ndarray, np.ndarray]:
    every = 2 if dtype is np.float64 else 3
    xs = points(dtype)[:: every if name in DENSE else 2 * every]
    grid = [(a, b) for a in xs for b in xs if a != b]
    if name == "pow":
        grid = [(a, n) for a in xs if a > 0 for n in (-2.0, -1.0, -0.5, 0.25, 1.0, 2.0, 3.0)]
    if name == "xlogy":
        grid = [(a, b) for a, b in grid if b > 0]
    if name == "huber_loss":  # where the difference is rounded to the bound
        grid = [(a, b) for a, b in grid if abs(a - b) > 1.01 or abs(a - b) < 0.99]
    if name in ("glu", "logspace"):
        grid = [(a, b) for a, b in grid if abs(b) < 10 and abs(a) < 10]
    if name == "logaddexp2":  # NumPy's own value loses digits beside 0
        grid = [(a, b) for a, b in grid if not -1.01 < min(a, b) <= max(a, b) < -0.99]
    return np.array([a for a, _ in grid], dtype), np.array([b for _, b in grid], dtype)


NAMES = ("value", "gradient 0", "gradient 1", "second 00", "second 01", "second 11")


def wrong_of_two(name: str, dtype: Any) -> Iterator[str]:
    f, exact = TWO[name]
    a, b = pairs(name, dtype)
    with np.errstate(all="ignore"):
        y, (g0, g1), ((h00, h01), (_, h11)) = derivatives(f, a, b)
    for i in range(a.size):
        right = exact(mp.mpf(float(a[i])), mp.mpf(float(b[i])))
        for what, found, r in zip(NAMES, (y, g0, g1, h00, h01, h11), right, strict=True):
            if not agree(found[i], mp.mpf(r), dtype, digits=10 if name == "pow" else 1, slack=64):
                yield (
                    f"{what} of {name} {dtype.__name__} at {a[i]!r}, {b[i]!r}: {found[i]!r} for "
                    f"{mp.nstr(mp.mpf(r), 17)}"
                )


def test_elementwise_operations_are_right_at_every_magnitude() -> None:
    found = [line for name in ONE for dtype in PLACES for line in wrong(name, dtype)]
    cases = sum(
        3 * sum(in_domain(name, x, dtype) for x in points(dtype))
        for name in ONE
        for dtype in PLACES
    )
    print(f"{cases} cases")
    assert not found, "\n".join(found)


def test_operations_on_two_operands_are_right_at_every_magnitude() -> None:
    found = [line for name in TWO for dtype in PLACES for line in wrong_of_two(name, dtype)]
    cases = sum(6 * pairs(name, dtype)[0].size for name in TWO for dtype in PLACES)
    print(f"{cases} cases")
    assert not found, f"{len(found)} of {cases}:\n" + "\n".join(found[:40])


# Over axes: the derivatives of the exact function are differences with a tiny step.


VECTORS = {
    np.float64: (
        [1e-200, 3e-200], [1e200, -3e200], [3e154, 1e150, 2e154], [1e-160, 5e-324, 2e-162],
        [1e-200, 2e-200, 1e200, 3e200], [1e10, 1e10 + 1, 1e10 + 2.5], [0.1, 0.1 + 1e-16, 0.1 + 3e-16],
        [40.0, 0.0, -3.0], [0.0, 800.0, -40.0], [-1.0, 2.0, 0.5, -3.0], [1e5, 1e5 - 37, 1e5 - 1],
    ),
    np.float32: (
        [1e-20, 3e-20], [1e20, -3e20], [1e-30, 2e-30, 1e30, 3e30], [40.0, 0.0, -3.0],
        [1e5, 1e5 + 1, 1e5 + 2.5], [-1.0, 2.0, 0.5, -3.0], [1e-40, 2e-41, 3e-40],
    ),
    np.float16: (
        [300.0, 400.0], [6e-8, 3e-7], [1e-3, 2e-3, 500.0, 300.0], [15.0, 0.0, -3.0],
        [-1.0, 2.0, 0.5, -3.0], [1000.0, 1001.0, 1002.5],
    ),
}  # fmt: skip


def differences(f: Function, xs: list[Any], order: int) -> list[Any]:
    """Return the gradient of an exact function, or the gradient of the sum of the first derivative."""
    step = mp.mpf(10) ** -60
    least = max(abs(x) for x in xs) * mp.mpf(10) ** -60

    def slope(values: list[Any], i: int, g: Function) -> Any:
        h = abs(values[i]) * step if values[i] else least
        up, down = list(values), list(values)
        up[i], down[i] = up[i] + h, down[i] - h
        return (g(up) - g(down)) / (2 * h)

    if order == 1:
        return [slope(xs, i, f) for i in range(len(xs))]
    return [slope(xs, i, lambda values: slope(values, 0, f)) for i in range(len(xs))]


def wrong_over(name: str, dtype: Any, vector: list[float]) -> Iterator[str]:
    """Compare value, gradient, and the first row of the Hessian."""
    f, exact = OVER[name]
    if name.startswith("norm ") and 0.0 in vector:
        return  # a kink
    data = np.array(vector, dtype)
    x = ng.Variable(data)
    with np.errstate(all="ignore"):
        y = f(x)
        y.backward()
        g, found = x.grad, ng.Variable(data)
        f(found).backward(create_graph=True)
        row = found.grad[0]
        found.cleargrad()
        if row.creator is not None:
            row.backward()
    h = np.zeros(data.shape) if found.grad is None else found.grad
    ends = [mp.mpf(1), *(mp.mpf(abs(v)) for v in vector if v)]
    with mp.workdps(300 + 3 * int(mp.log10(max(ends) / min(ends)))):
        xs = [mp.mpf(float(v)) for v in data]
        right = [exact(xs), *differences(exact, xs, 1), *differences(exact, xs, 2)]
    n = data.size
    steep = max(abs(r) for r in right[1 : n + 1])
    bent = max([steep / max(map(abs, xs)), *(abs(r) for r in right[n + 1 :])])
    if bent > float(np.finfo(dtype).max):
        right = right[: n + 1]  # the second derivative is beyond the dtype
    if name in ("norm 3", "norm -1") and abs(y.data) < np.finfo(dtype).tiny:
        right = right[:1]  # a length without all its digits
    if name in ("standardize", "layer_norm") and max(map(abs, vector)) > 1e100:
        right = right[:1]  # it is nearly constant
    for i, (value, r) in enumerate(zip([y.data, *g, *h], right, strict=False)):
        # The small entries of a Hessian, and of a spread's gradient, are what large ones leave.
        scale = bent if i > n else steep if i and name in ("var", "std") else 0
        with np.errstate(all="ignore"):
            far = abs(float(value)) == np.inf or value != value
        small = not far and abs(mp.mpf(float(value)) - r) <= scale * 10 * PLACES[dtype]
        if not small and not agree(value, r, dtype, digits=20, slack=64):
            what = ("value", "gradient", "second")[(i > 0) + (i > n)]
            yield f"{what} {i} of {name} {dtype.__name__} at {vector}: {value!r} for {mp.nstr(r, 17)}"


def test_operations_over_axes_are_right_at_every_magnitude() -> None:
    cases = [(name, dtype, v) for name in OVER for dtype in PLACES for v in VECTORS[dtype]]
    found = [line for case in cases for line in wrong_over(*case)]
    print(f"{sum(1 + 2 * len(v) for _, _, v in cases)} cases")
    assert not found, f"{len(found)}:\n" + "\n".join(found[:40])


INF = np.inf
LIMITS: tuple[tuple[str, Function, list[float], list[float], list[float]], ...] = (
    ("sigmoid", ops.sigmoid, [-INF, INF], [0, 1], [0, 0]),
    ("tanh", ops.tanh, [-INF, INF], [-1, 1], [0, 0]),
    ("softplus", ops.softplus, [-INF, INF], [0, INF], [0, 1]),
    ("gelu", ops.gelu, [-INF, INF], [0, INF], [0, 1]),
    ("erf", ops.erf, [-INF, INF], [-1, 1], [0, 0]),
    ("arctan", ops.arctan, [-INF, INF], [-np.pi / 2, np.pi / 2], [0, 0]),
    ("exp", ops.exp, [-INF, INF], [0, INF], [0, INF]),
    ("expm1", ops.expm1, [-INF, INF], [-1, INF], [0, INF]),
    ("log", ops.log, [0.0, INF], [-INF, INF], [INF, 0]),
    ("sqrt", ops.sqrt, [0.0, -0.0, INF], [0, -0.0, INF], [INF, INF, 0]),
    ("reciprocal", ops.reciprocal, [-INF, INF], [0, 0], [0, 0]),
    ("abs", ops.abs, [-INF, -0.0, INF], [INF, 0, INF], [-1, 0, 1]),
    ("relu", ops.relu, [-INF, -0.0, INF], [0, 0, INF], [0, 0, 1]),
    ("x**2", lambda x: x**2, [-INF, -0.0, INF], [INF, 0, INF], [-INF, 0, INF]),
    ("x**0", lambda x: x**0, [0.0, 5e-324, INF], [1, 1, 1], [0, 0, 0]),
    ("2**x", lambda x: 2.0**x, [-INF, INF], [0, INF], [0, INF]),
    ("logaddexp", lambda x: ops.logaddexp(x, 1.0), [-INF, INF], [1, INF], [0, 1]),
    ("logaddexp", lambda x: ops.logaddexp(x, x[::-1]), [INF, INF], [INF, INF], [1, 1]),
    ("logsumexp", ops.logsumexp, [INF, 1.0], [INF], [1, 0]),
    ("logsumexp", ops.logsumexp, [INF, INF], [INF], [0.5, 0.5]),
    ("logsumexp", ops.logsumexp, [-INF, 1.0], [1], [0, 1]),
    ("logsumexp", ops.logsumexp, [-INF], [-INF], [1]),
    ("softmax", ops.softmax, [INF, 1.0], [1, 0], [0, 0]),
    ("log_softmax", lambda x: ops.log_softmax(x)[0], [INF, 1.0], [0], [0, 0]),
    ("hypot", lambda x: ops.hypot(x, 1.0), [-INF, 0.0, INF], [INF, 1, INF], [-1, 0, 1]),
    ("arctan2", lambda x: ops.arctan2(x, 1.0), [-INF, INF], [-np.pi / 2, np.pi / 2], [0, 0]),
    ("norm", ops.norm, [INF, 1.0], [INF], [1, 0]),
    ("norm", ops.norm, [0.0, -0.0], [0], [0, 0]),
    ("norm", lambda x: ops.norm(x, 3), [1.0, -INF], [INF], [0, -1]),
    ("x**inf", lambda x: x**INF, [0.5, 0.0, 2.0], [0, 0, INF], [0, 0, INF]),
    ("x**-inf", lambda x: x**-INF, [0.5, 2.0], [INF, 0], [-INF, 0]),
    ("prod", ops.prod, [INF, 2.0], [INF], [2, INF]),
    ("std", ops.std, [0.1, 0.1, 0.1], [0], [0, 0, 0]),
    ("var", ops.var, [0.1, 0.1, 0.1], [0], [0, 0, 0]),
    ("max", ops.max, [INF, 1.0], [INF], [1, 0]),
    ("xlogy", lambda x: ops.xlogy(x, 0.0), [0.0, 1.0], [0, -INF], [0, -INF]),
    ("nan max", ops.max, [np.nan, 1.0], [np.nan], [1, 0]),
    ("nan min", ops.min, [np.nan, 1.0], [np.nan], [1, 0]),
    ("nan maximum", lambda x: ops.maximum(x, 1.0), [np.nan, 2.0], [np.nan, 2], [1, 1]),
    ("nan minimum", lambda x: ops.minimum(x, 1.0), [np.nan, 2.0], [np.nan, 1], [1, 0]),
    ("nan relu", ops.relu, [np.nan, 2.0], [np.nan, 2], [1, 1]),
    ("nan leaky_relu", ops.leaky_relu, [np.nan, 2.0], [np.nan, 2], [1, 1]),
    ("nan clip", lambda x: ops.clip(x, -1.0, 1.0), [np.nan, 2.0], [np.nan, 1], [1, 0]),
)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_infinite_and_other_special_numbers_have_their_limits(dtype: Any) -> None:
    wrong = []
    for name, f, xs, value, gradient in LIMITS:
        x = ng.Variable(np.array(xs, dtype))
        with np.errstate(all="ignore"):
            y = f(x)
            y.sum().backward()
        for found, right in ((np.ravel(y.data), value), (x.grad, gradient)):
            if not np.allclose(found, right, rtol=1e-6, atol=0, equal_nan=True):
                wrong.append(f"{name} {xs}: {found} for {right}")
    print(f"{2 * len(LIMITS)} cases")
    assert not wrong, "\n".join(wrong)


def test_70000_elements_of_float16() -> None:
    n, half = 70_000, np.float16
    for f, gradient in (
        (ops.max, 1 / n),
        (ops.min, 1 / n),
        (ops.mean, 1 / n),
        (lambda x: ops.norm(x, INF), 1 / n),
        (ops.logsumexp, 1 / n),
        (lambda x: ops.sum(x * half(0.01)), 0.01),
    ):
        x = ng.Variable(np.ones(n, half))
        y = f(x)
        y.sum().backward()
        assert np.isfinite(y.data).all()
        np.testing.assert_allclose(x.grad[[0, -1]], half(gradient), rtol=2e-3, atol=1e-7)
    assert ops.softmax(ng.Variable(np.ones(n, half))).data[0] == half(1 / n)
    for rows in (5_000, 60_000):
        b = ng.Variable(np.zeros(1, half))
        (b + np.ones((rows, 1), half) * half(0.25)).sum().backward()
        assert b.grad[0] == half(rows)
    for axis in (0, None):
        assert ops.sum(ng.Variable(np.full((5_000, 1), 0.5, half)), axis).data == half(2_500)
    x = ng.Variable(np.array(1.0, half))
    y = ng.Variable(np.array(0.0, np.float32))
    for _ in range(3_000):
        y = y + x
    y.backward()
    assert x.grad == 3_000


def test_deviations_whose_sum_is_beyond_the_dtype() -> None:
    for values in ([1e308, 1e308, -3e200, 1e308], [-1e308, 1e308, 0.0, 1e307]):
        x = np.array(values)
        with np.errstate(over="ignore"):
            np.testing.assert_allclose(ng.grad(ops.std)(x), ng.grad(ops.std)(x * 2.0**-60))
            for f in (ops.standardize, ops.layer_norm):
                found, right = (f(ng.Variable(v)).data for v in (x, x * 2.0**-60))
                np.testing.assert_allclose(found, right)


@pytest.mark.parametrize("f", [ops.std, ops.nanstd])
def test_float16_deviations_beyond_float16(f: Function) -> None:
    values = [60_000.0, -65_504.0, 300.0]
    right = ng.grad(f)(np.array(values))
    np.testing.assert_allclose(ng.grad(f)(np.array(values, np.float16)), right, rtol=2e-3)


def test_float16_gradients_of_copies_are_added_wide() -> None:
    n, half = 5000, np.float16
    for f in (
        lambda x: np.repeat(x, n),
        lambda x: np.tile(x, n),
        lambda x: np.linspace(x, x, n),
        lambda x: ng.conv1d(np.ones((n, 1, 1), half), x.reshape(1, 1, 1)),
    ):
        x = ng.Variable(np.ones(1, half))
        f(x).backward(np.ones(f(x).shape, half))
        assert x.grad.dtype == half
        assert x.grad[0] == pytest.approx(n, rel=2e-3)


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_wide_preset_gradient_leaves_a_leaf_its_dtype(create_graph: bool) -> None:
    x = ng.Variable(np.ones(1, np.float32))
    x.grad = np.ones(1)
    (x * 2).sum().backward(create_graph=create_graph)
    assert x.grad.dtype == np.float32
    y = x * 2
    y.grad = np.ones(1)
    x.cleargrad()
    y.backward(create_graph=create_graph)
    assert x.grad.dtype == np.float32


@pytest.mark.parametrize(
    "f",
    [
        lambda x: ops.norm(x) ** 2,
        lambda x: ops.square(ops.norm(x)),
        lambda x: ops.hypot(x[0], x[1]) ** 2,
        lambda x: (abs(x) ** 2).sum(),
        lambda x: ops.norm(x) * ops.norm(x),
        lambda x: ops.hypot(x[0], x[1]) * ops.hypot(x[0], x[1]),
        lambda x: abs(x[0]) * abs(x[0]) + abs(x[1]) * abs(x[1]),
    ],
)
def test_a_squared_length_is_smooth_at_0(f: Function) -> None:
    assert ng.hessian(f)(np.zeros(2)).tolist() == [[2, 0], [0, 2]]


def test_a_squared_spread_is_smooth_at_0() -> None:
    hessian = ng.hessian(lambda x: ops.std(x) ** 2)(np.ones(2))
    assert hessian.tolist() == [[0.5, -0.5], [-0.5, 0.5]]


@pytest.mark.parametrize("f", [ops.softmax, ops.log_softmax])
def test_float16_probabilities_have_rounded_gradients(f: Function) -> None:
    rng = np.random.default_rng(0)
    for n, scale in ((3, 5), (100, 1), (1000, 5)):
        scores, weights = (rng.normal(size=(2, n)) * [[scale], [1]]).astype(np.float16)
        xs = [ng.Variable(scores.astype(d)) for d in (np.float16, float)]
        for x in xs:
            (f(x) * weights.astype(x.dtype)).sum().backward()
        np.testing.assert_allclose(*(x.grad for x in xs), rtol=1e-3, atol=1e-7)


def test_second_derivatives_of_a_power_are_symmetric_where_the_power_is_lost() -> None:
    """A power that underflows, overflows, or has an exponent from which 1 is rounded away."""
    with mp.workdps(50):
        for a, n in ((1e-200, 2.0), (1e-200, 1e-200), (1e-155, 1e-20), (1e20, -16.0), (2.0, 3.0)):
            a_, n_ = mp.mpf(a), mp.mpf(n)
            mixed = a_ ** (n_ - 1) * (1 + n_ * mp.log(a_))
            want = [n_ * (n_ - 1) * a_ ** (n_ - 2), mixed, mixed, a_**n_ * mp.log(a_) ** 2]
            got = ng.hessian(lambda v: v[0] ** v[1])(np.array([a, n])).ravel()
            np.testing.assert_allclose(got, [float(w) for w in want], 1e-12, 1e-320)
    with np.errstate(over="ignore"):
        x, n = ng.Variable(np.array(1e155)), ng.Variable(np.array(2.0))
        (x**n).backward(create_graph=True)
        gn = n.grad
        x.cleargrad(), n.cleargrad()
        gn.backward()
    assert x.grad == pytest.approx(7.148013788281542e157, rel=1e-13)
    for dtype, exponents in ((np.float64, [1e16, 1e200, -1e20, 3, 4]), (np.float32, [2**24, 1e30])):
        base, exponent = ng.Variable(-np.ones(len(exponents), dtype)), np.array(exponents, dtype)
        (base**exponent).backward()
        odd = np.isin(exponents, [3])
        assert base.grad.tolist() == np.where(odd, exponent, -exponent).tolist()


def test_logarithms_to_other_bases_have_gradients_as_exact_as_their_dtype() -> None:
    for f, slope in (
        (ops.log2, lambda x: 1 / (x * np.log(np.longdouble(2)))),
        (ops.log10, lambda x: 1 / (x * np.log(np.longdouble(10)))),
        (ops.exp2, lambda x: np.exp2(x) * np.log(np.longdouble(2))),
    ):
        for dtype in (np.float16, np.float32, np.float64, np.longdouble):
            x = ng.Variable(np.array([0.75, 3.0], dtype))
            f(x).backward()
            np.testing.assert_allclose(
                x.grad, slope(x.data.astype(np.longdouble)), 4 * np.finfo(dtype).eps
            )


def test_wide_numbers_keep_their_digits_and_range() -> None:
    """The gradient of a length went through float64: 17 digits, and nothing beyond 1e308."""
    wide = np.longdouble
    pi = 4 * np.arctan(wide(1))
    one = np.ones(2, wide)
    for f, slope in (
        (lambda x: np.hypot(x, one), lambda x: x / np.sqrt(x * x + 1)),
        (lambda x: np.arctan2(x, one), lambda x: 1 / (x * x + 1)),
        (lambda x: ops.sum(np.arcsinh(x)), lambda x: 1 / np.sqrt(x * x + 1)),
        (np.deg2rad, lambda x: pi / 180 + 0 * x),
        (np.rad2deg, lambda x: 180 / pi + 0 * x),
    ):
        x = ng.Variable(np.array([0.75, 3.0], wide))
        f(x).backward(create_graph=True)
        np.testing.assert_allclose(x.grad.data, slope(x.data), 4 * np.finfo(wide).eps)
    far = np.array([0.0, 1.0, np.inf], wide)
    far[:2] = np.finfo(wide).max / [2, 3]
    x = ng.Variable(far)
    np.hypot(x, np.array([1, far[0], 1], wide)).backward()
    assert x.grad == pytest.approx([1, 2 / np.sqrt(13), 1], rel=1e-15)
