"""Thumbnails of large arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nbgrad.views.repr.html import variable_html
from nbgrad.views.repr.thumbnail import level
from tests.views.page_checks import check_safe
from tests.views.repr.shown import leaf

RNG = np.random.default_rng(0)


def test_the_sign_in_a_thumbnail_shows_without_colour() -> None:
    page = check_safe(variable_html(leaf(RNG.normal(size=(32, 64)))))
    paths = {
        e.attributes["data-tint"]: e.attributes["d"]
        for e in page.of("path")
        if "data-tint" in e.attributes
    }
    assert "h1" in paths["2"]  # squares
    assert "h0" in paths["-2"]  # discs: a line of no length with a round cap


def test_a_long_vector_is_drawn_as_bars() -> None:
    page = check_safe(variable_html(leaf(np.linspace(-1, 1, 200))))
    bars = [e.attributes["data-bar"] for e in page.of("path") if "data-bar" in e.attributes]
    assert bars == ["pos", "neg"]


@given(st.floats(), st.floats(min_value=0))
def test_levels(value: float, largest: float) -> None:
    tint = level(value, largest)
    if not np.isfinite(value):
        assert tint is None
    else:
        assert -4 <= tint <= 4
        assert tint == 0 or (tint > 0) == (value > 0)
