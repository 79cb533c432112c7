"""What NumPy does with a Variable: recorded, or an error with a sentence; never an object array."""

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.tiny import leaf

INTO_AN_ARRAY = (
    "{} was asked to write its result into an existing array (out={}): "
    "an array cannot remember the graph. Write y = {}."
)


def iadd(a, x):
    a += x


def imul(a, x):
    a *= x


IN_PLACE = {
    "a += x": (iadd, "np.add", "+"),
    "a *= x": (imul, "np.multiply", "*"),
    "np.add(a, x, out=a)": (lambda a, x: np.add(a, x, out=a), "np.add", "+"),
    "np.add(a, x, a)": (lambda a, x: np.add(a, x, a), "np.add", "+"),
    "np.exp(x, out=a)": (lambda a, x: np.exp(x, out=a), "np.exp", "np.exp(...)"),
    "np.sum(x, out=a)": (lambda a, x: np.sum(x, out=a), "np.sum", "np.sum(...)"),
    "np.concatenate": (
        lambda a, x: np.concatenate([x, x], out=a),
        "np.concatenate",
        "np.concatenate(...)",
    ),
    "ng.exp(x, out=a)": (lambda a, x: ng.exp(x, out=a), "ng.exp", "ng.exp(...)"),
    "ng.add(a, x, out=a)": (lambda a, x: ng.add(a, x, out=a), "ng.add", "ng.add(...)"),
    "ng.add(x, x, a)": (lambda a, x: ng.add(x, x, a), "ng.add", "ng.add(...)"),
    "np.subtract(x, x, a)": (lambda a, x: np.subtract(x, x, a), "np.subtract", "-"),
    "np.hypot(x, x, a)": (lambda a, x: np.hypot(x, x, a), "np.hypot", "np.hypot(...)"),
    "np.add.reduce(x, out=a)": (
        lambda a, x: np.add.reduce(x, out=a),
        "np.add.reduce",
        "np.add.reduce(...)",
    ),
    "np.fix(x, out=a)": (lambda a, x: np.fix(x, out=a), "np.fix", "np.fix(...)"),
    "x.sum(0, None, a)": (lambda a, x: x.sum(0, None, a), "x.sum", "x.sum(...)"),
    "ng.sum(x, out=a)": (lambda a, x: ng.sum(x, out=a), "ng.sum", "ng.sum(...)"),
    "np.sum(x, 0, None, a)": (lambda a, x: np.sum(x, 0, None, a), "np.sum", "np.sum(...)"),
    **{
        f"x.{name}(out=a)": (
            lambda a, x, name=name: getattr(x, name)(out=a),
            f"x.{name}",
            f"x.{name}(...)",
        )
        for name in ("sum", "mean", "max", "min", "prod", "var", "std", "cumsum", "round", "trace")
    },
    **{
        f"x.{name}{args}": (
            lambda a, x, name=name, args=args: getattr(x, name)(*args, a),
            f"x.{name}",
            f"x.{name}(...)",
        )
        for name, *args in (
            ("clip", 0, 1),
            ("cumsum", 0, None),
            ("cumprod", 0, None),
            ("round", 1),
            ("take", [0], 0),
            ("dot", 2.0),
            ("trace", 0, 0, 1, None),
        )
    },
    "x.clip(0, 1, out=a)": (lambda a, x: x.clip(0, 1, out=a), "x.clip", "x.clip(...)"),
    "np.spacing(x, out=a)": (lambda a, x: np.spacing(x, out=a), "np.spacing", "np.spacing(...)"),
}


@pytest.mark.parametrize("how", IN_PLACE)
def test_writing_into_an_array(how):
    write, name, instead = IN_PLACE[how]
    a = np.zeros(2)
    with pytest.raises(ng.InPlaceError) as caught:
        write(a, leaf([1.0, 2.0]))
    or_operator = f", or array {instead}= x" if len(instead) == 1 else ""
    if or_operator:
        instead = f"a {instead} x instead of a {instead}= x"
    assert str(caught.value) == INTO_AN_ARRAY.format(name, or_operator, instead)
    assert a.tolist() == [0.0, 0.0]


def test_named_arguments_beside_those_in_numpys_order():
    a = np.arange(6.0).reshape(2, 3)
    args, named = (0, None, None, True), {"initial": 2.0, "where": a > 1}
    assert leaf(a).sum(*args, **named).data.tolist() == a.sum(*args, **named).tolist()
    assert leaf(a).take([7], 0, None, "clip").data.tolist() == a[-1:].tolist()


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "prod", "var", "std"])
def test_arguments_of_a_reduction_in_numpys_order(name):
    a = np.arange(6.0).reshape(2, 3)
    order = {"max": (0, None, True), "min": (0, None, True)}
    args = order.get(name, (0, None, None, *([1] if name in ("var", "std") else []), True))
    y = getattr(leaf(a), name)(*args)
    np.testing.assert_allclose(y.data, getattr(a, name)(*args))
    assert y.shape == (1, 3)


