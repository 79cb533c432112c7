"""B34: string, object and bool arrays were accepted. They are refused, by dtype."""

import numpy as np
import pytest

import nbgrad as ng

REFUSED = {
    "<U1": np.array("a"),
    "object": np.array([None, 1]),
    "bool": np.array([True]),
    "complex128": np.array([1j]),
}


@pytest.mark.parametrize("dtype", REFUSED)
def test_b34_refused_dtypes(dtype):
    with pytest.raises(TypeError, match=dtype):
        ng.Variable(REFUSED[dtype])


def test_b34_a_string_is_no_number():
    with pytest.raises(TypeError, match="str"):
        ng.as_variable("a")
