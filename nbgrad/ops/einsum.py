"""Sums of products by Einstein's convention.

The gradient of an operand is again an einsum: of gy and the other operands, to
the operand's own letters. Two cases need more: a letter that only this operand has is
broadcast, and a letter that it has twice becomes a diagonal.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import names_users_line
from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable

from .axes import spread
from .base import Operand, Operation, Value, keep, plain
from .shape import summed_to

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class EinSum(Operation, aliases=True):
    """y = the sum of products that the subscripts describe."""

    def __init__(self, subscripts: str, optimize: Any = False) -> None:
        self.subscripts, self.optimize = subscripts, optimize
        self.terms: list[str] = []
        self.output = ""

    @names_users_line
    def forward(self, *xs: Any) -> Any:
        y = np.einsum(self.subscripts, *xs, optimize=self.optimize)
        self.terms, self.output = letters(self.subscripts, [np.ndim(x) for x in xs])
        return y

    @names_users_line
    def gxi(self, i: int, gy: Value, y: Value, xs: tuple[Value, ...]) -> Value:
        x, term = xs[i], self.terms[i]
        others = [j for j in range(len(xs)) if j != i]
        sources = [self.output, *(self.terms[j] for j in others)]
        own = "".join(dict.fromkeys(term))
        shared = "".join(c for c in own if any(c in s for s in sources))
        spec = f"{','.join(sources)}->{shared}"
        g = np.einsum(spec, gy, *(xs[j] for j in others), optimize=len(xs) > 1)
        sizes = dict(zip(term, x.shape, strict=True))
        g = _with_shape(g, shared, own, sizes)
        return g if own == term else _on_diagonal(g, term, sizes)

    @property
    def label(self) -> str:
        """The name with the subscripts: ``einsum(ij,jk->ik)``."""
        return f"{self.public_name}({self.subscripts})"


def _with_shape(g: Value, shared: str, own: str, sizes: dict[str, int]) -> Value:
    """Sum letters that were broadcast from 1, broadcast letters that are not there."""
    have = dict(zip(shared, np.shape(plain(g)), strict=True))
    smaller = tuple(min(have[c], sizes[c]) for c in shared)
    g = summed_to(g, smaller)
    with_ones = tuple(min(have[c], sizes[c]) if c in have else 1 for c in own)
    full = tuple(sizes[c] for c in own)
    return spread(g if with_ones == smaller else g.reshape(with_ones), full)


def _on_diagonal(g: Value, term: str, sizes: dict[str, int]) -> Value:
    """Put a gradient on the diagonal of the axes that share a letter."""
    first = [term.index(c) for c in term]
    places = np.indices([sizes[c] for c in term], sparse=True)
    on_diagonal = np.logical_and.reduce(
        np.broadcast_arrays(*(place == places[i] for place, i in zip(places, first, strict=True)))
    )
    once = (sizes[c] if i == first[i] else 1 for i, c in enumerate(term))
    return keep(on_diagonal, g.reshape(tuple(once)))


def letters(subscripts: str, ndims: list[int]) -> tuple[list[str], str]:
    """Write out ``...`` and an implicit output.

    Returns
    -------
    terms : list of str
        One letter for each axis of each operand.
    output : str
    """
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    free = [c for c in _LETTERS if c not in subscripts]
    terms, most = [], 0
    for term, n in zip(inputs.split(","), ndims, strict=True):
        hidden = n - len(term.replace("...", "")) if "..." in term else 0
        most = max(most, hidden)
        terms.append(term.replace("...", "".join(free[len(free) - hidden :])))
    ellipsis = "".join(free[len(free) - most :])
    if arrow:
        return terms, output.replace("...", ellipsis)
    named = inputs.replace("...", "").replace(",", "")
    return terms, ellipsis + "".join(c for c in sorted(set(named)) if named.count(c) == 1)


def einsum(*operands: Any, optimize: Any = False) -> Variable:
    """Sum of products over named axes: ``einsum("ij,jk->ik", a, b)`` is a @ b.

    Parameters
    ----------
    *operands
        The subscripts, then Variables and arrays; or each operand followed by the list of
        its axes' numbers, as `numpy.einsum` allows.
    optimize : bool or str
        How to order the products of three or more operands.

    Raises
    ------
    ShapeError
        If the subscripts do not fit the operands.
    OperandError
        If there are no subscripts.
    """
    if operands and isinstance(operands[0], str):
        return EinSum(operands[0], optimize).on(*operands[1:])
    subscripts, arrays = _from_lists(operands)
    return EinSum(subscripts, optimize).on(*arrays)


def _from_lists(operands: tuple[Any, ...]) -> tuple[str, list[Operand]]:
    """Turn ``a, [0, 1], b, [1, 2], [0, 2]`` into ``"ab,bc->ac"`` and the operands."""
    pairs = len(operands) // 2
    lists = [operands[2 * i + 1] for i in range(pairs)] + list(operands[2 * pairs :])
    if not pairs or not all(isinstance(axes, (list, tuple)) for axes in lists):
        raise OperandError(
            'einsum needs subscripts first, as in einsum("ij,jk->ik", a, b), '
            "or each operand followed by the list of its axes."
        )
    terms = ["".join("..." if a is Ellipsis else _LETTERS[a] for a in axes) for axes in lists]
    subscripts = ",".join(terms[:pairs]) + "".join(f"->{t}" for t in terms[pairs:])
    return subscripts, [operands[2 * i] for i in range(pairs)]
