"""What is refused says what to do instead, and what it names is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy import fft

import nbgrad as ng
from nbgrad.engine.dispatch import twin_of
from nbgrad.engine.numpy_protocols import call_function, call_ufunc
from nbgrad.ops.alternatives import ALTERNATIVES, METHODS


def public(module: Any = np, path: str = "np") -> Iterator[tuple[str, Any]]:
    """Yield NumPy's functions that ask a Variable, by their public names."""
    for name in dir(module):
        if name.startswith("_"):
            continue
        found = getattr(module, name)
        if isinstance(found, np.ufunc) or hasattr(found, "_implementation"):
            yield f"{path}.{name}", found
    if path == "np":
        for inner in ("linalg", "fft", "char"):
            yield from public(getattr(np, inner), f"np.{inner}")


REFUSED = {name: f for name, f in public() if not twin_of(f)}


def refusal(function: Any) -> str:
    x = ng.Variable(np.ones(3))
    try:
        if isinstance(function, np.ufunc):
            call_ufunc(function, "__call__", (x,) * function.nin, {})
        else:
            call_function(function, (x,), {})
    except ng.UnsupportedFunctionError as error:
        return str(error)
    raise AssertionError(f"{function} is not refused")


def test_every_function_that_is_refused_has_an_alternative() -> None:
    for name, function in REFUSED.items():
        said = refusal(function)
        assert "on a Variable. For a plain array" not in said, f"{name}: {said}"
    print(len(REFUSED), "functions are refused")


def test_what_an_alternative_names_has_a_rule() -> None:
    """Or it is asked about plain arrays, as in ``np.unique(x.data)``."""
    plain = {"np.fft.fft", "np.eye", "np.zeros", "np.arange"}
    for name, text in {**ALTERNATIVES, **METHODS}.items():
        for called in re.findall(r"(?:np|ng)\.[a-z_.0-9]*[a-z0-9](?=\()", text):
            module, *path = called.split(".")
            found: Any = ng if module == "ng" else np
            for part in path:
                found = getattr(found, part)
            about_data = f"{called}(x.data" in text or f"{called}(file, x.data)" in text
            assert module == "ng" or called in plain or about_data or twin_of(found), (
                f"{name}: {called}"
            )


def test_the_nearest_is_near_in_meaning() -> None:
    for call, said in (
        (np.histogram, "np.histogram(x.data)"),
        (np.linalg.eig, "np.linalg.eigh(a)"),
        (np.fft.rfft, "product with a matrix"),
        (np.fft.irfft2, "F = np.fft.irfft(np.eye(n), axis=0)"),
        (lambda x: np.add.at(x, 0, 1.0), "np.bincount(index, weights=x)"),
        (np.nextafter.accumulate, "through the elements"),
        (lambda x: x & x, "Combine conditions"),
        (lambda x: 1 | x, "Combine conditions"),
        (lambda x: ~x, "Combine conditions"),
        (lambda x: x << 1, "Combine conditions"),
        (lambda x: x >> x, "Combine conditions"),
        (np.frompyfunc(abs, 1, 1), "subclass ng.Function"),
    ):
        with pytest.raises(ng.UnsupportedFunctionError, match=re.escape(said)):
            call(ng.Variable(np.ones(3)))


def test_a_method_of_an_array_is_named() -> None:
    a, x = np.ones(3), ng.Variable(np.ones(3)) * 2.0
    with pytest.raises(ng.UnsupportedFunctionError, match=r"write array @ x, or np\.dot"):
        a.dot(x)
    with pytest.raises(ng.UnsupportedFunctionError, match=r"write np\.searchsorted\(array, x\)"):
        a.searchsorted(x)
    with pytest.raises(ng.InPlaceError, match=r"write y = np\.sort\(x, axis=0\)"):
        x.sort(axis=0)
    with pytest.raises(ng.InPlaceError, match=r"ng\.where\(mask, np\.log\(\.\.\.\), 0\.0\)"):
        np.log(x, out=np.zeros(3), where=a > 0)


