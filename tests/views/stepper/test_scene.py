"""The payload: a pure function of a trace, and what the front end relies on."""

from __future__ import annotations

import gzip
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.tracing.narration.interface import UI
from nbgrad.views.layout.placed import Link, Node, card_width, draw, path, pill_width
from nbgrad.views.stepper.scene import drawing_of, pack, scene, to_json

TRACES = Path(__file__).parents[2] / "fixtures"


def overlap(a, b):
    return (
        a.x < b.x + b.width
        and b.x < a.x + a.width
        and a.y < b.y + b.height
        and b.y < a.y + a.height
    )


@pytest.mark.parametrize("name", ["diamond", "hostile", "twice", "kept", "nan", "net"])
def test_the_front_ends_fixtures_are_what_python_writes(scenes, name):
    stored = json.loads((scenes.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    made = json.loads(json.dumps(scenes.make(name)))
    for key in ("version", "drawing", "lang"):
        assert stored[key] == made[key], f"run tests/views/stepper/scenes.py again: {key} differs"
    shape = lambda data: {key: sorted(data[key]) for key in ("trace", "story", "ui")}  # noqa: E731
    assert shape(stored) == shape(made), "run tests/views/stepper/scenes.py again"
    calls = lambda data: [  # noqa: E731
        [(call["function"], [part["variable"] for part in call["contributions"]])]
        for step in data["trace"]["steps"]
        for call in step["calls"]
    ]
    assert calls(stored) == calls(made), (
        "run tests/views/stepper/scenes.py again: the order differs"
    )


def test_the_front_end_writes_numbers_and_messages_as_python_does(scenes):
    for file, content in scenes.files().items():
        if file.name in {"numbers.json", "messages.json"}:
            stored = json.loads(file.read_text(encoding="utf-8"))
            assert stored == json.loads(json.dumps(content)), "run tests/widget/scenes.py again"


@pytest.mark.parametrize("path", sorted(TRACES.glob("*.json")), ids=lambda path: path.stem)
def test_a_saved_trace_can_be_shown(path):
    trace = ng.Trace.load(path)
    widget = ng.Stepper(trace)
    assert widget.steps == len(trace.steps)
    assert "<svg" in widget._repr_mimebundle_()[0]["text/html"]


def test_both_languages_have_the_same_words():
    assert UI["en"].keys() == UI["ko"].keys()
    for key, text in UI["en"].items():
        names = {part.split("}")[0] for part in text.split("{")[1:]}
        korean = {part.split("}")[0] for part in UI["ko"][key].split("{")[1:]}
        assert names == korean, key
        assert text.count("**") == UI["ko"][key].count("**"), key


def test_sentences_match_the_steps(scenes):
    data = scenes.make("diamond")
    for story in data["story"].values():
        assert len(story["generation"]) == len(story["next_generation"]) == 4
        assert len(story["function"]) == len(story["next_function"]) == 5
        assert len(story["forward"]) == 4
    assert len(data["naive"]["calls"]) == 5
    naive = [call["function"] for call in data["naive"]["calls"]]
    right = [call["function"] for step in data["trace"]["steps"] for call in step["calls"]]
    parts = data["naive"]["parts"]
    assert naive[:parts] == right[:parts]
    assert naive[parts] != right[parts]


def test_one_language_when_one_is_asked_for(scenes):
    data = scene(ng.trace(scenes.diamond()), "ko")
    assert list(data["story"]) == list(data["ui"]) == ["ko"]


def test_bands_hold_their_nodes_and_nothing_overlaps(scenes):
    for name in ("diamond", "net", "twice"):
        data = ng.trace(scenes.MAKERS[name](), names={}).parts
        drawn = drawing_of(data)
        boxes = list(drawn.boxes.values())
        for k, a in enumerate(boxes):
            assert not any(overlap(a, b) for b in boxes[k + 1 :])
            assert a.x >= 0
            assert a.y >= 0
            assert a.x + a.width <= drawn.width
            assert a.y + a.height <= drawn.height
        bands = {band.generation: band for band in drawn.bands}
        for node in (*data.variables, *data.functions):
            box, band = drawn.boxes[node.id], bands[node.generation]
            if getattr(node, "creator", node):
                assert band.x <= box.x
                assert box.x + box.width <= band.x + band.width


def test_edges_begin_and_end_at_their_nodes(scenes):
    drawn = drawing_of(ng.trace(scenes.MAKERS["net"](), names={}).parts)
    for link, route in zip(drawn.links, drawn.routes, strict=True):
        source, target = drawn.boxes[link.source], drawn.boxes[link.target]
        assert route[0][0] == source.x + source.width
        assert route[-1][0] == target.x
        assert source.y <= route[0][1] <= source.y + source.height
        assert all(a[0] <= b[0] for a, b in pairwise(route))


def test_x_times_x_is_two_edges(scenes):
    drawn = drawing_of(ng.trace(scenes.MAKERS["twice"](), names={}).parts)
    first, second = (
        route for link, route in zip(drawn.links, drawn.routes, strict=True) if link.target == "f0"
    )
    assert abs(first[0][1] - second[0][1]) > 20


def test_leaves_may_stand_first():
    nodes = [Node("x", "variable", 0, 100, 78), Node("f", "function", 0, 64, 46)]
    nodes += [Node("a", "variable", 1, 100, 78), Node("w", "variable", 0, 100, 78)]
    nodes += [Node("g", "function", 1, 64, 46), Node("y", "variable", 2, 100, 78)]
    links = [
        Link("x", "f", 0),
        Link("f", "a"),
        Link("a", "g", 0),
        Link("w", "g", 1),
        Link("g", "y"),
    ]
    late, first = draw(nodes, links), draw(nodes, links, "first")
    assert late.boxes["w"].x > late.boxes["f"].x
    assert first.boxes["w"].x < first.boxes["f"].x
    assert draw([], []).to_dict()["nodes"] == {}


def test_paths_are_level_at_their_points():
    assert path([(0, 0), (10, 0), (20, 10)]) == "M0 0H10C15 0 15 10 20 10"
    assert card_width("x", "2") == 112
    assert card_width("x" * 90, "2") == 172
    assert pill_width("+") == 64


def test_small_scenes_travel_as_text_large_ones_packed(scenes):
    data = scenes.make("diamond")
    text, packed = pack(data)
    assert json.loads(text) == json.loads(to_json(data))
    assert packed == b""
    large = {**data, "filler": "x" * 400_000}
    text, packed = pack(large)
    assert text == ""
    assert json.loads(gzip.decompress(packed)) == json.loads(to_json(large))


def test_nan_and_infinity_survive(scenes):
    text, _ = pack(scenes.make("nan"))
    assert '"nan"' in text
    assert "NaN" not in text.replace('"nan": "NaN"', "").split('"story"')[0]


@pytest.mark.slow
def test_ten_thousand_nodes_stay_below_two_megabytes():
    y = ng.Variable(np.array(0.5), name="x")
    for _ in range(5000):
        y = ng.sin(y)
    text, packed = pack(scene(ng.trace(y, names={})))
    assert text == ""
    assert len(packed) < 2_000_000
