"""grad, jacobian, hessian, hvp, jvp: values against PyTorch, nesting, and what they leave alone."""

from __future__ import annotations

import doctest
import threading
from typing import Any, NamedTuple

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.calculus import check, derivatives, grad, hessian, hvp, jacobian, jvp, value_and_grad
from nbgrad.engine import errors

A = np.random.default_rng(0).uniform(0.5, 1.5, (2, 3))
V = np.random.default_rng(1).uniform(0.5, 1.5, 3)


class Layer(NamedTuple):
    w: Any
    b: Any


def scalar(x: Any, v: Any) -> Any:
    return np.sum(np.tanh(x @ v) ** 2) + np.prod(v) * x[0, 0]


def vector(x: Any, v: Any) -> Any:
    return np.sin(x) @ v * v[0]


# -- what they return ----------------------------------------------------------------------------


def test_arrays_in_arrays_out() -> None:
    for g in (
        grad(lambda x: x**3)(2.0),
        grad(lambda x: x**3)(np.array(2.0)),
        grad(lambda x: x**3)(2),
    ):
        assert type(g) is np.ndarray
        assert g.shape == ()
        assert g.dtype == np.float64
        assert g == 12


def test_argnum_as_int_and_tuple() -> None:
    def f(x: Any, y: Any, z: Any) -> Any:
        return x * y**2 + z

    assert grad(f, 1)(2.0, 3.0, 4.0) == 12
    assert grad(f, -1)(2.0, 3.0, 4.0) == 1
    assert grad(f, (0, 1))(2.0, 3.0, 4.0) == (9, 12)
    assert grad(f, (1,))(2.0, 3.0, 4.0) == (12,)
    value, (gz, gx) = value_and_grad(f, (2, 0))(2.0, 3.0, 4.0)
    assert (value, gz, gx) == (22, 1, 9)


def test_keywords_go_through() -> None:
    assert grad(lambda x, *, n: x**n)(2.0, n=3) == 12


def test_a_result_that_does_not_depend_has_gradient_zero() -> None:
    for f in (lambda x: 3.0, lambda x: ng.Variable(np.array(3.0)), lambda x: np.float64(2)):
        g = grad(f)(np.ones((2, 3)))
        assert g.shape == (2, 3)
        assert not g.any()
    assert grad(lambda x, y: y * 2, (0, 1))(1.0, 1.0) == (0, 2)
    assert not jacobian(lambda x: np.ones(2))(V).any()
    assert jacobian(lambda x: np.ones(2))(V).shape == (2, 3)
    assert not hessian(lambda x: x.sum())(V).any()
    assert not hvp(lambda x: x.sum())(V, V).any()
    value, tangent = jvp(lambda x: np.ones(2), (V,), (V,))
    assert (value == 1).all()
    assert (tangent == 0).all()


def test_the_dtype_is_kept() -> None:
    x = V.astype(np.float32)
    assert grad(lambda x: (x * 2.0).sum())(x).dtype == np.float32
    assert jacobian(lambda x: x * 2.0)(x).dtype == np.float32
    assert hessian(lambda x: (x**3).sum())(x).dtype == np.float32
    assert hvp(lambda x: (x**3).sum())(x, x).dtype == np.float32
    value, tangent = jvp(lambda x: x**3, (x,), (x,))
    assert value.dtype == tangent.dtype == np.float32


def test_the_argument_may_be_a_tree() -> None:
    params = {"first": Layer(A, np.zeros(2)), "rest": [V, (2.0, None)]}

    def f(p: Any) -> Any:
        return np.sum(p["first"].w @ p["rest"][0] + p["first"].b) * p["rest"][1][0]

    g = grad(f)(params)
    assert isinstance(g["first"], Layer)
    np.testing.assert_allclose(g["first"].w, np.tile(2 * V, (2, 1)))
    np.testing.assert_allclose(g["rest"][0], 2 * A.sum(axis=0))
    assert g["rest"][1][0] == pytest.approx((A @ V).sum())
    assert g["rest"][1][1] is None
    np.testing.assert_allclose(hvp(f)(params, params)["first"].b, [2, 2])


def test_the_result_may_be_a_tree() -> None:
    def f(x: Any, y: Any) -> Any:
        return {"sum": (x * y).sum(), "all": [x * x, None, 3.0]}

    by_x = jacobian(f)(V, 2 * V)
    np.testing.assert_array_equal(by_x["sum"], 2 * V)
    np.testing.assert_array_equal(by_x["all"][0], np.diag(2 * V))
    assert by_x["all"][1] is None
    np.testing.assert_array_equal(by_x["all"][2], np.zeros(3))
    by_both = jacobian(f, (1, 0))(V, 2 * V)
    np.testing.assert_array_equal(by_both["sum"][0], V)
    np.testing.assert_array_equal(by_both["all"][0][1], np.diag(2 * V))
    x = ng.Variable(V)
    y = jacobian(lambda v: [v.sum(), v * x])(V)  # the second reaches outside, so both are recorded
    assert [type(part) for part in y] == [ng.Variable, ng.Variable]


