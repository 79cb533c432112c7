"""Variable: what it holds, what it refuses and in which words."""

import decimal
import fractions
import math
import operator

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.tiny import Square, leaf

OTHER_TYPES = [
    (1.5, "<class 'float'>", "float"),
    (2, "<class 'int'>", "int"),
    (True, "<class 'bool'>", "bool"),
    ([1.0], "<class 'list'>", "list"),
    ((1.0,), "<class 'tuple'>", "tuple"),
    ("a", "<class 'str'>", "str"),
    (1j, "<class 'complex'>", "complex"),
    ({}, "<class 'dict'>", "dict"),
    (np.float64(1.0), "<class 'numpy.float64'>", "numpy.float64"),
    (np.int8(1), "<class 'numpy.int8'>", "numpy.int8"),
    (decimal.Decimal(1), "<class 'decimal.Decimal'>", "decimal.Decimal"),
    (fractions.Fraction(1), "<class 'fractions.Fraction'>", "fractions.Fraction"),
]


@pytest.mark.parametrize(("data", "kind", "name"), OTHER_TYPES, ids=[k for *_, k in OTHER_TYPES])
def test_other_types_are_refused(data, kind, name):
    with pytest.raises(ng.DataTypeError) as caught:
        ng.Variable(data)
    assert str(caught.value) == (
        f"{kind} is not supported as a Variable's data: it must be an ndarray, "
        f"not {name}. Convert it with np.array(...) or ng.as_variable(...)."
    )


ONLY = "only real floating and integer arrays can be differentiated"
OTHER_DTYPES = [
    (np.array([True]), "bool", "convert it with array.astype(float)"),
    (np.array([1j]), "complex128", "keep the real and the imaginary part in two Variables"),
    (
        np.array([None]),
        "object",
        "convert it to numbers first, for example np.array(..., dtype=float)",
    ),
    (
        np.array(["a"]),
        "<U1",
        "convert it to numbers first, for example np.array(..., dtype=float)",
    ),
    (
        np.array(["2020-01-01"], "M8[D]"),
        "datetime64[D]",
        "convert it to numbers first, for example np.array(..., dtype=float)",
    ),
    (
        np.zeros(1, [("a", float)]),
        "[('a', '<f8')]",
        "convert it to numbers first, for example np.array(..., dtype=float)",
    ),
]


@pytest.mark.parametrize(
    ("data", "dtype", "advice"), OTHER_DTYPES, ids=[d for _, d, _ in OTHER_DTYPES]
)
def test_other_dtypes_are_refused(data, dtype, advice):
    with pytest.raises(ng.DataTypeError) as caught:
        ng.Variable(data)
    assert (
        str(caught.value) == f"A Variable cannot hold an array of dtype {dtype}: {ONLY}; {advice}."
    )


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.parametrize("make", [np.matrix, np.ma.array])
def test_arrays_with_rules_of_their_own_are_refused(make):
    data = make([[1.0, 2.0]])
    for compare in (np.greater, np.equal):
        with pytest.raises(
            ng.OperandError, match=f"{compare.__name__} cannot take a {type(data).__name__}"
        ):
            compare(leaf(1.0, 2.0), data)
    with pytest.raises(ng.DataTypeError) as caught:
        ng.Variable(data)
    assert str(caught.value) == (
        f"A Variable cannot hold a {type(data).__name__}: it computes by rules of its own, which "
        "the gradients would not follow. Make it an ordinary array with np.asarray(...)"
        + (", or masked.filled(value)." if make is np.ma.array else ".")
    )


class OwnProduct(np.ndarray):
    """An array that multiplies as no array does."""

    def __mul__(self, other):
        return self @ other


class Tagged(np.ndarray):
    """An array with NumPy's own rules."""


