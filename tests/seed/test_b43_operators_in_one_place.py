"""B43: operators stood in the class and were overwritten from outside. They are visible methods."""

import inspect

import nbgrad as ng

NAMES = ["add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "rpow", "neg"]


def test_b43_operators_in_one_place():
    files = set()
    for name in NAMES:
        method = getattr(ng.Variable, f"__{name}__")
        assert method.__name__ == f"__{name}__"
        files.add(inspect.getsourcefile(method))
    assert len(files) == 1
    assert files.pop().endswith("operators.py")
