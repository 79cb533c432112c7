"""The commonest mistakes: what the message says, word for word.

What happened, where (variable names, shapes, the line or cell), and the one-line fix. What
other libraries stumble over and works here is in `robustness/test_common_pitfalls.py`.
"""

import copy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.diagnostics import positions as source

HERE = Path(__file__).name


def x2():
    return ng.Variable(np.array([1.0, 2.0]), "x")


def w3():
    return ng.Variable(np.ones(3), "w")


class Square(ng.Function):
    def forward(self, x):
        return x**2

    def backward(self, gy):
        return 2 * self.inputs[0].data * gy


class OnlyForward(ng.Function):
    def forward(self, x):
        return x + 1


class NoReturn(ng.Function):
    def forward(self, x):
        x + 1


class NoReturnInBackward(ng.Function):
    def forward(self, x0, x1):
        return x0 * x1

    def backward(self, gy):
        gy * 1.0


class TooFew(ng.Function):
    def forward(self, x0, x1):
        return x0 + x1

    def backward(self, gy):
        return gy


class NotSummed(ng.Function):
    def forward(self, x):
        return x.sum()

    def backward(self, gy):
        return gy


def backward_under_no_grad():
    with ng.no_grad():
        loss = Square()(x2())
    loss.name = "loss"
    loss.backward()


def add_in_place():
    total = np.zeros(2)
    total += x2()


def set_item():
    x2()[0] = 5.0


def preset_of_another_shape():
    y = Square()(x2())
    y.name = "y"
    y.grad = np.ones(3)
    y.backward()


def gradient_as_argument():
    (x2() * 2.0).backward([1.0, 1.0])


def assign_a_list():
    x2().grad = [0.0, 0.0]


def condition():
    return "positive" if x2() else "negative"


def copy_a_result():
    loss = x2() * 2.0
    loss.name = "loss"
    copy.deepcopy(loss)