@pytest.mark.parametrize("form", [list, tuple, lambda xs: dict(zip("ab", xs, strict=True))])
def test_the_hessian_by_a_tree_is_a_tree_of_trees(form: Any) -> None:
    def f(p: Any) -> Any:
        x, y = p.values() if isinstance(p, dict) else p
        return (x**3 * y).sum()

    x, y = V, 2 * V
    h = hessian(f)(form([x, y]))
    assert type(h) is type(form([x, y]))
    expected = [[np.diag(6 * x * y), np.diag(3 * x**2)], [np.diag(3 * x**2), np.zeros((3, 3))]]
    for i, name in enumerate(h if isinstance(h, dict) else range(2)):
        row = h[name].values() if isinstance(h, dict) else h[name]
        np.testing.assert_allclose(list(row), expected[i])


def test_a_direction_goes_by_the_form_of_the_argument() -> None:
    """The order of a dict's keys does not matter: it went by that, and paired what was alike in shape."""

    def f(p: Any) -> Any:
        return (p["a"] ** 2 * p["b"]).sum()

    p, v = {"a": V, "b": 2 * V}, {"b": np.array([0.0, 0.0, 1.0]), "a": np.array([1.0, 0.0, 0.0])}
    product = hvp(f)(p, v)
    np.testing.assert_allclose(product["a"], 2 * p["b"] * v["a"] + 2 * p["a"] * v["b"])
    np.testing.assert_allclose(product["b"], 2 * p["a"] * v["a"])
    _, tangent = jvp(f, (p,), (v,))
    assert tangent == pytest.approx((2 * p["a"] * p["b"] * v["a"] + p["a"] ** 2 * v["b"]).sum())
    for other, said in (
        ({"a": V}, "a dict of 'a', 'b', not a dict of 'a'"),
        ([V, V], "a dict of 'a', 'b', not a list of 2"),
        (V, "a dict of 'a', 'b', not an array or a number"),
        ({"a": [V, V], "b": V}, "direction has shape"),
    ):
        with pytest.raises(ValueError if "shape" in said else TypeError, match=said):
            hvp(f)(p, other)
    with pytest.raises(errors.OperandError, match="a tuple of 2, not a tuple of 1"):
        jvp(lambda t: t[0], ((V, V),), ((V,),))
    with pytest.raises(errors.OperandError, match="None, not an array or a number"):
        jvp(lambda t: t[0], ((V, None),), ((V, V),))
    _, tangent = jvp(lambda t: t[0].sum(), ((V, None),), ([V, None],))
    assert tangent == V.sum()


def test_results_are_nobody_elses_memory() -> None:
    x = np.ones(3)
    g = grad(lambda x: x.sum())(x)
    g[:] = 7
    value, tangent = jvp(lambda x: x, (x,), (x,))
    value[:] = 7
    tangent[:] = 7
    assert (x == 1).all()


def test_names_say_what_they_are() -> None:
    def cube(x: Any) -> Any:
        return x**3

    assert grad(cube).__name__ == "grad(cube)"
    assert hessian(grad(cube)).__name__ == "hessian(grad(cube))"


# -- against PyTorch -------------------------------------------------------------------------------


def test_against_torch() -> None:
    torch = pytest.importorskip("torch")
    from torch.autograd import functional as F

    def t_scalar(x: Any, v: Any) -> Any:
        return (torch.tanh(x @ v) ** 2).sum() + torch.prod(v) * x[0, 0]

    def t_vector(x: Any, v: Any) -> Any:
        return torch.sin(x) @ v * v[0]

    a, v = torch.tensor(A), torch.tensor(V)
    same = np.testing.assert_allclose
    for own, theirs in zip(
        jacobian(vector, (0, 1))(A, V), F.jacobian(t_vector, (a, v)), strict=True
    ):
        same(own, theirs.numpy(), rtol=1e-12)
    for row, t_row in zip(hessian(scalar, (0, 1))(A, V), F.hessian(t_scalar, (a, v)), strict=True):
        for own, theirs in zip(row, t_row, strict=True):
            same(own, theirs.numpy(), rtol=1e-11, atol=1e-13)
    same(
        hessian(scalar)(A, V),
        F.hessian(lambda x: t_scalar(x, v), a).numpy(),
        rtol=1e-11,
        atol=1e-13,
    )
    directions = (np.cos(A), np.sin(V))
    t_directions = tuple(torch.tensor(d) for d in directions)
    _, theirs = F.jvp(t_vector, (a, v), t_directions)
    value, own = jvp(vector, (A, V), directions)
    same(own, theirs.numpy(), rtol=1e-12)
    same(value, vector(A, V), rtol=1e-12)
    _, products = F.hvp(t_scalar, (a, v), t_directions)
    for own, theirs in zip(hvp(scalar, (0, 1))(A, V, directions), products, strict=True):
        same(own, theirs.numpy(), rtol=1e-11, atol=1e-13)


