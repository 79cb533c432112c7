"""The fuzz targets without a fuzzer: on their seeds, on fixed mutations, and as Hypothesis likes.

`make fuzz` runs the same targets guided by coverage, for far longer.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import reduce
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import nbgrad as ng
from tests.fuzz import seeds, targets
from tests.fuzz.checks import Dot

CASES = 60
NAMES = [*targets.TARGETS]


@pytest.fixture(scope="module", autouse=True)
def _shell() -> Iterator[None]:
    """Take the shell of the magics back."""
    yield
    targets.load("magics").close()


@pytest.mark.parametrize("name", NAMES)
def test_on_its_seeds(name: str) -> None:
    module = targets.load(name)
    given = module.seeds()
    assert len(given) >= 10
    assert all(len(data) <= targets.TARGETS[name].most for data in given)
    for data in random.Random(0).sample(given, min(40, len(given))):
        module.target(data)


@pytest.mark.parametrize("name", NAMES)
def test_on_fixed_mutations(name: str) -> None:
    module, most = targets.load(name), targets.TARGETS[name].most
    rng, tried = random.Random(1), 0
    while tried < CASES:
        data = module.mutate(rng.choice(module.seeds()), most, rng.getrandbits(32))
        if data is not None:
            module.target(data)
            tried += 1


def mutated(name: str, seed: int, times: list[int]) -> bytes:
    module, most = targets.load(name), targets.TARGETS[name].most
    given = module.seeds()
    start = given[seed % len(given)]
    return reduce(lambda data, how: module.mutate(data, most, how) or data, times, start)


@pytest.mark.parametrize("name", NAMES)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.lists(st.integers(0, 2**32), min_size=1, max_size=4))
@example(1486, [1486] * 3)  # a variable of shape () with a value of shape (16, 8)
def test_as_hypothesis_likes(name: str, seed: int, times: list[int]) -> None:
    targets.load(name).target(mutated(name, seed, times))


@pytest.mark.parametrize("name", ["file", "magics", "markup", "dot"])
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
@example(b"")
def test_on_any_bytes(name: str, data: bytes) -> None:
    targets.load(name).target(data)


# ---------------------------------------------------------------- what was found, and stays so


def changed(*path: Any, by: int) -> bytes:
    """Return a fixture with a number in it nudged."""
    data = json.loads(seeds.traces()[0])
    owner = data
    for key in path[:-1]:
        owner = owner[key]
    owner[path[-1]] += by
    return json.dumps(data).encode()


FOUND = {
    "a cell of comments": ("magics", b"\x04#\n#\n"),
    "a whole number of 150 bits": ("magics", b"\x01y - " + b"1" * 46),
    "escapes in a usage": ("magics", b"\x01x -\x02(x - y) #+  yz"),
    "a generation of its own": ("trace", changed("functions", 1, "generation", by=-1)),
    "a million generations": ("views", changed("variables", 1, "generation", by=10**6)),
    "an entity": ("dot", b"&#27;&lt;b&gt;"),
}


@pytest.mark.parametrize("what", FOUND)
def test_what_was_found(what: str) -> None:
    name, data = FOUND[what]
    targets.load(name).target(data)


def test_a_variable_unchained_late_leaves_no_empty_columns() -> None:
    """Nobody is of the generations behind it; they took a column each."""
    y = ng.Variable(np.array(0.5), name="x")
    passed = []
    for _ in range(3000):
        y = ng.sin(y)
        passed.append(y)
    passed[-3].unchain()
    assert len(ng.graph(y).to_svg()) < 20_000


# ---------------------------------------------------------------- the checks see what they look for

GOOD = 'digraph "g" {\n  v0 [label="a\\n\\"b\\" &amp;lt;" color="#fff"]\n  v0 -> f0\n}\n'


def test_the_reader_of_dot_reads() -> None:
    dot = Dot(GOOD)
    assert dot.labels == {"v0": 'a\n"b" &lt;'}
    assert dot.edges == [("v0", "f0")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"a', '"a" evil'),  # a quote that ends a label leaves an odd number of them
        ("\\n", "\\N"),
        ("&amp;", "&"),
        ("}", "} }"),
        ('"#fff"', "<b>"),
        ('"g"', '"g\x1b"'),
        ("#fff", "\u202e"),
    ],
)
def test_the_reader_of_dot_refuses(old: str, new: str) -> None:
    with pytest.raises(AssertionError):
        Dot(GOOD.replace(old, new))
