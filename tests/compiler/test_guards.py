"""What answers differently from call to call is found, wherever the function finds it."""

from __future__ import annotations

import importlib
import operator
import os
import random
import sys
import time
import warnings
from collections import ChainMap
from collections.abc import Callable
from dataclasses import dataclass, field
from os import getenv
from random import SystemRandom
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.errors import CompileWarning


class Counter:
    """Counts in an attribute that is there only after the first call."""

    start = 0.0

    @property
    def value(self) -> float:
        self.count = getattr(self, "count", 0.0) + 1.0
        return self.count

    def next(self) -> float:
        self.start += 1.0
        return self.start


class Descriptor:
    """Counts how often it is asked."""

    count = 0.0

    def __get__(self, instance: Any, owner: Any) -> float:
        self.count += 1.0
        return self.count


class Kind(type):
    @property
    def value(cls) -> float:
        cls.count = getattr(cls, "count", 0.0) + 1.0
        return cls.count


class Special(metaclass=Kind):
    """Counts in methods that nobody names."""

    count = 0.0
    by_descriptor = Descriptor()

    def __add__(self, other: float) -> float:
        Special.count += 1.0
        return Special.count

    def __next__(self) -> float:
        return self + 1.0

    def __float__(self) -> float:
        return self + 1.0


counters = Counter(), Counter(), Counter()
special = Special()
chained = ChainMap({"n": 0.0})
objects = np.array([Counter()], dtype=object)


def by_attribute(x: Any) -> Any:
    counters[0].start += 1.0
    return (x * counters[0].start).sum()


def by_property(x: Any) -> Any:
    return (x * counters[1].value).sum()


def by_method(x: Any) -> Any:
    return (x * counters[2].next()).sum()


def by_own_attribute(x: Any) -> Any:
    by_own_attribute.count = getattr(by_own_attribute, "count", 0.0) + 1.0  # type: ignore[attr-defined]
    return (x * by_own_attribute.count).sum()  # type: ignore[attr-defined]


def by_environment(x: Any) -> Any:
    return (x * float(os.environ["NBGRAD_TEST"])).sum()


def by_getenv(x: Any) -> Any:
    return (x * float(getenv("NBGRAD_TEST", "0"))).sum()


def by_import(x: Any) -> Any:
    return (x * __import__("time").perf_counter()).sum()


def by_import_module(x: Any) -> Any:
    return (x * importlib.import_module("time").perf_counter()).sum()


def by_table_of_modules(x: Any) -> Any:
    return (x * sys.modules["time"].perf_counter()).sum()


def by_random(x: Any) -> Any:
    return (x * random.Random().random()).sum()


def by_system_random(x: Any) -> Any:
    return (x * SystemRandom().random()).sum()


def by_system_bytes(x: Any) -> Any:
    return (x * float(int.from_bytes(os.urandom(6), "big"))).sum()


def by_descriptor(x: Any) -> Any:
    return (x * special.by_descriptor).sum()


def by_metaclass(x: Any) -> Any:
    return (x * Special.value).sum()


def by_operator(x: Any) -> Any:
    return (x * (special + 1.0)).sum()


def by_iteration(x: Any) -> Any:
    return (x * next(special)).sum()


def by_conversion(x: Any) -> Any:
    return (x * float(special)).sum()


def by_chained_maps(x: Any) -> Any:
    chained["n"] += 1.0
    return (x * chained["n"]).sum()


def by_array_of_objects(x: Any) -> Any:
    objects[0].start += 1.0
    return (x * objects[0].start).sum()


CHANGING: list[Callable[[Any], Any]] = [
    by_attribute, by_property, by_method, by_own_attribute, by_environment, by_getenv, by_import,
    by_import_module, by_table_of_modules, by_random, by_system_random, by_system_bytes,
    by_descriptor, by_metaclass, by_operator, by_iteration, by_conversion, by_chained_maps,
    by_array_of_objects,
]  # fmt: skip


def by_memory(x: Any) -> Any:
    return (x * np.empty(3)).sum()


