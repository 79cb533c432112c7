"""B5: an inverted check rejected None and let lists pass."""

import pytest

import nbgrad as ng


def test_b05_none_is_accepted():
    assert ng.Variable(None).data is None


@pytest.mark.parametrize("data", [[1.0, 2.0], 1.0, 3, (1.0,)])
def test_b05_other_types_are_refused_by_name(data):
    with pytest.raises(TypeError, match=str(type(data))):
        ng.Variable(data)
