"""Faults in every function of random graphs: how many were tried, how many survived.

Survived: everything is as it was before, and the next call is right. With NBGRAD_FUZZ=1 more.
"""

import sys

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.faults import KINDS, Faults, interrupt_at, snapshot, unchanged
from tests.engine.tiny import random_graph, same
from tests.robustness.memory_growth import growth
from tests.robustness.random_programs import FUZZ

pytestmark = pytest.mark.fuzz
GRAPHS = 100 if FUZZ else 12
PACKAGE = ng.__file__.removesuffix("__init__.py")


def everything(graph):
    return [*graph.leaves, *graph.between, graph.root]


def right(seed):
    graph = random_graph(seed)
    graph.root.backward()
    return [x.grad for x in graph.leaves]


WAYS = {
    "backward()": lambda y: y.backward(),
    "backward(retain_grad=True)": lambda y: y.backward(retain_grad=True),
    "trace()": lambda y: ng.trace(y, names={}),  # a search for names would be most of its steps
    "trace(apply=False)": lambda y: ng.trace(y, apply=False),
}


def try_backward(seed, way, error):
    """Return how many faults were injected, and how many of them were survived."""
    faults = Faults()
    graph = random_graph(seed, 8, wrap=faults.wrap)
    plain = random_graph(seed, 8)
    plain.root.backward()
    expected = [x.grad for x in plain.leaves]
    way(graph.root)
    total, survived = faults.runs, 0
    for v in everything(graph):
        v.cleargrad()
    for at in range(total):
        before = snapshot(everything(graph))
        faults.error, faults.at, faults.runs = error, at, 0
        try:
            way(graph.root)
        except error:
            survived += unchanged(before, snapshot(everything(graph))) and ng.Config.enable_backprop
        faults.at = -1
        graph.root.backward()
        survived -= not same([x.grad for x in graph.leaves], expected)
        for v in everything(graph):
            v.cleargrad()
    return total, survived


@pytest.mark.parametrize("name", WAYS)
def test_faults_in_backward(name, capsys):
    tried = survived = 0
    for seed in range(GRAPHS):
        for error in KINDS[seed % 3 :: 3]:
            t, s = try_backward(seed, WAYS[name], error)
            tried, survived = tried + t, survived + s
    with capsys.disabled():
        print(f"\n  {name}: {tried} faults tried, {survived} survived", end="", file=sys.stderr)
    assert tried > 300
    assert survived == tried


def test_faults_in_forward(capsys):
    tried = survived = 0
    for seed in range(GRAPHS):
        for error in KINDS[seed % 3 :: 3]:
            counted = Faults()
            random_graph(seed, wrap=lambda f, c=counted: c.wrap(f, forward=True))
            for at in range(counted.runs):
                faults = Faults(error, at)
                tried += 1
                try:
                    random_graph(seed, wrap=lambda f, c=faults: c.wrap(f, forward=True))
                except error:
                    survived += ng.Config.enable_backprop
            graph = random_graph(seed)
            graph.root.backward()
            survived -= not same([x.grad for x in graph.leaves], right(seed))
    with capsys.disabled():
        print(f"\n  forward: {tried} faults tried, {survived} survived", end="", file=sys.stderr)
    assert tried > 300
    assert survived == tried


@pytest.mark.parametrize("name", ["backward()", "trace()"])
def test_ctrl_c_anywhere(name, capsys):
    """Everything as before, or everything done: never a part of it."""
    expected = [a + 1.0 for a in right(7)]
    step = 1 if FUZZ else {"backward()": 7, "trace()": 17}[name]
    tried = survived = number = 0
    while True:
        graph = random_graph(7)
        for x in graph.leaves:
            x.grad = np.ones(x.shape)
        before = snapshot(everything(graph))
        reached = []
        try:
            with interrupt_at(number, PACKAGE) as reached:
                WAYS[name](graph.root)
        except KeyboardInterrupt:
            pass
        if not reached:
            break
        tried += 1
        if unchanged(before, snapshot(everything(graph))):
            graph.root.backward()
        survived += (
            same([x.grad for x in graph.leaves], expected) and ng.Config.enable_backprop is True
        )
        number += step
    with capsys.disabled():
        print(f"\n  Ctrl-C in {name}: {tried} tried, {survived} survived", end="", file=sys.stderr)
    assert tried > 40
    assert survived == tried


def test_many_faults_leak_nothing():
    def once():
        for at in range(0, 9, 2):
            faults = Faults(ValueError, at)
            try:
                random_graph(1, 6, wrap=faults.wrap).root.backward()
            except ValueError:
                continue
            assert faults.runs <= at

    least = min(growth(once, 200) for _ in range(2))
    assert least.cycles == 0
    assert least.blocks < 100
