"""Ctrl-C in a derivative leaves no mode, no depth and no hidden creator behind."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine import grad_mode
from tests.engine.faults import interrupt_at

FILES = (*(str(Path(ng.__file__).parent / p) for p in ("calculus", "engine")), __file__)


def f(x: Any) -> Any:
    return x * x * W.data + ng.sin(x)


W = ng.Variable(np.array(3.0))
KINDS: dict[str, tuple[Any, int]] = {
    "grad": (lambda: ng.grad(f)(2.0), 17),
    "grad of a Variable": (lambda: ng.grad(f)(ng.Variable(np.array(2.0))).data, 29),
    "value_and_grad, reaching outside": (lambda: ng.value_and_grad(lambda x: x * W)(2.0)[1].data, 19),
    "jacobian": (lambda: ng.jacobian(f)(2.0), 19),
    "hessian": (lambda: ng.hessian(f)(2.0), 59),
    "hvp": (lambda: ng.hvp(f)(2.0, 1.0), 61),
    "jvp": (lambda: ng.jvp(f, (2.0,), (1.0,))[1], 47),
    "no_grad inside": (lambda: ng.grad(unrecorded)(2.0), 13),
}  # fmt: skip


def unrecorded(x: Any) -> Any:
    with ng.no_grad():
        y = x * 2.0
    return x * y


# An exception inside what runs when an object is freed is shown, not raised.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_ctrl_c_anywhere(kind: str) -> None:
    derivative, step = KINDS[kind]
    step *= 3
    expected = derivative()
    number = 0
    while True:
        try:
            with interrupt_at(number, FILES, anywhere=True) as reached:
                derivative()
        except KeyboardInterrupt:
            assert grad_mode.override.get() is None, reached  # while the traceback lives, too
            assert not grad_mode.differentiating()
        assert grad_mode.override.get() is None, reached
        assert type(ng.grad(lambda x: x * x)(3.0)) is np.ndarray, reached
        assert W.grad is None
        if not reached:
            break
        number += step
    assert derivative() == expected
    print(kind, number // step, "interrupts")
    assert number // step >= 25
    assert sys.exc_info() == (None, None, None)
