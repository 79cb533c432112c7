"""What a trace keeps of an array: all of it while it is small, else statistics and a thumbnail.

An array is summarised in two steps. `capture` runs during the backward pass, so it does only what
must be done before the array changes: a scalar is kept as it is, a small array as its bytes, one
of middle size as a copy while the budget lasts, a large one as its statistics. `decode` makes the
`Summary` of it when it is first read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nbgrad.engine.scope_guard import ErrorState

from . import format as fmt

MAX_WHOLE = 64
"""Of arrays of up to this many elements every value is kept."""
THUMB_ROWS, THUMB_COLS = 16, 32
NEAR = 0.01
"""An element this close to a limit of its function is at it."""
MAX_KEPT, MAX_KEPT_BYTES = 16384, 100 * 1024 * 1024
"""A recording copies arrays of up to this many elements, up to this many bytes in all."""
MAX_EXACT = 1 << 18
"""A sampled summary takes statistics of all elements up to this many."""
SAMPLE_SIZE, SAMPLE_RUN = 1 << 15, 32
"""Of a larger array it samples this many, in runs of this length."""

MAX_UNTHREADED = 8192
"""Below 10,000 elements BLAS starts no threads, which would take longer than adding."""

_float64 = np.float64
_ndarray = np.ndarray

Handle: TypeAlias = Any
"""What `capture` returns: an immutable of plain data, hashable but for a large array's."""


@dataclass(frozen=True)
class Thumb:
    """A picture of a large array: block means, row by row."""

    rows: int
    cols: int
    values: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Summary:
    """An array as plain, bounded data.

    Attributes
    ----------
    shape : tuple of int
    dtype : str
    values : tuple of float, or None
        Every element in C order, for arrays of up to 64 elements.
    min, max, mean, norm : float or None
        Of the finite elements; None when there are none.
    nan, inf : int
        How many elements are NaN or infinite.
    thumb : Thumb or None
        Only without ``values``.
    sample : int or None
        How many elements the statistics were taken of, when not of all; there is no norm then.
    zeros : int or None
        How many elements are zero; None where that is not known.
    near_one, near_zero : int
        Of an array of more than 64 numbers that lie in [-1, 1], how many are within 0.01 of 1 or
        -1; and of numbers in [0, 1], of 0: what a saturated tanh or sigmoid returns.

    Examples
    --------
    >>> s = summarise(np.array(8.0))
    >>> s == 8.0, s.value, str(s)
    (True, 8.0, '8')
    """

    shape: tuple[int, ...]
    dtype: str
    values: tuple[float, ...] | None
    min: float | None
    max: float | None
    mean: float | None
    norm: float | None
    nan: int = 0
    inf: int = 0
    thumb: Thumb | None = None
    sample: int | None = None
    zeros: int | None = None
    near_one: int = 0
    near_zero: int = 0

    def __post_init__(self) -> None:
        if self.values is not None:
            object.__setattr__(self, "zeros", self.values.count(0.0))

    @property
    def share_of_zeros(self) -> float | None:
        """Share of the elements that are zero; None where that is not known."""
        return None if self.zeros is None or not self.size else self.zeros / self.size

    @property
    def size(self) -> int:
        """Number of elements of the array."""
        return math.prod(self.shape)

    @property
    def is_scalar(self) -> bool:
        """Whether the array is 0-d."""
        return self.shape == ()

    @property
    def complete(self) -> bool:
        """Whether every element is known."""
        return self.values is not None

    @property
    def value(self) -> float:
        """The number, of an array with one element.

        Raises
        ------
        ValueError
            If there are more or fewer.
        """
        if self.values is None or len(self.values) != 1:
            raise ValueError(f"An array of shape {self.shape} has no single value: use .array().")
        return float(self.values[0])

    def array(self) -> NDArray[Any]:
        """Return the array, when every element is known.

        Raises
        ------
        ValueError
            If the trace kept only statistics of it.
        """
        if self.values is None:
            raise ValueError(
                f"The trace kept statistics of this array of shape {self.shape}, not its "
                f"{self.size} elements; arrays of up to {MAX_WHOLE} elements are kept whole."
            )
        return np.array(self.values, dtype=_numpy_dtype(self.dtype)).reshape(self.shape)

    @property
    def magnitude(self) -> float:
        """The largest finite absolute value; 0 for none."""
        return max(abs(self.min or 0.0), abs(self.max or 0.0))

    @property
    def is_zero(self) -> bool:
        """Whether there are elements, and every one is zero."""
        return self.size > 0 and self.magnitude == 0 and not self.nan + self.inf

    @property
    def measure(self) -> float | None:
        """One number: the number itself, with its sign, or the norm."""
        return self.value if self.is_scalar else self.norm

    @property
    def brief(self) -> str:
        """One number as text: ``16``, ``‖0.5‖``, ``‖–‖`` without an element, or what is wrong."""
        if self.is_scalar and self.complete:
            return fmt.number(self.value)
        if self.nan or self.inf:
            return "nan" if self.nan else "inf"
        return f"‖{fmt.number(self.norm)}‖"

    def __array__(self, dtype: Any = None, copy: Any = None) -> NDArray[Any]:
        array = self.array()
        return array if dtype is None else array.astype(dtype)

    def __float__(self) -> float:
        return self.value

    def _key(self) -> tuple[Any, ...]:
        numbers = (self.min, self.max, self.mean, self.norm)
        return (
            self.shape, self.dtype, _same(self.values), _same(numbers), self.nan, self.inf,
            self.thumb and (self.thumb.rows, self.thumb.cols, _same(self.thumb.values)),
        )  # fmt: skip

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Summary):
            return self._key() == other._key()
        if isinstance(other, (int, float, np.number)) and self.is_scalar:
            return self.value == other or (math.isnan(self.value) and other != other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.value) if self.is_scalar else hash((self.shape, self.dtype))

    def __str__(self) -> str:
        if self.values is None:
            return f"{fmt.shape(self.shape)} {self.dtype}, norm {fmt.number(self.norm)}"
        return fmt.nested(self.values, self.shape)

    def __repr__(self) -> str:
        return f"<Summary {self}>"


