"""The table is complete: each row has all it needs, and nothing is beside the table."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import numpy as np
import pytest

import nbgrad as ng
from nbgrad import ops
from nbgrad.engine import dispatch
from nbgrad.engine.operation import Operation
from nbgrad.ops.accumulation import RunningExtreme
from nbgrad.ops.base import Keeping, OverAxes
from nbgrad.ops.base import Operation as Base
from nbgrad.ops.comparison import Bound
from nbgrad.ops.convolution import Convolution
from nbgrad.ops.distance import DifferenceLoss
from nbgrad.ops.loss import Loss
from nbgrad.ops.normalization import Norm
from nbgrad.ops.pooling import Pool
from nbgrad.ops.reduction import Extreme, Reduction
from nbgrad.ops.rounding import Step
from nbgrad.ops.row import TABLE, Row, add_row
from nbgrad.ops.shape import Reshaping
from nbgrad.ops.solving import MatrixOperation
from nbgrad.ops.special import OfOrder
from tests.ops.samples import SAMPLES

ROWS = list(TABLE.values())
SHARED = {
    Base,
    Reduction,
    Extreme,
    RunningExtreme,
    Step,
    Convolution,
    Pool,
    MatrixOperation,
    Reshaping,
    OverAxes,
    Keeping,
    OfOrder,
    Loss,
    Norm,
    DifferenceLoss,
    Bound,
}


def operations() -> Iterator[type[Operation]]:
    for module in pkgutil.iter_modules(ops.__path__):
        found = importlib.import_module(f"nbgrad.ops.{module.name}")
        for value in vars(found).values():
            if inspect.isclass(value) and issubclass(value, Operation) and value is not Operation:
                yield value


def test_every_operation_has_one_row() -> None:
    in_table = [row.operation for row in ROWS if row.operation is not None]
    assert len(set(in_table)) == len(in_table)
    assert set(operations()) - SHARED == set(in_table)


def test_every_row_has_samples_and_nothing_else_has() -> None:
    assert set(SAMPLES) == set(TABLE)


NO_TWIN = {"array", "fill_diagonal", "full", "put_along_axis"}
"""NumPy's functions of these names see no Variable, or change their first operand."""


def test_numpys_function_of_a_rows_name_is_its_twin() -> None:
    for row in ROWS:
        theirs = {getattr(np, name, None) for name in (row.name, *row.also)} - {None}
        assert theirs <= {t for t in row.twins if callable(t)} or row.name in NO_TWIN, row.name


def test_no_row_answers_what_another_module_does() -> None:
    by_rows = {twin for row in ROWS for twin in row.twins}
    assert not by_rows & {(ufunc, "reduce") for ufunc in (np.logaddexp, np.hypot)}


def test_every_row_is_a_public_name() -> None:
    assert set(ops.__all__) == {name for row in ROWS for name in (row.name, *row.also)}
    for name, row in TABLE.items():
        assert getattr(ops, name) is row.function
        assert row.function.__name__ == name
        recorded = getattr(row.function, "for_operators", row.function)
        method = getattr(dispatch.methods, name)
        assert inspect.unwrap(method) is inspect.unwrap(recorded)


@pytest.mark.parametrize("row", ROWS, ids=list(TABLE))
def test_a_row_is_complete(row: Row) -> None:
    samples = SAMPLES[row.name]
    assert samples.calls
    assert samples.reference or row.twins
    if row.operation is None:
        assert not row.symbol
        assert not row.rule
        return
    assert row.symbol
    assert row.operation.__doc__.startswith(("y = ", "Several y"))
    assert row.operation.symbol == row.symbol
    assert row.operation.formula == row.rule


RULES = [row for row in ROWS if row.operation is not None]


@pytest.mark.parametrize("row", RULES, ids=[row.name for row in RULES])
def test_a_rule_has_one_part_per_input(row: Row) -> None:
    rules = [part.strip() for part in row.rule.split(";")]
    number = len(row.operation.rules or ()) or len(rules)
    names = ["gx"] if number == 1 else [f"gx{i}" for i in range(number)]
    names = names if row.operation.rules else ["gxi"]
    assert [part.split(" = ")[0] for part in rules] == names
    assert "*" not in row.rule
    assert "gy" in row.rule or all(rule.endswith(" = 0") for rule in rules)


@pytest.mark.parametrize("row", ROWS, ids=list(TABLE))
def test_a_public_function_is_documented(row: Row) -> None:
    doc = getattr(ng, row.name).__doc__
    assert doc[0].isupper() or doc.startswith(("ln", "log"))
    for section in ("Parameters\n-", "Notes\n-"):
        assert section in doc
    assert row.rule in doc
    assert row.edge in doc
    assert inspect.signature(row.function).return_annotation is not inspect.Signature.empty


def test_one_name_one_row() -> None:
    with pytest.raises(ValueError, match="'add' already"):
        add_row(TABLE["add"])


def test_parameters_are_in_the_label() -> None:
    x = ng.Variable(np.ones((2, 3)))
    labels = {
        ops.sum(x): "sum",
        ops.sum(x, axis=0): "sum(axis=0)",
        ops.mean(x, (0, -1), keepdims=True): "mean(axis=(0, -1), keepdims=True)",
        ops.var(x, ddof=1): "var(ddof=1)",
        ops.reshape(x, (3, -1)): "reshape(shape=(3, -1))",
        ops.leaky_relu(x, 0.2): "leaky_relu(slope=0.2)",
        ops.clip(x, 0.0, None): "clip(min=0.0)",
        ops.einsum("ij->j", x): "einsum(ij->j)",
        x[0, 1:, None]: "getitem[0, 1:, None]",
        x[..., ::2]: "getitem[..., ::2]",
        x[[0, 1]]: "getitem[array(2,)]",
        ops.where(x > 0, x, 0.0): "where",
        ops.repeat(x, 2): "repeat(repeats=2)",
        ops.astype(x, "float32"): "astype(dtype=float32)",
        x + 1: "add",
        ops.leaky_relu(x): "leaky_relu",
    }
    for y, label in labels.items():
        assert y.creator.label == label
