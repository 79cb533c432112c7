"""E5, step 13: z = x² + y² at 2 and 3 prints z.grad, z.data, x.grad, y.grad."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import add, square


def test_e05_several_inputs(capsys):
    x = ng.Variable(np.array(2.0))
    y = ng.Variable(np.array(3.0))
    z = add(square(x), square(y))
    z.backward(retain_grad=True)
    print(z.grad)
    print(z.data)
    print(x.grad)
    print(y.grad)
    assert capsys.readouterr().out == "1.0\n13.0\n4.0\n6.0\n"
