"""NaN, infinities, -0.0, the smallest and the largest number in every operation of the table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import CASES, Case, many
from tests.ops.test_values import lacks

FLOAT = np.finfo(np.float64)
NUMBERS = [np.nan, np.inf, -np.inf, -0.0, FLOAT.smallest_subnormal, FLOAT.max]

# Of matrices with numbers that are not finite LAPACK computes what it likes, or does not end.
DECOMPOSED = {"numpy.linalg", "numpy.linalg._linalg"}

# At NaN the derivative of these is 0: 0 · NaN is NaN in a value.
CANCELLED = {"polyval", "linspace"}

# Of a number and an array NumPy's dot adds the products to 0.
ADDED_TO_ZERO = {"dot", "inner"}


def twins(case: Case) -> Iterator[Any]:
    for twin in case.row.twins:
        if isinstance(twin, (tuple, str)) or lacks(twin, case.sample.kwargs):
            continue
        if getattr(twin, "__module__", "") not in DECOMPOSED:
            yield twin


def with_number(case: Case) -> Iterator[tuple[int, float, list[np.ndarray]]]:
    """Yield the leaves of a case, each time with another number in the first place of one."""
    for j, x in enumerate(case.leaves):
        for number in NUMBERS if x.size else []:
            leaves = [np.array(leaf) for leaf in case.leaves]
            leaves[j].flat[0] = number
            yield j, number, leaves


@pytest.mark.filterwarnings("ignore")
def test_values_are_numpys() -> None:
    cases = 0
    for case in (p.values[0] for p in CASES):
        for twin in twins(case):
            for j, number, leaves in with_number(case):
                cases += 1
                xs = [ng.Variable(leaf.copy()) for leaf in leaves]
                try:
                    expected = many(twin(*case.arguments(leaves), **case.sample.kwargs))
                except ValueError:
                    with pytest.raises((ng.NbgradError, ValueError)):
                        twin(*case.arguments(xs), **case.sample.kwargs)
                    continue
                for y, e in zip(
                    many(twin(*case.arguments(xs), **case.sample.kwargs)), expected, strict=True
                ):
                    y = y.data if isinstance(y, ng.Variable) else y
                    name = f"{case.row.name} {case.sample} with {number} in {j}"
                    assert (y.dtype, y.shape) == (e.dtype, e.shape), name
                    if abs(number) in (FLOAT.max, FLOAT.smallest_subnormal):
                        # NumPy's sums and products may overflow on the way, ours do not.
                        y = np.where(np.isfinite(e) & (abs(e) > FLOAT.tiny), y, e)
                    np.testing.assert_allclose(y, e, 1e-14, err_msg=name)
                    if number == 0 and case.row.name not in ADDED_TO_ZERO:
                        assert not np.any((e == 0) & (np.signbit(y) != np.signbit(e))), name
    print(f"{cases} cases")
    assert cases > 3000


@pytest.mark.filterwarnings("ignore")
def test_nan_in_a_value_is_in_the_gradient() -> None:
    cases = 0
    for case in (p.values[0] for p in CASES):
        for j, number, leaves in with_number(case):
            if not np.isnan(number) or case.row.name in CANCELLED:
                continue
            xs = [ng.Variable(leaf) for leaf in leaves]
            try:
                loss = case.loss(*xs)
            except ng.NbgradError:  # NaN is no probability, no order, no place
                continue
            if np.isnan(loss.data) and loss.creator is not None:
                cases += 1
                loss.backward()
                g = xs[j].grad
                assert g is None or g.flat[0] != 0, f"{case.row.name} {case.sample} in {j}"
    print(f"{cases} cases")
    assert cases > 300
