"""E4, step 12: 1 + 10 prints 11, and nothing else."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import add


def test_e04_add_prints_11(capsys):
    x0 = ng.Variable(np.array(1))
    x1 = ng.Variable(np.array(10))
    y = add(x0, x1)
    print(y.data)
    assert capsys.readouterr().out == "11\n"
