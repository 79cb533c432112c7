"""NumPy's warnings name the line that called nbgrad, whoever listens: also in a plain script."""

from __future__ import annotations

import io
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import CASES, Case, many, weighted

LAPACK = ("eigh", "eigvalsh", "svd", "svdvals", "pinv", "lstsq", "cond", "matrix_norm", "qr")
"""At infinite values LAPACK writes to the standard output."""
EXTREMES = (0.0, -1.0, np.inf, 1e308, 1e-320)


def run(case: Case, leaves: list[Any], create_graph: bool) -> None:
    xs = [ng.Variable(x) for x in leaves]
    try:
        outputs = many(case(*xs))
        weighted(outputs, [np.ones(y.shape) for y in outputs]).backward(create_graph=create_graph)
    except (ValueError, ArithmeticError, np.linalg.LinAlgError):
        return  # what a value cannot be is said in an error


def test_no_warning_of_an_operation_names_a_line_of_a_library() -> None:
    """Every row at extreme values, forward, backward and recorded; of NumPy's lines neither."""
    cases, wrong = 0, set()
    libraries = str(Path(ng.__file__).parent), str(Path(np.__file__).parent)
    for param in CASES:
        case: Case = param.values[0]
        for number in EXTREMES[:2] if case.row.name in LAPACK else EXTREMES:
            leaves = [np.full(x.shape, number) for x in case.leaves]
            for create_graph in (False, True):
                cases += 1
                with warnings.catch_warnings(record=True) as found:
                    warnings.simplefilter("always")
                    run(case, leaves, create_graph)
                wrong |= {
                    f"{param.id}: {w.filename}:{w.lineno}: {w.message}"
                    for w in found
                    if w.filename.startswith(libraries)
                }
    print(f"{cases} cases")
    assert not wrong, "\n".join(sorted(wrong))


def v(value: Any) -> ng.Variable:
    return ng.Variable(np.array(value, float))


def twice(x: ng.Variable) -> Any:
    return x * 1.0 + x * 1.0 + x * 1.0


def opposite(x: ng.Variable) -> Any:
    return x * 1e9 + x * 1.0 - x * 1e9


BIG = v([[1e200] * 2] * 2)
NUMPY_2_3: tuple[tuple[str, Callable[[], Any]], ...] = (
    ("overflow encountered in dot", lambda: np.tensordot(v([1e200]), v([1e200]), 1)),
    ("overflow encountered in matmul", lambda: np.einsum("ij,jk", BIG, BIG, optimize=True)),
    ("overflow encountered in scalar subtract", lambda: np.quantile(v([1e308, -1e308]), 0.3)),
    ("overflow encountered in matmul", lambda: ng.compile(lambda x: np.einsum("ij,jk", x, x, optimize=True))(BIG)),
)  # fmt: skip
"""Of these NumPy itself says nothing, or something else, before 2.3."""
LINES: tuple[tuple[str, Callable[[], Any]], ...] = (
    ("divide by zero encountered in log", lambda: ng.log(v(0))),
    ("divide by zero encountered in log", lambda: np.log(v([0, 1]))),
    ("divide by zero encountered in divide", lambda: 1 / v([0])),
    ("overflow encountered in scalar multiply", lambda: v(1e300) * 1e300),
    ("overflow encountered in exp", lambda: v([1000]).exp()),
    ("overflow encountered in matmul", lambda: v([1e200]) @ v([1e200])),
    ("overflow encountered in reduce", lambda: ng.mean(v([1e308, 1e308]))),
    ("overflow encountered in scalar multiply", lambda: ng.var(v([1e200, -1e200]))),
    ("overflow encountered in det", lambda: ng.det(v(np.eye(3) * 1e200))),
    ("overflow encountered in accumulate", lambda: np.cumsum(v([1e308, 1e308]))),
    ("overflow encountered in multiply", lambda: np.round(v([1e308]), 3)),
    ("overflow encountered in add", lambda: twice(v([1.0, 1.0])).backward(np.full(2, 1e308))),
    ("overflow encountered in add", lambda: twice(v(np.ones(20_000))).backward(np.full(20_000, 1e308))),
    ("overflow encountered in scalar add", lambda: twice(v(1.0)).backward(1e308)),
    ("invalid value encountered in add", lambda: opposite(v([1.0, 1.0])).backward(np.full(2, 1e308))),
    ("overflow encountered in cast", lambda: ng.astype(v([1]).astype(np.float32), float).backward(np.array([1e300]))),
    ("Mean of empty slice", lambda: ng.nanmean(v([np.nan]))),
    ("Mean of empty slice", lambda: ng.mean(v([]))),
    ("divide by zero encountered in divide", lambda: ng.sqrt(v([0])).backward()),
    ("overflow encountered in multiply", lambda: (v([1]) * 1e200).backward(np.array([1e200]))),
    ("overflow encountered in multiply", lambda: (v(np.ones(20_000)) * 1e200 + 0).backward(np.full(20_000, 1e200))),
    ("divide by zero encountered in log", lambda: ng.compile(ng.log)(v([0]))),
    ("divide by zero encountered in divide", lambda: ng.log(v([0])).creator.backward(np.ones(1))),
    ("divide by zero encountered in divide", lambda: ng.grad(lambda x: ng.log(x).sum())(np.zeros(1))),
)  # fmt: skip


