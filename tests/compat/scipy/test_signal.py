"""`scipy.signal` on Variables: values are SciPy's, derivatives those of finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.signal

import nbgrad as ng
from nbgrad.compat.scipy import signal
from tests.compat.scipy.checks import A, B, X, check

SIGNALS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    f"{name} {mode} {'×'.join(map(str, a.shape))}": (
        lambda m, a, b, name=name, mode=mode: getattr(m, name)(a, b, mode),
        (a, b),
    )
    for name in ("convolve", "correlate", "fftconvolve", "convolve2d")
    for mode in ("full", "same", "valid")
    for a, b in (
        [(A, B[:2]), (B[:2], A)]
        if name.endswith("2d")
        else [(X, X[:3] + 1), (X[:2], X), (A, B[:2]), (B[:2], A)]
    )
}

SIGNALS |= {
    f"convolve2d {keywords}": (lambda m, a, b, k=keywords: m.convolve2d(a, b, **k), arrays)
    for keywords in (
        {"boundary": "wrap"},
        {"boundary": "symm", "mode": "same"},
        {"boundary": "symm", "mode": "valid"},
        {"fillvalue": 2.0, "mode": "same"},
    )
    for arrays in [(A, A[:2])]
}


def test_functions_of_signal() -> None:
    for name, (f, arrays) in SIGNALS.items():
        print(name)
        check(lambda *xs, f=f: f(signal, *xs), lambda *xs, f=f: f(scipy.signal, *xs), *arrays)
    a = ng.Variable(X.astype(np.float32))
    assert signal.convolve(a, a).dtype == np.float32
    np.testing.assert_allclose(signal.convolve(2.0, a[0]).data, 2 * a.data[0])


def test_what_signal_refuses() -> None:
    x = ng.Variable(A)
    for call, said in (
        (lambda: signal.convolve(x, X), "number of axes"),
        (lambda: signal.convolve(x, x, "half"), "mode"),
        (lambda: signal.convolve2d(x, x, boundary="edge"), "boundary is fill, wrap, symm"),
        (lambda: signal.fftconvolve(x, x, axes=0), "takes no axes"),
    ):
        with pytest.raises(ng.NbgradError, match=said):
            call()
