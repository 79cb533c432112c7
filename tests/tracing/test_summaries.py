"""Summaries of arrays: exact while small, bounded when large, fast, and never wrong by overflow."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import nbgrad as ng
from nbgrad.tracing.summaries import MAX_EXACT, SAMPLE_SIZE, Budget, capture, decode, summarise


def test_a_number() -> None:
    s = summarise(np.array(8.0))
    assert s == 8
    assert s.value == 8.0
    assert float(s) == 8.0
    assert str(s) == "8"
    assert s.is_scalar
    assert hash(s) == hash(8.0)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int64", "uint8"])
@pytest.mark.parametrize("shape", [(), (1,), (64,), (2, 3), (4, 4, 4), (0,), (3, 0)])
def test_up_to_64_elements_all_are_kept(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.arange(math.prod(shape)).reshape(shape).astype(dtype)
    s = summarise(array)
    assert s.complete
    assert (s.shape, s.dtype, s.thumb) == (shape, dtype, None)
    assert np.array_equal(s.array(), array)
    assert s.array().dtype == array.dtype
    assert np.array_equal(np.asarray(s), array)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "uint64"])
@pytest.mark.parametrize("shape", [(65,), (1000,), (9, 9), (100, 3), (5, 200), (2, 3, 40), (1, 70)])
def test_of_more_the_statistics(dtype: str, shape: tuple[int, ...]) -> None:
    array = (np.random.default_rng(0).normal(size=shape) * 9 + 60).astype(dtype)
    s = summarise(array)
    wide = array.astype(float)
    assert not s.complete
    assert (s.min, s.max) == (wide.min(), wide.max())
    assert s.mean == pytest.approx(wide.mean())
    assert s.norm == pytest.approx(np.linalg.norm(wide))
    assert (s.nan, s.inf) == (0, 0)
    assert s.thumb.rows <= 16
    assert s.thumb.cols <= 32
    assert len(s.thumb.values) == s.thumb.rows * s.thumb.cols
    assert np.mean(s.thumb.values) == pytest.approx(wide.mean(), rel=0.05)
    with pytest.raises(ValueError, match="kept statistics"):
        s.array()
    with pytest.raises(ValueError, match="no single value"):
        s.value


def test_a_thumbnail_is_block_means() -> None:
    array = np.arange(32.0 * 64).reshape(32, 64)
    expected = array.reshape(16, 2, 32, 2).mean(axis=(1, 3))
    assert np.allclose(np.reshape(summarise(array).thumb.values, (16, 32)), expected, atol=1)


def test_a_view_that_is_not_contiguous() -> None:
    array = np.arange(400.0).reshape(20, 20)[::2, ::-1].T
    s = summarise(array)
    assert (s.min, s.max, s.mean) == (array.min(), array.max(), pytest.approx(array.mean()))


@pytest.mark.parametrize("n", [6, 100])
def test_nan_and_infinities_are_counted_and_left_out(n: int) -> None:
    array = np.arange(float(n))
    array[[1, 2, 3, 4]] = np.nan, np.inf, -np.inf, np.nan
    s = summarise(array)
    assert (s.nan, s.inf, s.min, s.max) == (2, 2, 0.0, n - 1.0)
    assert s.norm == pytest.approx(np.linalg.norm(array[np.isfinite(array)]))
    assert s == summarise(array.copy())
    nothing = summarise(np.full(n, np.nan))
    assert (nothing.min, nothing.mean, nothing.norm, nothing.nan) == (None, None, None, n)
    assert str(summarise(np.array(np.nan))) == "nan"


@pytest.mark.parametrize("size", [3, 1000])
@pytest.mark.parametrize("scale", [1e300, 1e-200, 5e-324, 0.0])
def test_extreme_sizes_do_not_overflow(size: int, scale: float) -> None:
    array = np.full(size, scale)
    s = summarise(array)
    assert s.mean == pytest.approx(scale)
    assert s.norm == pytest.approx(math.sqrt(size) * scale, rel=1e-6)
    assert (s.nan, s.inf) == (0, 0)


def test_zeros_of_both_signs_are_kept_apart() -> None:
    assert np.signbit(summarise(np.array(-0.0)).array())
    assert not np.signbit(summarise(np.array(0.0)).array())


def test_middle_sized_arrays_are_put_aside_while_the_budget_lasts() -> None:
    array = np.random.default_rng(0).normal(size=(10, 20))
    budget = Budget(2000)
    first, second = capture(array, budget), capture(array, budget)
    assert budget.left == 400
    array[:] = 0
    assert decode(first) == decode(second)
    assert decode(first).max > 0


@pytest.mark.parametrize("shape", [(65,), (10, 20), (16, 32), (17, 33), (200, 200), (20, 256)])
@pytest.mark.parametrize("flip", [False, True])
def test_of_what_is_not_put_aside_nothing_is_shared(shape: tuple[int, ...], flip: bool) -> None:
    array = np.random.default_rng(0).normal(size=shape)
    array = array.T if flip else array
    expected, handle = summarise(array.copy("K")), capture(array)
    array[:] = 0
    assert decode(handle) == expected


@pytest.mark.parametrize("scale", [1e306, 1.0, 1e-306])
@pytest.mark.parametrize("odd", [0.0, np.nan, np.inf])
def test_no_warning_whatever_the_numbers(scale: float, odd: float) -> None:
    array = np.random.default_rng(0).uniform(-1, 1, size=(40, 50)) * scale
    array[3, 4] = odd
    with np.errstate(all="raise"):
        s = summarise(array)
    finite = array[np.isfinite(array)] / scale
    assert s.mean / scale == pytest.approx(finite.mean())
    assert s.norm / scale == pytest.approx(np.linalg.norm(finite))


DTYPES = st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.int8, np.uint8])


@given(
    DTYPES.flatmap(
        lambda dtype: hnp.arrays(
            dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=12)
        )
    )
)
def test_statistics_are_those_of_numpy(array: np.ndarray) -> None:
    facts = summarise(array, sampled=True)
    wide = array.astype(np.float64)
    finite = wide[np.isfinite(wide)]
    finite = finite if np.abs(finite).max(initial=0) < 1e300 else finite[:0]
    assert facts.shape == array.shape
    assert facts.dtype == str(array.dtype)
    assert facts.nan == np.isnan(wide).sum()
    assert facts.inf == np.isinf(wide).sum()
    if not finite.size:
        return
    assert (facts.min, facts.max) == (finite.min(), finite.max())
    top = np.abs(finite).max() or 1.0
    assert facts.norm == pytest.approx(top * np.linalg.norm(finite / top), rel=1e-6)


def test_numbers_that_overflow_when_squared() -> None:
    facts = summarise(np.full(100, 1e200))
    assert facts.norm == pytest.approx(1e201)
    assert (facts.nan, facts.inf) == (0, 0)


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_sample_is_honest(order: str) -> None:
    array = np.asarray(np.random.default_rng(0).normal(size=(1000, 1000)) + 5, order=order)
    assert array.size > MAX_EXACT
    facts = summarise(array, sampled=True)
    assert facts.sample == SAMPLE_SIZE
    assert facts.norm is None
    assert facts.mean == pytest.approx(5, abs=0.05)
    assert array.min() <= facts.min < facts.max <= array.max()
    assert np.mean(facts.thumb.values) == pytest.approx(5, abs=0.1)


def test_a_sample_sees_every_column_of_a_periodic_array() -> None:
    array = np.tile([1.0, 0.0, 0.0, 0.0], 10**6)
    assert summarise(array, sampled=True).mean == pytest.approx(0.25, abs=0.01)


def test_longdouble_is_summarised_in_numbers_that_python_writes() -> None:
    x = ng.Variable(np.array([1e300, 0.1, np.inf, np.nan], np.longdouble))
    y = x * np.longdouble(2)
    assert {type(v) for v in summarise(y.data).values} == {float}
    trace = ng.trace(y)
    assert ng.Trace.from_dict(trace.to_dict()).to_dict() == trace.to_dict()
    assert "2e300" in y._repr_html_()


def test_the_mean_of_the_largest_numbers() -> None:
    for sign in (1, -1):
        most = sign * np.finfo(float).max
        facts = summarise(np.full(3, most))
        assert (facts.min, facts.max, facts.mean) == (most, most, most)


def test_a_trace_of_another_byte_order_is_read_again() -> None:
    for size in (3, 100):
        trace = ng.trace(ng.Variable(np.ones(size, ">f4")) * 2.0)
        assert "float32" in {v.dtype for v in trace.variables}
        assert ng.Trace.from_dict(trace.to_dict()).to_dict() == trace.to_dict()
