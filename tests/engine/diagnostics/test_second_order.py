"""A second derivative is right or refused, wherever a rule hides its numbers. Never silently wrong.

Every rule here is of y = x³: right to first order, whatever it computes with.
"""

import json
import pickle
import struct
import threading
import types
import weakref

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.diagnostics.second_order import same_plain_values
from tests.engine.tiny import leaf

KEPT = types.SimpleNamespace()
STACK: list = []
BY_ID: dict = {}
BY_FUNCTION: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()
LOCAL = threading.local()


class Cube(ng.Function):
    def forward(self, x):
        self.keep(x)
        return x**3

    def keep(self, x):
        pass

    def backward(self, gy):
        return 3 * self.kept() ** 2 * gy


def cube(name, keep, kept, init=None):
    """Make a subclass that keeps something in its forward and finds it in its backward."""

    def __init__(self):
        if init is not None:
            init(self)

    return type(name, (Cube,), {"keep": keep, "kept": kept, "__init__": __init__})


def put(target, key, value):
    target[key] = value


RIGHT = {
    "self.x = x": (lambda s, x: setattr(s, "x", x), lambda s: s.x),
    "a tuple": (lambda s, x: setattr(s, "x", (1, x)), lambda s: s.x[1]),
    "a list in a dict": (lambda s, x: setattr(s, "x", {"a": [x]}), lambda s: s.x["a"][0]),
    "a list of __init__": (
        lambda s, x: s.l.append(x), lambda s: s.l[-1], lambda s: setattr(s, "l", []),
    ),
    "kept but not used": (lambda s, x: setattr(s, "norm", float(x.sum())), lambda s: s.inputs[0]),
    "inputs[0].data": (lambda s, x: None, lambda s: s.inputs[0].data),
    "inputs[0]": (lambda s, x: None, lambda s: s.inputs[0]),
}  # fmt: skip

REFUSED = {
    "a derived array": (lambda s, x: setattr(s, "x", x * 1), lambda s: s.x),
    "a view": (lambda s, x: setattr(s, "x", x[...]), lambda s: s.x),
    "a Python float": (lambda s, x: setattr(s, "x", x.tolist()), lambda s: np.array(s.x)),
    "a NumPy scalar": (lambda s, x: setattr(s, "x", x[()]), lambda s: s.x),
    "a Python list": (lambda s, x: setattr(s, "x", [x.tolist()]), lambda s: np.array(s.x[0])),
    "an object": (lambda s, x: setattr(s, "x", types.SimpleNamespace(x=x + 0)), lambda s: s.x.x),
    "a memoryview": (
        lambda s, x: setattr(s, "x", memoryview(x)),
        lambda s: np.asarray(s.x).reshape(np.shape(s.x)),
    ),
    "bytes": (lambda s, x: setattr(s, "x", x.tobytes()), lambda s: np.frombuffer(s.x).reshape(s.inputs[0].shape)),
    "text": (lambda s, x: setattr(s, "x", json.dumps(x.tolist())), lambda s: np.array(json.loads(s.x))),
    "a closure": (lambda s, x: setattr(s, "x", lambda: x + 0), lambda s: s.x()),
    "a generator": (lambda s, x: setattr(s, "x", iter([x + 0] * 9)), lambda s: next(s.x)),
    "a Variable": (lambda s, x: setattr(s, "x", ng.as_variable(x + 0)), lambda s: s.x),
    "half of it": (lambda s, x: setattr(s, "x", x / 2), lambda s: s.x + s.inputs[0] / 2),
    "set once": (lambda s, x: s.__dict__.setdefault("x", x + 0), lambda s: s.x),
    "a slot of __init__": (
        lambda s, x: setattr(s, "x", x + 0 if s.x is None else s.x), lambda s: s.x,
        lambda s: setattr(s, "x", None),
    ),
    "a buffer of __init__": (
        lambda s, x: np.copyto(s.b, x), lambda s: s.b,
        lambda s: setattr(s, "b", np.zeros(SHAPE)),
    ),
    "a derived array in a list of __init__": (
        lambda s, x: s.l.append(x * 1), lambda s: s.l[0], lambda s: setattr(s, "l", []),
    ),
    "an object of __init__": (
        lambda s, x: setattr(s.o, "x", x * 1), lambda s: s.o.x,
        lambda s: setattr(s, "o", types.SimpleNamespace()),
    ),
    "an attribute of the class": (lambda s, x: setattr(type(s), "x", x + 0), lambda s: type(s).x),
    "a global": (lambda s, x: setattr(KEPT, "x", x + 0), lambda s: KEPT.x),
    "the input's array in a global": (lambda s, x: setattr(KEPT, "x", x), lambda s: KEPT.x),
    "a global stack": (lambda s, x: STACK.append(x + 0), lambda s: STACK[-1]),
    "a global by id": (lambda s, x: put(BY_ID, id(s), x + 0), lambda s: BY_ID[id(s)]),
    "a weak dictionary": (
        lambda s, x: put(BY_FUNCTION, s, x + 0),
        lambda s: BY_FUNCTION.get(s, s.inputs[0]._data),
    ),
    "a thread-local": (lambda s, x: setattr(LOCAL, "x", x + 0), lambda s: LOCAL.x),
    "_data": (lambda s, x: None, lambda s: s.inputs[0]._data),
    "_data of the output": (lambda s, x: None, lambda s: np.cbrt(s.outputs[0]()._data)),
    "detach()": (lambda s, x: None, lambda s: s.inputs[0].detach()),
    "under no_grad": (lambda s, x: None, lambda s: unrecorded(s.inputs[0])),
    "data of a derived Variable": (lambda s, x: None, lambda s: (s.inputs[0] * 1.0).data),
    "float()": (lambda s, x: None, lambda s: np.array([float(v) for v in s.inputs[0].reshape(-1)]).reshape(SHAPE)),
    "item()": (lambda s, x: None, lambda s: np.array([v.item() for v in s.inputs[0].reshape(-1)]).reshape(SHAPE)),
    "repr": (lambda s, x: None, lambda s: parsed(repr(s.inputs[0]))),
    "pickle": (lambda s, x: None, lambda s: pickle.loads(pickle.dumps(s.inputs[0]._data))),
    "struct": (
        lambda s, x: setattr(s, "x", struct.pack(f"{x.size}d", *x.flat)),
        lambda s: np.array(struct.unpack(f"{len(s.x) // 8}d", s.x)).reshape(SHAPE),
    ),
    "np.asarray": (lambda s, x: None, lambda s: np.asarray(s.inputs[0])),
}  # fmt: skip