def fill(a, x):
    a[:] = x


def put(a, x):
    a[0] = x


AS_ARRAY = {
    "np.asarray(x)": lambda a, x: np.asarray(x),
    "np.array(x)": lambda a, x: np.array(x),
    "np.array(x, float)": lambda a, x: np.array(x, dtype=float),
    "np.array([x, x])": lambda a, x: np.array([x, x]),
    "np.array([[x], [x]])": lambda a, x: np.array([[x], [x]]),
    "np.asarray([x, 1])": lambda a, x: np.asarray([x[0], 1]),
    "np.float64": lambda a, x: np.asarray(x, dtype=object),
    "a[:] = x": fill,
}


@pytest.mark.parametrize("how", AS_ARRAY)
@pytest.mark.parametrize("shape", [(2,), (2, 2)])
def test_becoming_a_plain_array(how, shape):
    a = np.zeros(shape)
    with pytest.raises(ng.UnsupportedFunctionError) as caught:
        AS_ARRAY[how](a, ng.Variable(np.ones(shape)))
    assert str(caught.value) == (
        "Converting a Variable to a plain array would silently cut it off from the graph. "
        "Use x.data for its array, or ng.array([...]) to make one Variable of several."
    )
    assert not a.any()


def test_an_iterator_over_the_elements():
    with pytest.raises(ng.NbgradError, match=r"cut it off.* for i in np\.ndindex\(x\.shape\)"):
        np.nditer(leaf([1.0, 2.0]))


def test_a_vector_for_one_element_of_an_array():
    a = np.zeros(2)
    with pytest.raises(ValueError, match="setting an array element with a sequence"):
        put(a, leaf([1.0, 2.0]))
    assert not a.any()


@pytest.mark.parametrize("call", [
    np.spacing, np.nextafter.accumulate, lambda x: np.nextafter.outer(x, x),
    lambda x: np.nextafter.reduceat(x, [0]), np.linalg.eig, np.fft.fft,
    np.frexp, np.roots, lambda x: np.add.at(np.zeros(2), [0], x),
    lambda x: np.gcd(x, x), lambda x: np.left_shift(1, x),
])  # fmt: skip
def test_unknown_functions_are_refused_by_name(call):
    with pytest.raises(
        ng.UnsupportedFunctionError, match=r"^nbgrad has no rule for np\.[\w.]+ on a Variable\."
    ):
        call(leaf([1.0, 2.0]))


def test_the_words_for_an_unknown_function():
    with pytest.raises(ng.UnsupportedFunctionError) as caught:
        np.linalg.eig(leaf([[1.0]]))
    words = str(caught.value)
    assert words.startswith("nbgrad has no rule for np.linalg.eig on a Variable.")
    assert words.endswith(
        "For a plain array without a gradient use x.data; "
        "for a rule of your own subclass ng.Function."
    )


def test_item_assignment():
    x = leaf([1.0, 2.0])
    with pytest.raises(ng.InPlaceError, match=r"x\[...\] = value would change data that the graph"):
        x[0] = 1.0
    assert x.data.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("left", [
    np.array([3.0, 4.0]), np.float64(3.0), np.float32(3.0), np.int64(3), 3, 3.0, np.array(3.0),
])  # fmt: skip
@pytest.mark.parametrize("op", ["add", "multiply", "subtract", "true_divide"])
def test_every_operand_on_the_left(left, op):
    x = leaf([1.0, 2.0])
    symbol = {"add": "+", "multiply": "*", "subtract": "-", "true_divide": "/"}[op]
    y = eval(f"left {symbol} x")
    assert type(y) is ng.Variable
    assert y.data.dtype == np.float64
    assert y.data.tolist() == getattr(np, op)(left, x.data).tolist()
    y.sum().backward()
    assert x.grad.shape == (2,)


def test_numpys_functions_are_recorded():
    x = leaf([1.0, 2.0])
    y = np.sum(np.multiply(np.square(x), np.array([1.0, 10.0])))
    assert type(y) is ng.Variable
    y.backward()
    assert x.grad.tolist() == [2.0, 40.0]


def test_comparisons_are_plain():
    x = leaf([1.0, 2.0])
    assert np.greater(x, 1.5).tolist() == [False, True]
    assert type(np.array([1.5, 1.5]) < x) is np.ndarray
    assert (np.array([1.5, 1.5]) < x).tolist() == [False, True]


