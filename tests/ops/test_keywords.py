"""Every keyword of NumPy's functions works on a Variable as on an array, or is refused with a way."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.dispatch import numpy_twins
from nbgrad.engine.numpy_arguments import _NO_MATTER, ADVICE, parameters_of
from nbgrad.ops import composite, in_place  # noqa: F401 (they register what they hold)

A = np.random.default_rng(0).uniform(0.5, 2.0, (3, 4))
B = np.random.default_rng(1).uniform(0.5, 2.0, (3, 4))
S = A @ A.T + np.eye(3)
V = np.array([0.7, 2.0, 1.1, 3.0])
MISSING = np.where(A > 1.7, np.nan, A)
HOLDS = A > 1.0
NEW = np.lib.NumpyVersion(np.__version__) >= "2.1.0"

CALLS = """
np.sum(A, axis=0, dtype=np.float32, keepdims=True, initial=2.0, where=HOLDS)
np.sum(A, (0, 1), None, None, True)
np.prod(A, axis=1, dtype=np.float32, initial=2.0, where=HOLDS)
np.mean(A, axis=(0, 1), keepdims=True, where=HOLDS, dtype=np.float32)
np.max(A, axis=0, initial=1.5, where=HOLDS)
np.min(A, axis=0, initial=1.5, where=HOLDS)
np.var(A, 0, None, None, 1)
np.var(A, axis=0, ddof=1, where=HOLDS, keepdims=True)
np.std(A, axis=1, ddof=1, dtype=np.float32)
np.nanvar(MISSING, axis=0, ddof=1)
np.nanstd(MISSING, keepdims=True)
np.nanmean(MISSING, axis=1, where=HOLDS)
np.nanmax(MISSING, axis=0, initial=0.0)
np.median(A, axis=(0, 1), overwrite_input=False, keepdims=True)
np.quantile(A, [0.2, 0.5], axis=1, method="nearest", keepdims=True)
np.percentile(A, 30, axis=0, method="hazen")
np.average(A, axis=1, weights=V, returned=True)
np.average(A, axis=0, weights=A, keepdims=True)
np.cov(A, rowvar=False, bias=True)
np.cov(A, B, ddof=0)
np.cov(A, fweights=[1, 2, 3, 1], aweights=V)
np.corrcoef(A, rowvar=False)
np.cumsum(A, axis=1, dtype=np.float32)
np.cumprod(A, axis=0)
np.ptp(A, axis=1, keepdims=True)
np.trace(A, offset=1, dtype=np.float32)
np.diff(A, n=2, axis=0, prepend=1.0)
np.diff(V, append=[2.0, 1.0])
np.ediff1d(V, to_end=[1.0], to_begin=3.0)
np.gradient(A, 0.5, axis=1, edge_order=2)
np.gradient(A, [0.0, 1.0, 3.0], 2.0)
np.interp(V, [1.0, 2.0], [3.0, 1.0], left=0.0, right=9.0)
np.interp(V, [1.0, 2.0], [3.0, 1.0], period=1.5)
np.unwrap(V * 3, discont=4.0, axis=0, period=5.0)
np.convolve(V, [1.0, 2.0], mode="valid")
np.convolve(V, [1.0, 2.0], "same")
np.correlate(V, [1.0, 2.0], mode="full")
np.logaddexp.reduce(A, axis=1, where=HOLDS, initial=0.5, dtype=np.float32)
np.logaddexp.accumulate(A, axis=1)
np.maximum.accumulate(A, 1, np.float32)
np.subtract.reduce(A, axis=1, keepdims=True)
np.divide.accumulate(A, dtype=np.float32)
np.fmax.reduce(A, axis=(0, 1), initial=1.0)
np.add.reduceat(A, [0, 2, 1], axis=1)
np.minimum.reduceat(A, [0, 1])
np.add(A, B, dtype=np.float32, casting="unsafe")
np.exp(A, order="K", subok=True, casting="no")
np.multiply(A, 2, dtype=np.float64)
np.clip(A, None, 1.5)
np.clip(A, a_min=0.7, a_max=[1.0, 1.1, 1.2, 1.3])
np.nan_to_num(MISSING, copy=True, nan=2.0, posinf=3.0, neginf=1.0)
np.round(A, decimals=1)
np.reshape(A, (2, 6), order="F")
np.ravel(A, order="F")
np.transpose(A, axes=(1, 0))
np.swapaxes(A, axis1=0, axis2=1)
np.moveaxis(A, source=0, destination=-1)
np.squeeze(A[None], axis=0)
np.expand_dims(A, axis=(0, 2))
np.broadcast_to(V, (3, 4), subok=True)
np.copy(A, order="K")
np.concatenate((A, B), axis=1, dtype=np.float32, casting="same_kind")
np.concatenate([A, B], axis=None)
np.stack([A, B], axis=-1, dtype=np.float32)
np.vstack([V, V], dtype=np.float32)
np.hstack([V, V], casting="unsafe", dtype=np.float32)
np.split(A, 2, axis=1)
np.array_split(A, 3, axis=1)
np.repeat(A, [1, 2, 0], axis=0)
np.tile(A, reps=(2, 1))
np.pad(A, ((1, 2), (0, 1)), mode="constant", constant_values=3.0)
np.pad(A, 2, mode="reflect")
np.pad(A, 2, mode="mean")
np.pad(A, ((1, 2), (0, 3)), "median", stat_length=((2, 1), (3, 2)))
np.pad(A, (1, 2), mode="maximum", stat_length=2)
np.pad(A, 1, mode="minimum")
np.pad(A, ((2, 1), (0, 3)), "linear_ramp", end_values=((1.0, 2.0), (3.0, 4.0)))
np.pad(V, 2, "linear_ramp")
np.poly(V)
np.polydiv(V, [2.0, 1.0])
np.apply_over_axes(np.sum, A, [0, 1])
np.trim_zeros(V * np.array([0.0, 1.0, 1.0, 0.0]), "f")
np.pad(A, 1, mode="wrap")
np.pad(A, 1, mode="edge")
np.pad(A, 1, mode="symmetric")
np.pad(V, 2, mode="reflect", reflect_type="even")
np.roll(A, shift=(1, 2), axis=(0, 1))
np.flip(A, axis=1)
np.rot90(A, k=3, axes=(1, 0))
np.rollaxis(A, 1, start=0)
np.take(A, [0, -1], axis=1, mode="wrap")
np.take(A, [0, 99], axis=1, mode="clip")
np.take_along_axis(A, np.argsort(B, axis=1), axis=1)
np.insert(A, 1, 5.0, axis=1)
np.insert(V, [1, 1], [5.0, 6.0])
np.delete(A, [0, 2], axis=1)
np.append(A, B, axis=0)
np.compress([True, False, True], A, axis=0)
np.select([A > 1.0, B > 1.0], [A, B], default=0.5)
np.choose([0, 1, 1, 0], [V, V * 2], mode="clip")
np.piecewise(V, [V < 1, V >= 1], [lambda v: v * 2, 1.0])
np.sort(A, axis=0, kind="stable")
np.sort(A, axis=None)
np.diag(V, k=1)
np.diagonal(A, offset=-1, axis1=0, axis2=1)
np.tril(A, k=-1)
np.triu(A, k=1)
np.meshgrid(V, [1.0, 2.0], indexing="ij", sparse=True, copy=False)
np.einsum("ij,kj->ik", A, B, optimize=True)
np.tensordot(A, B, axes=([1], [1]))
np.cross(A[:, :3], B[:, :3], axis=0)
np.cross(A[:, :3], B[:, :3], axisa=0, axisb=0, axisc=0)
np.kron(A, B)
np.linspace(V, 5.0, num=3, endpoint=False, axis=1)
np.linspace(V, 5.0, retstep=True, num=4, dtype=np.float32)
np.geomspace(V, 5.0, num=3)
np.logspace(V, 2.0, num=3, base=2.0)
np.polyval([1.0, 2.0, 3.0], V)
np.linalg.norm(A, ord=1, axis=0, keepdims=True)
np.linalg.norm(A, "nuc")
np.linalg.norm(A, ord=-np.inf)
np.linalg.pinv(A, rcond=1e-3)
np.linalg.pinv(A[:, :3], hermitian=True)
np.linalg.svd(A[:, :3], hermitian=True)
np.linalg.svd(S - 9 * np.eye(3), hermitian=True, compute_uv=False)
np.linalg.lstsq(A, B[:, 0], rcond=None)[0]
np.linalg.svd(A, full_matrices=False, compute_uv=False)
np.linalg.qr(A, mode="r")
np.linalg.eigvalsh(S, UPLO="U")
np.linalg.cond(A, p=2)
np.linalg.tensorsolve(S.reshape(3, 3, 1), V[:3, None] * np.ones(1), axes=(1,))
np.lib.stride_tricks.sliding_window_view(A, (2, 2), writeable=False)
np.lib.stride_tricks.sliding_window_view(A, 2, axis=1)
"""
NUMPY_2 = """
np.linalg.trace(A[:, :3], offset=1, dtype=np.float32)
np.linalg.pinv(A, rtol=1e-3)
np.linalg.cholesky(S, upper=True)
np.var(A, axis=0, correction=1)
np.var(A, axis=0, mean=A.mean(axis=0, keepdims=True))
np.std(A, axis=1, mean=A.mean(axis=1, keepdims=True), where=HOLDS)
np.quantile(A, 0.4, axis=1, weights=V, method="inverted_cdf")
np.quantile(A, [0.2, 0.7], axis=0, weights=B, method="inverted_cdf", keepdims=True)
np.percentile(A, [[10, 60]], weights=B, method="inverted_cdf")
np.nanquantile(MISSING, 0.5, axis=1, weights=B, method="inverted_cdf")
np.quantile(MISSING, 0.5, axis=1, weights=B, method="inverted_cdf")
np.reshape(A, (2, 6), copy=True)
np.astype(A, np.float32, copy=False)
np.sort(A, axis=0, stable=True)
np.linspace(V, 5.0, num=3, device="cpu")
np.cumulative_sum(A, axis=0, include_initial=True)
np.linalg.vector_norm(A, axis=0, ord=3)
"""
ARRAYS = {name: globals()[name] for name in ("A", "B", "S", "V", "MISSING")}


def several(y: Any) -> list[Any]:
    return list(y) if isinstance(y, (tuple, list)) else [y]


def test_keywords_mean_what_they_mean_in_numpy() -> None:
    calls = [line for line in (CALLS + NUMPY_2 * NEW).splitlines() if line]
    named = {"np": np, "HOLDS": HOLDS}
    for call in calls:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = several(eval(call, {**named, **ARRAYS}))
            variables = {k: ng.Variable(a) for k, a in ARRAYS.items()}
            ys = several(eval(call, {**named, **variables}))
        assert len(ys) == len(expected), call
        for y, e in zip(ys, expected, strict=True):
            got = ng.as_variable(y)
            assert (got.shape, got.dtype) == (np.shape(e), np.asarray(e).dtype), call
            np.testing.assert_allclose(got.data, e, rtol=1e-6, err_msg=call)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            total = sum(y.sum() for y in ys if isinstance(y, ng.Variable))
            total.backward()
        assert any(x.grad is not None for x in variables.values()), call
    print(len(calls), "calls")


def test_what_is_not_taken_has_advice() -> None:
    """A keyword that only a NumPy function has: it makes no difference, or the refusal names a way."""
    checked = 0
    for theirs, ours in numpy_twins.items():
        if isinstance(theirs, (tuple, np.ufunc)) or not hasattr(theirs, "_implementation"):
            continue
        known = parameters_of(ours)
        if any(p.kind is p.VAR_KEYWORD for p in known.values()):
            continue
        for name, p in list(parameters_of(theirs).items())[2:]:
            if p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) or name in known:
                continue
            said = name in _NO_MATTER or name in ADVICE or p.default is p.empty
            assert said, f"{theirs.__name__}: {name}"
            checked += 1
    print(checked, "keywords that are NumPy's alone")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda x: np.exp(x, where=HOLDS), r"ng\.where"),
        (lambda x: np.exp(x, dtype=np.int64), "astype"),
        (lambda x: np.concatenate([x, x], dtype=np.int64), "casting"),
        (lambda x: np.sort(x, order="f"), "layout"),
        (lambda x: np.pad(x, 1, mode="reflect", reflect_type="odd"), r"ng\.concatenate"),
        (lambda x: np.r_[[x[0, 0], 1.0]], r"ng\.concatenate"),
        (np.ndenumerate, r"np\.ndindex"),
    ],
)
def test_a_refusal_names_a_way(call: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        call(ng.Variable(A))
