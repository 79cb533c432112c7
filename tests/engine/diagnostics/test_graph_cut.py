"""A number that leaves a recorded graph without saying so is named, and one that says so is not."""

import array
import cmath
import functools
import json
import math
import operator
import statistics
import struct
import warnings

import numpy as np
import pytest

import nbgrad as ng

x = ng.Variable(np.array(2.0), "x")
n = ng.Variable(np.array(2), "n")
v = ng.Variable(np.array([1.0, 2.0]))
out = np.zeros(3)
items = [1, 2, 3, 4]
constant = ng.Variable(np.array(1.0), requires_grad=False)


def store():
    out[0] = x


def store_a_sum():
    out[1] = x + float(2)


def store_in_a_line():
    kept = np.zeros(2, float); kept[0] = x if isinstance(x, float) else x * 2.0  # fmt: skip # noqa: E702


def iterate():
    return [t for t in map(math.exp, [x, x])]  # noqa: C416


def in_a_handler():
    try:
        raise ValueError
    except ValueError:
        return math.sqrt(x)


def in_a_with():
    with np.errstate(all="ignore"):
        return [math.log(x * i) for i in (1.0, 2.0)]


class Holder:
    def method(self):
        return math.tan(x)


CUTS = {
    "math.exp(x) .* Write ng.exp(x).": lambda: math.exp(x),
    "math.hypot(…) .* Write ng.hypot(…).": lambda: math.hypot(x, 1.0),
    "math.exp(…)": lambda: math.exp(x if x.data > 0 else v[0]),
    "math.sin(x)": lambda: math.exp(math.sin(x)),
    "math.asin(…) .* Write ng.arcsin(…).": lambda: math.asin(x / 4.0),
    "math.exp(…) takes": lambda: math.exp(*[x]),
    "math.fsum(…) .* Write ng.sum(…).": lambda: math.fsum([x, x]),
    "math.floor(x)": lambda: math.floor(x),
    "math.pow(…)": lambda: math.pow(x, 2),
    "math.sqrt(x)": in_a_handler,
    "math.log(…)": in_a_with,
    "math.tan(x)": Holder().method,
    "math.exp(x) takes": lambda: float(x) + math.exp(x),
    "math.factorial(n)": lambda: math.factorial(n),
    "cmath.exp(x)": lambda: cmath.exp(x),
    "e(x)": lambda e=math.exp: e(x),
    "a[...] = x .* ng.stack": store,
    "out.fill(x) .* ng.broadcast_to": lambda: out.fill(x),
    "np.float64(x) .* Write x.astype(np.float64).": lambda: np.float64(x),
    "np.fromiter(…) .* ng.stack": lambda: np.fromiter([x, x], float),
    "array.array(…)": lambda: array.array("d", [x]),
    "struct.pack(…)": lambda: struct.pack("d", x),
    "operator.index(n)": lambda: operator.index(n),
    "operator.setitem(…)": lambda: operator.setitem(out, 0, x),
    "statistics.fmean(…)": lambda: statistics.fmean([x, x]),
    "sum(…)": lambda: sum(map(math.exp, [x])),
    "functools.partial": lambda: functools.partial(math.exp)(x),
    "this line": iterate,
}


BESIDE_A_NUMBER = {
    "a[...] = x": store_a_sum,
    "(test_graph_cut.py, line 35)": store_in_a_line,
    "math.cos": lambda: math.cos(x + float(3)),
    "math.sin": lambda: math.sin(x * np.ones(2, float)[0]),
    "math.tan": lambda: math.tan(x.astype(float) if isinstance(x, (int, float)) else x * 2.0),
    "np.fromiter": lambda: np.fromiter(map(math.exp, [x, x]), dtype=float),
}


def unrecorded():
    with ng.no_grad():
        out[0] = x
        return math.exp(x), np.asarray(v), np.fromiter([x], float)


