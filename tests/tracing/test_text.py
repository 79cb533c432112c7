"""The table for terminals."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.tracing import format as fmt
from nbgrad.tracing.text import table
from tests.tracing.graphs import diamond, variable

DIAMOND = """\
backward of y: 4 functions in 3 generations

gen  function    upstream  sends back  gradient
     seed                              y.grad 1
  2  Add → y     1         1 to b      b.grad 1
                           1 to c      c.grad 1
  1  Square → b  1         8 to a      a.grad 8
     Square → c  1         8 to a      a.grad 16 = 8 + 8
  0  Square → a  16        64 to x     x.grad 64"""


def test_the_diamond() -> None:
    assert str(ng.trace(diamond()[1])) == DIAMOND


def test_notes() -> None:
    x, y = diamond()
    x.grad = np.array(5.0)
    assert str(ng.trace(y)).endswith("x.grad 69 = 5 from before + 64")
    assert str(ng.trace(y, apply=False)).endswith("Not applied: no .grad was changed.")


def test_the_font_of_latex_has_every_character() -> None:
    """Latin Modern Mono, in which a notebook's text is set when it becomes PDF."""
    x = variable([[1.0, 0.0], [2.0, np.nan]], "x")
    u = variable(1e20, "u")
    with np.errstate(all="ignore"):
        y = ng.sum(ng.sqrt(ng.log(x)) @ x.T) + ng.std(x) + u * 1e-20 + u
        u.grad = np.array(1 / 3)
        texts = [str(f(y)) for f in (ng.trace, ng.graph)] + [str(ng.trace(u * 1e20 + u))]
    assert any(" ~ " in text for text in texts)
    assert {c for text in texts for c in text if not c.isascii()} <= set("‖→…–·−")


def test_trouble_is_noted() -> None:
    x = variable([1.0, 0.0], "x")
    with np.errstate(all="ignore"):
        text = str(ng.trace(ng.sum(ng.log(x))))
    assert "The first infinity is in log(x): Log → log(x)." in text


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("columns", [80, 60, 120])
def test_it_fits_and_is_aligned(lang: str, columns: int) -> None:
    x = ng.Variable(np.random.default_rng(0).normal(size=(30, 40)), "가중치 행렬 W")
    y = ng.mean(ng.tanh(x * 2.0) * variable(3.0, "a\x1b[31m" * 20))
    lines = table(ng.trace(y), lang, columns).splitlines()
    assert max(map(fmt.width, lines)) <= columns
    assert all(line.isprintable() for line in lines)
    head = lines[2]
    column = fmt.width(head[: head.index("gradient" if lang == "en" else "기울기", 20)])
    for line in lines[4:]:
        if ".grad" in line and lang == "en":
            assert fmt.width(line) > column
            cut, at = "", 0
            for char in line:
                if fmt.width(cut) >= column:
                    break
                cut, at = cut + char, at + 1
            assert cut.endswith(" ")
            assert line[at] != " "


def test_a_long_trace_is_cut_in_the_middle() -> None:
    y = variable(1.0, "x")
    for _ in range(300):
        y = y + 0.0
    lines = str(ng.trace(y)).splitlines()
    assert len(lines) < 70
    assert any("… 240 more calls" in line for line in lines)
    assert lines[-1].split()[0] == "0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (16.0, "16"), (-0.0, "0"), (0.0, "0"), (1 / 3, "0.3333"), (1.2e-7, "1.2e-7"),
        (123456.0, "123456"), (12345678.0, "1.235e7"), (1e300, "1e300"), (float("nan"), "nan"),
        (float("inf"), "inf"), (float("-inf"), "-inf"), (0.1, "0.1"), (-2.5, "-2.5"),
    ],
)  # fmt: skip
def test_numbers(value: float, text: str) -> None:
    assert fmt.number(value) == text


def test_widths() -> None:
    assert fmt.width("가나") == 4
    assert fmt.cut("가나다라", 5) == "가나…"
    rows = [("가", "1", "끝"), ("abcd", "22", "")]
    assert fmt.in_columns(rows, right={1}) == ["가     1  끝", "abcd  22"]
    assert fmt.nested([1.0, 2.0, 3.0, 4.0], (2, 2)) == "[[1, 2], [3, 4]]"
    assert fmt.nested([], (0, 3)) == "[]"