@pytest.mark.parametrize(
    ("message", "f"), LINES + NUMPY_2_3 * (np.lib.NumpyVersion(np.__version__) >= "2.3.0")
)
def test_the_line_that_called(message: str, f: Callable[[], Any]) -> None:
    with pytest.warns(RuntimeWarning) as found:
        f()
    assert (message, __file__) in [(str(w.message).rstrip("."), w.filename) for w in found]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning):
            f()


def test_what_the_user_has_set_is_kept() -> None:
    told: list[Any] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with np.errstate(divide="call", over="ignore", call=lambda *what: told.append(what)):
            assert ng.log(v([0])).data == -np.inf
            assert ng.exp(v([1000])).data == np.inf
    assert [what[0] for what in told] == ["divide by zero"]
    log = io.StringIO()
    with np.errstate(divide="log", over="warn", call=log):
        with pytest.warns(RuntimeWarning, match="overflow encountered in exp"):
            ng.exp(v([1000]))
        ng.log(v([0]))
    assert log.getvalue() == "Warning: divide by zero encountered in log\n"
    names = vars(sys.modules["nbgrad.ops.exponential"])
    names["__warningregistry__"].clear()  # as test suites do with every module
    with pytest.warns(RuntimeWarning) as found:
        ng.log(v([0]))
    assert found[0].filename == __file__
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        ng.log(v([0]))


def test_a_training_loop_warns_once_for_each_line(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        "import numpy as np, nbgrad as ng\n"
        "x = ng.Variable(np.zeros(2))\n"
        "for _ in range(3):\n"
        "    y = ng.log(x)\n"
        "    z = ng.log(x)\n"
    )
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    lines = [line for line in ran.stderr.splitlines() if "RuntimeWarning" in line]
    assert lines == [
        f"{script}:{n}: RuntimeWarning: divide by zero encountered in log" for n in (4, 5)
    ]


def test_a_number_that_overflows_its_dtype_warns_at_the_users_line() -> None:
    warned = 0
    for dtype, number in ((np.float32, 1e300), (np.float16, 70000)):
        x = ng.Variable(np.ones(3, dtype))
        for function in (
            lambda x, n: x * n,
            lambda x, n: n / x,
            lambda x, n: x[0] - n,
            lambda x, n: x**n,
            np.maximum,
            lambda x, n: x < n,
            lambda x, n: np.pad(x, 1, constant_values=n),
            lambda x, n: np.nan_to_num(x - np.inf, nan=n, neginf=-n),
            lambda x, n: (x * 1).sum().backward(n, create_graph=True),
        ):
            with warnings.catch_warnings(record=True) as found:
                warnings.simplefilter("always")
                function(x, number)
            assert {w.filename for w in found} <= {__file__}  # NumPy 1 does not warn of each
            warned += len(found)
            assert all("overflow" in str(w.message) for w in found)
    assert warned >= 12