def test_they_agree_with_each_other() -> None:
    direction = np.cos(A)
    h = hessian(scalar)(A, V)
    np.testing.assert_allclose(np.tensordot(h, direction), hvp(scalar)(A, V, direction), rtol=1e-12)
    np.testing.assert_allclose(h, np.transpose(h, (2, 3, 0, 1)), rtol=1e-10)
    j = jacobian(vector)(A, V)
    _, tangent = jvp(lambda x: vector(x, V), (A,), (direction,))
    np.testing.assert_allclose(np.tensordot(j, direction), tangent, rtol=1e-12)
    np.testing.assert_allclose(jacobian(scalar)(A, V), grad(scalar)(A, V), rtol=1e-13)


# -- nesting ---------------------------------------------------------------------------------------


def test_to_any_order() -> None:
    f = np.sin
    expected = [np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x), np.sin, np.cos]
    for e in expected:
        f = grad(f)
        assert float(f(0.7)) == pytest.approx(float(e(0.7)), rel=1e-12)


def test_perturbations_are_not_confused() -> None:
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(2.0) == 1
    assert grad(lambda x: x * grad(lambda y: x * y)(1.0))(2.0) == 4
    assert grad(lambda x: grad(lambda y: x**2 * y**3)(x))(2.0) == pytest.approx(12 * 2.0**3)
    d = grad(lambda x: jvp(lambda y: x * y**2, (x,), (1.0,))[1])(3.0)
    assert d == pytest.approx(12)


def test_each_nests_in_each() -> None:
    def f(x: Any) -> Any:
        return (x**3).sum()

    np.testing.assert_allclose(jacobian(grad(f))(V), np.diag(6 * V))
    np.testing.assert_allclose(jacobian(jacobian(f))(V), np.diag(6 * V))
    np.testing.assert_allclose(grad(lambda x: jvp(f, (x,), (V,))[1])(V), 6 * V * V)
    np.testing.assert_allclose(jvp(grad(f), (V,), (V,))[1], 6 * V * V)
    np.testing.assert_allclose(grad(lambda x: hvp(f)(x, V).sum())(V), 6 * V)
    np.testing.assert_allclose(grad(lambda x: hessian(f)(x).sum())(V), np.full(3, 6.0))
    third = jvp(lambda x: jvp(lambda y: jvp(f, (y,), (V,))[1], (x,), (V,))[1], (V,), (V,))[1]
    assert third == pytest.approx(6 * (V**3).sum())
    assert float(grad(lambda t: value_and_grad(f)(V * t)[1].sum())(1.0)) == pytest.approx(
        (6 * V**2).sum()
    )


def test_inside_another_derivative_there_are_variables() -> None:
    seen = []

    def f(x: Any) -> Any:
        seen.append(grad(lambda y: y * y)(3.0))
        seen.extend(value_and_grad(lambda y: y * y)(x))
        return x * x

    grad(f)(2.0)
    assert all(isinstance(s, ng.Variable) for s in seen)


def test_a_variable_as_argument_gives_a_variable_that_can_be_differentiated() -> None:
    x = ng.Variable(np.array(2.0), name="x")
    g = grad(lambda t: t**3)(x)
    assert isinstance(g, ng.Variable)
    assert x.grad is None
    g.backward()
    assert x.grad == 12
    value, tangent = jvp(lambda t: t**2, (x,), (1.0,))
    x.cleargrad()
    (value + tangent).backward()
    assert x.grad == 6


