"""B24: NumPy's functions made object arrays of Variables, and ``arr += x`` rebound arr."""

import numpy as np
import pytest

import nbgrad as ng


def test_b24_ufunc():
    x = ng.Variable(np.array([1.0, 2.0]))
    y = np.add(np.array([3.0, 4.0]), x)
    assert type(y) is ng.Variable
    assert y.data.dtype == np.float64
    y.backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_b24_asarray_is_refused():
    with pytest.raises(TypeError, match="cut it off from the graph"):
        np.asarray(ng.Variable(np.array(1.0)))


def test_b24_in_place_is_refused():
    arr = np.zeros(2)
    before = arr
    with pytest.raises(TypeError, match="existing array"):
        arr += ng.Variable(np.ones(2))
    assert arr is before
    assert arr.tolist() == [0.0, 0.0]


def test_b24_unknown_ufunc_is_refused_by_name():
    with pytest.raises(TypeError, match=r"np\.spacing"):
        np.spacing(ng.Variable(np.array(1.0)))
