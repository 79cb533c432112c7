"""Modules in the views: opened, closed, their parameters on their card."""

from __future__ import annotations

import gzip
import json
import re
import xml.etree.ElementTree as ET
from base64 import b64decode

import pytest
import torch
import traitlets as t
from torch import nn

import nbgrad as ng
from nbgrad.tracing import Trace
from nbgrad.tracing.module_calls import depths, turned
from nbgrad.views.stepper.scene import scene
from nbgrad.views.stepper.static_story import story_html

LAYERS = [f"layers.{i}" for i in range(4)]


@pytest.fixture(scope="module")
def trace() -> ng.Trace:
    """Return the pass of four encoder layers, each with twelve parameters."""
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, dropout=0.0)
    model = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)
    with ng.watch(model):
        loss = model(torch.randn(2, 3, 16)).square().mean()
    return ng.trace(loss, names=locals(), apply=False)


def boxes(data):
    return [f for f in data["trace"]["functions"] if f.get("folded") and f["label"] == f["module"]]


def test_parameters_stand_on_the_card_of_a_closed_module(trace):
    data = scene(trace, closed=LAYERS)
    shown = boxes(data)
    assert [f["module"] for f in shown] == LAYERS
    names = {v["id"]: v["name"] for v in data["trace"]["variables"]}
    for f in shown:
        own = data["parameters"][f["id"]]
        assert len(own) == 12
        assert all(f"{f['module']}." in names[x] for x in own)
        assert not data["drawing"]["nodes"].keys() & set(own)
    assert scene(trace, closed=[])["parameters"] == {}


def test_the_drawing_says_what_a_closed_module_holds(trace):
    svg = ng.graph(trace.folded(LAYERS)).to_svg()
    ET.fromstring(svg)
    assert svg.count(" functions · 12 parameters<") == 4
    assert "linear1.weight" not in svg


def test_every_way_of_opening_and_closing_keeps_the_gradients(trace):
    whole, cases = trace.parts, 0
    closed, seen = {"layers"}, set()
    for path in [
        "layers",
        "layers.1",
        "layers.1.self_attn",
        "layers.2",
        "layers.1",
        "layers",
        "layers",
    ]:
        closed = turned(whole, closed, path)
        seen.add(frozenset(closed))
    for one in [*seen, *map(frozenset, depths(whole))]:
        folded = trace.folded(one)
        assert folded.whole is trace
        for v in folded.variables:
            if v.kind == "leaf":
                assert folded.gradient(v.id) == trace.gradient(v.id)
                cases += 1
    print(f"{cases} gradients of {len(seen)} foldings")
    assert turned(whole, {"layers"}, "layers") == set(LAYERS)


def test_the_widget_folds_anew_and_stays_in_place(trace):
    stepper = ng.Stepper(trace)
    assert "layers.0.self_attn" in stepper.closed
    stepper.closed = LAYERS
    assert stepper.closed == LAYERS
    stepper.step = stepper.steps
    stepper.closed = []
    assert stepper.step == stepper.steps > 20
    with pytest.raises(t.TraitError, match=r"layers\.9"):
        stepper.closed = ["layers.9"]
    assert stepper.closed == []
    stepper.close()


def test_a_click_opens_and_closes(trace):
    stepper = ng.Stepper(trace.folded(["layers"]))
    assert stepper.closed == ["layers"]
    stepper.set_state({"toggle": "layers"})
    assert stepper.closed == LAYERS
    data = json.loads(stepper._scene)
    stepper.selected = boxes(data)[2]["id"]
    stepper.set_state({"toggle": "layers.0"})
    assert stepper.closed[-3:] == LAYERS[1:]
    kept = {f["id"]: f["module"] for f in boxes(_scene_of(stepper))}
    assert kept[stepper.selected] == "layers.2"
    stepper.set_state({"toggle": "no such module"})
    stepper.set_state({"toggle": "layers"})
    assert stepper.closed == ["layers"]
    stepper.close()


def _scene_of(stepper):
    return json.loads(stepper._scene or gzip.decompress(stepper._packed))


def test_a_page_holds_the_scenes_of_its_depths(trace, tmp_path):
    trace.save(tmp_path / "page.html")
    foldings = _foldings_of(tmp_path / "page.html")
    assert len(foldings) > 8
    for data, ways in foldings:
        assert data["flow"]["rows"]
        for path in data["modules"]["closed"]:
            if path in ways:
                opened, _ = foldings[ways[path]]
                assert path not in opened["modules"]["closed"]


def test_a_page_opens_each_of_many_blocks_alone(tmp_path):
    model = nn.Sequential(*[nn.Sequential(nn.Linear(4, 4), nn.Tanh()) for _ in range(18)])
    with ng.watch(model):
        loss = model(torch.randn(2, 4)).square().mean()
    whole = ng.trace(loss, names={"model": model}, apply=False)
    whole.folded(["0…17"]).save(tmp_path / "page.html")
    foldings = _foldings_of(tmp_path / "page.html")
    first, ways = foldings[0]
    assert next(f["name"] for f in first["trace"]["functions"]) == "Sequential × 18"
    second, ways = foldings[ways["0…17"]]
    assert second["modules"]["closed"] == sorted(map(str, range(18)))
    for block in map(str, range(18)):
        data, _ = foldings[ways[block]]
        assert {*second["modules"]["closed"]} - {*data["modules"]["closed"]} == {block}
        shown = Trace.from_dict(data["trace"])
        assert shown.gradient(f"{block}.0.weight") == whole.gradient(f"{block}.0.weight")