def test_an_array_that_multiplies_by_a_rule_of_its_own_is_refused_everywhere():
    x, own = leaf(1.0, 2.0), np.ones(2).view(OwnProduct)
    calls = [
        lambda: ng.Variable(own), lambda: x * own, lambda: x > own, lambda: np.less(own, x),
        lambda: own == x,
        lambda: (x * 1).backward(np.ones(2).view(OwnProduct)), lambda: setattr(x, "grad", own), lambda: x[own],
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(
            (TypeError, IndexError), match=r"an? OwnProduct: it computes by rules of"
        ):
            call()


def test_other_subclasses_are_arrays_of_the_same_memory(tmp_path):
    data = np.memmap(tmp_path / "data", np.float64, "w+", shape=(2,))
    data[:] = [1.0, 2.0]
    for array in (data, data.view(Tagged)):
        x = ng.Variable(array)
        y = (x * array + array).sum() + (x[array > 1] * x).sum()
        y.backward(np.ones(()).view(Tagged))
        assert x.grad.tolist() == [3.0, 7.0]
        assert np.shares_memory(x.data, data)
        for result in (x.data, x.grad, y.data, x > array, (x * 2).data):
            assert type(result) is np.ndarray


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "g", "i1", "i8", "u1", "u8", ">f8"])
def test_real_dtypes_are_kept(dtype):
    data = np.array([1, 2], dtype)
    x = ng.Variable(data)
    assert x.data is data
    assert x.dtype == data.dtype


def test_setting_data_checks_too():
    x = leaf(1.0)
    with pytest.raises(ng.DataTypeError):
        x.data = 2.0
    with pytest.raises(ng.DataTypeError):
        x.data = np.array([True])
    x.data = np.array([1, 2])
    assert x.shape == (2,)
    x.data = None
    assert repr(x) == "variable(None)"


def test_a_0d_step_of_gradient_descent():
    x = leaf(3.0)
    Square()(x).backward()
    x.data = x.data - 0.5 * x.grad  # NumPy makes a scalar of it
    assert repr(x) == "variable(0.0)"
    x.data -= np.array(1.0)
    assert type(x.data) is np.ndarray


REPRS = [
    (np.array(7.0), "variable(7.0)"),
    (np.array(7), "variable(7)"),
    (np.array([1, 2, 3]), "variable([1 2 3])"),
    (np.array([[1, 2], [3, 4]]), "variable([[1 2]\n          [3 4]])"),
    (np.array([[[1]], [[2]]]), "variable([[[1]]\n         \n          [[2]]])"),
    (np.array([]), "variable([])"),
    (np.array(np.nan), "variable(nan)"),
    (None, "variable(None)"),
]


@pytest.mark.parametrize(("data", "text"), REPRS, ids=[t for _, t in REPRS])
def test_repr_is_the_seeds(data, text):
    assert repr(ng.Variable(data)) == text
    assert str(ng.Variable(data)) == text


def test_properties():
    x = ng.Variable(np.zeros((2, 3), np.float32), name="x")
    assert (x.shape, x.ndim, x.size, x.dtype, len(x)) == ((2, 3), 2, 6, np.float32, 2)
    assert (x.name, x.generation, x.grad, x.creator, x.requires_grad) == ("x", 0, None, None, True)


def test_0d_has_no_length():
    with pytest.raises(TypeError, match="0-d Variable"):
        len(leaf(1.0))
    with pytest.raises(TypeError, match="0-d Variable"):
        iter(leaf(1.0))


def test_iteration_gives_recorded_variables():
    x = leaf([1.0, 2.0])
    first, second = x
    second.backward()
    assert float(first) == 1.0
    assert x.grad.tolist() == [0.0, 1.0]


def test_numbers():
    x = leaf(2.5)
    assert (float(x), int(x), x.item(), bool(x)) == (2.5, 2, 2.5, True)
    assert f"{x:.3f}" == "2.500"
    assert f"{x}" == "variable(2.5)"
    assert type(leaf(2, dtype=int).item()) is int
    assert ["a", "b", "c"][leaf(2, dtype=int)] == "c"
    assert float(leaf([[4.0]])) == 4.0


def test_one_element_by_its_place():
    m = leaf([[1.0, 2.0], [3.0, 4.0]])
    assert [m.item(2), m.item(-1), m.item(0, 1), m.item((1, 0))] == [3.0, 4.0, 2.0, 3.0]
    with pytest.raises(IndexError, match="index 4 is out of bounds"):
        m.item(4)


def test_numbers_that_are_none():
    with pytest.raises(
        ValueError, match=r"item\(\) needs one element, but this variable has shape \(2,\)"
    ):
        leaf([1.0, 2.0]).item()
    with pytest.raises(TypeError, match="dtype float64 cannot be an index"):
        ["a"][leaf(0.0)]
    with pytest.raises(ValueError, match=r"truth value of a Variable of shape \(0,\)"):
        bool(leaf([]))