def test_a_list_of_operands_is_refused_in_words():
    with pytest.raises(TypeError, match=r"add cannot take list \(\[1.0, 2.0\]\) as an operand"):
        leaf([1.0, 2.0]) + [1.0, 2.0]  # noqa: RUF005 - no list


@pytest.mark.parametrize(
    ("keyword", "value", "fix"),
    [
        (
            "where",
            np.array([True, False]),
            "Choose elements first: x[mask], or ng.where(mask, x, 0.0).",
        ),
        ("dtype", "i4", "Convert with x.astype(dtype)."),
        ("signature", "dd->d", "Leave signature out."),
    ],
)
@pytest.mark.parametrize("ufunc", [np.add, np.greater])
def test_keywords_of_ufuncs_are_refused_in_words(ufunc, keyword, value, fix):
    with pytest.raises(ng.UnsupportedFunctionError) as caught:
        ufunc(leaf([1.0, 2.0]), 1.0, **{keyword: value})
    assert str(caught.value) == (f"np.{ufunc.__name__} on a Variable takes no {keyword}. {fix}")


X = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: ng.reshape(x, newshape=6),
         "ng.reshape on a Variable takes no newshape (only order). Its name is shape."),
        (lambda x: ng.quantile(x, 0.5, interpolation="higher"),
         ("ng.quantile on a Variable takes no interpolation (only axis, method, keepdims and weights). "
         "Its name is method.")),
        (lambda x: ng.exp(x, where=X > 1),
         ("ng.exp on a Variable takes no where. "
         "Choose elements first: x[mask], or ng.where(mask, x, 0.0).")),
        (lambda x: ng.add(x, x, dtype=np.float32),
         "ng.add on a Variable takes no dtype. Convert with x.astype(dtype)."),
        (lambda x: x.sum(decimals=1),
         "x.sum on a Variable takes no decimals (only axis, keepdims, dtype, initial and where). Leave decimals out."),
        (lambda x: np.subtract.reduce(x, where=X > 1, initial=0.0),
         ("np.subtract.reduce on a Variable takes no where (only axis, dtype, keepdims and initial). "
         "Choose elements first: x[mask], or ng.where(mask, x, 0.0).")),
        (lambda x: np.pad(x, 1, mode="reflect", reflect_type="odd"),
         ("np.pad on a Variable takes no reflect_type (only mode, constant_values, end_values and stat_length). "
         "Make the margin yourself and join it with ng.concatenate([margin, x], axis).")),
    ],
)  # fmt: skip
def test_keywords_of_functions_are_refused_in_words(call, words):
    with pytest.raises(ng.UnsupportedFunctionError) as caught:
        call(ng.Variable(X))
    assert str(caught.value) == words


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.sum(x, 0, None),
        lambda x: np.sum(x, 0, np.float32),
        lambda x: np.sum(x, 1, where=X > 1, initial=2.0),
        lambda x: np.prod(x, axis=0, where=X > 1, initial=3.0),
        lambda x: np.mean(x, where=X > 1),
        lambda x: np.var(x, axis=1, where=X != 1, ddof=1),
        lambda x: np.std(x, where=X > 1, keepdims=True),
        lambda x: np.max(x, 0, where=X > 3, initial=-1.0),
        lambda x: np.min(x, initial=-9.0),
        lambda x: np.max(x[:0], initial=-9.0),
        lambda x: np.add.reduce(x, dtype="f4", initial=1.0, where=X > 1),
        lambda x: np.cumsum(x, dtype="f4"),
        lambda x: np.median(x, axis=0, overwrite_input=False),
        lambda x: np.sort(x, axis=0, kind="stable"),
        lambda x: np.quantile(x, 0.3, 1, None, False, "lower", True),
        lambda x: np.average(x, 0, np.ones(2)),
        lambda x: np.round(x / 3, 1),
        lambda x: np.multiply.outer(x, [1.0, 2.0]),
        lambda x: np.subtract.outer(np.ones(2), x),
        lambda x: np.sum(x, 0, None, None, True),
        lambda x: np.sum(a=x, axis=1),
        lambda x: np.max(x, 0, None, True),
        lambda x: np.std(x, 0, None, None, 1),
        lambda x: np.clip(x, 1.0, 2.0, None),
        lambda x: np.expand_dims(a=x, axis=0),
        lambda x: np.add(x, x, dtype=None, where=True),
        lambda x: np.mean(x, 0, None, None, keepdims=True),
    ],
)
def test_arguments_mean_what_they_mean_in_numpy(call):
    np.testing.assert_array_equal(call(ng.Variable(X)).data, call(X))
