"""What every operation promises: dtypes kept, memory its own, any layout, nothing changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.call import Call
from nbgrad.ops.row import TABLE
from tests.ops.cases import CASES, POINTWISE, Case, gradients, make, many
from tests.ops.samples import s

KEEPS_DTYPE = [p for p in CASES if p.values[0].row.name not in {"astype", "float_power"}]


def constant(a: Any, dtype: Any) -> Any:
    return a.astype(dtype) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a


def typed(case: Case, dtype: Any) -> Case:
    """Return a case with leaves, and constant floating arrays, of a dtype."""
    args = [constant(a, dtype) for a in case.args]
    kwargs = {k: constant(a, dtype) for k, a in case.sample.kwargs.items()}
    leaves = [x.astype(dtype) for x in case.leaves]
    return Case(case.row, case.sample._replace(kwargs=kwargs), args, leaves)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("case", KEEPS_DTYPE)
def test_a_small_dtype_stays(case: Case, dtype: Any) -> None:
    case = typed(case, dtype)
    for graph in (False, True):
        xs = case.variables()
        ys = many(case(*xs))
        total = sum((y.sum() for y in ys[1:]), ys[0].sum())
        assert {y.dtype for y in ys if y.dtype.kind == "f"} == {np.dtype(dtype)}  # a rank is whole
        total.backward(create_graph=graph)
        assert {x.grad.dtype for x in xs} == {np.dtype(dtype)}


@pytest.mark.parametrize("case", KEEPS_DTYPE)
def test_float32_agrees_with_float64(case: Case) -> None:
    for g, e in zip(gradients(typed(case, np.float32)), gradients(case), strict=True):
        np.testing.assert_allclose(g, e, rtol=2e-3, atol=2e-4)


def whole_numbers(case: Case) -> list[int]:
    """The small integers inside a row's domain."""
    low, high = case.samples.domain
    return [n for n in range(3) if low <= n <= high and (n > low or low < -0.9)]


@pytest.mark.parametrize("dtype", [np.int64, np.uint8])
@pytest.mark.parametrize("case", [c for c in KEEPS_DTYPE if whole_numbers(c.values[0])])
def test_integers_get_float64_gradients(case: Case, dtype: Any) -> None:
    numbers = whole_numbers(case)
    rng = np.random.default_rng(3)
    leaves = [np.asarray(rng.choice(numbers, x.shape).astype(dtype)) for x in case.leaves]
    if case.row.name == "pow" and -2.0 in case.sample.args:
        leaves = [np.maximum(x, 1) for x in leaves]
    if case.row.name in {"inv", "det", "solve", "cholesky", "qr"}:
        leaves[0] = leaves[0] + 5 * np.eye(*leaves[0].shape[-2:], dtype=dtype)
    whole = Case(case.row, case.sample, case.args, leaves)
    xs = whole.variables()
    with np.errstate(all="ignore"):
        ys = many(whole(*xs))
        sum((y.sum() for y in ys[1:]), ys[0].sum()).backward()
    for x in xs:
        assert x.grad.dtype == np.float64
        assert x.grad.shape == x.shape


@pytest.mark.parametrize("case", CASES)
def test_no_two_arrays_share_memory(case: Case) -> None:
    xs = case.variables()
    # A function made of others may return its operand.
    ys = [y for y in many(case(*xs)) if y.creator is not None]
    upstream = [np.ones(y.shape) for y in ys]
    for y, gy in zip(ys, upstream, strict=True):
        y.grad = gy
    for y in ys:
        if y.creator.outputs is None or len(y.creator.outputs) == 1 or y is ys[0]:
            y.backward()
    found = [x.grad for x in xs if x.grad is not None]
    others = [x.data for x in xs] + [y.data for y in ys] + upstream
    for i, g in enumerate(found):
        assert g.flags.writeable or not g.size
        for other in others + found[i + 1 :]:
            assert not np.shares_memory(g, other)


@pytest.mark.parametrize("case", [c for c in CASES if c.values[0].row.name != "array"])
def test_the_result_of_plain_arrays_is_a_constant(case: Case) -> None:
    """No leaf is behind it: what takes an array takes it, and no graph is cut."""
    for y in many(case(*case.leaves)):
        assert isinstance(y, ng.Variable)
        np.testing.assert_array_equal(np.asarray(y), y.data)


