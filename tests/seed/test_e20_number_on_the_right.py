"""E20, step 19: Variable(2.0) * 3 prints 6.0."""

import numpy as np

import nbgrad as ng


def test_e20_number_on_the_right(capsys):
    x = ng.Variable(np.array(2.0))
    y = x * 3
    print(y.data)
    assert capsys.readouterr().out == "6.0\n"
    y.backward()
    assert x.grad == 3.0