def _numpy_dtype(name: str) -> np.dtype[Any]:
    """Return the dtype of a name; float32 for one that NumPy lacks, such as bfloat16."""
    try:
        return np.dtype(name)
    except TypeError:
        return np.dtype(np.float32)


def _same(values: Any) -> Any:
    """Make numbers comparable: NaN equals NaN."""
    return None if values is None else tuple("nan" if v != v else v for v in values)


class Budget:
    """How many bytes of arrays a recording may still copy."""

    __slots__ = ("left",)

    def __init__(self, left: int = MAX_KEPT_BYTES) -> None:
        self.left = left


class Kept:
    """A copy of an array of middle size, summarised when it is first read."""

    __slots__ = ("array",)

    def __init__(self, array: NDArray[Any]) -> None:
        self.array = array


def capture(raw: Any, budget: Budget | None = None) -> Handle:
    """Keep what is needed of an array or scalar before it can change."""
    if type(raw) is _float64:
        return raw
    array = raw if type(raw) is _ndarray else np.asarray(raw)
    if array.size <= MAX_WHOLE:
        if not array.ndim and array.dtype == _float64:
            return array[()]
        return (array.shape, array.dtype.str, array.tobytes())
    if budget is not None and array.size <= MAX_KEPT and array.nbytes <= budget.left:
        budget.left -= array.nbytes
        return Kept(array.copy())
    return _large(array)


def _large(raw: NDArray[Any]) -> Handle:
    """Keep what needs the array; `decode` works out the rest when it is looked at."""
    with ErrorState(all="ignore"):
        array = raw.astype(_float64, copy=False)
        # NumPy counts truth values several times faster than numbers.
        zeros = array.size - int(np.count_nonzero(array if raw.dtype == bool else raw != 0))
        statistics = _statistics(array.reshape(-1), raw)
        near = _near_limits(array, *statistics[:2]) if raw.dtype.kind == "f" else (0, 0)
        return (raw.shape, raw.dtype, *statistics, zeros, near, _block_sums(array))


def _near_limits(array: NDArray[Any], low: float | None, high: float | None) -> tuple[int, int]:
    """Count what is close to ±1 in an array of [-1, 1], and to 0 in one of [0, 1]."""
    if low is None or high is None or low < -1 or high > 1:
        return 0, 0
    ones = int(np.count_nonzero(array > 1 - NEAR)) if high > 1 - NEAR else 0
    if low < NEAR - 1:
        ones += int(np.count_nonzero(array < NEAR - 1))
    return ones, int(np.count_nonzero(array < NEAR)) if 0 <= low < NEAR else 0


def compact(handle: Handle) -> Handle:
    """Return what is captured of an array in little room: no copy of one of middle size."""
    return _large(handle.array) if type(handle) is Kept else handle


