"""Functions that make derivatives of functions: arrays in, arrays out.

Called inside one another, or with Variables, they give Variables, so that they can
be nested to any order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nbgrad.engine.errors import OperandError, ShapeError
from nbgrad.engine.grad_mode import within
from nbgrad.engine.gradients import gradient_dtype
from nbgrad.engine.variable import Variable
from nbgrad.ops import stack

from .recorded import Argnum, Call, all_results, back, name_of, one_result, recorded
from .tree import leaves_like, leaves_of, with_leaves


def value_and_grad(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., tuple[Any, Any]]:
    """Make a function that returns ``f(*args)`` and its gradient.

    Parameters
    ----------
    f : callable
        Returns one number: a Variable with one element.
    argnum : int or tuple of int
        By which arguments to differentiate. They are arrays, numbers or Variables, or lists,
        tuples or dicts of those.

    Returns
    -------
    callable
        Takes f's arguments; returns the value, and the gradient in the form of the argument
        (a tuple of them for a tuple of argnums): arrays, or Variables inside another
        derivative or when an argument is a Variable. Where the value does not depend on an
        argument, its gradient is zero.

    Raises
    ------
    ShapeError, OperandError
        When called, if f does not return one number, or there is no such argument.

    Examples
    --------
    >>> value_and_grad(lambda x: x**2)(3.0)
    (array(9.), array(6.))
    """

    def with_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        call = recorded(f, args, kwargs, argnum)
        y = _one_number(call)
        gradients = call.shaped(call.back(y, np.ones(y.shape)))
        call.connect()
        return call.given(y), gradients

    return _named(with_gradient, f, "value_and_grad")


def grad(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """Make a function that returns the gradient of ``f(*args)``.

    Parameters
    ----------
    f : callable
        Returns one number: a Variable with one element.
    argnum : int or tuple of int
        By which arguments to differentiate; see `value_and_grad`.

    Returns
    -------
    callable
        Takes f's arguments; returns the gradient in the form of the argument.

    Raises
    ------
    ShapeError, OperandError
        When called, if f does not return one number, or there is no such argument.

    Examples
    --------
    >>> grad(lambda x: x**3)(2.0)
    array(12.)
    >>> grad(grad(lambda x: x**3))(2.0)
    array(12.)
    """
    both = value_and_grad(f, argnum)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return _named(gradient, f, "grad")


def jacobian(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """Make a function that returns all derivatives of all elements of ``f(*args)``.

    Parameters
    ----------
    f : callable
        Returns one Variable of any shape, or a list, tuple or dict of those.
    argnum : int or tuple of int
        By which arguments to differentiate; see `value_and_grad`.

    Returns
    -------
    callable
        Takes f's arguments; returns an array of shape ``f(*args).shape + argument.shape``,
        in the form of the argument, at each end of the form of the result. One pass for each
        element of the result.

    Examples
    --------
    >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """

    def all_derivatives(*args: Any, **kwargs: Any) -> Any:
        call = recorded(f, args, kwargs, argnum)
        ys = all_results(call, "jacobian")
        # All passes before what they give is shaped: one may find that all are to be recorded.
        rows = [[call.back(y, unit.reshape(y.shape)) for unit in np.eye(y.size)] for y in ys]
        derivatives = [
            call.shaped(
                [_stacked([row[i] for row in of_y], y, x) for i, x in enumerate(call.leaves)],
                y.shape,
            )
            for y, of_y in zip(ys, rows, strict=True)
        ]
        call.connect()
        return with_leaves(call.result, iter(derivatives))

    return _named(all_derivatives, f, "jacobian")


def hessian(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """Make a function that returns all second derivatives of ``f(*args)``.

    Parameters
    ----------
    f : callable
        Returns one number: a Variable with one element.
    argnum : int or tuple of int
        By which arguments to differentiate, each time.

    Returns
    -------
    callable
        Takes f's arguments; returns an array of shape ``x.shape + x.shape``; for a tuple of
        argnums a tuple of tuples of them, and likewise for an argument that is a list, tuple or
        dict.

    Examples
    --------
    >>> hessian(lambda x: (x**3).sum())(np.array([1.0, 2.0]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """
    return _named(jacobian(grad(f, argnum), argnum), f, "hessian")


def hvp(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """Make a function that returns the Hessian of ``f(*args)`` times a vector.

    Parameters
    ----------
    f : callable
        Returns one number: a Variable with one element.
    argnum : int or tuple of int
        By which arguments to differentiate.

    Returns
    -------
    callable
        Takes f's arguments and, last, the vector: of the form of the argument (for a tuple of
        argnums a tuple). Returns the product, of the same form. The Hessian is not formed.

    Raises
    ------
    ShapeError
        When called, if the vector's shape is not the argument's.

    Examples
    --------
    >>> hvp(lambda x: (x**3).sum())(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([6., 0.])
    """

    def product(*args: Any, **kwargs: Any) -> Any:
        if len(args) < 2:
            raise OperandError("hvp(f) is called with f's arguments and, last, the vector.")
        *given, vector = args

        def along(*inner: Any) -> Any:
            gradients = grad(f, argnum)(*inner, **kwargs)
            return _inner(leaves_of(gradients), leaves_like(gradients, vector, "hvp"), "hvp")

        return grad(along, argnum)(*given)

    return _named(product, f, "hvp")


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Return ``f(*primals)`` and its derivative in the direction of the tangents.

    Parameters
    ----------
    f : callable
        Returns one Variable of any shape.
    primals : sequence
        f's arguments.
    tangents : sequence
        A direction for each of them, of its shape.

    Returns
    -------
    value, tangent : array, array
        Both of the result's shape; Variables inside another derivative.

    Raises
    ------
    ShapeError, OperandError
        If the tangents do not fit the primals.

    Examples
    --------
    >>> jvp(lambda x: x**2, (3.0,), (1.0,))
    (array(9.), array(6.))
    """
    if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        raise OperandError(
            "jvp(f, primals, tangents) takes a tuple of arguments, and of directions."
        )
    if len(primals) != len(tangents):
        raise OperandError(f"jvp: {len(primals)} primals, but {len(tangents)} tangents.")
    call = recorded(f, tuple(primals), {}, tuple(range(len(primals))))
    directions = leaves_like(primals, tangents, "jvp")
    if call.recording and any(isinstance(t, Variable) for t in directions):
        call.nested = call.connected = True
    y = one_result(call, "jvp")
    # The gradient is linear in its seed u: what multiplies u there is the tangent.
    u = Variable(np.zeros(y.shape, gradient_dtype(y)))
    gradients = call.back(y, u, create_graph=True)
    _check_same([x.shape for x in call.leaves], [np.shape(t) for t in directions], "jvp")
    both = zip(gradients, directions, strict=True)
    pairs = [(g, t) for g, t in both if g is not None]
    tangent = np.zeros(y.shape, gradient_dtype(y))
    if pairs:
        with within(True):
            total = _inner([g for g, _ in pairs], [t for _, t in pairs], "jvp")
        (found,), _ = back(total, np.ones(()), [u], call.connected)
        tangent = tangent if found is None else found
    call.connect()
    return call.given(y), call.given(tangent)


def _one_number(call: Call) -> Variable:
    y = one_result(call, "grad")
    if y.size != 1:
        raise ShapeError(
            f"grad needs a function that returns one number; {call.name} returned shape {y.shape}. "
            "Sum it, or use jacobian."
        )
    return y


def _stacked(rows: list[Any], y: Variable, x: Variable) -> Any:
    """Join the gradients of y's elements by x, of which some may be None."""
    if all(row is None for row in rows):
        return None
    zeros = np.zeros(x.shape, gradient_dtype(x))
    filled = [zeros if row is None else row for row in rows]
    if any(isinstance(row, Variable) for row in filled):
        return stack(filled).reshape(y.shape + x.shape)
    return np.stack(filled).reshape(y.shape + x.shape)


def _inner(gradients: list[Any], vectors: list[Any], asker: str) -> Any:
    """Return Σ gradient · vector."""
    _check_same([np.shape(g) for g in gradients], [np.shape(v) for v in vectors], asker)
    total: Any = 0.0
    for g, v in zip(gradients, vectors, strict=True):
        total = total + (g * v).sum()
    return total


def _check_same(wanted: list[Any], given: list[Any], asker: str) -> None:
    if wanted != given:
        raise ShapeError(
            f"{asker}: the direction has shape {', '.join(map(str, given))}, "
            f"but the argument has {', '.join(map(str, wanted))}."
        )


def _named(function: Callable[..., Any], f: Callable[..., Any], kind: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = f"{kind}({name_of(f)})"
    function.__doc__ = f"{kind} of {name_of(f)}."
    return function