KINDS: dict[str, Any] = {
    "grad": lambda f, y: grad(f)(y),
    "grad of a tuple": lambda f, y: grad(f, (0,))(y)[0],
    "value_and_grad": lambda f, y: value_and_grad(f)(y)[1],
    "value": lambda f, y: value_and_grad(f)(y)[0],
    "jacobian": lambda f, y: jacobian(f)(y),
    "hessian": lambda f, y: hessian(f)(y),
    "hvp": lambda f, y: hvp(f)(y, 1.0),
    "jvp": lambda f, y: jvp(f, (y,), (1.0,))[1],
    "jvp's value": lambda f, y: jvp(f, (y,), (1.0,))[0],
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_derivative_carries_the_graph_to_variables_outside(kind: str) -> None:
    d, y = KINDS[kind], 2.0

    def by_x(x: Any) -> Any:  # the derivative as a function of x, all of it differentiable
        return d(lambda t: x**2 * t**3 + x * t, y) * x

    # What the derivative is, with x given as an argument: the other way to write it.
    expected = grad(by_x)(3.0)
    for x in (ng.Variable(np.array(3.0)), 1.0 * ng.Variable(np.array(3.0))):
        outer = d(lambda t, x=x: x**2 * t**3 + x * t, y)
        assert isinstance(outer, ng.Variable)
        assert outer.creator is not None
        leaf = x if x.creator is None else x.creator.inputs[1]
        assert x.grad is leaf.grad is None
        (outer * x).backward()
        np.testing.assert_allclose(leaf.grad, expected, rtol=1e-13)
    given = ng.Variable(np.array(y))
    w = ng.Variable(np.array(3.0))
    d(lambda t: w * t**2, given).backward()
    assert w.grad is not None


@pytest.mark.parametrize("kind", KINDS)
def test_constants_outside_and_what_is_made_inside_give_arrays(kind: str) -> None:
    x = ng.Variable(np.array(3.0))
    constant = ng.Variable(np.array(3.0), requires_grad=False)
    with ng.no_grad():
        unrecorded = x * 1.0

    def truncated(t: Any) -> Any:
        h = x * 1.0
        h.unchain()
        return h * t**3

    functions = [
        lambda t: constant * t**3,
        lambda t: unrecorded * t**3,
        lambda t: x.data * t**3,
        lambda t: x.detach() * t**3,
        lambda t: ng.Variable(np.array(3.0)) * t**3,
        lambda t: ng.as_variable(3.0) * t**3,
        lambda t: grad(lambda s: s**2 * 1.5)(1.0) * t**3,
        truncated,
    ]
    for f in functions:
        got = KINDS[kind](f, 2.0)
        assert type(got) is np.ndarray
        assert got in (24.0, 36.0)
    with ng.no_grad():
        assert type(KINDS[kind](lambda t: x * t**3, 2.0)) is np.ndarray


def test_results_that_reach_outside_share_no_array() -> None:
    x = ng.Variable(np.array(3.0))
    value, g = value_and_grad(lambda t: x)(2.0)
    assert value is not x
    assert not np.shares_memory(value.data, x.data)
    assert g.data == 0
    ga, gb = grad(lambda a, b: (a + b) * 1.0 + 0 * x, (0, 1))(1.0, 2.0)
    assert not np.shares_memory(ga.data, gb.data)
    w = ng.Variable(np.array(2.0))
    value, tangent = jvp(lambda t: t**2, (3.0,), (w,))
    tangent.backward()
    assert (tangent.data, w.grad) == (12.0, 6.0)


def test_a_rule_that_cannot_be_recorded_says_why_it_is() -> None:
    class Cube(ng.Function):
        def forward(self, x: Any) -> Any:
            return x**3

        def backward(self, gy: Any) -> Any:
            return gy * 3 * float(self.inputs[0].data) ** 2

    w = ng.Variable(np.array(3.0), "w")
    with pytest.raises(ng.SecondOrderError) as caught:
        grad(lambda t: Cube()(t) * w)(2.0)
    assert any("reaches w from outside" in note for note in caught.value.__notes__)
    assert grad(lambda t: Cube()(t) * w.data)(2.0) == 36


def test_an_argument_named_twice_is_refused() -> None:
    for argnum in [(0, 0), (1, -1), (0, 1, 0), (-2, 0)]:
        for d in (grad, value_and_grad, jacobian, hessian, hvp):
            with pytest.raises(ng.OperandError, match="more than once"):
                d(lambda a, b: a * b, argnum)(2.0, 3.0, *([(1.0, 1.0)] if d is hvp else []))
    assert grad(lambda a, b: a * b, np.int64(1))(2.0, 3.0) == 2


# -- what they leave alone -------------------------------------------------------------------------


def test_nobodys_grad_is_touched() -> None:
    w, x = ng.Variable(np.array(3.0)), ng.Variable(np.array(2.0))
    w.grad = np.array(7.0)
    y = w * w
    for d in (
        lambda: grad(lambda t: y * t * t)(x),
        lambda: jacobian(lambda t: y * t * t)(x),
        lambda: hessian(lambda t: y * t * t)(x),
        lambda: hvp(lambda t: y * t * t)(x, 1.0),
        lambda: jvp(lambda t: y * t * t, (x,), (w,)),
    ):
        d()
        assert w.grad == 7
        assert x.grad is None
        assert y.grad is None
    assert x.creator is None
    assert x.generation == 0


@pytest.mark.parametrize("off", ["no_grad", "process"])
def test_they_work_where_gradients_are_off(off: str) -> None:
    def check() -> None:
        assert grad(grad(lambda x: x**3))(2.0) == 12
        assert jvp(lambda x: x**3, (2.0,), (1.0,))[1] == 12
        np.testing.assert_allclose(hessian(lambda x: (x**3).sum())(V), np.diag(6 * V))
        x = ng.Variable(np.array(2.0))
        g = grad(lambda t: t**3)(x)
        assert isinstance(g, ng.Variable)
        assert g.data == 12
        assert g.creator is None

    if off == "no_grad":
        with ng.no_grad():
            check()
    else:
        ng.Config.enable_backprop = False
        try:
            check()
        finally:
            ng.Config.enable_backprop = True


def test_the_mode_is_as_before_after_an_error() -> None:
    def fails(x: Any) -> Any:
        raise RuntimeError("no")

    with ng.no_grad():
        for d in (grad, jacobian, hessian):
            with pytest.raises(RuntimeError, match="no"):
                d(fails)(1.0)
        assert not ng.Config.enable_backprop
    x = ng.Variable(np.array(1.0))
    assert isinstance(grad(lambda t: t * 2)(1.0), np.ndarray)
    assert (x * 2).creator is not None


def test_a_part_under_no_grad_is_a_constant() -> None:
    def f(x: Any) -> Any:
        with ng.no_grad():
            c = x * x
        return c * x

    assert grad(f)(3.0) == 9


def test_threads_do_not_disturb_each_other() -> None:
    found: list[float] = []

    def work(n: int) -> None:
        found.extend(float(grad(grad(lambda x: x**n))(1.0)) - n * (n - 1) for _ in range(50))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(2, 6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(found) == 200
    assert not any(found)


# -- errors ----------------------------------------------------------------------------------------


def test_errors_say_what_to_do() -> None:
    with pytest.raises(errors.ShapeError, match=r"returned shape \(3,\).*jacobian"):
        grad(lambda x: x * 2)(V)
    with pytest.raises(
        errors.OperandError, match="argnum=1, but <lambda> was called with 1 argument:"
    ):
        grad(lambda x: x, 1)(2.0)
    with pytest.raises(errors.OperandError, match=r"argnum=\(0, 2\).*2 arguments"):
        grad(scalar, (0, 2))(A, V)
    with pytest.raises(errors.OperandError, match="<lambda> returned tuple"):
        grad(lambda x: (x, x))(2.0)
    with pytest.raises(errors.OperandError, match="<lambda> returned NoneType"):
        jacobian(lambda x: None)(2.0)
    with pytest.raises(errors.ShapeError, match=r"direction has shape \(2,\).*argument has \(3,\)"):
        hvp(lambda x: (x**2).sum())(V, np.ones(2))
    with pytest.raises(errors.ShapeError, match=r"jvp: the direction has shape \(2,\)"):
        jvp(lambda x: x**2, (V,), (np.ones(2),))
    with pytest.raises(errors.OperandError, match="1 primals, but 2 tangents"):
        jvp(lambda x: x**2, (V,), (V, V))
    with pytest.raises(errors.OperandError, match="takes a tuple"):
        jvp(lambda x: x**2, V, V)
    with pytest.raises(errors.OperandError, match="last, the vector"):
        hvp(lambda x: x**2)(2.0)
    for argument, said in (
        ("a", "not str \\('a'\\)"),
        (1j, "complex128.*the real and the imaginary part"),
        ({"w": V, "flag": True}, "dtype bool"),
    ):
        with pytest.raises(errors.DataTypeError, match=f"{said}.* sin was to be differentiated"):
            grad(np.sin)(argument)


def test_the_examples_in_the_documentation_run() -> None:
    for module in (derivatives, check):
        result = doctest.testmod(module)
        assert result.attempted
        assert not result.failed


def test_argnums_may_be_a_list() -> None:
    def f(x, y):
        return (x * y * y).sum()

    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    np.testing.assert_array_equal(ng.grad(f, [1, 0])(x, y), ng.grad(f, (1, 0))(x, y))
    np.testing.assert_array_equal(ng.hessian(f, [0])(x, y), ng.hessian(f, (0,))(x, y))
