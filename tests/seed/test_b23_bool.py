"""B23: ``__len__`` without ``__bool__``: bool of 0-d failed, bool of [0.] was True."""

import numpy as np
import pytest

import nbgrad as ng


def test_b23_one_element_is_true_by_its_value():
    assert bool(ng.Variable(np.array(2.0))) is True
    assert bool(ng.Variable(np.array(0.0))) is False
    assert bool(ng.Variable(np.array([0.0]))) is False


@pytest.mark.parametrize("shape", [(2,), (0,), (2, 3)])
def test_b23_several_elements_are_an_error(shape):
    with pytest.raises(ValueError, match="truth value of a Variable of shape"):
        bool(ng.Variable(np.zeros(shape)))
