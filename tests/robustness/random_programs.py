"""Random programs: the same computation on nbgrad's Variables and on PyTorch's tensors."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

import nbgrad as ng
from tests.engine.tiny import Both, Mul, Square

FUZZ = os.environ.get("NBGRAD_FUZZ") == "1"
"""The long profile: some 115,000 programs, and faults at many more places."""


def cases(short: int, long: int) -> settings:
    """How many cases: ``long`` of them with NBGRAD_FUZZ=1 (or what FUZZ_EXAMPLES says)."""
    if FUZZ:
        return settings(max_examples=int(os.environ.get("FUZZ_EXAMPLES", long)))
    return settings(max_examples=short)


SHAPES = [(), (3,), (2, 3), (1, 3), (2, 1), (2, 2, 3), (0, 3)]


def without_graph(x: Any) -> Any:
    with ng.no_grad():
        return x * 2.0


# name: (nbgrad's form, PyTorch's form), both bounded, so that long programs stay in range.
UNARY = {
    "neg": (lambda x: -x, lambda x: -x),
    "sin": (ng.sin, lambda x: x.sin()),
    "tanh": (np.tanh, lambda x: x.tanh()),
    "sigmoid": (ng.sigmoid, lambda x: x.sigmoid()),
    "relu": (ng.relu, lambda x: x.relu()),
    "abs": (abs, abs),
    "square": (lambda x: ng.tanh(x) ** 2, lambda x: x.tanh() ** 2),
    "exp": (lambda x: np.exp(-(x * x)), lambda x: (-(x * x)).exp()),
    "a user's Square": (lambda x: Square()(ng.tanh(x)), lambda x: x.tanh() ** 2),
    "sum": (lambda x: x.sum() * 0.1, lambda x: x.sum() * 0.1),
    "sum over the first axis": (
        lambda x: x.sum(axis=0, keepdims=True) * 0.3 if x.ndim else x,
        lambda x: x.sum(0, keepdim=True) * 0.3 if x.ndim else x,
    ),
    "mean over the last axis": (
        lambda x: x.sum(axis=-1) / 3.0 if x.ndim else x,
        lambda x: x.sum(-1) / 3.0 if x.ndim else x,
    ),
    "transpose": (lambda x: x.T, lambda x: x.permute(tuple(range(x.ndim))[::-1])),
    "ravel": (lambda x: x.reshape(-1), lambda x: x.reshape(-1)),
    "first": (lambda x: x[:1] if x.ndim else x, lambda x: x[:1] if x.ndim else x),
    "backwards": (lambda x: x[::-1] if x.ndim else x, lambda x: x.flip(0) if x.ndim else x),
    "repeated index": (
        lambda x: x[..., [0, 0, -1]] if x.ndim and x.shape[-1] else x,
        lambda x: x[..., [0, 0, -1]] if x.ndim and x.shape[-1] else x,
    ),
    "detach": (lambda x: x.detach() * 1.0, lambda x: x.detach() * 1.0),
    "no_grad": (without_graph, lambda x: x.detach() * 2.0),
    "number on the left": (lambda x: 2.0 - x, lambda x: 2.0 - x),
    "number on the right": (lambda x: x / 4, lambda x: x / 4),
    "array on the left": (
        lambda x: np.array(0.5, x.dtype if x.dtype.kind == "f" else float) * x,
        lambda x: x * 0.5,
    ),
}
BINARY = {
    "add": (lambda a, b: a + b, lambda a, b: a + b),
    "sub": (lambda a, b: a - b, lambda a, b: a - b),
    "mul": (lambda a, b: ng.tanh(a) * b, lambda a, b: a.tanh() * b),
    "div": (lambda a, b: a / (2.0 + ng.sin(b)), lambda a, b: a / (2.0 + b.sin())),
    "a user's Mul": (lambda a, b: Mul()(np.tanh(a), b), lambda a, b: a.tanh() * b),
    "where": (
        lambda a, b: ng.where(np.ones(a.shape, bool), a, b),
        lambda a, b: a + 0 * b,
    ),
}
# Two outputs: both, the first, the second; what is not kept is dropped before the pass.
DOUBLE = {
    "a user's Both": (lambda x: Both()(ng.tanh(x)), lambda x: (2 * x.tanh(), x.tanh() ** 2)),
    "split": (
        lambda x: ng.split(ng.concatenate([x.reshape(-1)] * 2), 2),
        lambda x: (x.reshape(-1) * 1, x.reshape(-1) * 1),
    ),
}


@dataclass(frozen=True)
class Program:
    """Leaves by shape and kind, and steps: (name, which of what is there, and so on)."""

    seed: int
    dtype: str
    leaves: tuple[tuple[tuple[int, ...], bool], ...]
    steps: tuple[tuple[str, int, int, int], ...]


@st.composite
def programs(draw: Any) -> Program:
    leaves = draw(
        st.lists(st.tuples(st.sampled_from(SHAPES), st.booleans()), min_size=1, max_size=3)
    )
    names = st.sampled_from([*UNARY, *BINARY, *BINARY, *DOUBLE])
    index = st.integers(0, 30)
    steps = draw(st.lists(st.tuples(names, index, index, index), min_size=1, max_size=12))
    return Program(
        draw(st.integers(0, 2**16)),
        draw(st.sampled_from(["float64", "float64", "float32"])),
        tuple(leaves),
        tuple(steps),
    )


def random_program(seed: int, size: int = 10, without: tuple[str, ...] = ()) -> Program:
    """Make a program without Hypothesis: the same for the same seed."""
    rng = np.random.default_rng(seed)
    names = [name for name in (*UNARY, *BINARY, *BINARY, *DOUBLE) if name not in without]
    return Program(
        seed,
        ("float64", "float32")[seed % 2],
        tuple((SHAPES[i % len(SHAPES)], False) for i in rng.integers(0, 30, 2)),
        tuple(
            (names[k % len(names)], int(a), int(b), int(c))
            for k, a, b, c in rng.integers(0, 1000, (size, 4))
        ),
    )


def arrays(program: Program) -> list[Any]:
    """The leaves' data. Integers only beside float64, for NumPy promotes as PyTorch does there."""
    rng = np.random.default_rng(program.seed)
    made = []
    for shape, whole in program.leaves:
        if whole and program.dtype == "float64":
            made.append(np.asarray(rng.integers(-3, 4, shape)))
        else:
            made.append(np.asarray(rng.uniform(-2, 2, shape)).astype(program.dtype))
    return made


