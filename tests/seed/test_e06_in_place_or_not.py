"""E6, step 13: ``a += a`` keeps the array, ``a = a + a`` makes a new one.

Which is why a gradient must never be added to in place where somebody may hold it.
"""

import numpy as np

import nbgrad as ng
from tests.seed.steps import add


def test_e06_in_place_or_not():
    a = np.array(5)
    ids = [id(a)]
    a += a
    ids.append(id(a))
    before = a
    a = a + a
    assert ids[0] == ids[1]
    assert a is not before


def test_e06_a_held_gradient_does_not_change():
    x = ng.Variable(np.array([5.0]))
    add(x, x).backward()
    held = x.grad
    add(x, x).backward()
    assert held == [2.0]
    assert x.grad == [4.0]
    assert x.grad is not held
