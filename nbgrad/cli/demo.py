"""The two scripts of ``python -m nbgrad demo``, run as a user's: their lines stand beside the graph."""

from __future__ import annotations

import linecache
from pathlib import Path
from tempfile import TemporaryDirectory

from nbgrad.engine.variable import Variable

from .script import load_variable

DIAMOND = """\
import numpy as np
import nbgrad as ng

x = ng.Variable(np.array(2.0))
a = ng.square(x)
b = ng.square(a)
c = ng.square(a)
y = b + c
"""

SMALL_NET = """\
import numpy as np
import nbgrad as ng

rng = np.random.default_rng(0)
x = ng.Variable(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), requires_grad=False)
t = ng.Variable(np.array([[0.0], [1.0], [1.0], [0.0]]), requires_grad=False)
W1 = ng.Variable(rng.normal(size=(2, 3)).round(2))
b1 = ng.Variable(np.zeros(3))
W2 = ng.Variable(rng.normal(size=(3, 1)).round(2))
b2 = ng.Variable(np.zeros(1))
hidden = ng.tanh(x @ W1 + b1)
guess = ng.sigmoid(hidden @ W2 + b2)
loss = ng.mean_squared_error(guess, t)
"""


def diamond() -> Variable:
    """Return y = a² + a² of a = x² at x = 2: its derivative is 64, not 96."""
    return _made_by(DIAMOND, "diamond.py", "y")


def small_net() -> Variable:
    """Return the loss of a network with one hidden layer on four points."""
    return _made_by(SMALL_NET, "small_net.py", "loss")


def _made_by(code: str, file: str, root: str) -> Variable:
    """Run a script, and return one of its variables; all of them have their names."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / file
        path.write_text(code, encoding="utf-8")
        made, names = load_variable(f"{path}:{root}", [])
        linecache.getlines(str(path.resolve()))  # the lines outlive the file
    for name, value in names.items():
        if isinstance(value, Variable):
            value.name = str(name)
    assert isinstance(made, Variable)  # noqa: S101 - for the type checker
    return made