@pytest.mark.parametrize(
    "case", [p for p in CASES if (op := p.values[0].row.operation) is not None and not op.aliases]
)
def test_a_rule_without_aliases_makes_its_own_array(case: Case) -> None:
    ys = many(case(*case.variables()))
    op, inputs = ys[0]._op, ys[0]._inputs
    values = [x.data if isinstance(x, ng.Variable) else x for x in inputs]
    data = tuple(y.data for y in ys)
    gys = tuple(np.random.default_rng(4).uniform(0.5, 1.5, y.shape) for y in ys)
    # The call of an operation with several outputs takes a tuple of them.
    op, gy, y = (op.operation, gys, data) if isinstance(op, Call) else (op, gys[0], data[0])
    for i, x in enumerate(inputs):
        if not isinstance(x, ng.Variable):
            continue
        gx = op.rule(i)(gy, y, *values)
        for other in [*gys, *data, *values]:
            assert not np.shares_memory(gx, np.asarray(other))


@pytest.mark.parametrize("case", CASES)
def test_read_only_input_is_enough_and_nothing_is_changed(case: Case) -> None:
    leaves = [x.copy() for x in case.leaves]
    for x in leaves:
        x.flags.writeable = False
    xs = [ng.Variable(x) for x in leaves]
    ys = many(case(*xs))
    for y in ys:
        y.data.flags.writeable = False
    sum((y.sum() for y in ys[1:]), ys[0].sum()).backward()
    for x, before in zip(leaves, case.leaves, strict=True):
        np.testing.assert_array_equal(x, before)


def fortran(x: np.ndarray) -> np.ndarray:
    return np.asfortranarray(x)


def strided(x: np.ndarray) -> np.ndarray:
    wide = np.full([2 * n for n in x.shape], np.nan)
    view = wide[(slice(None, None, 2),) * x.ndim]
    view[...] = x
    return view


def reversed_view(x: np.ndarray) -> np.ndarray:
    backward = (slice(None, None, -1),) * x.ndim
    return x[backward].copy()[backward]


@pytest.mark.parametrize("layout", [fortran, strided, reversed_view])
@pytest.mark.parametrize("case", CASES)
def test_any_layout_gives_the_same(case: Case, layout: Any) -> None:
    leaves = [layout(x) if x.ndim else x for x in case.leaves]
    laid_out = Case(case.row, case.sample, case.args, leaves)
    for y, e in zip(many(laid_out(*leaves)), many(case(*case.leaves)), strict=True):
        np.testing.assert_allclose(y.data, e.data, rtol=1e-13)
    for g, e in zip(gradients(laid_out), gradients(case), strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (1,), (1, 1)])
@pytest.mark.parametrize("name", POINTWISE)
def test_elementwise_on_small_shapes(name: str, shape: tuple[int, ...]) -> None:
    case = make(TABLE[name], s(shape))
    (g,) = gradients(case)
    assert g.shape == shape


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "shape"),
    [
        ("sum", ((0, 3),), {"axis": 0}, (3,)),
        ("sum", ((0,),), {}, ()),
        ("prod", ((0, 3),), {"axis": 0}, (3,)),
        ("cumsum", ((0,),), {"axis": 0}, (0,)),
        ("max", ((0, 3),), {"axis": 1}, (0,)),
        ("mean", ((0, 3),), {"axis": 1}, (0,)),
        ("var", ((0, 3),), {"axis": 1}, (0,)),
        ("norm", ((0, 3),), {"axis": 0}, (3,)),
        ("norm", ((0,),), {}, ()),
        ("softmax", ((0, 3),), {}, (0, 3)),
        ("log_softmax", ((0, 3),), {}, (0, 3)),
        ("logsumexp", ((0, 3),), {"axis": 1}, (0,)),
        ("logsumexp", ((0, 3),), {"axis": 0}, (3,)),
        ("matmul", ((0, 3), (3, 2)), {}, (0, 2)),
        ("matmul", ((2, 0), (0, 3)), {}, (2, 3)),
        ("dot", ((0,), (0,)), {}, ()),
        ("outer", ((0,), (3,)), {}, (0, 3)),
        ("tensordot", ((2, 0), (0, 3)), {"axes": 1}, (2, 3)),
        ("einsum", ("ij,jk", (2, 0), (0, 3)), {}, (2, 3)),
        ("reshape", ((0, 3), [3, 0]), {}, (3, 0)),
        ("transpose", ((0, 3),), {}, (3, 0)),
        ("broadcast_to", ((1, 3), [0, 3]), {}, (0, 3)),
        ("sum_to", ((0, 3), [1, 3]), {}, (1, 3)),
        ("getitem", ((3,), []), {}, (0,)),
        ("getitem", ((3, 2), slice(1, 1)), {}, (0, 2)),
        ("concatenate", ([(0, 3), (2, 3)],), {}, (2, 3)),
        ("stack", ([(0,), (0,)],), {}, (2, 0)),
        ("flip", ((0, 3),), {}, (0, 3)),
        ("repeat", ((0,), 3), {}, (0,)),
        ("repeat", ((2,), 0), {}, (0,)),
        ("tile", ((0,), 3), {}, (0,)),
        ("pad", ((0,), 2), {}, (4,)),
        ("where", (True, (0,), (0,)), {}, (0,)),
    ],
)
def test_empty_arrays(name: str, args: Any, kwargs: Any, shape: tuple[int, ...]) -> None:
    case = make(TABLE[name], s(*args, **kwargs))
    (y,) = many(case(*case.leaves))
    assert y.shape == shape
    for g, x in zip(gradients(case), case.leaves, strict=True):
        assert g.shape == x.shape
        assert np.isfinite(g).all()