SHAPE: tuple = ()


def unrecorded(x):
    with ng.no_grad():
        return x * 1.0


def parsed(text):
    return np.array([float(t) for t in text[9:-1].strip("[]").split()]).reshape(SHAPE)


def second(make, value):
    """Return the second derivative's row sums, checking the first on the way."""
    x = leaf(value)
    y = make()(x)
    y.backward(create_graph=True)
    g = x.grad
    assert np.allclose(g.data, 3 * x.data**2)
    x.cleargrad()
    g.sum().backward()
    return x.grad


VALUES = {"0-d": 1.75, "1-d": [1.75, -0.5, 2.25]}


@pytest.fixture(params=VALUES)
def value(request, monkeypatch):
    monkeypatch.setitem(globals(), "SHAPE", np.shape(VALUES[request.param]))
    return VALUES[request.param]


def first(make, value):
    x = leaf(value)
    make()(x).backward()
    return x.grad


@pytest.mark.parametrize("name", [*RIGHT, *REFUSED])
def test_first_order_is_right(name, value):
    make = cube("Hidden", *{**RIGHT, **REFUSED}[name])
    assert np.allclose(first(make, value), 3 * np.array(value) ** 2)


@pytest.mark.parametrize("name", RIGHT)
def test_second_order_is_right(name, value):
    got = second(cube("Hidden", *RIGHT[name]), value)
    assert np.allclose(got, 6 * np.array(value))


@pytest.mark.parametrize("name", REFUSED)
def test_or_refused_by_name(name, value):
    x = leaf(value)
    y = cube("Hidden", *REFUSED[name])()(x)
    x.grad = before = np.ones(np.shape(value))
    with pytest.raises(
        ng.SecondOrderError, match="No second derivative through Hidden: "
    ) as caught:
        y.backward(create_graph=True)
    assert str(caught.value).endswith(
        "Write Hidden.backward with Variables: x, = self.inputs and operations on x and gy."
    )
    assert x.grad is before
    assert y.grad is None


@pytest.mark.parametrize("name", [n for n in REFUSED if n not in {"np.asarray", "a generator"}])
def test_the_first_order_stays_right_after_the_refusal(name, value):
    x = leaf(value)
    y = cube("Hidden", *REFUSED[name])()(x)
    with pytest.raises(ng.SecondOrderError):
        y.backward(create_graph=True)
    y.backward()
    assert np.allclose(x.grad, 3 * np.array(value) ** 2)


def test_data_is_plain_again_after_a_replay():
    x = leaf(2.0)
    y = cube("Right", *RIGHT["inputs[0].data"])()(x)
    y.backward(create_graph=True)
    assert type(x.data) is type(y.data) is np.ndarray
    with pytest.raises(ng.SecondOrderError):
        cube("Hidden", *REFUSED["float()"])()(x).backward(create_graph=True)
    assert type(x.data) is np.ndarray
    assert float(x) == 2.0


X, OTHER = leaf(2.0), leaf(2.0)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), True),
        (np.array([1.0]), np.array([1.0], np.float32), False),
        ({"k": [1, np.nan]}, {"k": [1, float("nan")]}, False),  # lists of dicts by equality
        ({"k": float("nan")}, {"k": float("nan")}, True),
        ({"k": 1}, {"l": 1}, False),
        ((1, "a"), (1, "b"), False),
        ((1,), [1], False),
        (1, True, False),
        (X, X, True),
        (X, OTHER, True),
        (X, leaf(3.0), False),
        (X, X**2, False),
        (X**2, OTHER**3, False),
        (X**2, OTHER**2, True),
        (ng.stack([X, X]), ng.stack([X, X, X]), False),
    ],
)
def test_whether_two_runs_made_the_same(a, b, same):
    assert same_plain_values(a, b, {}) is same


def test_a_twin_stands_for_one_variable_alone():
    assert same_plain_values(X, OTHER, {id(X): OTHER})
    assert not same_plain_values(X, X, {id(X): OTHER})
