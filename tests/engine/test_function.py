"""Function: calling, several outputs, calling again, inputs of every kind."""

import gc
import weakref

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.tiny import Add, Both, Keeps, Mul, Square, Total, leaf


def test_one_output_is_bare_and_several_are_a_tuple():
    assert type(Square()(leaf(2.0))) is ng.Variable
    ys = Both()(leaf(2.0))
    assert type(ys) is tuple
    assert [float(y) for y in ys] == [4.0, 4.0]


def test_a_tuple_of_one_and_a_tuple_of_none():
    class Some(ng.Function):
        def __init__(self, count):
            self.count = count

        def forward(self, x):
            return (x,) * self.count

    assert type(Some(1)(leaf(2.0))) is ng.Variable
    assert Some(0)(leaf(2.0)) == ()


@pytest.mark.parametrize("outputs", [1, 2])
def test_a_function_may_keep_things_under_the_names_of_a_variables_own(outputs):
    class Hoards(ng.Function):
        def forward(self, x):
            self._data = self._grad = self._op = self._inputs = (x,)
            return (x * 2.0,) * outputs

        def backward(self, *gys):
            assert len(self._inputs) == 1
            return 2.0 * sum(gys)

    x = leaf([3.0, 4.0])
    y = Hoards()(x)
    (y if outputs == 1 else ng.add(*y)).backward()
    assert x.grad.tolist() == [2.0 * outputs] * 2


def test_what_a_function_knows():
    f, x = Both(), leaf(2.0, "x")
    assert (f.inputs, f.outputs, f.generation, repr(f)) == (None, None, 0, "<Both>")
    y0, y1 = f(Square()(x))
    assert f.generation == 1
    assert [ref() for ref in f.outputs] == [y0, y1]
    assert y0.creator is y1.creator is f
    assert y0.generation == y1.generation == 2
    assert repr(f) == "<Both(() float64), generation 1>"


def test_what_a_class_knows_is_of_no_call():
    Square()(leaf(2.0))
    assert (Square.inputs, Square.outputs, Square.generation) == (None, None, 0)


def test_dropped_outputs_count_as_zero():
    x = leaf([3.0, 4.0])
    y1 = Both()(x)[1]
    y1.backward()
    assert x.grad.tolist() == [6.0, 8.0]


def test_unused_outputs_count_as_zero():
    x = leaf([3.0, 4.0])
    y0, y1 = Both()(x)
    y0.backward(retain_grad=True)
    assert x.grad.tolist() == [2.0, 2.0]
    assert y1.grad is None


def test_both_outputs_wait_for_each_other():
    x = leaf(3.0)
    y0, y1 = Both()(x)
    Mul()(Square()(Square()(y0)), y1).backward()
    assert x.grad == pytest.approx(16 * 6 * 3.0**5, rel=1e-14)


def test_no_inputs():
    class Seven(ng.Function):
        def forward(self):
            return np.array([7.0])

        def backward(self, gy):
            return None

    y = Seven()()
    x = leaf([2.0])
    Mul()(x, y).backward()
    assert y.generation == 1
    assert x.grad.tolist() == [7.0]


def test_an_instance_can_be_called_again():
    f = Square()
    x0, x1, x2 = leaf(1.0), leaf(2.0), leaf(3.0)
    Total()(f(x0), f(x1), f(x2)).backward()
    assert [float(x.grad) for x in (x0, x1, x2)] == [2.0, 4.0, 6.0]


def test_an_instance_that_keeps_something_can_be_called_again():
    f = Keeps()
    x0, x1 = leaf(1.0), leaf(2.0)
    y0, y1 = f(x0), f(x1)
    y0.backward()
    y1.backward()
    assert (x0.grad, x1.grad) == (2.0, 4.0)


@pytest.mark.parametrize("read", ["first", "last", "pop", "dict"])
def test_an_instance_that_fills_a_container_can_be_called_again(read):
    class Fills(ng.Function):
        def __init__(self):
            self.saved, self.cache = [], {}

        def forward(self, x):
            self.saved.append(x)
            self.cache["x"] = x
            return x**2

        def backward(self, gy):
            x = {
                "first": lambda: self.saved[0],
                "last": lambda: self.saved[-1],
                "pop": self.saved.pop,
                "dict": lambda: self.cache["x"],
            }[read]()
            return 2 * x * gy

    f = Fills()
    xs = [leaf(float(i)) for i in range(1, 4)]
    ys = [f(x) for x in xs]
    for y in ys:
        y.backward()
    assert [float(x.grad) for x in xs] == [2.0, 4.0, 6.0]


