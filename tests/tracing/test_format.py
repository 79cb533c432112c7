"""Numbers in text: what is written of them is true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbgrad.tracing import format as fmt


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


def test_the_name_of_a_gradient() -> None:
    written = {
        "a": "a.grad", "x @ W": "(x @ W).grad", "tanh(x @ W)": "tanh(x @ W).grad",
        "h**2": "(h**2).grad", "-x": "(-x).grad", "f(a) + b[1]": "(f(a) + b[1]).grad",
        "h (step 3)": "h (step 3).grad", "layers.0.weight": "layers.0.weight.grad",
    }  # fmt: skip
    assert {name: fmt.grad_name(name) for name in written} == written