MEANT = {
    "float": lambda: float(x),
    "float of a choice": lambda: float(x if x.data > 0 else v[0]),
    "floats": lambda: float(v[0]) * float(v[1]),
    "int": lambda: int(x * 2.0) + int(x),
    "complex": lambda: complex(x),
    "item": x.item,
    "data": lambda: math.exp(x.data),
    "tolist": v.tolist,
    "%": lambda: "%.2f" % x,  # noqa: UP031
    "% of several": lambda: "%.2f %d" % (x, x),  # noqa: UP031
    "f": lambda: f"{x:.2f}",
    "format": lambda: "{:.2f} {}".format(x, x) + format(x, ".2f"),  # noqa: UP032
    "map": lambda: list(map(float, [x, x])),
    "map, iterated": lambda: [t for t in map(float, [x, x])],  # noqa: C416
    "map for NumPy": lambda: np.fromiter(map(float, [x, x]), float),
    "generator": lambda: math.fsum(float(t) for t in [x, x]),
    "key": lambda: sorted([x, x], key=float),
    "json": lambda: json.dumps({"loss": x}, default=float),
    "predicate": lambda: math.isnan(x) or math.isinf(x),
    "comparison": lambda: max(x, 1.0) if x > 0 else bool(x),
    "index": lambda: (items[n], items[n:], list(range(n)), np.zeros(n)),
    "argmax": lambda: items[v.argmax()],
    "constant": lambda: math.exp(constant * 2.0),
    "of plain arrays": lambda: math.exp(ng.logsumexp(np.ones(2)) * 2.0),
    "asarray of plain arrays": lambda: np.asarray(ng.exp(np.ones(2)) + constant),
    "no_grad": unrecorded,
}


def warned(function, times=3):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(times):
            function()
    return caught


def test_a_cut_is_named_once_per_line():
    for words, function in CUTS.items():
        caught = warned(function)
        assert len(caught) == 1, words
        (warning,) = caught
        assert warning.category is ng.GraphCutWarning
        text = str(warning.message)
        for part in words.split(" .* "):
            assert part in text, (words, text)
        name = "n" if "n)" in words and "(n)" in words else "x"
        assert f"graph of {name}" in text or words in ("math.exp(…)", "math.asin(…) .* Write ng.arcsin(…).", "math.log(…)", "sum(…)")  # fmt: skip
        assert f"({__file__.rpartition('/')[2]}, line {warning.lineno})" in text
        assert warning.filename == __file__
        assert "say so: float(" in text
    print(len(CUTS), "cuts")


def test_a_number_beside_it_does_not_hide_a_cut():
    for words, function in BESIDE_A_NUMBER.items():
        (warning,) = warned(function)
        assert words in str(warning.message)
    print(len(BESIDE_A_NUMBER), "cuts")


def test_what_says_so_is_silent():
    for name, function in MEANT.items():
        assert warned(function) == [], name
    print(len(MEANT), "ways to say so")


def test_two_lines_are_two_warnings_and_an_error_is_one_each_time():
    def twice():
        math.exp(x)
        math.exp(x)

    assert len(warned(twice)) == 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):
            with pytest.raises(ng.GraphCutWarning):
                twice()


def test_code_that_was_compiled_again_warns_again():
    source = compile("math.exp(x)", "cell", "eval"), compile("math.exp(x)", "cell", "eval")
    assert len(warned(lambda: [eval(code, globals()) for code in source])) == 2


def to_array(y):
    return np.asarray(y).sum() * y.sum()


def to_list(y):
    filled = np.zeros(2)
    for i in range(2):
        filled[i] = y[i] ** 2
    return filled.sum() * ng.sum(y)


INSIDE = {
    "math.exp": lambda y: math.exp(y[0]) * y[0],
    "np.float64": lambda y: np.float64(y[0]) * y[0],
    "np.fromiter": lambda y: np.fromiter([y[0]], float).sum() * y[0],
    "fill": lambda y: (out.fill(y[0]), out.sum() * y[0])[1],
    "struct.pack": lambda y: struct.pack("d", y[0]) and y[0],
    "np.asarray": to_array,
    "out[i] = …": to_list,
}