def test_parameters_may_change_between_calls():
    class Scale(ng.Function):
        def __init__(self):
            self.by, self.options = 2.0, {"by": 3.0}

        def forward(self, x):
            return x * self.by * self.options["by"]

        def backward(self, gy):
            return gy * self.by * self.options["by"]

    f = Scale()
    y0 = f(x0 := leaf(1.0))
    f.by = 5.0
    y1 = f(x1 := leaf(1.0))
    f.options["by"] = 7.0
    y2 = f(x2 := leaf(1.0))
    assert (float(y0), float(y1), float(y2)) == (6.0, 15.0, 35.0)
    y1.backward()
    y2.backward()
    assert x0.grad is None
    assert (x1.grad, x2.grad) == (5.0 * 7.0, 35.0)  # options is one dictionary, by is not


def test_an_instance_called_inside_its_own_forward():
    class Twice(ng.Function):
        def __init__(self):
            self.depth = 0

        def forward(self, x):
            self.x = x
            if self.depth == 0:
                self.depth = 1
                self(leaf(100.0))
                self.depth = 0
            return x**2

        def backward(self, gy):
            return 2 * self.x * gy

    x = leaf(3.0)
    Twice()(x).backward()
    assert x.grad == 6.0


def test_a_dropped_call_leaves_nothing_on_the_instance():
    f = Square()
    x0 = leaf(1.0)
    ref = weakref.ref(x0)
    f(x0)
    del x0
    f(leaf(2.0))
    assert ref() is None


def test_a_failed_call_does_not_claim_the_instance():
    class Picky(Square):
        def forward(self, x):
            if x < 0:
                raise ValueError("negative")
            return x**2

    f = Picky()
    with pytest.raises(ValueError, match="negative"):
        f(leaf(-1.0))
    assert (f.inputs, f.outputs) == (None, None)
    y = f(leaf(2.0))
    assert y.creator is f


def test_list_in_list_out():
    class Pair(ng.Function):
        def forward(self, xs):
            assert type(xs) is list
            return xs[0] + xs[1], xs[0] * xs[1]

        def backward(self, g0, g1):
            x0, x1 = (x.data for x in self.inputs)
            return g0 + g1 * x1, g0 + g1 * x0

    x0, x1 = leaf(2.0), leaf(3.0)
    ys = Pair()([x0, x1])
    assert type(ys) is list
    ys[1].backward()
    assert (x0.grad, x1.grad) == (3.0, 2.0)


@pytest.mark.parametrize("operand", [3, 3.0, np.float32(3), np.array(3), np.array(3.0), True])
def test_other_operands_are_constants(operand):
    x = leaf(2.0)
    y = Mul()(operand, x)
    y.backward(retain_grad=True)
    assert y.data == 2.0 * operand
    assert x.grad == float(operand)
    assert y.creator.inputs[0].grad is None


def test_a_mask_of_bools_is_a_constant():
    x = leaf([1.0, 2.0])
    Mul()(x, np.array([True, False])).backward()
    assert x.grad.tolist() == [1.0, 0.0]


@pytest.mark.parametrize(("operand", "what", "instead"), [
    ([1.0], r"list \(\[1.0\]\)", "give it"),
    ("a", r"str \('a'\)", "give it"),
    (1j, r"complex \(1j\)", "only real numbers"),
    (np.array([1j]), "an array of dtype complex128", "only real numbers"),
    (np.array(["a"]), "an array of dtype <U1", "make it an array of numbers"),
    (np.array([None]), "an array of dtype object", "make it an array of numbers"),
])  # fmt: skip
def test_operands_that_are_refused(operand, what, instead):
    with pytest.raises(ng.OperandError, match=f"Mul cannot take {what} as an input: {instead}"):
        Mul()(leaf(1.0), operand)
    with pytest.raises(ng.OperandError, match=f"mul cannot take {what} as an operand: {instead}"):
        leaf(1.0) * operand


@pytest.mark.parametrize("shape", [(), (2,)])
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_python_numbers_are_weak(dtype, shape):
    x = ng.Variable(np.ones(shape, dtype))
    for y in (Mul()(x, 3.0), Mul()(3, x)):
        assert y.dtype == dtype
        x.cleargrad()
        y.backward()
        assert x.grad.dtype == dtype


def test_numpy_scalars_are_not_weak():
    assert Mul()(leaf(1.0, dtype="f4"), np.float64(3)).dtype == np.float64
    assert Mul()(leaf(1, dtype=int), 0.5).dtype == np.float64


