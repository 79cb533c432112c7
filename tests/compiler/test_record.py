"""What compiles, what runs uncompiled and says so; both with the same bits."""

from __future__ import annotations

import gc
import random
import time
import warnings
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.ops.base import Keeping
from nbgrad.ops.row import TABLE
from tests.compiler.same_bits import assert_same, run
from tests.ops.cases import CASES, draw, many
from tests.ops.samples import SAMPLES

W = ng.Variable(np.array([1.0, 2.0, 3.0]), name="W")
PLAIN = np.array([0.5, -1.0, 2.0])
SCALE = 2.0
DATA = [
    [1.0, 2.0, -3.0],
    [-1.0, -2.0, -0.5],
    [0.1, 0.2, 0.3],
    [0.0, -0.0, 1e-3],
    [2.0, np.nan, 0.0],
]


class Cube(ng.Function):
    def forward(self, x: Any) -> Any:
        return x**3

    def backward(self, gy: Any) -> Any:
        (x,) = self.inputs
        return 3 * x**2 * gy


class Keep(ng.Function):
    def forward(self, x: Any) -> Any:
        self.y = np.exp(x)
        return self.y

    def backward(self, gy: Any) -> Any:
        return gy * self.y


class Two(ng.Function):
    def forward(self, x: Any) -> Any:
        return x * 2, x * x

    def backward(self, gy0: Any, gy1: Any) -> Any:
        (x,) = self.inputs
        return gy0 * 2 + gy1 * 2 * x


class Count(ng.Function):
    """Multiplies by how often it was called."""

    def __init__(self) -> None:
        self.n = 0

    def forward(self, x: Any) -> Any:
        self.n += 1
        return x * self.n

    def backward(self, gy: Any) -> Any:
        return gy * self.n


class Dropout(ng.Function):
    def forward(self, x: Any) -> Any:
        self.mask = np.random.rand(*x.shape) > 0.5  # noqa: NPY002
        return x * self.mask

    def backward(self, gy: Any) -> Any:
        return gy * self.mask


class Model:
    def __init__(self) -> None:
        self.w = ng.Variable(np.array([1.0, 2.0, 3.0]))
        self.training = True
        self.layers = [self.w, ng.Variable(np.array([3.0, 2.0, 1.0]))]

    def __call__(self, x: Any) -> Any:
        for w in self.layers:
            x = x * w if self.training else x + w
        return x.sum()


model = Model()
counter = Count()

COMPILED: dict[str, Callable[..., Any]] = {
    "outer Variable, array and number": lambda x: (x * W).sum() * SCALE + (x * PLAIN).sum(),
    "a mask in ng.where": lambda x: ng.where(x > 0, x, x * 0.1),
    "a mask in np.where": lambda x: np.where(x > 0, x, x * 0.1),
    "a product by a mask": lambda x: x * (x > 0) + (x < 1) * x,
    "masks joined": lambda x: ng.where((x > 0) & ~(x > 1), x, -x),
    "a mask as numbers": lambda x: x * (x >= W).astype(float),
    "NaN found": lambda x: ng.where(np.isnan(x), 0.0, x),
    "NaN by comparing": lambda x: ng.where(x != x, 0.0, x),
    "a user's Function": lambda x: Cube()(x) + x,
    "a Function that keeps its result": lambda x: Keep()(x) * x,
    "a Function made in each call": lambda x: Count()(+x),
    "a Function with two results": lambda x: Two()(+x),
    "the second of two results": lambda x: Two()(x)[1].sum(),
    "an object with layers": lambda x: model(+x),
    "detach": lambda x: x.detach() * x + (x * 2).detach(),
    "split and join": lambda x: ng.split(ng.concatenate([x, x * 2]), 2),
    "nested results": lambda x: {"a": x * 2, "b": [x, (x * 3).sum()], "c": None, "d": 1.5},
    "one result twice": lambda x: [x * 2] * 2,
    "a leaf made inside": lambda x: x * ng.Variable(np.ones(3)),
    "zeros of its shape": lambda x: x + np.zeros_like(x) + len(x) + np.shape(x)[0],
    "ties and kinks": lambda x: ng.maximum(x, 0.0) + abs(x) + x.max() + ng.relu(x),
    "powers": lambda x: x**2 + 2.0**x + x**-1.0 + abs(x) ** 0.5,
    "the argument itself": lambda x: x,
    "an outer Variable itself": lambda x: W,
    "no argument in it": lambda x: ng.Variable(np.ones(3)) * 2,
    "a result that is not used": lambda x: (ng.exp(x), x * 2)[1],
    "one operand twice": lambda x: x * x + (x - x) + x / x,
}
LOOKS: dict[str, tuple[Callable[..., Any], str]] = {
    "a branch": (lambda x: x * 2 if x.sum() > 0 else x * 3, "truth value"),
    "a branch by a Variable": (lambda x: x * 2 if x[0] else x * 3, "truth value"),
    "float()": (lambda x: x * float(x.sum()), "float()"),
    "int()": (lambda x: x * int(x.sum()) if x.sum() == x.sum() else x, "truth value"),
    "item()": (lambda x: x * x.sum().item(), "item()"),
    ".data": (lambda x: x * x.data, ".data"),
    "any()": (lambda x: x * 2 if (x > 0).any() else x, "truth value"),
    "argmax": (lambda x: x[x.argmax()], "search"),
    "tolist": (lambda x: x * x.tolist()[0], "search"),
    "text": (lambda x: x * len(f"{x}"), "text"),
    "an index of bools": (lambda x: x[x > 0].mean() if len(x) else x, "index of bools"),
    "np.random": (lambda x: x * np.random.rand(3), "random"),  # noqa: NPY002
    "random": (lambda x: x * random.random(), "random"),
    "dropout": (lambda x: Dropout()(+x), "random"),
    "a Function that counts": (lambda x: counter(+x), "changes"),
    "no_grad inside": (lambda x: x * ng.no_grad()(lambda: x * 2)(), "no_grad"),
    "backward inside": (lambda x: (x.sum().backward(), x * 2)[1], "backward()"),
    "grad": (lambda x: x * (0 if x.grad is None else 1), ".grad"),
    "cleargrad()": (lambda x: (x.cleargrad(), x * 2)[1], "cleargrad()"),
}


