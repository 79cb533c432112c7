"""The page of its own, and the bundle that is shipped."""

from __future__ import annotations

import html.parser
import importlib.util
import json
from pathlib import Path

import nbgrad as ng
from nbgrad.views.stepper.page import page_html, script_json
from nbgrad.views.theme import read_static

ROOT = Path(__file__).parents[3]


class Reader(html.parser.HTMLParser):
    """Collects tags and the texts of scripts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self.inside = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag == "script"
        if self.inside:
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.scripts[-1] += data


def test_one_file_no_network(scenes, tmp_path):
    path = tmp_path / "steps.html"
    path.write_text(page_html(ng.trace(scenes.diamond())), encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    read = Reader(text)
    policy = next(a["content"] for tag, a in read.tags if a.get("http-equiv"))
    assert "default-src 'none'" in policy
    assert "connect-src" not in policy
    for tag, attributes in read.tags:
        assert tag not in {"link", "iframe", "img", "object", "embed"}
        assert not {"src", "onclick", "onload"} & attributes.keys()
    assert sum(tag == "h1" for tag, _ in read.tags) == 1
    assert "All 3 steps" in text


def test_the_page_holds_scene_and_module(scenes):
    read = Reader(page_html(ng.trace(scenes.diamond()), step=2))
    state, module = (json.loads(text) for text in read.scripts[:2])
    assert state["step"] == 2
    assert json.loads(state["_scene"])["trace"]["root"]
    assert module == read_static("stepper.js")


def test_a_hostile_name_neither_ends_a_script_nor_becomes_markup(scenes):
    text = page_html(ng.trace(scenes.diamond("</script><script>alert(1)</script>")))
    assert "<script>alert(1)" not in text
    assert text.count("</script>") == 3
    assert script_json("</\u2028&") == '"\\u003c/\\u2028\\u0026"'


def test_the_bundle_is_fresh_and_small():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    hook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hook)
    assert hook.is_fresh(ROOT), "js/src changed: run `npm run build` in js/"
    assert len(read_static("stepper.js").encode()) <= 60_000


def test_the_lock_file_names_no_registry():
    text = (ROOT / "js" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
