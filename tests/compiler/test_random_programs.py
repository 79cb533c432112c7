"""Random programs, compiled and as they are: every bit of values and gradients is the same.

The data of each call is drawn anew, so that branches, masks and ties flip from call to call.
NBGRAD_FUZZ=1 runs 10,000 programs.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.compiler import elementwise_parts as parts
from nbgrad.compiler import unit_gradient
from tests.compiler.same_bits import assert_same, outputs_of
from tests.robustness.random_programs import BINARY, DOUBLE, FUZZ, SHAPES, UNARY, fits

PROGRAMS = int(os.environ.get("FUZZ_EXAMPLES", "10000")) if FUZZ else 160
OUTER = ng.Variable(np.array(0.75), name="outer")
FACTOR = 1.25
TABLE = np.array([0.5, -1.5])


def last(x: Any) -> bool:
    return bool(x.ndim and x.shape[-1])


MORE_UNARY: dict[str, Callable[[Any], Any]] = {
    "mask": lambda x: x * (x > 0.1),
    "where": lambda x: ng.where(x > OUTER, x, -0.5 * x),
    "np.where": lambda x: np.where((x < 0) | (x > 1), x * 2.0, x),
    "maximum": lambda x: ng.maximum(x, 0.25) + ng.minimum(x, -0.25),
    "clip": lambda x: ng.clip(x, -0.5, 0.5) * x,
    "max": lambda x: x.max(axis=-1, keepdims=True) * x if last(x) else x,
    "softmax": lambda x: ng.softmax(x) if last(x) else x,
    "log_softmax": lambda x: ng.log_softmax(x) * 0.1 if last(x) else x,
    "logsumexp": lambda x: ng.logsumexp(x, axis=-1, keepdims=True) * x if last(x) else x,
    "gelu": ng.gelu,
    "softplus": lambda x: ng.softplus(x) * 0.5,
    "outer Variable": lambda x: x * OUTER + FACTOR,
    "outer array": lambda x: x * TABLE[0] + TABLE[1],
    "power": lambda x: ng.tanh(x) ** 3 + abs(x) ** 0.5,
    "mean": lambda x: x - x.mean(axis=0, keepdims=True) if x.ndim and x.shape[0] else x,
    "variance": lambda x: x.var(axis=-1, keepdims=True) + x if last(x) else x,
    "cumsum": lambda x: x.cumsum(axis=-1) * 0.5 if x.ndim else x,
    "product with itself": lambda x: x @ x.swapaxes(-1, -2) * 0.2 if x.ndim == 2 else x * x,
    "leaf made inside": lambda x: x + ng.Variable(np.zeros(x.shape)),
    "sign": lambda x: np.sign(x) * x,
    "flip": ng.flip,
    "float64 scalar": lambda x: x * np.float64(0.5),
    "stack": lambda x: ng.stack([x, x * 2.0]).sum(axis=0),
    "looks": lambda x: x * 2.0 if x.sum() > 0 else x * 3.0,
    "reads": lambda x: x * float(x.sum() > 0.3),
}
ALL_UNARY = {name: pair[0] for name, pair in UNARY.items()} | MORE_UNARY
ALL_BINARY = {name: pair[0] for name, pair in BINARY.items()} | {
    "mask by another": lambda a, b: a * (a > b) + b * (a <= b),
    "maximum of both": ng.maximum,
    "where by both": lambda a, b: ng.where(a * b > 0, a, b),
    "power of a positive": lambda a, b: (abs(a) + 0.5) ** ng.tanh(b),
    "arctan2": ng.arctan2,
    "squared error": lambda a, b: (
        ng.mean_squared_error(a, b * 1.0) if a.shape == b.shape else a + b
    ),
}
ALL_DOUBLE = {name: pair[0] for name, pair in DOUBLE.items()}
RARE = ("looks", "reads", "no_grad")
"""They make a program run uncompiled: one in a dozen may have them."""


class Program:
    """Steps over a pool of values, as a function of Variables and arrays."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        names = [*ALL_UNARY, *ALL_BINARY, *ALL_BINARY, *ALL_DOUBLE]
        if rng.integers(12):
            names = [n for n in names if n not in RARE]
        self.seed = seed
        self.dtype = ("float64", "float64", "float32", "float16")[rng.integers(4)]
        self.shapes = [SHAPES[i] for i in rng.integers(0, len(SHAPES), rng.integers(1, 4))]
        self.kinds = [
            "variable",
            *rng.choice(["variable", "variable", "constant", "array", "nested"], 2),
        ]
        self.steps = [
            (names[rng.integers(len(names))], *map(int, rng.integers(0, 30, 3)))
            for _ in range(rng.integers(1, 13))
        ]
        self.results = int(rng.integers(1, 3))
        self.same = bool(rng.integers(5) == 0 and len(self.shapes) > 1)

    def __call__(self, *args: Any) -> Any:
        pool = [x for a in args for x in (a if isinstance(a, list) else [a])]
        given = list(pool)
        for name, i, j, k in self.steps:
            a, b = pool[i % len(pool)], pool[j % len(pool)]
            if not isinstance(a, ng.Variable):
                a = a * OUTER
            if name in ALL_UNARY:
                made: Any = (ALL_UNARY[name](a),)
            elif name in ALL_BINARY:
                made = (ALL_BINARY[name](a, b),) if fits(a.shape, b.shape) else (a * 1.0,)
            else:
                outputs = ALL_DOUBLE[name](a)
                made = (outputs, outputs[:1], outputs[1:])[k % 3]
            pool.extend(made)
        root = (pool[-1] * OUTER).sum()
        for x in (*given, *pool[-3:-1]):
            root = root + (x * 0.5).sum()
        return root if self.results == 1 else (root, pool[-1] * 1.0)

    def arguments(self, call: int) -> list[Any]:
        """Return a call's arguments: other numbers each time."""
        rng = np.random.default_rng([self.seed, call])
        args: list[Any] = []
        for shape, kind in zip(self.shapes, self.kinds, strict=False):
            x = np.asarray(
                rng.choice([rng.uniform(-2, 2, shape), rng.integers(-2, 3, shape)]), self.dtype
            )
            if kind == "array":
                args.append(x)
            elif kind == "nested":
                args.append([ng.Variable(x)])
            else:
                args.append(ng.Variable(x, requires_grad=kind != "constant"))
        if self.same:
            args[-1] = args[0]
        return args


