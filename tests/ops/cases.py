"""The table's samples as test cases: a function of some arrays, to be differentiated."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.ops.row import TABLE, Row
from tests.ops.samples import SAMPLES, Sample, Samples

PAIRWISE = [name for name, samples in SAMPLES.items() if samples.elementwise == 2]
POINTWISE = [name for name, samples in SAMPLES.items() if samples.elementwise == 1]


@dataclass
class Case:
    """One sample, with arrays drawn for its shapes; they are the leaves."""

    row: Row
    sample: Sample
    args: list[Any]
    leaves: list[np.ndarray] = field(default_factory=list)

    @property
    def samples(self) -> Samples:
        return SAMPLES[self.row.name]

    def arguments(self, leaves: list[Any]) -> list[Any]:
        """Return the call's arguments with other values for the leaves."""
        source = iter(leaves)

        def put(arg: Any) -> Any:
            if isinstance(arg, Leaf):
                return next(source)
            if isinstance(arg, list):
                return [put(a) for a in arg]
            return arg

        return [put(arg) for arg in self.args]

    def __call__(self, *leaves: Any) -> Any:
        """Call the public function."""
        return self.row.function(*self.arguments(list(leaves)), **self.sample.kwargs)

    def variables(self) -> list[ng.Variable]:
        return [ng.Variable(x) for x in self.leaves]

    @cached_property
    def weights(self) -> list[np.ndarray]:
        """Fixed weights for each output: what makes one number of them."""
        rng = np.random.default_rng(1)
        with ng.no_grad():
            outputs = many(self(*self.leaves))
        return [rng.uniform(0.5, 1.5, y.shape) for y in outputs]

    def loss(self, *leaves: Any) -> Any:
        """Return one number that depends on all outputs."""
        return weighted(many(self(*leaves)), self.weights)

    def tangents(self) -> list[np.ndarray]:
        rng = np.random.default_rng(2)
        return [rng.uniform(-1, 1, x.shape) for x in self.leaves]


class Leaf(tuple):
    """The shape of an array to draw."""

    __slots__ = ()


def many(outputs: Any) -> tuple[Any, ...]:
    return tuple(outputs) if isinstance(outputs, (tuple, list)) else (outputs,)


def weighted(outputs: tuple[Any, ...], weights: list[np.ndarray]) -> Any:
    terms = [(y * w).sum() for y, w in zip(outputs, weights, strict=True)]
    return sum(terms[1:], terms[0])


def is_shape(arg: Any) -> bool:
    return isinstance(arg, tuple) and all(type(n) is int and n >= 0 for n in arg)


def marked(arg: Any) -> Any:
    if is_shape(arg):
        return Leaf(arg)
    if isinstance(arg, list) and any(isinstance(marked(a), (Leaf, list)) for a in arg):
        return [marked(a) for a in arg]
    return arg


def leaves_of(arg: Any) -> list[Leaf]:
    """Return the shapes to draw, also in nested lists."""
    if isinstance(arg, list):
        return [leaf for inner in arg for leaf in leaves_of(inner)]
    return [arg] if isinstance(arg, Leaf) else []


def draw(shape: tuple[int, ...], domain: tuple[float, float], rng: np.random.Generator) -> Any:
    """Draw values of a domain, away from 0, where kinks are."""
    x = rng.uniform(*domain, shape)
    return np.asarray(np.where(np.abs(x) < 0.05, 0.05 + np.abs(x), x))


def make(row: Row, sample: Sample) -> Case:
    rng = np.random.default_rng(zlib.crc32(f"{row.name}{sample}".encode()))
    case = Case(row, sample, [marked(a) for a in sample.args])
    case.leaves = [draw(tuple(a), case.samples.domain, rng) for a in leaves_of(case.args)]
    if case.samples.lift:
        case.leaves = [x + case.samples.lift * np.eye(x.shape[-1]) for x in case.leaves]
    return case


def cases() -> Iterator[Any]:
    for row in TABLE.values():
        for i, sample in enumerate(SAMPLES[row.name].calls):
            yield pytest.param(make(row, sample), id=f"{row.name}-{i}")


CASES = list(cases())


def gradients(case: Case, leaves: list[Any] | None = None) -> list[np.ndarray]:
    """Return the gradient of the case's loss for each leaf."""
    xs = [ng.Variable(x) for x in (leaves or case.leaves)]
    case.loss(*xs).backward()
    return [x.grad for x in xs]


def second(case: Case) -> list[np.ndarray]:
    """Return the gradient of Σ gradient · tangent: the second derivative along a direction."""
    xs = case.variables()
    case.loss(*xs).backward(create_graph=True)
    terms = [(x.grad * t).sum() for x, t in zip(xs, case.tangents(), strict=True)]
    total = sum(terms[1:], terms[0])
    for x in xs:
        x.cleargrad()
    total.backward()
    return [np.zeros(x.shape) if x.grad is None else x.grad for x in xs]


def differences(f: Any, leaves: list[np.ndarray], step: float = 1e-6) -> list[np.ndarray]:
    """Return central differences of a function of arrays that gives one number."""
    found = []
    for k, x in enumerate(leaves):
        g = np.zeros(x.shape)
        for i in np.ndindex(x.shape):
            values = []
            for sign in (1, -1):
                moved = x.copy()
                moved[i] += sign * step
                values.append(float(f(*leaves[:k], moved, *leaves[k + 1 :])))
            g[i] = (values[0] - values[1]) / (2 * step)
        found.append(g)
    return found


def leaf(*values: float, name: str = "x") -> ng.Variable:
    """Return a vector of these values."""
    return ng.Variable(np.array(values), name)


def gradient(f: Any, x: Any) -> Any:
    """Return the gradient of a function of one array at x."""
    return ng.grad(f)(x)
