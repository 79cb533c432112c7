"""How wide text is, and where it is cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nbgrad.views.layout.text_width import fit, text_width


@given(st.text(max_size=60), st.floats(0, 400))
def test_text_that_is_cut_fits(text: str, room: float) -> None:
    short = fit(text, room, 15)
    assert short == text or short.endswith("…")
    assert text_width(short, 15) <= max(room, text_width("…", 15))
