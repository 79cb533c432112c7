"""E2, step 11: ``*inputs`` gathers what was passed; called with 1, 2, 3 it prints (1, 2, 3)."""

import numpy as np

import nbgrad as ng


class Show(ng.Function):
    def forward(self, *xs):
        print(tuple(int(x) for x in xs))
        return xs[0]


def test_e02_star_args(capsys):
    Show()(*(ng.Variable(np.array(i)) for i in (1, 2, 3)))
    assert capsys.readouterr().out == "(1, 2, 3)\n"
