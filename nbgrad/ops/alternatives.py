"""Advice on what to use in place of NumPy functions that have no operation.

In the sentences ``x`` is the Variable, ``a`` a matrix and ``b`` what it is applied to.
"""

from __future__ import annotations

from importlib import import_module

import numpy as np

from nbgrad.engine.dispatch import twin_of

FAMILIES = {
    **dict.fromkeys(
        ("scipy.fft.dct", "scipy.fft.dst", "scipy.fft.idct", "scipy.fft.idst"),
        "{asked} is, along each axis, a product with a matrix: write F @ x with "
        "F = {one_axis}(np.eye(n), axis=0).",
    ),
    **dict.fromkeys(
        ("np.fft.", "scipy.fft."),
        "{asked} computes with complex numbers, which a Variable does not hold yet. A Fourier transform along "
        "an axis is a product with a matrix: F = {one_axis}(np.eye(n), axis=0), then F.real @ x and "
        "F.imag @ x are its real and imaginary parts.",
    ),
    **dict.fromkeys(
        (
            "np.char.",
            "np.strings.",
            "np._core.strings",
            "np._core.defchararray",
            "np.core.defchararray",
        ),
        "It is for text, and a Variable holds numbers.",
    ),
    "np.lib.scimath.": "It may give complex numbers. Use the function of this name in np, on the "
    "range where the result is real.",
    "np.random.": "Draw from a distribution of fixed numbers, then shift and scale: "
    "mean + scale * rng.normal(size=n).",
    "np.polynomial.": "Write the polynomial with powers of x, or as np.polyval does.",
    **dict.fromkeys(
        ("scipy.optimize.", "scipy.integrate."),
        "{asked} computes with arrays, and so does a function that it calls: return y.data. "
        "Derivatives come from ng.grad(f) or ng.jacobian(f), as jac for instance.",
    ),
    "scipy.": "{asked} is written for arrays: nbgrad.compat.scipy has functions of special, linalg, "
    "signal, stats and integrate that take Variables, from nbgrad.compat.scipy import {package}; for another one subclass ng.Function, or use x.data "
    "where no gradient is meant.",
    **dict.fromkeys(
        ("np.lib._index_tricks_impl", "np.lib.index_tricks"),
        "np.r_ and np.c_ take Variables as items, np.r_[x, 1.0], not in a list: "
        "ng.concatenate([ng.array([...]), x]).",
    ),
    **dict.fromkeys(
        ("np.nditer", "np.nested_iters"),
        "Compute with whole arrays, or go over the places: for i in np.ndindex(x.shape), x[i] is an element.",
    ),
    "np.ndenumerate": "Go over the places, and index: for i in np.ndindex(x.shape), x[i] is an element.",
    "np.full_like": "np.full_like looks at its first argument only: ng.full(x.shape, value) takes a "
    "Variable as the value.",
    "np.full": "np.full looks at its shape only: ng.full(shape, value) takes a Variable as the value.",
    **{
        f"np.{name}": f"np.{name} looks at its first argument only: ng.{name} takes Variables among the "
        "others too."
        for name in ("nan_to_num", "pad", "unwrap")
    },
    "np.fill_diagonal": "Write y = ng.fill_diagonal(array, x), which leaves the array as it is.",
    "np.select": "np.select looks at its conditions and choices only: ng.select takes a Variable as the "
    "default too.",
    "np.piecewise": "Of a plain array np.piecewise makes a plain one: ng.piecewise takes what functions return.",
    "np.apply_": "Of a plain array it makes a plain one: give it as a Variable, ng.as_variable(array).",
    "array.dot": "array.dot(x) is a method of the array: write array @ x, or np.dot(array, x).",
    "array.searchsorted": "array.searchsorted(x) is a method of the array: write np.searchsorted(array, x).",
    "np.testing.": "Compare the array: np.testing.assert_allclose(x.data, expected).",
    "np.ma.": "Choose the valid elements first: x[mask], or ng.where(mask, x, 0.0).",
}
"""Advice by the beginning of the name."""

_COUNTS = {
    "histogram": "counts", "histogram2d": "counts", "histogramdd": "counts",
    "histogram_bin_edges": "the edges of bins", "unravel_index": "indices",
    "ravel_multi_index": "indices", "ix_": "indices", "packbits": "bits", "unpackbits": "bits",
    "bitwise_count": "counts", "gcd": "integers", "lcm": "integers", "frexp": "a mantissa and an "
    "integer", "spacing": "the distance to the next number", "nextafter": "the next number",
    "busday_count": "days", "busday_offset": "days", "is_busday": "days",
    "datetime_as_string": "text", "isnat": "truth values", "can_cast": "a truth value", "common_type": "a type",
    "min_scalar_type": "a type", "einsum_path": "an order of contractions",
    "linalg.matrix_rank": "an integer", "unique_counts": "counts", "unique_inverse": "indices",
}  # fmt: skip
"""Functions whose result has no gradient by nature, and what it is."""