@pytest.mark.parametrize("name", INSIDE)
def test_inside_a_derivative_it_is_an_error(name):
    f, a = INSIDE[name], np.array([1.0, 2.0])
    for derivative in (
        lambda: ng.grad(f)(a),
        lambda: ng.value_and_grad(f)(a),
        lambda: ng.jacobian(f)(a),
        lambda: ng.hessian(f)(a),
        lambda: ng.hvp(f)(a, a),
        lambda: ng.jvp(f, (a,), (a,)),
        lambda: ng.grad(f)(ng.Variable(a)),
    ):
        with pytest.raises(ng.GraphCutError) as caught:
            derivative()
        assert isinstance(caught.value, TypeError)
        assert ng.Config.enable_backprop


def test_inside_a_derivative_what_says_so_is_a_constant():
    def f(y):
        with ng.no_grad():
            scale = math.exp(y)
        return (scale + float(y) + y.item()) * y

    np.testing.assert_allclose(ng.grad(f)(2.0), math.exp(2.0) + 4.0)


def test_results_of_plain_arrays_are_arrays_for_scipy():
    optimize = pytest.importorskip("scipy.optimize")

    def f(w):
        return ng.logsumexp(w) + ng.sum(w * w)

    for found in (
        optimize.minimize(f, np.array([3.0, 1.0]), jac=ng.grad(f)),
        optimize.minimize(ng.value_and_grad(f), np.array([3.0, 1.0]), jac=True),
    ):
        np.testing.assert_allclose(found.x, [-0.25, -0.25], atol=1e-6)


def test_array_of_a_constant():
    y = ng.exp(np.ones(2, np.float32))
    assert np.asarray(y).dtype == np.float32
    assert np.asarray(y, float).dtype == np.float64
    assert np.array(y) is not y.data
    for z in (v, v * 2.0, x):
        with pytest.raises(ng.UnsupportedFunctionError, match="cut it off"):
            np.asarray(z)
        assert z.to_numpy() is z.data


def test_a_function_of_math_on_an_array_is_told_what_to_write():
    for call, words in [
        (lambda: math.exp(v), r"^math\.exp\(\) needs one element, but v has shape \(2,\): write ng\.exp\(v\), use"),
        (lambda: math.asin(v), r"write ng\.arcsin\(v\), use x\.data"),
        (lambda: float(v), r"^float\(\) needs one element, but v has shape \(2,\): use x\.data"),
        (v.item, r"^item\(\) needs one element, but v has shape \(2,\): use x\.data"),
    ]:  # fmt: skip
        with pytest.raises(ValueError, match=words):
            call()


@pytest.mark.parametrize("kind", [int, np.int64, np.uint8, bool, "int32"])
def test_an_array_of_whole_numbers_cuts_no_graph(kind):
    """What is rounded is a step function of x, as ``x.astype(int)`` is."""

    def f(x):
        index = np.asarray(x, kind)
        assert type(index) is np.ndarray
        return (x * index).sum()

    x = np.array([1.5, 2.5])
    np.testing.assert_array_equal(ng.grad(f)(x), x.astype(kind))
    assert np.int64(ng.Variable(x)).tolist() == [1, 2]


def test_whole_numbers_that_nobody_asks_for_are_a_cut():
    x, whole = ng.Variable(np.array([1.5, 2.5])), np.zeros(2, int)
    with pytest.raises(TypeError, match="cut it off"):
        whole[:] = x
    with pytest.raises(TypeError, match="cut it off"):
        np.asarray(ng.Variable(np.array([1, 2])), int)  # it has a gradient of floats
    with pytest.raises(TypeError, match="cut it off"):
        np.asarray(x, np.float32)