def decode(handle: Handle) -> Summary:
    """Make the summary of a captured array; a summary is returned as it is."""
    if isinstance(handle, Summary):
        return handle
    if type(handle) is _float64:
        return from_values((), "float64", (float(handle),))
    if type(handle) is Kept:
        handle = _large(handle.array)
    if len(handle) == 3:
        dims, code, data = handle
        array = np.frombuffer(data, dtype=code)
        numbers = array.view(np.uint8) if array.dtype == bool else array  # JSON has no true number
        values = numbers.tolist()
        if array.dtype.char == "g":  # which stay NumPy's longdouble, unknown to Python's formats
            values = map(float, values)
        return from_values(dims, array.dtype.name, tuple(values))
    dims, dtype, low, high, mean, norm, nan, inf, zeros, near, sums = handle
    with ErrorState(all="ignore"):
        if mean is None and norm is not None:
            mean = float(np.add.reduce(sums, axis=None)) / math.prod(dims)
        means = _rounded(sums / _counts(*_as_table(dims)))
    rows, cols = means.shape
    picture = Thumb(rows, cols, tuple(means.ravel().tolist()))
    return Summary(
        dims, dtype.name, None, low, high, mean, norm, nan, inf, picture, None, zeros, *near
    )


def summarise(raw: Any, *, sampled: bool = False) -> Summary:
    """Return the summary of an array or number.

    Parameters
    ----------
    raw : array or number
    sampled : bool
        Take statistics and picture of a large array from a sample, in bounded time.
    """
    array = np.asarray(raw)
    if not sampled or array.size <= MAX_EXACT:
        return decode(capture(array))
    with ErrorState(all="ignore"):
        part = _spread(array).astype(_float64)
        low, high, mean, _, nan, inf = _statistics(part, part)
        if mean is None and low is not None:
            mean = float(part.mean())
        blocks = _sampled_blocks(array)
    rows, cols = blocks.shape
    thumb = Thumb(rows, cols, tuple(_rounded(blocks).ravel().tolist()))
    dims, dtype = tuple(array.shape), array.dtype.name
    return Summary(dims, dtype, None, low, high, mean, None, nan, inf, thumb, SAMPLE_SIZE)


