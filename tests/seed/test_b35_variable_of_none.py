"""B35: Variable(None) led to object arrays and AttributeErrors. It says that it holds no data."""

import numpy as np
import pytest

import nbgrad as ng
from tests.seed.steps import square

USES = {
    "backward": lambda x: x.backward(),
    "shape": lambda x: x.shape,
    "the seed's square": square,
    "operator": lambda x: x + np.array(1.0),
    "len": len,
    "float": float,
    "bool": bool,
}


@pytest.mark.parametrize("use", USES)
def test_b35_variable_of_none(use):
    with pytest.raises(ng.NbgradError, match=r"empty.*holds no data \(None\)"):
        USES[use](ng.Variable(None, name="empty"))