@pytest.mark.parametrize("name", COMPILED)
def test_compiled_with_the_same_bits(name: str) -> None:
    f = ng.compile(COMPILED[name])
    for k, data in enumerate(DATA):
        args = [np.array(data)]
        want = run(COMPILED[name], args, [W, *model.layers], k)
        assert_same(want, run(f, args, [W, *model.layers], k), name)
    assert [(s.compiled, s.reason) for s in f.signatures] == [(True, "")]


@pytest.mark.parametrize("name", LOOKS)
def test_looks_run_uncompiled_and_say_so_once(name: str) -> None:
    plain, words = LOOKS[name]
    f = ng.compile(plain)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for k, data in enumerate(DATA):
            leaves = ng.Variable(np.array(data)), ng.Variable(np.array(data))
            results = []
            for function, x in zip((plain, f), leaves, strict=True):
                counter.n = k
                np.random.seed(k)  # noqa: NPY002
                random.seed(k)
                with np.errstate(all="ignore"):
                    y = function(x)
                    y.backward()
                results.append((y.data, x.grad))
                del y  # a Function whose result still lives is copied at the next call
            for a, b in zip(*results, strict=True):
                assert a.tobytes() == b.tobytes(), name
    ours = [w for w in said if issubclass(w.category, ng.CompileWarning)]
    assert len(ours) == 1, ([str(w.message) for w in said], f.signatures)
    assert words in str(ours[0].message), ours[0].message
    assert "test_record.py, line" in str(ours[0].message)
    assert ours[0].filename == __file__
    assert [s.compiled for s in f.signatures] == [False]
    assert words in f.signatures[0].reason


def test_time_and_new_generators_are_named() -> None:
    for plain in (lambda x: x * time.time(), lambda x: x * np.random.default_rng().random(3)):
        f = ng.compile(plain)
        with pytest.warns(ng.CompileWarning, match="differently each time"):
            f(W)


def test_what_an_example_has_kept_is_not_met_again_when_its_array_is_written_into() -> None:
    count = 0
    warnings.simplefilter("ignore", ng.CompileWarning)
    for parameter in CASES:
        (case,) = parameter.values
        if not isinstance(many(case(*case.variables()))[0]._op, Keeping):
            continue
        found = []
        for f in (case.loss, ng.compile(case.loss)):
            leaves = [ng.Variable(a.copy()) for a in case.leaves]
            f(*leaves).backward()
            for x in leaves:
                x.data *= 0.75
                x.cleargrad()
            f(*leaves).backward()
            found.append([x.grad for x in leaves])
        assert_same(*found, parameter.id)
        count += 1
    assert count >= 30, count


@pytest.mark.parametrize("f", [ng.gelu, ng.silu, ng.layer_norm, ng.cosine_similarity])
def test_a_compiled_function_holds_no_array_of_a_call(f: Any) -> None:
    g = ng.compile((lambda x: f(x, x + 1.0).sum()) if f is ng.cosine_similarity else f)
    for _ in range(3):
        array = np.ones((3, 4))
        held = weakref.ref(array)
        y = g(ng.Variable(array))
        y.backward()
        del array, y
        gc.collect()
        assert held() is None


def test_every_operation_of_the_table_has_the_same_bits() -> None:
    seen = set()
    looking: set[str] = set()
    count = 0
    warnings.simplefilter("ignore", ng.CompileWarning)
    for parameter in CASES:
        (case,) = parameter.values
        seen.add(case.row.name)
        for dtype in (np.float64, np.float32):
            plain = lambda *xs, case=case: case(*xs)  # noqa: E731
            f = ng.compile(plain)
            rng = np.random.default_rng(0)
            for k in range(3):
                leaves = [
                    np.asarray(draw(a.shape, case.samples.domain, rng), dtype) for a in case.leaves
                ]
                if k == 2 and case.row.name not in ("inv", "det", "solve"):
                    leaves = [np.asarray(np.round(a)) for a in leaves]  # ties, zeros, edges
                try:
                    want = run(plain, leaves, [], k)
                except (ValueError, IndexError) as error:
                    with pytest.raises(type(error)):
                        run(f, leaves, [], k)
                    continue
                assert_same(want, run(f, leaves, [], k), f"{parameter.id} {k}")
                count += 1
            if not all(s.compiled for s in f.signatures):
                looking.add(case.row.name)
    assert seen == set(TABLE) == set(SAMPLES)
    # Some look at values: whether to warn of a row of nan, whether the steps are equal.
    assert len(looking) < len(seen) / 12, looking
    print(f"{count} calls of {len(seen)} operations; uncompiled: {sorted(looking)}")