def test_what_differs_from_call_to_call_runs_uncompiled(monkeypatch: Any) -> None:
    for f in [*CHANGING, by_memory]:
        compiled, found = ng.compile(f), []
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            for call in range(4):
                monkeypatch.setenv("NBGRAD_TEST", str(call))
                found.append(float(compiled(ng.Variable(np.array([1.0, 2.0, 3.0]))).data))
                time.sleep(1e-5)
        assert [s.compiled for s in compiled.signatures] == [False], f.__name__
        assert [w.category for w in told] == [CompileWarning], f.__name__
        if f in CHANGING:
            assert len(set(found)) == 4, (f.__name__, found)
    print(f"{len(CHANGING) + 1} ways")


def test_an_attribute_that_comes_later_is_read() -> None:
    settings = Counter()
    f = ng.compile(lambda x: (x * getattr(settings, "scale", 1.0)).sum())
    x = ng.Variable(np.array([1.0, 2.0]))
    assert float(f(x).data) == float(f(x).data) == 3.0
    settings.scale = 2.0  # type: ignore[attr-defined]
    assert float(f(x).data) == 6.0
    assert all(s.compiled for s in f.signatures)


def test_names_and_generations_that_are_read_are_watched() -> None:
    def f(x: Any) -> Any:
        doubled = x * 2.0 if x.name == "double" else x
        return doubled * (1.0 + x.generation) if x.creator else doubled * outer

    outer = ng.Variable(np.array([0.5, 0.25]), name="outer")
    compiled = ng.compile(f)
    leaf = ng.Variable(np.array([1.0, 2.0]))
    for name in ("double", None, "double", "other", None):
        leaf.name = name
        for x in (leaf, leaf * 1.0, (leaf * 1.0) * 1.0, leaf):
            assert compiled(x).data.tobytes() == f(x).data.tobytes(), (name, x.generation)
    assert all(s.compiled for s in compiled.signatures)


def test_a_function_that_changes_its_arguments_runs_uncompiled() -> None:
    def f(x: Any, factors: list[float]) -> Any:
        return x * factors.pop()

    x, compiled = ng.Variable(np.array([1.0, 2.0])), ng.compile(f)
    left, right = [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]
    with pytest.warns(CompileWarning, match="changes its arguments"):
        got = [compiled(x, left).data.tolist() for _ in range(3)]
    assert got == [f(x, right).data.tolist() for _ in range(3)]


@dataclass
class Run:
    """Its methods for text and equality read all fields; ``arrays`` is not compared."""

    scale: float = 1.0
    title: str = "run"
    arrays: list[Any] = field(default_factory=list, compare=False)


a_run, same_run = Run(), Run(title="runs")

BY_SPECIAL_METHODS: dict[str, Callable[[Any], Any]] = {
    "repr": lambda x: x * len(repr(a_run)),
    "str": lambda x: x * len(str(a_run)),
    "f-string": lambda x: x * len(f"{a_run}"),
    "f-string of an attribute": lambda x: x * len(f"{a_run.title!r:>2}"),
    "format": lambda x: x * len("{} {}".format(a_run, 1)),  # noqa: UP032
    "percent": lambda x: x * len("a run: %s" % a_run),  # noqa: UP031
    "==": lambda x: x * (a_run == same_run),
    "!=": lambda x: x * (a_run != same_run),
    "in": lambda x: x * (a_run in [same_run]),
    "count": lambda x: x * [same_run].count(a_run),
    "operator.eq": lambda x: x * operator.eq(a_run, same_run),
    "in a function within": lambda x: x * next(iter(r == same_run for r in [a_run])),
}


def test_text_and_equality_are_watched_where_they_are_asked_for() -> None:
    for what, f in BY_SPECIAL_METHODS.items():
        compiled, x = ng.compile(lambda x, f=f: f(x).sum()), ng.Variable(np.ones(3))
        for title in ("run", "runs", "run", "another run", "runs"):
            a_run.title = title
            assert compiled(x).data == f(x).sum().data, f"{what}: {title}"
        assert all(s.compiled for s in compiled.signatures), what


def test_fields_that_nothing_reads_are_not_watched() -> None:
    """A dataclass's own methods read all of them, and no call of one is in sight."""
    run = Run(2.0, arrays=[np.ones(5), np.ones(7)])
    f, x = ng.compile(lambda x: (x * run.scale).sum()), ng.Variable(np.ones(3))
    for factor in (1.0, 2.0):
        run.scale = factor
        run.arrays[0] *= 2.0
        assert [f(x).item(), f(x).item()] == [3.0 * factor] * 2
    assert len(f.signatures) == 2
    assert [v.guards.arrays for vs in f._variants.values() for v in vs] == [[], []]