def test_further_conversions_and_membership():
    x, m = leaf(2.5), leaf([[1.0, 2.0], [3.0, 4.0]])
    assert (complex(x), bytes(x)) == (2.5 + 0j, x.data.tobytes())
    with ng.no_grad():
        assert math.trunc(x) == 2
    assert (2.5 in x, 1 in x, 3 in m, leaf(3.0) in m, 9 in m, "a" in m, None in m, m in m) == (
        True, False, True, True, False, False, False, True,
    )  # fmt: skip


REFUSED = [
    ("pow(x, 2, 3)", "OperandError", ("pow(x, 2, 3): a Variable has no power with a modulus. "
     "Write (x ** 2) % 3.")),
    ("x.__rpow__(2, 3)", "OperandError", ("pow(2, x, 3): a Variable has no power with a modulus. "
     "Write (2 ** x) % 3.")),
    ("round(x, 1.5)", "OperandError", "round: decimals is an integer, not 1.5."),
    ("round(x, '')", "OperandError", "round: decimals is an integer, not ''."),
    ("complex(x)", "ShapeError", ("complex() needs one element, but x has shape (2,): use x.data for "
     "the array, or x.sum(), x.mean(), x[0] for one of it.")),
    ("x == np.ones(3)", "ShapeError", ("equal(x (2,) float64, array (3,) float64): operands could not "
     "be broadcast together with shapes (2,) (3,). Shapes are compared from the right, and 1 fits "
     "any length.")),
    ("np.ones(3) in x", "ShapeError", None),
    ("operator.delitem(x, 0)", "InPlaceError", ("del x[...] would change data that the graph depends "
     "on. Write y = np.delete(x, index), which leaves x as it is.")),
    ("setattr(x, 'shape', (2, 1))", "InPlaceError", ("x.shape = … would change x in place: write "
     "y = x.reshape(shape).")),
    ("setattr(x, 'dtype', int)", "InPlaceError", ("x.dtype = … would change x in place: write "
     "y = x.astype(dtype).")),
    ("setattr(x, 'T', 1)", "InPlaceError", ("x.T = … would change x in place: the transpose is another "
     "Variable, y = x.T.")),
    ("setattr(x, 'creator', 3)", "OperandError", "The creator of a Variable is a Function, not int."),
]  # fmt: skip


def test_a_gradient_that_is_deleted_is_none():
    x = leaf(2.0)
    x.grad = 1.0
    del x.grad
    assert x.grad is None


def test_what_python_asks_for_in_vain():
    for code, error, text in REFUSED:
        x = ng.Variable(np.array([1.0, 2.0]), name="x")
        with pytest.raises(getattr(ng, error)) as caught:
            eval(code, {"np": np, "operator": operator, "x": x})
        assert text in (None, str(caught.value)), code
        assert (x.data.tolist(), x.grad, x.creator) == ([1.0, 2.0], None, None)


def test_identity_hash_and_elementwise_equality():
    x, y = leaf([1.0, 2.0]), leaf([1.0, 3.0])
    assert hash(x) != hash(y)
    assert len({x, y, x}) == 2
    assert {x: 1}[x] == 1
    assert (x == y).tolist() == [True, False]
    assert (x != y).tolist() == [False, True]
    assert (x < 2).tolist() == [True, False]
    assert type(x == y) is np.ndarray
    assert (x == None) is False  # noqa: E711
    assert x not in ["a", None]


def test_grad_setter():
    x = leaf([1.0, 2.0])
    x.grad = np.array([3.0, 4.0])
    assert x.grad.tolist() == [3.0, 4.0]
    x.grad = None
    assert x.grad is None
    for number in (2.0, 3, np.float32(4)):
        x.grad = number
        assert type(x.grad) is np.ndarray
    x.grad = y = leaf([5.0, 6.0])
    assert x.grad is y


@pytest.mark.parametrize(("grad", "words"), [
    ([1.0], "A gradient is an ndarray of the variable's shape, not list; convert it with np.array(...)."),
    ("a", "A gradient is an ndarray of the variable's shape, not str; convert it with np.array(...)."),
    (np.array([True]), (f"A gradient cannot hold an array of dtype bool: {ONLY}; "
                       "convert it with array.astype(float).")),
])  # fmt: skip
def test_grad_setter_refuses(grad, words):
    x = leaf([1.0, 2.0])
    with pytest.raises(TypeError) as caught:
        x.grad = grad
    assert str(caught.value) == words
    assert x.grad is None


