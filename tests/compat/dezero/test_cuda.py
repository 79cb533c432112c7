"""What stands in for CuPy."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad.compat.dezero as dezero


def test_nothing_runs_on_a_gpu() -> None:
    x = dezero.Variable(np.ones(2))
    assert not dezero.cuda.gpu_enable
    assert dezero.cuda.get_array_module(x) is np
    assert dezero.cuda.as_numpy(x) is x.data
    with pytest.raises(TypeError, match="GPU"):
        dezero.cuda.as_cupy(x)


def test_a_parameter_is_on_the_cpu() -> None:
    class OfVariable(dezero.Variable):
        """As one writes it who has nbgrad's names alone."""

    p = dezero.Parameter(np.ones(2))
    p.to_cpu()
    OfVariable(np.ones(2)).to_cpu()
    with pytest.raises(TypeError, match="GPU"):
        p.to_gpu()