def _foldings_of(path):
    """Return the scenes that a page holds, each with the ways from it to others."""
    page = path.read_text("utf-8")
    state = json.loads(page.split('id="state">')[1].split("</script>")[0])
    found = []
    for one in state["_depths"]:
        data = json.loads(gzip.decompress(b64decode(state["_shared64"] + one["_packed64"])))
        data["trace"]["summaries"] = data["summaries"]
        found.append((data, one["ways"]))
    return found


def test_a_trace_of_nbgrad_has_no_modules():
    import numpy as np

    x = ng.Variable(np.array(2.0), name="x")
    assert scene(ng.trace(ng.square(x)))["modules"] is None


def test_a_leaf_that_no_gradient_reached_says_so():
    class Half(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            return a * b

        @staticmethod
        def backward(ctx, g):
            return g, None

    a, b = (torch.tensor(2.0, requires_grad=True) for _ in range(2))
    t = ng.trace(Half.apply(a, b) + a, names={"a": a, "b": b})
    assert b.grad is None
    assert [t.variables[name].none_reason for name in ("a", "b")] == ["", "no gradient"]
    assert ng.Trace.from_dict(t.to_dict()).variables["b"].none_reason == "no gradient"
    told = "b.grad is None: no gradient arrived there in this pass."
    assert told in str(t)
    assert told in story_html(t)
    assert "기울기가 도착하지 않았습니다" in story_html(t, lang="ko")


def test_values_that_nobody_kept_are_counted_and_the_nan_is_the_first_known_one():
    x = torch.tensor([0.0, 1.0], requires_grad=True)
    t = ng.trace((x.log() * 0).sum(), names={"x": x})
    told = "Not kept by PyTorch: 2 values. Run the forward pass inside ng.watch(model)."
    assert told in str(t)
    assert told in story_html(t)
    assert "The first known NaN is in v4" in str(t)
    assert "not kept by PyTorch" in ng.graph(t).to_svg()
    assert "not kept" not in str(ng.graph(t))
    with ng.watch():
        y = (x.log() * 0).sum()
    watched = str(ng.trace(y, names={"x": x}))
    assert "Not kept" not in watched
    assert "The first infinity is in log(x): log" in watched


def test_the_gradient_flow_is_a_row_for_each_parameter_and_a_sentence():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1))
    with torch.no_grad():
        net[2].bias.fill_(-100)
    x = torch.randn(3, 4)
    t = ng.trace(net(x).square().mean(), names={"net": net, "x": x})
    flow = scene(t)["flow"]
    named = dict(net.named_parameters())
    assert {row[1] for row in flow["rows"]} == set(named)
    for id_, name, norm, ratio, zeros, trouble, module, whole in flow["rows"]:
        assert t.variables[id_].name == name
        assert norm == pytest.approx(float(named[name].grad.norm()))
        assert ratio == pytest.approx(norm / float(named[name].detach().norm()))
        assert trouble == ("" if name == "4.bias" else "dead")
        assert zeros == (0 if name == "4.bias" else 1)
        assert module == name.partition(".")[0]
        assert whole >= norm
    assert flow["said"]["en"].startswith("mostly zeros in ")
    assert flow["said"]["en"].endswith(" and 2 more")
    story = story_html(t)
    strip = ET.fromstring(story[story.index("<svg viewBox") : story.index("</svg>") + 6])
    bars = [one for one in strip if one.tag == "rect"]
    assert [bar.get("data-mark", "") for bar in bars] == [row[5] for row in flow["rows"]]
    assert bars[0][0].text.startswith(f"{flow['rows'][0][1]}  ‖grad‖ ")
    assert {one.text for one in strip if one.tag == "text"} == {"0"}
    assert "Gradient flow: mostly zeros in " in str(t)
    healthy = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 1))
    told = scene(ng.trace(healthy(x).sum(), names={"net": healthy}))["flow"]["said"]
    assert told["en"].startswith("the gradient reaches every parameter")
    assert told["ko"].startswith("모든 매개변수")
    a = torch.tensor(2.0, requires_grad=True)
    alone = ng.trace(a * a)
    assert scene(alone)["flow"] is None
    assert "story-flow'" not in story_html(alone)
    assert "Gradient flow" not in str(alone)


def test_constants_of_closed_modules_have_no_card_and_ones_own_have_their_name():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5), nn.Linear(4, 1))
    model = nn.ModuleDict({"net": net})
    x = torch.randn(3, 4)
    with ng.watch(model):
        y = net(x).square().mean()
    t = ng.trace(y, names={"model": model, "x": x}).folded(["net"])
    constants = {v.name: v.id for v in t.variables if v.kind == "constant"}
    assert len(constants) == 3
    drawn = scene(t)["drawing"]["nodes"]
    assert [name for name, id_ in constants.items() if id_ in drawn] == ["x"]
    svg = ng.graph(t).to_svg()
    assert ">x<" in svg
    assert "x²" in svg


@pytest.mark.parametrize("watched", [False, True])
def test_a_models_own_functions_are_called_by_their_operation(watched):
    attention = nn.MultiheadAttention(4, 2, batch_first=True)
    x = torch.randn(1, 3, 4)
    with ng.watch(attention if watched else None):
        loss = attention(x, x, x)[0].sum()
    shown = ng.trace(loss, names={"attention": attention, "x": x, "loss": loss}).variables
    called = [v.name for v in shown if v.kind == "intermediate"]
    assert {"softmax", "bmm", "bmm (2)", "out_proj.addmm", "loss"} <= {*called}
    assert not [name for name in called if re.fullmatch(r"v\d+", name)]