def leaves_of(args: list[Any]) -> list[Any]:
    flat = [x for a in args for x in (a if isinstance(a, list) else [a])]
    return [x for x in flat if isinstance(x, ng.Variable)]


def observed(f: Callable[..., Any], program: Program, call: int) -> list[Any]:
    """Return all that a call and a pass after it give, in one of several situations."""
    args = program.arguments(call)
    leaves = [*leaves_of(args), OUTER]
    OUTER.cleargrad()
    how = (program.seed + call) % 6
    with np.errstate(all="ignore"):
        if how == 1:
            with ng.no_grad():
                return [np.asarray(y.data) for y in outputs_of(f(*args))]
        result = outputs_of(f(*args))
        found = [np.asarray(y.data) for y in result]
        if how == 2:  # within a larger graph, which shares leaves
            (result[0] * leaves[0].sum() + (OUTER * OUTER) * result[-1].sum()).backward()
        elif how == 3:
            result[0].backward(create_graph=True)
            found += [None if x.grad is None else x.grad.data for x in leaves]
        elif how == 4:
            result[-1].backward(np.full(result[-1].shape, 0.3, result[-1].dtype))
        else:
            for y in result:
                y.backward()
            result[0].backward()
        found += [
            None
            if x.grad is None
            else np.asarray(
                getattr(x.grad, "data", None) if isinstance(x.grad, ng.Variable) else x.grad
            )
            for x in leaves
        ]
    OUTER.cleargrad()
    for x in leaves:
        x.cleargrad()
    return found


@pytest.mark.parametrize("part", range(4))
def test_random_programs_have_the_same_bits(part: int, monkeypatch: Any) -> None:
    if part % 2:  # small arrays too have a backward half of their own for an upstream gradient of 1
        monkeypatch.setattr(unit_gradient, "MIN_FACTOR_SIZE", 1)
    if part // 2:  # and large arrays are no larger than small ones
        monkeypatch.setattr(parts, "MIN_PARTS_SIZE", 1)
        monkeypatch.setattr(parts, "PART_SIZE", 16)
    compiled = calls = 0
    for seed in range(part, PROGRAMS, 4):
        program = Program(seed)
        f = ng.compile(program)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for call in range(3):
                want = observed(program, program, call)
                assert_same(
                    want, observed(f, program, call), f"{seed}, call {call}: {program.steps}"
                )
                calls += 1
        compiled += all(s.compiled for s in f.signatures)
    assert compiled > 0.7 * PROGRAMS / 4
    print(f"{calls} calls; {compiled} of {PROGRAMS // 4} programs compiled")
