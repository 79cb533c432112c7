"""B42: a print was left in ``__call__``. Nothing is printed."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import diamond


def test_b42_no_debugging_print(capfd):
    x = ng.Variable(np.array(2.0))
    diamond(x)[-1].backward()
    assert capfd.readouterr() == ("", "")
