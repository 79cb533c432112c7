"""The reference of operations: a page for each family, made from the table of operations.

Each operation has its rule, its convention where there is no derivative, NumPy's names, its
documentation, and a picture: value and slope of a function of one number, else the graph of a sample.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import numpy as np

import nbgrad as ng
from nbgrad.ops import supported
from nbgrad.ops.row import TABLE, Row, twin_name
from tests.ops.cases import make
from tests.ops.samples import SAMPLES

from .curve import curve
from .writing import write

FAMILIES = {
    "arithmetic": "Arithmetic",
    "exponential": "Exponentials and logarithms",
    "trigonometric": "Trigonometric functions",
    "hyperbolic": "Hyperbolic functions",
    "rounding": "Rounding and remainders",
    "comparison": "Larger and smaller",
    "activation": "Activation functions",
    "softmax": "Softmax",
    "loss": "Losses",
    "distance": "Distances and similarities",
    "normalization": "Normalization",
    "reduction": "Sums, means and extremes",
    "statistics": "Variance and standard deviation",
    "averages": "Averages, covariance, correlation",
    "missing": "Statistics without NaN",
    "order": "Sorting, medians, quantiles",
    "accumulation": "Running sums, products and extremes",
    "prod": "Products of elements",
    "norm": "Norms",
    "hypotenuse": "Hypotenuse",
    "products": "Products of vectors and matrices",
    "linear": "Matrix products",
    "einsum": "Einstein summation",
    "solving": "Inverses and linear systems",
    "determinant": "Determinants",
    "factoring": "Factorizations",
    "spectral": "Eigenvalues and singular values",
    "matrices": "Triangles, traces and powers",
    "diagonal": "Diagonals",
    "shape": "Shape",
    "rearranging": "Rearranging",
    "joining": "Joining and splitting",
    "stacking": "Stacking",
    "indexing": "Indexing",
    "choosing": "Taking and choosing",
    "differences": "Differences and integrals",
    "signals": "Convolution, interpolation, grids",
    "convolution": "Convolutions of images",
    "pooling": "Pooling",
    "sampling": "Ranges and random masks",
    "special": "Special functions",
}


_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


def family_of(row: Row) -> str:
    """Return the last word of the module that a row's rule stands in."""
    module = row.operation.__module__ if row.operation else row.function.__globals__["__name__"]
    return str(module).rpartition(".")[2]


def families() -> dict[str, list[Row]]:
    """Return the rows by family, in the order of the page."""
    found: dict[str, list[Row]] = {name: [] for name in FAMILIES}
    for name in sorted(TABLE):
        found.setdefault(family_of(TABLE[name]), []).append(TABLE[name])
    return {family: rows for family, rows in found.items() if rows}


def title(family: str) -> str:
    """Return a family's heading."""
    return FAMILIES.get(family, family.replace("_", " ").capitalize())


def write_operations(folder: Path) -> int:
    """Write the pages; return how many operations they show."""
    groups = families()
    for family, rows in groups.items():
        write(folder / f"{family}.md", _page(family, rows))
    write(folder / "index.md", _index(groups))
    beyond = supported.page().partition("## SciPy")[2]
    write(folder / "scipy.md", f"# SciPy, and functions without a derivative\n\n## SciPy{beyond}")
    for old in folder.glob("*.md"):
        if old.stem not in {*groups, "index", "scipy"}:
            old.unlink()
    return sum(map(len, groups.values()))


def _index(groups: dict[str, list[Row]]) -> str:
    lines = [
        "# Operations",
        "",
        "Every operation works as `ng.<name>`, through NumPy's own function, and has second derivatives.",
        "Each keeps float32 and float16 and takes arrays of any shape and layout.",
        "",
    ]
    for family, rows in groups.items():
        names = ", ".join(f"[`{row.name}`]({family}.md#{anchor(row.name)})" for row in rows)
        lines += [f"**[{title(family)}]({family}.md)**: {names}", ""]
    lines += ["SciPy's functions, and those that answer with plain arrays: [SciPy](scipy.md).", ""]
    lines += ["```{toctree}", ":hidden:", "", *groups, "scipy", "```", ""]
    return "\n".join(lines)


def anchor(name: str) -> str:
    """Return the anchor of an operation's heading."""
    return f"op-{name.lower().replace('_', '-')}"


def _page(family: str, rows: list[Row]) -> str:
    styles = "".join(_STYLE.findall(ng.graph(ng.square(ng.Variable(np.ones(()))))._repr_html_()))
    parts = [f"# {title(family)}\n", _raw(styles)]
    for row in rows:
        parts.append(f"({anchor(row.name)})=\n## {row.name}\n\n{_about(row)}\n")
    return "\n".join(parts)


def _about(row: Row) -> str:
    facts = []
    if row.rule:
        rules = "".join(f"<li>{html.escape(rule.strip())}</li>" for rule in row.rule.split(";"))
        facts.append(_raw(f'<div class="site-rule site-scroll"><ul>{rules}</ul></div>'))
    also = [f"`ng.{name}`" for name in row.also]
    twins = [f"`{twin_name(twin)}`" for twin in row.twins]
    if also or twins:
        facts.append("Also " + ", ".join([*also, *dict.fromkeys(twins)]) + ".\n")
    if row.edge:
        facts.append(f"{row.edge}\n")
    facts.append(_raw(picture(row)))
    facts.append(f"```{{eval-rst}}\n.. autofunction:: nbgrad.{row.name}\n```\n")
    return "\n".join(facts)


def _raw(text: str) -> str:
    return f"```{{raw}} html\n{text}\n```\n"


def picture(row: Row) -> str:
    """Return a drawing of an operation as HTML: its curve, or the graph of its first sample."""
    samples = SAMPLES[row.name]
    one = samples.elementwise == 1
    if one and isinstance(
        row.function(ng.Variable(np.full(1, np.mean(samples.domain)))), ng.Variable
    ):
        return curve(row.function, row.name, samples.domain)
    case = make(row, samples.calls[0])
    names = ["x"] if len(case.leaves) == 1 else [f"x{i}" for i in range(len(case.leaves))]
    leaves = [ng.Variable(x, name=n) for x, n in zip(case.leaves, names, strict=True)]
    result: Any = case(*leaves)
    outputs = result if isinstance(result, (tuple, list)) else (result,)
    first = next(y for y in outputs if y.creator is not None)
    drawing = _STYLE.sub("", ng.graph(first, names={"y": first})._repr_html_())
    shapes = ", ".join(str(np.shape(x)) for x in case.leaves)
    return (
        f'<figure class="site-picture site-scroll">{drawing}'
        f"<figcaption>{row.name} of {shapes}</figcaption></figure>"
    )
