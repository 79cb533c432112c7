"""The gallery: pages for the usual lessons, each one file, in each language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import nbgrad as ng
from nbgrad.views.stepper.page import page_html, series_html

from .writing import write

QUESTION = {"en": "What is {}.grad?", "ko": "{}.grad는 얼마일까요?"}


@dataclass(frozen=True)
class Lesson:
    """A page of the gallery.

    Attributes
    ----------
    name : str
        The file's name.
    title, about : str
        What the card says, in English; the Korean stands with all other translations.
    make : callable
        Returns a Trace or a Series.
    asked : dict
        Whose gradient is asked for, by the step that computes it.
    """

    name: str
    title: str
    about: str
    make: Callable[[], Any]
    asked: dict[str, str] = field(default_factory=dict)


def _leaf(value: Any, name: str) -> ng.Variable:
    return ng.Variable(np.asarray(value, dtype=float), name=name)


def diamond() -> Any:
    x = _leaf(2.0, "x")
    a = ng.square(x)
    b, c = ng.square(a), ng.square(a)
    y = b + c
    return ng.trace(y, names={"a": a, "b": b, "c": c, "y": y}, apply=False)


def chain() -> Any:
    x = _leaf(0.5, "x")
    a = ng.square(x)
    b = ng.exp(a)
    y = ng.square(b)
    return ng.trace(y, names={"a": a, "b": b, "y": y}, apply=False)


def rosenbrock() -> Any:
    x0, x1 = _leaf(0.0, "x0"), _leaf(2.0, "x1")
    y = 100.0 * (x1 - x0**2) ** 2 + (x0 - 1.0) ** 2
    return ng.trace(y, names={"y": y}, apply=False)


def sigmoid() -> Any:
    x = _leaf(0.5, "x")
    s = ng.sigmoid(x)
    y = ng.square(s)
    return ng.sweep(y, x, np.linspace(-8, 8, 33), names={"s": s, "y": y})


def broadcasting() -> Any:
    x, b = _leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "x"), _leaf([0.1, 0.2, 0.3], "b")
    z = x + b
    y = ng.sum(ng.square(z))
    return ng.trace(y, names={"z": z, "y": y}, apply=False)


def network() -> Any:
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(4, 3)), np.array([0, 1, 1, 0])
    W1, b1 = _leaf(rng.normal(size=(3, 4)), "W1"), _leaf(np.zeros(4), "b1")
    W2, b2 = _leaf(rng.normal(size=(4, 2)), "W2"), _leaf(np.zeros(2), "b2")
    h = ng.tanh(x @ W1 + b1)
    loss = ng.softmax_cross_entropy(h @ W2 + b2, t)
    return ng.trace(loss, names={"h": h, "loss": loss}, apply=False)


def recurrent() -> Any:
    rng = np.random.default_rng(1)
    Wx, Wh = _leaf(0.8, "Wx"), _leaf(0.5, "Wh")
    h = ng.Variable(np.array(0.0), name="h0")
    for value in rng.normal(size=4).round(1):
        h = ng.tanh(float(value) * Wx + Wh * h)
    return ng.trace(h, names={"h": h}, apply=False)


def descent() -> Any:
    history = ng.History(keep=60)
    x = _leaf([-1.5, 2.0], "x")
    for _ in range(60):
        x.cleargrad()
        loss = 0.5 * x[0] ** 2 + 5.0 * x[1] ** 2
        history.record(loss)
        x.data = x.data - 0.15 * x.grad
    return history


def second() -> Any:
    x = _leaf(2.0, "x")
    (x**4).backward(create_graph=True)
    slope = x.grad
    return ng.trace(slope, names={"slope": slope}, apply=False)


def vanishing() -> Any:
    rng = np.random.default_rng(3)
    h: Any = rng.normal(size=(8, 6))
    weights = [_leaf(rng.normal(size=(6, 6)) * 0.4, f"W{i}") for i in range(1, 7)]
    for W in weights:
        h = ng.sigmoid(h @ W)
    loss = ng.mean(ng.square(h))
    return ng.trace(loss, names={"loss": loss}, apply=False)


LESSONS = (
    Lesson("chain", "The chain rule", "Three functions in a row: multiply, back to front.", chain),
    Lesson(
        "diamond",
        "The diamond",
        "64, not 96: two gradients meet, and the order decides.",
        diamond,
    ),
    Lesson(
        "diamond-asked",
        "The diamond, with questions",
        "The same graph; each step asks before it shows.",
        diamond,
        {"2": "a", "3": "x"},
    ),
    Lesson(
        "rosenbrock",
        "A function of two variables",
        "Rosenbrock's valley: which slope belongs to which input?",
        rosenbrock,
    ),
    Lesson(
        "broadcasting",
        "Broadcasting",
        "A bias is used in each row: its gradient is a sum.",
        broadcasting,
    ),
    Lesson("sigmoid", "A sigmoid saturates", "Move x, and watch its slope vanish.", sigmoid),
    Lesson("network", "A small network", "From the loss to the weights of two layers.", network),
    Lesson(
        "recurrent",
        "Back through time",
        "One weight, used at each time: as many contributions.",
        recurrent,
    ),
    Lesson(
        "vanishing", "Vanishing gradients", "Six layers with sigmoids: who still learns?", vanishing
    ),
    Lesson("descent", "Gradient descent", "Sixty iterations in a narrow valley.", descent),
    Lesson(
        "second",
        "A gradient of a gradient",
        "x⁴ differentiated twice: the first pass is a graph.",
        second,
    ),
)


def write_gallery(folder: Path, page: Path, languages: tuple[str, ...]) -> int:
    """Write the lessons in each language, their pictures, and the page that lists them."""
    for lesson in LESSONS:
        made = lesson.make()
        for language in languages:
            html = page_html if isinstance(made, ng.Trace) else series_html
            ask = {step: QUESTION[language].format(name) for step, name in lesson.asked.items()}
            page_of_lesson = html(made, language, **({"ask": ask} if ask else {}))
            write(folder / language / "gallery" / f"{lesson.name}.html", page_of_lesson)
        first = made if isinstance(made, ng.Trace) else made[len(made) - 1]
        (folder / "pictures").mkdir(parents=True, exist_ok=True)
        first.save(folder / "pictures" / f"{lesson.name}.svg")
    write(page, _cards())
    return len(LESSONS)


def _cards() -> str:
    cards = "\n\n".join(
        f":::{{grid-item-card}} {lesson.title}\n"
        f":img-top: _build/gallery/pictures/{lesson.name}.svg\n"
        f":img-alt: The graph of this page\n"
        f":link: gallery/{lesson.name}.html\n:link-type: url\n{lesson.about}\n:::"
        for lesson in LESSONS
    )
    return (
        "# Gallery\n\nPages for a lesson, ready to use. Each is one file without kernel and network: open it in the "
        "lecture, or save it and give it to students. [Teach with it](how-to/teaching.md) says how to make your own."
        f"\n\n::::{{grid}} 1 1 2 2\n:gutter: 3\n:class-container: site-gallery\n\n{cards}\n::::\n"
    )
