"""What a view says about an array, gathered with bounded work.

A repr has ten milliseconds, whatever it shows. Statistics are exact up to `EXACT` elements;
beyond, they are those of an evenly spread sample, and the view says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nbgrad.tracing.summaries import FULL, THUMB_COLS, THUMB_ROWS, Summary, Thumb, from_values

__all__ = ["EXACT", "SAMPLE", "ArrayFacts", "array_facts"]

EXACT = 1 << 18
"""Up to so many elements the statistics are exact."""
SAMPLE = 1 << 15
RUN = 32
CHUNK = 1 << 13  # below 10,000 elements BLAS starts no threads: meeting takes longer than adding


@dataclass(frozen=True, eq=False)
class ArrayFacts(Summary):
    """An array as plain data.

    Attributes
    ----------
    sample : int or None
        How many elements the statistics were taken of, when not of all; there is no norm then.
    """

    sample: int | None = None


def array_facts(array: Any, thumbnail: bool = True) -> ArrayFacts:
    """Gather what a view shows of an array, in bounded time.

    Parameters
    ----------
    array : ndarray or NumPy scalar
        Of any shape, layout and real dtype.
    thumbnail : bool
        False leaves the picture out.

    Returns
    -------
    ArrayFacts
    """
    array = np.asarray(array)
    shape, dtype = tuple(array.shape), str(array.dtype)
    if array.size <= FULL:
        small = from_values(shape, dtype, tuple(array.ravel().tolist()))
        return ArrayFacts(**vars(small))
    sample = array.size > EXACT
    part = spread(array) if sample else array
    statistics = _statistics(part)
    if sample:
        statistics["norm"] = None  # that of a part says nothing about the whole
    return ArrayFacts(
        shape,
        dtype,
        None,
        **statistics,
        thumb=_thumb(array, sample) if thumbnail else None,
        sample=part.size if sample else None,
    )


def spread(array: Any) -> Any:
    """Return `SAMPLE` elements of an array: short runs, at a varying place in equal parts.

    An even step would see only a part of a periodic array, such as every second column; and
    single elements would each wait for a page of memory of their own.
    """
    runs = np.arange(SAMPLE // RUN)
    jitter = (runs * 0.6180339887498949) % 1.0
    starts = (runs + jitter) * ((array.size - RUN) / runs.size)
    flat = (starts.astype(np.intp)[:, None] + np.arange(RUN)).ravel()
    if array.flags.f_contiguous:
        array = array.T
    if array.flags.c_contiguous:
        return array.reshape(-1)[flat]
    return array[np.unravel_index(flat, array.shape)]


def _statistics(array: Any) -> dict[str, Any]:
    """Return the statistics of the finite elements, chunk by chunk: no large temporary."""
    low, high, total, squares = math.inf, -math.inf, 0.0, 0.0
    count = nan = inf = 0
    flags: Any = ["external_loop", "buffered", "zerosize_ok"]
    with np.errstate(all="ignore"):
        for chunk in np.nditer(
            array, flags=flags, op_dtypes=["float64"], casting="unsafe", buffersize=CHUNK
        ):
            x: Any = chunk
            part = float(np.dot(x, x))
            if not math.isfinite(part):  # NaN or inf, or an overflow: look closely
                finite = np.isfinite(x)
                bad = int(np.isnan(x).sum())
                nan += bad
                inf += int(x.size - finite.sum()) - bad
                x = x[finite]
                part = float(np.dot(x, x))
            if x.size:
                low, high = min(low, float(x.min())), max(high, float(x.max()))
                total += float(x.sum())
                squares += part
                count += x.size
    if not count:
        return {"min": None, "max": None, "mean": None, "norm": None, "nan": nan, "inf": inf}
    norm = math.sqrt(squares) if squares < math.inf else _safe_norm(array, max(-low, high))
    mean = total / count if math.isfinite(total) else None
    return {"min": low, "max": high, "mean": mean, "norm": norm, "nan": nan, "inf": inf}


def _safe_norm(array: Any, largest: float) -> float:
    """Return the norm of the finite elements, when their squares overflow."""
    with np.errstate(all="ignore"):
        scaled = np.asarray(array, np.float64).ravel() / largest
        scaled = scaled[np.isfinite(scaled)]
        return float(largest * math.sqrt(float(np.dot(scaled, scaled))))


def _thumb(array: Any, sample: bool) -> Thumb:
    """Return block means of an array seen as a matrix of its last axis."""
    cols = array.shape[-1]
    rows = array.size // cols
    r, c = min(rows, THUMB_ROWS), min(cols, THUMB_COLS)
    with np.errstate(all="ignore"):
        if sample:
            blocks = _sampled_blocks(array, r, c)
        else:
            matrix = array.reshape(rows, cols)
            narrow = np.add.reduceat(matrix, _starts(cols, c), axis=1, dtype=np.float64)
            sums = np.add.reduceat(narrow, _starts(rows, r), axis=0)
            blocks = sums / np.outer(_lengths(rows, r), _lengths(cols, c))
    return Thumb(r, c, tuple(blocks.ravel().tolist()))


def _starts(length: int, parts: int) -> Any:
    """Return where each of equal parts begins, the first ones longer, as in a trace's thumbnail."""
    short, longer = divmod(length, parts)
    k = np.arange(parts)
    return k * short + np.minimum(k, longer)


def _lengths(length: int, parts: int) -> Any:
    return np.diff(np.append(_starts(length, parts), length))


def _sampled_blocks(array: Any, r: int, c: int) -> Any:
    """Return means of up to 4 x 4 elements of each block."""
    cols = array.shape[-1]
    rows = array.size // cols
    lines, places = _picks(rows, r), _picks(cols, c)
    index = np.unravel_index(lines.ravel()[:, None] * cols + places.ravel(), array.shape)
    picked = array[index].astype(np.float64)
    return picked.reshape(r, lines.shape[1], c, places.shape[1]).mean(axis=(1, 3))


def _picks(length: int, parts: int) -> Any:
    """Return up to 4 indices of each of equal parts."""
    per_part = min(4, max(1, length // parts))
    return (np.arange(parts * per_part) * length // (parts * per_part)).reshape(parts, per_part)