def test_what_runs_in_c_or_deep_in_numpy_is_named() -> None:
    x, rng = ng.Variable(np.ones(3)) * 2.0, np.random.default_rng(0)
    draw = r"mean \+ scale \* rng\.normal\(size=n\)"
    calls: list[tuple[Callable[[], Any], str]] = [
        (lambda: np.random.normal(x), draw),  # noqa: NPY002 - what is refused
        (lambda: rng.gamma(x), draw),
        (lambda: np.arange(x), r"start \+ step \* np\.arange\(n\)"),
        (lambda: np.hanning(x), r"int\(x\)"),
        (lambda: np.polynomial.polynomial.polyval(1, x), r"np\.polyval"),
        (lambda: np.ma.stack([x]), r"x\[mask\]"),
        (lambda: np.testing.assert_allclose(x, 2.0), r"assert_allclose\(x\.data, expected\)"),
        (lambda: np.char.count(x, "a"), "It is for text"),
        (lambda: np.vectorize(abs)(x), r"ng\.stack\(\[f\(x\[i\]\)"),
        (lambda: np.piecewise(np.ones(3), [[True] * 3], [lambda v: v * x]), r"ng\.piecewise"),
        (
            lambda: np.apply_along_axis(lambda row: row @ x, 0, np.ones(3)),
            r"ng\.as_variable\(array\)",
        ),
        (lambda: np.r_[[x[0], 1.0], 2.0], r"np\.r_\[x, 1\.0\], not in a list"),
    ]
    for call, text in calls:
        with pytest.raises(ng.UnsupportedFunctionError, match=text):
            call()


@pytest.mark.parametrize(
    "transform",
    [
        *(getattr(np.fft, f) for f in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")),
        fft.dct,
        fft.idst,
    ],
)
def test_the_alternative_to_a_transform_is_right(transform: Any) -> None:
    n = 4
    x = ng.Variable(np.array([1.0, -2.0, 3.0, 0.5]))
    with pytest.raises(ng.UnsupportedFunctionError) as refused:
        transform(x)
    written = re.search(r"F = (\S+)\(np\.eye\(n\), axis=0\)", str(refused.value))
    assert written is not None
    assert written[1].rpartition(".")[2] == transform.__name__
    f, expected = transform(np.eye(n), axis=0), transform(x.data)
    np.testing.assert_allclose((f.real @ x).data, expected.real, atol=1e-12)
    np.testing.assert_allclose((f.imag @ x).data, expected.imag, atol=1e-12)


def test_no_alternative_is_given_for_what_has_a_rule() -> None:
    supported = {name.removeprefix("np.") for name, f in public() if twin_of(f)}
    assert sorted(supported & set(ALTERNATIVES)) == []


def test_a_list_of_variables_is_not_taken_for_another_function() -> None:
    x = ng.Variable(np.ones(2))
    calls: list[tuple[Callable[[], Any], str]] = [
        (lambda: np.linalg.norm([x, x]), "np.linalg.norm"),
        (lambda: np.dot([1.0, 2.0], [x[0], x[1]]), "np.dot"),
        (lambda: np.sum([x[0], 1.0]), "np.sum"),
        (lambda: np.sqrt([x[0], 1.0]), "np.sqrt"),
    ]
    for call, name in calls:
        said = f"{name} looks for Variables among its arguments, not inside a list, "
        with pytest.raises(TypeError, match=re.escape(said)) as refused:
            call()
        assert f"Write {name}(ng.array([...])), or x.data" in str(refused.value)
    with pytest.raises(TypeError, match=r"make one Variable of several\.$"):
        Figure().subplots().scatter(x, x)  # Matplotlib calls np.ma
    with pytest.raises(TypeError, match=r"ng\.fill_diagonal\(array, x\), which leaves the array"):
        np.fill_diagonal(np.zeros((2, 2)), x)
