"""Graphs on which the drawing is measured, as bare columns, heights and edges.

They are recorded the way nbgrad records a computation: a function stands in the generation
of its latest input, its outputs in the next.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from nbgrad.views.layout.layout import late_columns

CARD, PILL, SMALL = 78.0, 46.0, 24.0  # a variable's height, a function's, and the marks' node


@dataclass(frozen=True)
class Graph:
    """What `place` takes, and the generation-0 columns beside the late ones."""

    columns: list[int]
    heights: list[float]
    edges: list[tuple[int, int]]
    first: list[int]  # columns with all leaves in generation 0

    def with_heights(self, variable: float, function: float) -> Graph:
        heights = [function if column % 2 else variable for column in self.first]
        return Graph(self.columns, heights, self.edges, self.first)


@dataclass
class Tape:
    """Records variables and calls; both are numbered as they come."""

    generation: list[int] = field(default_factory=list)
    is_function: list[bool] = field(default_factory=list)
    edges: list[tuple[int, int]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.generation)

    def _add(self, generation: int, *, function: bool = False) -> int:
        self.generation.append(generation)
        self.is_function.append(function)
        return len(self) - 1

    def leaf(self) -> int:
        return self._add(0)

    def calls(self, *inputs: int, outputs: int) -> list[int]:
        generation = max(self.generation[i] for i in inputs)
        function = self._add(generation, function=True)
        self.edges += [(i, function) for i in inputs]
        results = [self._add(generation + 1) for _ in range(outputs)]
        self.edges += [(function, i) for i in results]
        return results

    def call(self, *inputs: int) -> int:
        return self.calls(*inputs, outputs=1)[0]

    def chain(self, x: int, length: int) -> int:
        for _ in range(length):
            x = self.call(x)
        return x

    def graph(self) -> Graph:
        first = [2 * g + f for g, f in zip(self.generation, self.is_function, strict=True)]
        late = late_columns(first, self.edges)
        return Graph(late, [SMALL] * len(self), self.edges, first)


def diamond() -> Graph:
    """Record ``a = x²; y = a² + a²``."""
    tape = Tape()
    a = tape.call(tape.leaf())
    tape.call(tape.call(a), tape.call(a))
    return tape.graph()


def taylor(terms: int = 5) -> Graph:
    """Record the series of arctan: a power chain, a sum chain, and x * x."""
    tape = Tape()
    x = power = total = tape.leaf()
    square = tape.call(x, x)
    for _ in range(terms):
        power = tape.call(power, square)
        total = tape.call(total, tape.call(power, tape.leaf()))
    return tape.graph()


def _layers(tape: Tape, depth: int, *, last: bool) -> Iterator[tuple[int, int]]:
    """Record a net, layer by layer; yield each one's weight and output."""
    h = tape.leaf()
    for i in range(depth):
        weight, bias = tape.leaf(), tape.leaf()
        product = tape.call(h, weight)
        h = tape.call(product, tape.call(bias))
        if last or i < depth - 1:
            h = tape.call(h)
        yield weight, h


def _loss(tape: Tape, h: int) -> int:
    target = tape.leaf()
    summed = tape.chain(tape.call(h, target), 2)
    return tape.call(summed, tape.leaf())


def net(depth: int) -> Graph:
    """Record a net whose weights' squares are added to the loss at the end."""
    tape = Tape()
    layers = list(_layers(tape, depth, last=False))
    loss = _loss(tape, layers[-1][1])
    decay = tape.call(*[tape.chain(weight, 2) for weight, _ in layers])
    tape.call(loss, tape.call(decay, tape.leaf()))
    return tape.graph()


def decayed_net(depth: int) -> Graph:
    """Record a net that sums its weights' squares layer by layer."""
    tape = Tape()
    decay = output = None
    for weight, h in _layers(tape, depth, last=True):
        output = h
        square = tape.chain(weight, 2)
        decay = square if decay is None else tape.call(decay, square)
    loss = _loss(tape, output)
    tape.call(loss, tape.call(decay, tape.leaf()))
    return tape.graph()


def rnn(steps: int) -> Graph:
    """Record a recurrent net: three weights used at every step, a loss that runs along."""
    tape = Tape()
    w_x, w_h, bias, h = tape.leaf(), tape.leaf(), tape.leaf(), tape.leaf()
    total = None
    for _ in range(steps):
        x = tape.leaf()
        h = tape.call(tape.call(tape.call(x, w_x), tape.call(h, w_h), bias))
        loss = tape.call(h, tape.leaf())
        total = loss if total is None else tape.call(total, loss)
    return tape.graph()


def resnet(blocks: int) -> Graph:
    """Record residual blocks; in every eighth the shortcut is a convolution."""
    tape = Tape()

    def conv_and_norm(x: int) -> int:
        z = tape.call(x, tape.leaf())
        return tape.call(z, tape.leaf(), tape.leaf())

    h = tape.leaf()
    for i in range(blocks):
        z = conv_and_norm(tape.call(conv_and_norm(h)))
        shortcut = tape.call(h, tape.leaf()) if i % 8 == 7 else h
        h = tape.call(tape.call(z, shortcut))
    return tape.graph()


def chain(nodes: int) -> Graph:
    """Record sin of sin of sin …"""
    tape = Tape()
    tape.chain(tape.leaf(), nodes // 2)
    return tape.graph()


def tangle(nodes: int, seed: int) -> Graph:
    """Record random calls on recent variables, now and then on an old one."""
    draw = random.Random(seed)
    tape = Tape()
    variables = [tape.leaf() for _ in range(40)]
    while len(tape) < nodes:
        if draw.random() < 0.12:
            variables.append(tape.leaf())
            continue
        arity = draw.choice([1, 1, 2, 2, 2, 3])
        recent = variables[-80:]
        inputs = [
            draw.choice(recent) if draw.random() < 0.95 else draw.choice(variables)
            for _ in range(arity)
        ]
        variables += tape.calls(*inputs, outputs=1 + (draw.random() < 0.1))
    return tape.graph()


@dataclass(frozen=True)
class Mark:
    """A graph and what its drawing is to reach; None where nothing is promised."""

    name: str
    make: Callable[[], Graph]
    crossings: int | None = None
    seconds: float | None = None
    height: float | None = None


MARKS = [
    Mark("diamond", diamond, crossings=0),
    Mark("taylor", taylor, crossings=0),
    Mark("net-2", lambda: net(2), crossings=1),
    Mark("net-12", lambda: decayed_net(12), crossings=17),
    Mark("rnn-6", lambda: rnn(6), crossings=16),
    Mark("rnn-50", lambda: rnn(50), crossings=700, seconds=1.5),
    Mark("resnet-4", lambda: resnet(4), crossings=0),
    Mark("resnet-50", lambda: resnet(50), crossings=0, seconds=0.15, height=600),
    Mark("random-300", lambda: tangle(300, 1), crossings=620),
    Mark("random-3000", lambda: tangle(3000, 0), seconds=5.0),
    Mark("chain-10000", lambda: chain(10_000), crossings=0, seconds=1.0),
]
