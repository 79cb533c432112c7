"""The HTML repr of Variable and Function: what it says, that it is safe, that it is folded."""

from __future__ import annotations

import gc
import re
import weakref
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.diagnostics import positions as source
from nbgrad.views.repr.html import function_html, variable_html
from tests.views.page_checks import HOSTILE, check_safe
from tests.views.repr.shown import leaf, shown

RNG = np.random.default_rng(0)


def test_a_leaf_says_name_dtype_shape_generation() -> None:
    page = check_safe(variable_html(leaf([[0.5, -0.4], [1.2, 0.0]], "W")))
    head = page.one(cls="ng-head").text
    assert page.one("strong", cls="ng-name").text == "W"
    assert [chip.text for chip in page.of("code", cls="ng-chip")] == ["float64", "(2, 2)"]
    assert "leaf, generation 0" in head


def test_values_and_gradient_stand_beside_each_other() -> None:
    page = check_safe(variable_html(leaf([1.0, -2.0, 0.5], grad=[0.25, 0.0, -4.0])))
    value, grad = page.of("table", cls="ng-table")
    assert value.attributes["aria-label"] == "value (3,)"
    assert grad.attributes["aria-label"] == "gradient (3,)"
    cells = [cell.text for cell in page.of("td")]
    assert cells == ["1.0", "-2.0", "0.5", "0.25", "0.00", "-4.00"]
    tints = [cell.attributes["data-tint"] for cell in page.of("td")]
    assert tints == ["2", "-4", "1", "1", "0", "-4"]


def test_an_intermediate_says_where_it_is_from(diamond: ng.Variable) -> None:
    page = check_safe(variable_html(diamond))
    assert "from Add, generation 3" in page.one(cls="ng-head").text
    creator, graph = page.of("summary")
    assert creator.text == "creator Add gx0 = gy; gx1 = gy"
    assert graph.text == "graph 4 functions in generations 0 to 2"
    assert "on when it was made" in page.shown
    assert all("open" not in e.attributes for e in page.of("details"))


def test_the_source_line_is_shown_when_positions_are_kept() -> None:
    source.keep_positions(True)
    try:
        y = leaf(2.0) * 3.0
    finally:
        source.keep_positions(False)
    page = check_safe(variable_html(y))
    assert re.fullmatch(r"test_html.py, line \d+", page.one(cls="ng-place").text)
    assert "y = leaf(2.0) * 3.0" in page.one("code", cls="ng-line").text


def test_a_graph_drawing_shows_names_values_and_gradients(diamond: ng.Variable) -> None:
    diamond.backward()
    page = check_safe(variable_html(diamond))
    texts = [e.text for e in page.of("text")]
    assert {"generation 0", "generation 3", "x", "a", "b", "c", "y", "64", "32"} <= set(texts)
    assert texts.count("freed") == 4


def why(x: ng.Variable) -> str:
    return check_safe(variable_html(x)).one(cls="ng-why").text


def test_why_not_computed() -> None:
    x = leaf(2.0)
    no_pass = "no backward() has reached it since it was made or cleared"
    assert why(x) == f"None not computed yet{no_pass}"
    advice = "call backward(retain_grad=True) on it, or on a result computed from it"
    assert why(x * x) == f"None not computed yet{advice}"


def test_why_freed(diamond: ng.Variable) -> None:
    diamond.backward()
    assert why(diamond) == "None freed after backwarduse backward(retain_grad=True) to keep it"


def test_why_constant() -> None:
    x = ng.Variable(np.array(2.0), requires_grad=False)
    assert why(x).startswith("None a constantmade with requires_grad=False")
    assert "constant, generation 0" in shown(x)


def test_why_no_grad() -> None:
    with ng.no_grad():
        y = leaf(2.0) * 3.0
    assert why(y).startswith("None made under no_gradno graph was recorded")
    assert "made under no_grad, generation 0" in shown(y)


def test_a_retained_gradient_is_shown(diamond: ng.Variable) -> None:
    diamond.backward(retain_grad=True)
    page = check_safe(variable_html(diamond))
    assert page.of(cls="ng-why") == []
    assert [e.text for e in page.of(cls="ng-scalar")] == ["32.0", "1.0"]


def test_a_gradient_that_is_a_variable_says_so() -> None:
    x = leaf(1.5)
    y = ng.sin(x) * x
    y.backward(create_graph=True)
    assert "a Variable: backward(create_graph=True) made it" in shown(x)
    assert check_safe(variable_html(x.grad)).of("rect", cls="ng-svg-second-pill")


def test_a_large_array_shows_its_statistics() -> None:
    data = RNG.normal(size=(32, 64))
    page = check_safe(variable_html(leaf(data)))
    figures = dict(
        zip([e.text for e in page.of("dt")], [e.text for e in page.of("dd")], strict=True)
    )
    assert list(figures) == ["min", "mean", "max", "norm"]
    truth = (data.min(), data.mean(), data.max(), np.linalg.norm(data))
    for text, true in zip(figures.values(), truth, strict=True):
        assert float(text) == pytest.approx(true, rel=1e-3)
    assert page.one("svg", cls="ng-thumb").attributes["aria-label"] == "value (32, 64)"