MISTAKES = {
    "a list instead of an array": (
        lambda: ng.Variable([1.0, 2.0]),
        ng.DataTypeError,
        ("<class 'list'> is not supported as a Variable's data: it must be an ndarray, not list. "
        "Convert it with np.array(...) or ng.as_variable(...)."),
    ),
    "a number instead of an array": (
        lambda: ng.Variable(3.0),
        ng.DataTypeError,
        ("<class 'float'> is not supported as a Variable's data: it must be an ndarray, not float. "
        "Convert it with np.array(...) or ng.as_variable(...)."),
    ),
    "an array of bools": (
        lambda: ng.Variable(np.array([True, False])),
        ng.DataTypeError,
        ("A Variable cannot hold an array of dtype bool: only real floating and integer arrays "
        "can be differentiated; convert it with array.astype(float)."),
    ),
    "an array of objects": (
        lambda: ng.Variable(np.array([1.0, None])),
        ng.DataTypeError,
        ("A Variable cannot hold an array of dtype object: only real floating and integer arrays "
        "can be differentiated; convert it to numbers first, for example np.array(..., dtype=float)."),
    ),
    "a Variable without data": (
        lambda: ng.Variable(None, name="x") + 1.0,
        ng.DataTypeError,
        "x holds no data (None): give it an array first.",
    ),
    "a Variable of a Variable": (
        lambda: ng.Variable(x2()),
        ng.DataTypeError,
        ("A Variable cannot hold a Variable. Use it as it is, or x.detach() for one of the same "
        "array without the graph."),
    ),
    "a matrix product with a number": (
        lambda: x2() @ 3.0,
        ng.ShapeError,
        ("matmul(x (2,) float64, 3.0): there is a vector or a matrix on either side of @. Multiply "
        "by a number with *."),
    ),
    "a list as an operand": (
        lambda: x2() * [1.0, 2.0],
        ng.OperandError,
        ("mul cannot take list ([1.0, 2.0]) as an operand: give it a Variable, an array or a "
        "number; np.array(...) makes an array of a list."),
    ),
    "shapes that do not fit": (
        lambda: x2() + w3(),
        ng.ShapeError,
        ("add(x (2,) float64, w (3,) float64): operands could not be broadcast together with shapes "
        "(2,) (3,). Shapes are compared from the right, and 1 fits any length: reshape one of them, "
        "as in x.reshape(-1, 1)."),
    ),
    "matrices that do not fit": (
        lambda: ng.Variable(np.ones((2, 3)), "A") @ ng.Variable(np.ones((2, 3)), "B"),
        ng.ShapeError,
        ("matmul(A (2, 3) float64, B (2, 3) float64): the last axis of A has 3 elements, and the "
        "last but one axis of B has 2: the lengths must be equal. Transpose one of them, as in B.T, or "
        "reshape it."),
    ),
    "backward after no_grad": (
        backward_under_no_grad,
        ng.NoGraphError,
        ("backward() of loss: it was made under no_grad, so it has no graph to go back through. "
        "Compute it outside no_grad, from Variables."),
    ),
    "backward of a constant": (
        lambda: ng.Variable(np.array(1.0), "c", requires_grad=False).backward(),
        ng.NoGraphError,
        ("backward() of c: it is a constant, so it has no graph to go back through. "
        "Make it without requires_grad=False."),
    ),
    "an upstream gradient of another shape": (
        preset_of_another_shape,
        ng.GradientShapeError,
        ("backward() of y (2,) float64: its preset grad has shape (3,). The upstream gradient needs "
        "the variable's own shape; clear it with cleargrad(), or set one that fits."),
    ),
    "the upstream gradient as an argument": (
        gradient_as_argument,
        ng.GradientTypeError,
        ("backward() of unnamed (2,) float64: its upstream gradient is list ([1.0, 1.0]). Give an "
        "array, a number or a Variable of the variable's shape; np.array(...) makes an array."),
    ),
    "a list as a gradient": (
        assign_a_list,
        ng.GradientTypeError,
        "A gradient is an ndarray of the variable's shape, not list; convert it with np.array(...).",
    ),
    "a Function without backward": (
        lambda: OnlyForward()(x2()).backward(),
        NotImplementedError,
        ("OnlyForward has no backward: define backward(self, *gys), which returns one gradient per "
        "input."),
    ),
    "a forward without return": (
        lambda: NoReturn()(x2()),
        ng.DataTypeError,
        "NoReturn.forward returned NoneType; it must return an array, or a tuple of arrays.",
    ),
    "a backward without return": (
        lambda: NoReturnInBackward()(x2(), x2()).backward(),
        ng.GradientCountError,
        ("NoReturnInBackward.backward returned None for 2 inputs (x (2,) float64, x (2,) float64). "
        "Return one per input, in their order; None for an input that has none."),
    ),
    "a gradient too few": (
        lambda: TooFew()(x2(), x2()).backward(),
        ng.GradientCountError,
        ("TooFew.backward returned 1 gradient for 2 inputs (x (2,) float64, x (2,) float64). "
        "Return one per input, in their order; None for an input that has none."),
    ),
    "a gradient of the output's shape": (
        lambda: NotSummed()(x2()).backward(),
        ng.GradientShapeError,
        ("NotSummed.backward returned a gradient of shape () for input 0, x (2,) float64. Return one "
        "of shape (2,) (broadcasting from (2,) to the output's shape would be undone for you)."),
    ),
    "the class instead of an instance": (
        lambda: Square(x2()),
        ng.OperandError,
        "Square takes no parameters. To apply it, make an instance and call that: Square()(x).",
    ),
    "array += x": (
        add_in_place,
        ng.InPlaceError,
        ("np.add was asked to write its result into an existing array (out=, or array += x): an "
        "array cannot remember the graph. Write y = a + x instead of a += x."),
    ),
    "x[0] = value": (
        set_item,
        ng.InPlaceError,
        ("x[...] = value would change data that the graph depends on. Use ng.where(mask, a, b), or "
        "write into x.data before the forward pass."),
    ),
    "np.array of Variables": (
        lambda: np.array([x2(), x2()]),
        ng.UnsupportedFunctionError,
        ("Converting a Variable to a plain array would silently cut it off from the graph. Use "
        "x.data for its array, or ng.array([...]) to make one Variable of several."),
    ),
    "float() of several elements": (
        lambda: float(x2()),
        ValueError,
        ("float() needs one element, but x has shape (2,): use x.data for the array, or x.sum(), "
        "x.mean(), x[0] for one of it."),
    ),
    "if with several elements": (
        condition,
        ValueError,
        ("The truth value of a Variable of shape (2,) is ambiguous: use (x > 0).any() or "
        "(x > 0).all()."),
    ),
    "a Variable where an index is meant": (
        lambda: ["a", "b"][ng.Variable(np.array(1.0), "i")],
        TypeError,
        "i of dtype float64 cannot be an index: use its integer array, i.data.astype(int).",
    ),
    "an index that is not there": (
        lambda: x2()[5],
        ng.OperationIndexError,
        ("getitem[5](x (2,) float64): index 5 is out of bounds for axis 0 with size 2. Count from "
        "0, or from the end: -1 is the last."),
    ),
    "an unknown setting": (
        lambda: ng.using_config("train", False),
        ng.ConfigError,
        "Config has no setting 'train'. The settings are: 'enable_backprop' (bool).",
    ),
    "a copy of a result": (
        copy_a_result,
        ng.NonLeafCopyError,
        ("loss was made by mul: a copy would lose or double the graph behind it. Copy loss.detach() "
        "instead."),
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_words(mistake):
    make, error, words = MISTAKES[mistake]
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == words


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_built_in_error_is_caught_too(mistake):
    make = MISTAKES[mistake][0]
    with pytest.raises((TypeError, ValueError, RuntimeError, AttributeError, IndexError)):
        make()


@pytest.fixture
def positions():
    source.keep_positions(True)
    yield
    source.keep_positions(False)


def line_of(mark):
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(i for i, text in enumerate(lines, 1) if text.endswith(f"# {mark}"))


def test_where_no_grad_was(positions):
    with ng.no_grad():
        y = x2() * 2.0  # made here
    with pytest.raises(ng.NoGraphError) as caught:
        y.backward()
    assert str(caught.value) == (
        f"backward() of y: it was made under no_grad ({HERE}, line "
        f"{line_of('made here')}), so it has no graph to go back through. Compute it outside "
        "no_grad, from Variables."
    )


def test_where_a_rule_failed(positions):
    y = TooFew()(x2(), x2())  # failing node
    y.name = "y"
    with pytest.raises(ng.GradientCountError) as caught:
        (y * 2.0).sum().backward()
    assert caught.value.__notes__ == [
        (
            "in the backward of TooFew(x (2,) float64, x (2,) float64) → y (2,) float64, "
            f"generation 0, made {HERE}, line {line_of('failing node')}"
        )
    ]


def test_data_changed_between_forward_and_backward():
    x = x2()
    with ng.detect_anomaly():
        y = Square()(x)  # used it
        x.data[0] = 100.0
        with pytest.raises(ng.AnomalyError) as caught:
            y.sum().backward()
    assert str(caught.value) == (
        f"x (2,) float64 was changed in place after Square used it, {HERE}, line "
        f"{line_of('used it')}: the gradient would be wrong. Update data after backward(), or "
        "work on a copy."
    )
    assert x.grad is None


def test_no_finite_number():
    x = ng.Variable(np.array([0.0, 1.0]), "x")
    with (
        ng.detect_anomaly(),
        np.errstate(divide="ignore"),
        pytest.raises(ng.AnomalyError) as caught,
    ):
        ng.log(x)  # not finite
    assert str(caught.value) == (
        f"log(x (2,) float64) made an infinity out of finite values, {HERE}, line "
        f"{line_of('not finite')}. Look at its inputs: for example log or division at 0, exp of a "
        "large number."
    )


RELOADED = """
import sys
sys.path[:0] = {path!r}
import numpy as np
import nbgrad as ng
x = ng.Variable(np.array(1.0))
for name in [m for m in sys.modules if m.startswith("nbgrad")]:
    del sys.modules[name]
import nbgrad as ng
try:
    ng.Variable(np.array(1.0)) + x
except ng.OperandError as error:
    print(error)
"""


def test_a_variable_from_before_a_reload():
    program = RELOADED.format(path=sys.path)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == (
        "add cannot take a Variable made before nbgrad was imported again (make it anew) as an "
        "operand: give it a Variable, an array or a number; np.array(...) makes an array of a list."
    )