_BITS = (
    "It works on the bits of integers, which have no gradient. Combine conditions as plain arrays: "
    "(x > 0) & (x < 1); for integers use x.data."
)
_CHOOSE = (
    "It chooses among the elements of x: find which with {name}(x.data), then index: x[index]."
)
_EIGEN = (
    "Its result may be complex, which a Variable does not hold yet. For a symmetric a there are "
    "np.linalg.eigh(a) and np.linalg.eigvalsh(a)."
)

ALTERNATIVES = {
    "sort_complex": "x is real: use np.sort(x).",
    "arange": "Its steps are fixed numbers: write start + step * np.arange(n).",
    **dict.fromkeys(
        ("bartlett", "blackman", "hamming", "hanning", "kaiser"),
        "How many points a window has is a whole number without a gradient: int(x).",
    ),
    "ldexp": "Multiply: x * 2.0**n.",
    "roots": "The roots of a x² + b x + c are (-b ± np.sqrt(b**2 - 4 * a * c)) / (2 * a); for a higher "
    "degree subclass ng.Function, whose rule is -t**k / p'(t) for the coefficient of t**k.",
    "unique": _CHOOSE.format(name="np.unique") + " np.unique(x.data, return_index=True) has the index.",
    **dict.fromkeys(("unique_all", "unique_values"), _CHOOSE.format(name="np.unique")),
    "asfarray": "A Variable is an array of numbers: leave it out, or x.astype(float).",
    "vectorize": "It calls its function with one number after the other: call it with the Variable, or "
    "join the results of its elements, ng.stack([f(x[i]) for i in range(len(x))]).",
    "msort": "Sort along the first axis: np.sort(x, axis=0).",
    **{
        name: f"It compares values as sets. Use np.{name} on x.data, then index x with what is found."
        for name in ("intersect1d", "setdiff1d", "setxor1d", "union1d")
    },
    **{
        name: f"Save the array, np.{name}(file, x.data); pickle keeps the name and the gradient too."
        for name in ("save", "savez", "savez_compressed")
    },
    "savetxt": "Save the array: np.savetxt(file, x.data).",
    **dict.fromkeys(("bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_invert", "bitwise_left_shift", "bitwise_right_shift", "invert", "bitwise_not", "left_shift", "right_shift"), _BITS),
    **dict.fromkeys(("isalnum", "isalpha", "isdecimal", "isdigit", "islower", "isnumeric", "isspace", "istitle", "isupper", "str_len"), FAMILIES["np.char."]),
    **dict.fromkeys(("linalg.eig", "linalg.eigvals"), _EIGEN),
}  # fmt: skip
"""Advice by the name behind ``np.``."""

PACKAGES = ("integrate", "linalg", "signal", "special", "stats")
"""SciPy's with functions on Variables in `nbgrad.compat.scipy`."""

METHODS = {
    **dict.fromkeys(
        ("accumulate", "reduce", "reduceat"), "Go through the elements: ng.stack([...])."
    ),
    "at": "It writes into an array, which cannot remember the graph. np.bincount(index, weights=x) "
    "sums by index, and so does (np.arange(n)[:, None] == index) @ x for rows.",
    "outer": "Let the operands broadcast: a[:, None] and b[None, :].",
}
"""Advice by the method of a ufunc."""


def alternative(name: str) -> str:
    """Return what to do instead of ``np.name``, or nothing where no function of that kind is known."""
    if name.startswith("scipy.") and (twin := _on_variables(name)):
        package = name.split(".")[1]
        asked = f": from nbgrad.compat.scipy import {package}" if "compat" in twin else ""
        return f"{name} is written for arrays; for Variables there is {twin}{asked}."
    short = name.removeprefix("np.")
    if short in ALTERNATIVES:
        return ALTERNATIVES[short]
    if short.removeprefix("linalg.") in ALTERNATIVES and short.startswith("linalg."):
        return ALTERNATIVES[short.removeprefix("linalg.")]
    if short in _COUNTS:
        return f"Its result ({_COUNTS[short]}) has no gradient: use {name}(x.data)."
    method = short.rpartition(".")[2]
    if method in METHODS and "." in short:
        return METHODS[method]
    text = next((text for start, text in FAMILIES.items() if name.startswith(start)), "")
    package = name.split(".")[1] if name.count(".") else ""
    text = text.replace("{package}", package if package in PACKAGES else "special")
    text = text.replace("{one_axis}", name.rstrip("2n"))
    return text.replace("{asked}", "This function of SciPy" if "._" in name else name)


def _on_variables(name: str) -> str:
    """Return which function does on Variables what SciPy's of this name does, or nothing."""
    package, _, function = name.rpartition(".")
    try:
        # Only in an error, when SciPy is there: nbgrad never imports it.
        found = function in import_module(f"nbgrad.compat.{package}").__all__
    except ImportError:
        return ""
    if found:
        return f"nbgrad.compat.{name}"
    numpys = getattr(np.linalg, function, None) if package == "scipy.linalg" else None
    return f"np.linalg.{function}" if numpys is not None and twin_of(numpys) else ""