@dataclass
class Run:
    """A program that was run forward."""

    root: Any
    leaves: list[Any]
    pool: list[Any] = field(default_factory=list)


def run(program: Program, which: int, leaves: list[Any]) -> Run:
    """Run a program with nbgrad (0) or PyTorch (1)."""
    pool = list(leaves)
    for name, i, j, k in program.steps:
        a, b = pool[i % len(pool)], pool[j % len(pool)]
        if name in UNARY:
            made = (UNARY[name][which](a),)
        elif name in BINARY:
            made = (BINARY[name][which](a, b),) if fits(a.shape, b.shape) else (a * 1.0,)
        else:
            outputs = DOUBLE[name][which](a)
            made = (outputs, outputs[:1], outputs[1:])[k % 3]
            del outputs
        pool.extend(made)
    root = pool[-1].sum()
    for x in (*leaves, *pool[-3:-1]):
        root = root + (x * 0.5).sum()
    return Run(root, leaves, pool)


def fits(a: Any, b: Any) -> bool:
    try:
        np.broadcast_shapes(tuple(a), tuple(b))
    except ValueError:
        return False
    return True


def nbgrad_run(program: Program) -> Run:
    return run(program, 0, [ng.Variable(a, f"x{i}") for i, a in enumerate(arrays(program))])
