"""E21, step 19: 3 * Variable(2.0) prints 6.0."""

import numpy as np

import nbgrad as ng


def test_e21_number_on_the_left(capsys):
    x = ng.Variable(np.array(2.0))
    y = 3 * x
    print(y.data)
    assert capsys.readouterr().out == "6.0\n"
    y.backward()
    assert x.grad == 3.0
