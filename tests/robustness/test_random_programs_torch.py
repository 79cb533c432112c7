"""Random programs have PyTorch's values and PyTorch's gradients."""

import numpy as np
import pytest
from hypothesis import given

from tests.robustness.random_programs import Program, arrays, cases, nbgrad_run, programs, run

torch = pytest.importorskip("torch")


def torch_run(program: Program):
    leaves = []
    for a in arrays(program):
        floating = a if a.dtype.kind == "f" else a.astype(float)
        leaves.append(torch.tensor(floating, requires_grad=True))
    return run(program, 1, leaves)


def close(got, expected, dtype):
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
    tolerance = 1e-9 if dtype == "float64" else 2e-3
    return np.allclose(got, expected, rtol=tolerance, atol=tolerance * scale)


@cases(120, 40_000)
@given(programs())
def test_values_and_gradients_are_pytorchs(program):
    ours, theirs = nbgrad_run(program), torch_run(program)
    for a, b in zip(ours.pool, theirs.pool, strict=True):
        assert a.shape == tuple(b.shape)
        assert close(a.data, b.detach().numpy(), program.dtype)
    ours.root.backward()
    theirs.root.backward()
    for x, t in zip(ours.leaves, theirs.leaves, strict=True):
        expected = np.zeros(x.shape) if t.grad is None else t.grad.numpy()
        got = np.zeros(x.shape) if x.grad is None else x.grad
        assert got.shape == expected.shape
        assert close(got, expected, program.dtype)
