"""What a stranger may write, and what he may write it into: the rows of the security table."""

from __future__ import annotations

import copy
import linecache
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import nbgrad as ng
from nbgrad.engine.diagnostics import positions as source
from nbgrad.tracing import Trace

STRINGS = {
    "script": "<script>window.hacked=1</script>",
    "handler": "\"'><img src=x onerror=window.hacked=1>",
    "script ended": "</script><!--<script>",
    "style ended": "</style></title></svg></textarea><b>",
    "entity": "&lt;b&gt; &#27; &#x202e; &amp;",
    "CDATA": "]]> <![CDATA[ <?xml ?> <!DOCTYPE x>",
    "escape sequence": "\x1b[31mred\x1b]52;c;aGk=\x07\x1b]8;;http://evil.example\x07",
    "C0": "a\0b\tc\rd\x08e\x7f",
    "C1": "a\x9b31mb\x85c",
    "line break": "one\nTraceback (most recent call last):\n  two",
    "JavaScript line": "one\u2028two\u2029three",
    "bidi": "\u202eevil\u2066\u2069\u200f\u061c",
    "invisible": "a\u200bb\ufeffc\xadd\U000e0041\ue000",
    "surrogate": "a\ud800b\udfff",
    "DOT": '"]; evil -> v0 [label="x" URL="http://evil.example"]; //\\',
    "DOT abbreviation": "\\N \\G \\L \\l \\",
    "DOT markup": "<<b>bold</b>>",
    "template": "{{state}} {0} %s ${x} #{y}",
    "Markdown": "[x](javascript:alert(1)) | `a` | **b** ![i](http://evil.example/i.png)",
    "formula": "$\\href{javascript:alert(1)}{x}$ \\(y\\)",
    "link": "javascript:alert(1) http://evil.example/x data:text/html,x",
    "long": "<" * 5000,
    "wide": "한국어 🙂 e\u0301\u0301",
}


@dataclass
class Shown:
    """Everything of one stranger that can be shown."""

    y: ng.Variable | None
    trace: Trace
    message: str = ""


class Doubled(ng.Function):
    """A rule of the user's own."""

    def forward(self, x: Any) -> Any:
        return x * 2

    def backward(self, gy: Any) -> Any:
        return gy * 2


def variable(name: str | None = None) -> ng.Variable:
    return ng.Variable(np.array([1.0, -2.0]), name)


def own_class(**texts: Any) -> type[Doubled]:
    """Return the rule with a stranger's class name, docstring, or text of a rule."""
    made: type[Doubled] = type("Own", (Doubled,), {k: v for k, v in texts.items() if k != "name"})
    if "name" in texts:
        made.__name__ = made.__qualname__ = texts["name"]
    return made


def shown(y: ng.Variable, names: Any = None) -> Shown:
    return Shown(y, ng.trace(y, names=names, apply=False))


# ---------------------------------------------------------------- live objects


def variable_name(text: str) -> Shown:
    x = variable(text)
    a = ng.square(x)
    a.name = text
    y = ng.sum(Doubled()(a))
    y.name = text
    return shown(y)


def mapping_key(text: str) -> Shown:
    x = variable()
    y = ng.sum(ng.square(x))
    return shown(y, {text: x, f"{text}!": y})


def class_name(text: str) -> Shown:
    # What a class may be called: no NUL, no lone surrogate.
    text = text.replace("\0", "").encode("utf-8", "replace").decode()
    return shown(ng.sum(own_class(name=text)()(variable("x"))))


def docstring(text: str) -> Shown:
    text = text.encode("utf-8", "replace").decode()  # type() takes no lone surrogates there
    return shown(own_class(__doc__=text)()(ng.sum(variable("x"))))


def rule_text(text: str) -> Shown:
    return shown(own_class(formula=text, symbol=text, label=text)()(ng.sum(variable("x"))))


def _run(code: str, filename: str, line: str) -> Shown:
    """Run code from a file of a stranger's name, whose lines are his."""
    linecache.cache[filename] = (len(line), None, [f"{line}\n"], filename)
    names: dict[str, Any] = {"ng": ng, "np": np}
    source.keep_positions(True)
    try:
        exec(compile(code, filename, "exec"), names)
        return shown(names["y"])
    finally:
        source.keep_positions(False)
        del linecache.cache[filename]


CODE = "y = ng.sum(ng.square(ng.Variable(np.array([1.0, -2.0]), 'x')))"


def file_name(text: str) -> Shown:
    # What a file may be called: no NUL, and no slash, which parts folders.
    name = text.replace("\0", "").replace("/", "∕").encode("utf-8", "replace").decode()
    return _run(CODE, name, CODE)


def source_line(text: str) -> Shown:
    return _run(CODE, "train.py", f"{CODE}  # {text}")


# ---------------------------------------------------------------- a loaded trace


def document() -> dict[str, Any]:
    data: dict[str, Any] = ng.trace(ng.sum(Doubled()(variable("x")))).to_dict()
    for node in (*data["variables"], *data["functions"]):
        node["source"] = {"file": "train.py", "line": 1, "text": "y = f(x)"}
    return data


FIELDS = {
    "variables": ("name", "source.file", "source.text"),
    "functions": ("name", "symbol", "label", "rule", "code", "source.file", "source.text"),
}
"""The texts of a trace that are free; every other string is one of a few words, or an id."""


def loaded(kind: str, path: str) -> Callable[[str], Shown]:
    """Return a trace with a stranger's text in one of its fields."""

    def load(text: str) -> Shown:
        data = copy.deepcopy(document())
        for node in data[kind]:
            *inner, key = path.split(".")
            for part in inner:
                node = node[part]
            node[key] = text
        return Shown(None, Trace.from_dict(data))

    return load


SOURCES: dict[str, Callable[[str], Shown]] = {
    "name of a Variable": variable_name,
    "key of names=": mapping_key,
    "name of a Function's class": class_name,
    "docstring of a Function": docstring,
    "rule, symbol and label of a Function": rule_text,
    "name of a file": file_name,
    "line of a file": source_line,
    **{
        f"trace file: {kind}.{path}": loaded(kind, path)
        for kind, paths in FIELDS.items()
        for path in paths
    },
}