@pytest.mark.parametrize("made", [
    lambda x: None, lambda x: [x], lambda x: "a", lambda x: (x, None), lambda x: {"y": x},
    lambda x: x > 0, lambda x: x + 1j, lambda x: (x, np.array(["a"])),
])  # fmt: skip
def test_outputs_that_are_refused(made):
    class Makes(ng.Function):
        def forward(self, x):
            return made(x)

    with pytest.raises(ng.DataTypeError, match="Makes"):
        Makes()(leaf([1.0]))


@pytest.mark.parametrize("value", [2.0, 2, np.float64(2), np.float32(2), np.array(2.0)])
def test_outputs_that_are_numbers(value):
    seen = []

    class Makes(ng.Function):
        def forward(self, x):
            seen.append(x)
            return value

    y = Makes()(leaf(1.0))
    Makes()(y)
    assert type(y.data) is np.ndarray
    assert seen[1] is y.data


def test_an_output_that_is_the_input_is_a_copy():
    class Same(ng.Function):
        def forward(self, x):
            return x

        def backward(self, gy):
            return gy

    x = leaf([1.0, 2.0])
    y = Same()(x)
    y.data[0] = 100.0
    assert x.data.tolist() == [1.0, 2.0]


def test_missing_rules_say_what_to_define():
    class Nothing(ng.Function):
        pass

    class OnlyForward(ng.Function):
        def forward(self, x):
            return x + 1

    with pytest.raises(NotImplementedError) as caught:
        Nothing()(leaf(1.0))
    assert str(caught.value) == "Nothing has no forward: define forward(self, *xs) on arrays."
    with pytest.raises(NotImplementedError) as caught:
        OnlyForward()(leaf(1.0)).backward()
    assert str(caught.value) == (
        "OnlyForward has no backward: define backward(self, *gys), "
        "which returns one gradient per input."
    )


def test_results_under_no_grad_keep_nothing():
    f, x = Square(), leaf(2.0)
    ref = weakref.ref(x)
    gc.disable()
    try:
        with ng.no_grad():
            y = f(x)
        del x
        assert ref() is None
    finally:
        gc.enable()
    assert (y.creator, y.generation, f.inputs, f.outputs) == (None, 0, None, None)


def test_set_creator_by_hand():
    f = Square()
    y = leaf(4.0)
    y.set_creator(f)
    assert y.creator is f
    assert y.generation == 1
    y.creator = None
    assert (y.creator, y.generation) == (None, 0)


def test_set_creator_of_a_variable_without_data():
    f, y = Square(), ng.Variable(None)
    y.set_creator(f)
    assert (y.creator, y.generation, [ref() for ref in f.outputs]) == (f, 1, [y])


def test_a_forward_that_returns_a_variable():
    class Doubles(ng.Function):
        def forward(self, x):
            return ng.Variable(2.0 * x)

        def backward(self, gy):
            return 2.0 * gy

    x = leaf([1.0, 2.0])
    y = Doubles()(x)
    y.sum().backward()
    assert (y.data.tolist(), x.grad.tolist()) == ([2.0, 4.0], [2.0, 2.0])


def test_a_container_that_becomes_something_else():
    class Keeps(ng.Function):
        def __init__(self):
            self.kept = [0.0]

        def forward(self, x):
            self.kept = (float(x),)
            return x**2

        def backward(self, gy):
            return 2 * self.kept[0] * gy

    f, xs = Keeps(), [leaf(1.0), leaf(2.0)]
    for y in [f(x) for x in xs]:
        y.backward()
    assert [x.grad for x in xs] == [2.0, 4.0]


def test_creator_of_a_built_in_result():
    x0, x1 = leaf(2.0, "a"), leaf(3.0, "b")
    y = x0 * x1
    f = y.creator
    assert f is y.creator
    assert f.inputs == (x0, x1)
    assert f.outputs[0]() is y
    assert isinstance(f, ng.Function)
    y.backward()
    assert x0.grad == 3.0
    assert [float(g) for g in f.backward(np.array(1.0))] == [3.0, 2.0]


def test_add_of_one_variable_with_itself_has_two_inputs():
    x = leaf(2.0)
    assert Add()(x, x).creator.inputs == (x, x)


NAMES = [
    "inputs",
    "outputs",
    "generation",
    "pull",
    "label",
    "rule",
    "rules",
    "rules_at_call",
    "symbol",
    "formula",
    "aliases",
    "output_specs",
    "held_before",
    "filled_in_forward",
    "takes_list",
    "several_outputs",
    "bind",
    "gxi",
    "note",
    "alive",
    "specs",
    "codes",
    "before",
    "filled",
    "cls",
    "name",
    "data",
    "grad",
    "creator",
    "shape",
    "_op",
    "_inputs",
    "_x0",
    "_x1",
    "_data",
    "_source",
    "_claimed",
    "_record",
    "_run_forward",
    "_as_output",
    "_unbound",
    "_several",
    "record",
    "join",
    "call",
    "kept",
    "fail",
    "slots",
]