def test_a_0d_gradient_is_one_array_that_can_be_changed():
    x = leaf(3.0)
    Square()(x).backward()
    assert x.grad is x.grad
    x.grad *= 2
    x.grad[...] += 1
    assert x.grad == 13.0


def test_a_0d_result_is_one_array():
    y = leaf(3.0) * leaf(2.0)
    assert type(y.data) is np.ndarray
    assert y.data is y.data


def test_as_variable():
    x = leaf(1.0)
    assert ng.as_variable(x) is x
    array = np.array([1.0])
    assert ng.as_variable(array).data is array
    assert repr(ng.as_variable([[1, 2]])) == "variable([[1 2]])"
    assert repr(ng.as_variable(2)) == "variable(2)"
    assert ng.as_variable(np.float32(2)).dtype == np.float32


@pytest.mark.parametrize("obj", ["a", None, [[1], [1, 2]], object(), {"a": 1}, [None], b"1", True])
def test_as_variable_refuses(obj):
    with pytest.raises(ng.DataTypeError):
        ng.as_variable(obj)


def test_constants_get_no_gradient():
    c = ng.Variable(np.array(3.0), requires_grad=False)
    x = leaf(2.0)
    y = c * x
    y.backward()
    assert x.grad == 3.0
    assert c.grad is None
    assert not c.requires_grad
    with pytest.raises(ng.NoGraphError, match="a constant"):
        c.backward()


class Parameter(ng.Variable):
    """A subclass with state of its own."""

    def __init__(self, data, name=None, decay=0.5):
        super().__init__(data, name)
        self.decay = decay


def test_a_subclass_is_a_leaf_like_any_other():
    w = Parameter(np.array([1.0, 2.0]), "w")
    y = (w * w + Square()(w)).sum()
    y.backward()
    assert w.grad.tolist() == [4.0, 8.0]
    assert type(w.detach()) is ng.Variable
    assert type(w + 1) is ng.Variable


@pytest.mark.parametrize("name", ["exp", "log", "tanh", "relu", "sigmoid"])
def test_methods_of_nets_are_the_functions_of_their_name(name):
    x = ng.Variable(np.array([0.5, 2.0]))
    y, z = getattr(x, name)(), getattr(ng, name)(x)
    assert (y.data == z.data).all()
    y.sum().backward()
    g, x.grad = x.grad, None
    z.sum().backward()
    assert (g == x.grad).all()
    assert isinstance(type(x).__dict__.get(name, getattr(type(x), name)).__doc__, str)


def test_matplotlib_plots_a_variable():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    x = ng.Variable(np.array([1.0, 2.0, 3.0]))
    figure, axes = pyplot.subplots()
    for y in (x, x * 2.0):
        (line,) = axes.plot(x, y)
        assert (line.get_ydata() == y.data).all()
    with pytest.raises(ng.UnsupportedFunctionError, match=r"Use x\.data"):
        axes.bar(x, x)
    pyplot.close(figure)


def test_a_creator_of_none_makes_a_leaf():
    y = ng.Variable(np.array(2.0)) ** 2
    y.creator = None
    assert y.creator is None
    y.backward()
    assert y.grad == 1.0


def test_what_only_the_array_has_is_not_offered() -> None:
    offered = set(dir(leaf(1.0)))
    assert {"sum", "reshape", "dtype"} <= offered
    assert not {"tobytes", "setflags", "ctypes"} & offered
    with pytest.raises(AttributeError, match="type object 'Variable' has no attribute 'tobytes'"):
        ng.Variable.tobytes


def test_an_attribute_that_only_the_array_has_is_an_error_that_says_so() -> None:
    x = ng.Variable(np.ones(2))
    with pytest.raises(
        AttributeError, match=r"no attribute 'strides': its array has it, x\.data\."
    ):
        _ = x.strides
    with pytest.raises(AttributeError, match=r"no attribute 'compress': np\.compress takes it\."):
        _ = x.compress
    with pytest.raises(AttributeError, match=r"'Variable' object has no attribute 'foo'$"):
        _ = x.foo
    assert not hasattr(x, "__array_interface__")