# Calls on empty arrays, and the same of NumPy: the result, or the kind of error.
EMPTY = {
    "reductions": [
        lambda m, x: m.nansum(x, axis=0), lambda m, x: m.nanprod(x), lambda m, x: m.cumprod(x),
        lambda m, x: m.cumsum(x, axis=1), lambda m, x: m.sum(x, where=np.ones((0, 3), bool)),
        lambda m, x: m.max(x, initial=1.0), lambda m, x: m.nancumsum(x), lambda m, x: m.ptp(x, 1),
    ],
    "rearranging": [
        lambda m, x: m.take(x, [], axis=1), lambda m, x: m.delete(x, []), lambda m, x: m.rot90(x),
        lambda m, x: m.insert(x, 0, np.ones(3), axis=0), lambda m, x: m.append(x, x),
        lambda m, x: m.compress([], x, axis=0), lambda m, x: m.take_along_axis(x, np.zeros((0, 1), int), 1),
        lambda m, x: m.resize(x, (2, 2)), lambda m, x: m.rollaxis(x, 1),
    ],
    "joining": [
        lambda m, x: m.vstack([x, x]), lambda m, x: m.hstack([x, x]), lambda m, x: m.dstack([x, x]),
        lambda m, x: m.column_stack([x, x]), lambda m, x: m.block([[x], [x]]),
        lambda m, x: m.hsplit(x, 3)[0], lambda m, x: m.broadcast_arrays(x, np.ones(3))[0],
        lambda m, x: m.meshgrid(x[:, 0], np.ones(2))[0], lambda m, x: m.atleast_3d(x),
    ],
    "sampling": [
        lambda m, x: m.diff(x, axis=0, prepend=1.0, append=2.0), lambda m, x: m.ediff1d(x),
        lambda m, x: m.trapezoid(x, axis=1) if hasattr(m, "trapezoid") else m.trapz(x, axis=1),
        lambda m, x: m.interp(x[:, 0], [0.0, 1.0], [1.0, 2.0]), lambda m, x: m.polyval([1.0, 2.0], x),
        lambda m, x: m.linspace(x, 1.0, 3), lambda m, x: m.select([x > 0], [x]),
        lambda m, x: m.piecewise(x, [x > 0], [1.0]), lambda m, x: m.unwrap(x), lambda m, x: m.gradient(x),
        lambda m, x: m.convolve(x[:, 0], [1.0]), lambda m, x: m.diagonal(x), lambda m, x: m.triu(x),
    ],
}  # fmt: skip


@pytest.mark.parametrize("family", EMPTY)
def test_empty_arrays_give_what_they_give_in_numpy(family: str) -> None:
    data = np.zeros((0, 3))
    for i, call in enumerate(EMPTY[family]):
        x = ng.Variable(data)
        try:
            expected = np.asarray(call(np, data))
        except (ValueError, IndexError) as error:
            with pytest.raises(type(error)):
                call(ng, x)
            continue
        y = call(ng, x)
        assert y.shape == expected.shape, i
        np.testing.assert_array_equal(y.data, expected)
        y.sum().backward()
        assert x.grad is None or x.grad.shape == (0, 3)
