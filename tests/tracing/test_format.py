"""What is said of an array is true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nbgrad.tracing import format as fmt
from nbgrad.tracing.summaries import MAX_EXACT, SAMPLE_SIZE, summarise
from nbgrad.views.layout.text_width import fit, text_width
from nbgrad.views.repr.thumbnail import level

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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (16.0, "16"),
        (1 / 3, "0.3333"),
        (1.2e-7, "1.2e-7"),
        (-1234567.0, "-1.235e6"),
        (123456.0, "123456"),
        (123400.5, "123401"),
        (0.00012344, "0.0001234"),
        (-0.0, "0"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (None, "–"),
        (7, "7"),
    ],
)
def test_numbers(value: float | None, text: str) -> None:
    assert fmt.number(value) == text


BAD = [float("nan"), float("inf"), float("-inf")]


@given(st.lists(st.floats(-1e307, 1e307) | st.sampled_from(BAD), max_size=20))
def test_a_table_shows_no_number_wrongly(values: list[float]) -> None:
    for value, text in zip(values, fmt.aligned(values), strict=True):
        if np.isfinite(value):
            assert float(text) == pytest.approx(value, rel=0.06)
        else:
            assert text in {"nan", "inf", "-inf"}


@given(st.floats(), st.floats(min_value=0))
def test_levels(value: float, largest: float) -> None:
    tint = level(value, largest)
    if not np.isfinite(value):
        assert tint is None
    else:
        assert -4 <= tint <= 4
        assert tint == 0 or (tint > 0) == (value > 0)


@given(st.text(max_size=60), st.floats(0, 400))
def test_text_that_is_cut_fits(text: str, room: float) -> None:
    short = fit(text, room, 15)
    assert short == text or short.endswith("…")
    assert text_width(short, 15) <= max(room, text_width("…", 15))
