"""E19, step 19: Variable(2.0) + np.array(3), an int array, prints 5.0."""

import numpy as np

import nbgrad as ng


def test_e19_array_on_the_right(capsys):
    x = ng.Variable(np.array(2.0))
    y = x + np.array(3)
    print(y.data)
    assert capsys.readouterr().out == "5.0\n"
    y.backward()
    assert x.grad == 1.0