@pytest.mark.parametrize("when", ["class", "constructor", "forward", "backward"])
@pytest.mark.parametrize("value", [3.0, None, (), "text", lambda *args: 1 / 0])
@pytest.mark.parametrize("outputs", [1, 2])
def test_a_users_attributes_break_nothing_whatever_they_are_called(when, value, outputs):
    def fill(function):
        for name in NAMES:
            setattr(function, name, value)

    class Own(ng.Function):
        def __init__(self):
            if when == "constructor":
                fill(self)

        def forward(self, x):
            if when == "forward":
                fill(self)
            self.x = x
            return x**2 if outputs == 1 else (x**2, 0.0 * x)

        def backward(self, *gys):
            if when == "backward":
                fill(self)
            return 2 * self.x * gys[0]

    if when == "class":
        fill(Own)
    f = Own()
    x = leaf(2.0, "x")

    def square(x):
        y = f(x)
        return y if outputs == 1 else y[0] + y[1]

    y = square(square(x))
    for run in (y.backward, lambda: ng.trace(y)):
        x.cleargrad()
        run()
        assert x.grad == 32.0
    naive = ng.trace(square(x) * 1.0, order="naive")
    assert naive.gradient("x").value == (4.0 if outputs == 1 else 8.0)
    assert repr(square(x).creator)
    x.cleargrad()
    square(x).backward(create_graph=True)
    g = x.grad
    x.cleargrad()
    g.backward()
    assert x.grad == 2.0


def test_a_parameter_called_inputs_is_there_in_every_forward():
    class Scaled(ng.Function):
        def __init__(self, inputs):
            self.inputs = inputs

        def forward(self, x):
            return x * self.inputs

        def backward(self, gy):
            (x,) = self.inputs
            return gy * x.data

    f, x = Scaled(3.0), leaf(2.0)
    for _ in range(2):
        y = f(x)
        assert y.data == 6.0
        assert f.inputs == (x,)
        x.cleargrad()
        y.backward()
        assert x.grad == 2.0


class Linear(ng.Function):
    def forward(self, x, w, b):
        return x @ w if b is None else x @ w + b

    def backward(self, gy):
        x, w, b = self.inputs
        gb = None if b.data is None else gy.sum(0)
        return gy @ w.data.T, x.data.T @ gy, gb


def test_none_is_an_input_without_a_gradient():
    x, w, b = leaf(np.ones((2, 3)), "x"), leaf(np.ones((3, 4)), "w"), leaf(np.ones(4), "b")
    for bias in (None, b):
        x.cleargrad()
        y = Linear()(x, w, bias)
        assert (y.creator.inputs[2].data is None) == (bias is None)
        y.backward()
        assert x.grad.tolist() == [[4.0] * 3] * 2
        assert ng.trace(y).gradient("w").shape == (3, 4)
        assert "without data" in repr(y.creator) or bias is b
    assert b.grad.tolist() == [4.0] * 4  # of two passes: the second was traced
    y = Linear()(x, w, None)
    with ng.detect_anomaly():
        Linear()(x, w, None).backward()
    compiled = ng.compile(lambda x, w: Linear()(x, w, None).sum())
    for _ in range(3):
        x.cleargrad()
        compiled(x, w).backward()
        assert x.grad.tolist() == [[4.0] * 3] * 2


@pytest.mark.parametrize(
    "last", [None, 3, np.array([0, 1]), np.array([True, False]), leaf([1, 2], dtype=int)]
)
@pytest.mark.parametrize("create_graph", [False, True])
def test_gradients_of_inputs_that_have_none_may_be_left_out(last, create_graph):
    class Picks(ng.Function):
        def forward(self, x, t):
            return x * 2.0

        def backward(self, gy):
            return gy * 2.0

    x = leaf([3.0, 4.0])
    Picks()(x, last).backward(create_graph=create_graph)
    assert [float(g) for g in x.grad] == [2.0, 2.0]


def test_too_few_gradients_name_the_inputs_that_need_one():
    class Picks(ng.Function):
        def forward(self, x, w, t):
            return x * w

        def backward(self, gy):
            return gy

    with pytest.raises(ng.GradientCountError) as caught:
        Picks()(leaf([3.0], "x"), leaf([2.0], "w"), np.array([1])).backward()
    assert str(caught.value) == (
        "Picks.backward returned 1 gradient for 3 inputs (x (1,) float64, w (1,) float64, "
        f"unnamed (1,) {np.dtype(np.intp).name}). w (1,) float64 needs one. "
        "Return one per input, in their order; None for an input that has none."
    )