@pytest.mark.parametrize("shape", [(), (3,), (40, 50)])
def test_nan_and_inf_are_announced(shape: tuple[int, ...]) -> None:
    data = np.ones(shape)
    data.flat[0] = np.nan
    page = check_safe(variable_html(leaf(data, grad=np.full(shape, np.inf))))
    value, grad = (e.text for e in page.of(cls="ng-alert"))
    among = f" among {data.size:,} elements" if data.size > 1 else ""
    assert value == f"1 NaN{among}"
    assert grad == f"{data.size:,} inf{among}"


def test_a_huge_array_says_that_it_was_sampled() -> None:
    text = shown(leaf(np.broadcast_to(1.5, (5000, 2000))))
    assert "of a sample of 32,768 of the 10,000,000 elements" in text
    assert "norm" not in text


class Cube(ng.Function):
    """y = x³, by a <student>."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        return x**3

    def backward(self, gy: np.ndarray) -> np.ndarray:
        (x,) = self.inputs
        return 3 * x.data**2 * gy


def test_a_function_shows_inputs_outputs_and_rule(diamond: ng.Variable) -> None:
    page = check_safe(function_html(diamond.creator))
    assert page.one("strong", cls="ng-name").text == "Add"
    assert page.one(cls="ng-pill").text == "+"
    assert page.one("code", cls="ng-formula").text == "gx0 = gy; gx1 = gy"
    inputs, outputs = (e.text for e in page.of("ul", cls="ng-operands"))
    assert inputs == "b 16 float64()c 16 float64()"
    assert outputs == "y 32 float64()"


def test_an_uncalled_function() -> None:
    page = check_safe(function_html(Cube()))
    assert "not called yet" in page.shown
    assert "y = x³, by a <student>." in page.shown
    assert page.of("details") == []


def test_a_function_whose_output_is_gone() -> None:
    function = Cube()(leaf(2.0)).creator
    text = check_safe(function_html(function)).shown
    assert "dropped: counts as zero" in text


def test_many_inputs_are_cut() -> None:
    page = check_safe(function_html(ng.stack([leaf(float(i)) for i in range(50)]).creator))
    assert "… 38 more" in page.shown


def test_operations_parameters_are_shown() -> None:
    function = ng.sum(leaf(np.ones((2, 3))), axis=0).creator
    assert "sum(axis=0)" in check_safe(function_html(function)).shown


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name: str) -> None:
    x = leaf([1.0, 2.0], name)
    y = ng.sum(x * x)
    y.name = name
    for html in (variable_html(x), variable_html(y), function_html(y.creator)):
        check_safe(html)
        html.encode("utf-8")
        assert len(html) < 100_000


def test_hostile_classes() -> None:
    evil = type("</style><script>", (Cube,), {"__doc__": '"><img onerror=x>'})
    evil.symbol = "<b>\x1b"
    evil.formula = "<i onclick=x>"
    y = evil()(leaf(2.0))
    check_safe(variable_html(y))
    check_safe(function_html(y.creator))


def test_output_is_deterministic(diamond: ng.Variable) -> None:
    assert variable_html(diamond) == variable_html(diamond)


def test_the_text_repr_shows_where_styles_are_stripped(diamond: ng.Variable) -> None:
    page = check_safe(variable_html(diamond))
    assert page.one("pre").text == repr(diamond)
    assert page.one(cls="nbgrad-repr").attributes["style"] == "display:none"
    css = "".join(e.text for e in page.of("style"))
    assert ".nbgrad-text{display:none}" in css
    assert ".nbgrad-output>.nbgrad{display:block !important}" in css


def test_text_and_html_tell_the_same_numbers() -> None:
    data = RNG.normal(size=(3, 4)).round(2)
    x = leaf(data)
    page = check_safe(variable_html(x))
    in_text = [float(t) for t in re.findall(r"-?\d+\.\d*", repr(x))]
    assert [float(e.text) for e in page.of("td")] == in_text == data.ravel().tolist()


def test_nothing_is_kept_alive_or_changed(diamond: ng.Variable) -> None:
    op = diamond._op
    variable_html(diamond)
    assert diamond._op is op
    gc.disable()
    try:
        y = leaf(2.0) * 3.0
        ref = weakref.ref(y)
        variable_html(y)
        del y
        assert ref() is None
    finally:
        gc.enable()


def test_grad_mode_is_not_touched() -> None:
    with ng.no_grad():
        variable_html(leaf(2.0))
        assert not ng.Config.enable_backprop
    assert ng.Config.enable_backprop


def test_variables_show_themselves(diamond: ng.Variable) -> None:
    assert diamond._repr_html_() == variable_html(diamond)
    assert diamond.creator._repr_html_() == function_html(diamond.creator)


def test_a_users_attributes_do_not_reach_the_views() -> None:
    names = [
        "inputs",
        "outputs",
        "generation",
        "label",
        "symbol",
        "formula",
        "rule",
        "pull",
        "specs",
        "aliases",
        "codes",
    ]

    class Own(ng.Function):
        def forward(self, x: Any, bias: Any) -> Any:
            for name in names:
                setattr(self, name, 3.0)
            return x * 2.0

        def backward(self, gy: Any) -> Any:
            return gy * 2.0

    x = leaf([1.0, 2.0], "x")
    y = Own()(x, None)
    y.backward()
    for html in (variable_html(y), function_html(y.creator), ng.graph(y)._repr_html_()):
        assert "Own" in html
        check_safe(html)
