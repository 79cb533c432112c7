"""The two graphs of ``python -m nbgrad demo``."""

from __future__ import annotations

import numpy as np

from nbgrad import ops
from nbgrad.engine.variable import Variable


def diamond() -> Variable:
    """Return y = a² + a² of a = x² at x = 2: its derivative is 64, not 96."""
    x = Variable(np.array(2.0), name="x")
    a = ops.square(x)
    b = ops.square(a)
    c = ops.square(a)
    y = b + c
    a.name, b.name, c.name, y.name = "a", "b", "c", "y"
    return y


def small_net() -> Variable:
    """Return the loss of a network with one hidden layer on four points."""
    rng = np.random.default_rng(0)
    x = Variable(
        np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), "x", requires_grad=False
    )
    t = Variable(np.array([[0.0], [1.0], [1.0], [0.0]]), "t", requires_grad=False)
    W1 = Variable(rng.normal(size=(2, 3)).round(2), name="W1")
    b1 = Variable(np.zeros(3), name="b1")
    W2 = Variable(rng.normal(size=(3, 1)).round(2), name="W2")
    b2 = Variable(np.zeros(1), name="b2")
    hidden = ops.tanh(x @ W1 + b1)
    guess = ops.sigmoid(hidden @ W2 + b2)
    loss = ops.mean_squared_error(guess, t)
    hidden.name, guess.name, loss.name = "hidden", "guess", "loss"
    return loss