def _spread(array: NDArray[Any]) -> NDArray[Any]:
    """Return `SAMPLE_SIZE` elements of an array: short runs, at a varying place in equal parts.

    An even step would see only a part of a periodic array, such as every second column; and
    single elements would each wait for a page of memory of their own.
    """
    runs = np.arange(SAMPLE_SIZE // SAMPLE_RUN)
    jitter = (runs * 0.6180339887498949) % 1.0
    starts = (runs + jitter) * ((array.size - SAMPLE_RUN) / runs.size)
    flat = (starts.astype(np.intp)[:, None] + np.arange(SAMPLE_RUN)).ravel()
    if array.flags.f_contiguous:
        array = array.T
    if array.flags.c_contiguous:
        index: Any = flat
        array = array.reshape(-1)
    else:
        index = np.unravel_index(flat, array.shape)
    return np.asarray(array[index])


def _sampled_blocks(array: NDArray[Any]) -> NDArray[np.float64]:
    """Return means of up to 4 x 4 elements of each block."""
    rows, cols = _as_table(array.shape)
    lines, places = _picks(rows, THUMB_ROWS), _picks(cols, THUMB_COLS)
    index = np.unravel_index(lines.ravel()[:, None] * cols + places.ravel(), array.shape)
    picked = array[index].astype(np.float64).reshape(*lines.shape, *places.shape)
    return np.asarray(picked.mean(axis=(1, 3)))


def _picks(length: int, most: int) -> NDArray[np.intp]:
    """Return up to 4 indices of each of equal parts."""
    parts = min(length, most)
    each = min(4, max(1, length // parts))
    return (np.arange(parts * each) * length // (parts * each)).reshape(parts, each)


def from_values(dims: tuple[int, ...], dtype: str, values: tuple[float, ...]) -> Summary:
    """Return the summary of an array of which every element is given."""
    if len(values) == 1 and math.isfinite(values[0]):
        v = values[0]
        return Summary(dims, dtype, values, v, v, v, abs(v))
    finite = values
    if not math.isfinite(sum(values)):
        finite = tuple(v for v in values if math.isfinite(v))
    nan = inf = 0
    if len(finite) < len(values):
        nan = sum(v != v for v in values)
        inf = len(values) - len(finite) - nan
    if not finite:
        return Summary(dims, dtype, values, None, None, None, None, nan, inf)
    low, high = min(finite), max(finite)
    try:
        mean = math.fsum(v / len(finite) for v in finite)
    except OverflowError:  # the largest numbers, whose parts are rounded up
        mean = min(max(2 * math.fsum(v / len(finite) / 2 for v in finite), low), high)
    return Summary(dims, dtype, values, low, high, mean, math.hypot(*finite), nan, inf)


def _statistics(flat: NDArray[np.float64], raw: NDArray[Any]) -> tuple[Any, ...]:
    """Return min, max, mean, norm, how many NaN, how many infinite; few passes, no overflow.

    The mean is None where the sum of the blocks gives it. `raw` has the same elements in their
    own dtype, which may be narrower and so faster to compare.
    """
    square = _square(flat)
    if square < math.inf:  # which proves that every element is finite
        own = flat if raw.dtype == np.float16 else raw
        low, high = float(np.minimum.reduce(own, None)), float(np.maximum.reduce(own, None))
        norm = math.sqrt(square)
        if square <= 1e-280 and (low or high):  # the squares vanish, or nearly
            top, scaled = _scaled(flat, low, high)
            norm = top * math.sqrt(_square(scaled))
        return low, high, None, norm, 0, 0
    nan = int(np.count_nonzero(np.isnan(flat)))
    finite = flat[np.isfinite(flat)]
    inf = flat.size - finite.size - nan
    if not finite.size:
        return None, None, None, None, nan, inf
    low, high = float(finite.min()), float(finite.max())
    top, scaled = _scaled(finite, low, high)
    mean, norm = top * float(scaled.mean()), top * math.sqrt(_square(scaled))
    return low, high, mean, norm, nan, inf


def _scaled(flat: NDArray[Any], low: float, high: float) -> tuple[float, NDArray[Any]]:
    """Return the largest magnitude, and the elements over it: their squares do not overflow."""
    top = max(abs(low), abs(high)) or 1.0
    return top, flat / top


def _square(flat: NDArray[Any]) -> float:
    """Return the sum of squares, in parts so small that BLAS starts no threads for them."""
    parts = range(0, flat.size, MAX_UNTHREADED)
    return math.fsum([(part := flat[i : i + MAX_UNTHREADED]).dot(part) for i in parts])


def _as_table(dims: tuple[int, ...]) -> tuple[int, int]:
    """Return the rows and columns of a picture: leading axes are stacked into rows."""
    return math.prod(dims[:-1]), dims[-1]


def _block_sums(array: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sums of at most 16 x 32 blocks, in memory of their own."""
    rows, cols = _as_table(array.shape)
    table = array.reshape(rows, cols)
    if rows > THUMB_ROWS:
        table = _bands(table, THUMB_ROWS)
    if cols > THUMB_COLS:
        columns = table.T
        if cols <= 7 * THUMB_COLS:  # up to 7 are added in the same order, and faster, in a copy
            columns = np.ascontiguousarray(columns)
        table = _bands(columns, THUMB_COLS).T
    elif rows <= THUMB_ROWS:
        table = table.copy("K")
    return table


def _bands(table: NDArray[np.float64], parts: int) -> NDArray[np.float64]:
    """Add up bands of rows, the first ones of them a row longer where that is needed."""
    rows, cols = table.shape
    length, longer = divmod(rows, parts)
    cut = longer * (length + 1)
    bands = np.empty((parts, cols))
    np.add.reduce(table[:cut].reshape(longer, length + 1, cols), 1, out=bands[:longer])
    np.add.reduce(table[cut:].reshape(parts - longer, length, cols), 1, out=bands[longer:])
    return bands


@lru_cache(maxsize=64)
def _counts(rows: int, cols: int) -> NDArray[np.float64]:
    """Return how many elements each block has."""
    return _lengths(rows, THUMB_ROWS)[:, None] * _lengths(cols, THUMB_COLS)


def _lengths(size: int, parts: int) -> NDArray[np.float64]:
    """Return how many rows each band has; 1 where there are too few for bands."""
    length, longer = divmod(size, parts) if size > parts else (1, 0)
    return np.array([length + 1.0] * longer + [float(length)] * (min(size, parts) - longer))


def _rounded(thumb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to four digits of the largest value: it is a picture."""
    finite = thumb[np.isfinite(thumb)]
    top = float(np.abs(finite).max()) if finite.size else 0.0
    if not 1e-290 < top < 1e290:
        return thumb
    return np.round(thumb, int(3 - math.floor(math.log10(top)))) + 0.0
