"""A user's program, held by mypy's strictest rules against the installed wheel, and run there.

Each ``type: ignore`` marks a mistake that the types are there to show: strict mypy reports one
that it was not needed for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import nbgrad as ng
from nbgrad import Function, Variable

Array = NDArray[np.float64]


class Cube(Function):
    def forward(self, x: Array) -> Array:
        return np.asarray(x**3)

    def backward(self, gy: Variable) -> Variable:
        (x,) = self.inputs
        return 3 * x * x * gy


def operators(x: Variable, array: Array) -> Variable:
    y = 2.0 * x + x * array - x / 3 + (-x) ** 2 + abs(x)
    return (y @ array)[0].reshape(1, -1).sum(axis=0, keepdims=True).T


def slope(at: float) -> float:
    x = Variable(np.array(at), name="x")
    y = Cube()(x) + ng.square(x) * 2.0 - 1.0
    assert isinstance(y, Variable)
    y.backward(retain_grad=True)
    assert x.grad is not None
    return float(x.grad.item())


@ng.no_grad
def predict(x: Variable) -> Variable:
    return ng.sigmoid(x)


@ng.no_grad()
def predict_named(x: Variable, name: str) -> tuple[str, Variable]:
    with ng.enable_grad(), ng.no_grad(), ng.using_config("enable_backprop", False):
        return name, ng.tanh(x)


def derivatives(at: Array) -> None:
    slope = ng.grad(ng.sin)
    value, gradient = ng.value_and_grad(lambda a, b: (a * b).sum(), argnum=(0, 1))(at, at)
    print(slope(np.array(0.0)), value, gradient, ng.hessian(ng.sum)(at))
    right: bool = ng.gradcheck(ng.exp, at)
    assert right


def steps(y: Variable) -> list[str]:
    trace: ng.Trace = ng.trace(y, retain_grad=True, apply=False)
    generations: list[int] = [step.generation for step in trace.steps]
    names: list[str] = [call.function.name for step in trace.steps for call in step.calls]
    text: str = f"{trace}{generations}{ng.graph(y)}"
    return [*names, text]


def mistakes(x: Variable) -> None:
    ng.trace("x")  # type: ignore[arg-type]
    ng.trace(np.ones(2))  # type: ignore[arg-type]
    ng.graph(3.0)  # type: ignore[arg-type]
    ng.History().record(2.0)  # type: ignore[arg-type]
    Variable("3.0")  # type: ignore[arg-type]
    Variable(np.ones(2), 3)  # type: ignore[arg-type]
    x.backward(retain="yes")  # type: ignore[call-arg]
    x.gradient  # type: ignore[attr-defined]
    ng.grad(3.0)  # type: ignore[arg-type]
    ng.sin(x, x, x, x)  # type: ignore[call-arg]
    ng.exp(mistakes)  # type: ignore[arg-type]
    ng.sum(x, axes=0)  # type: ignore[call-arg]
    ng.reshap(x, 2)  # type: ignore[attr-defined]
    pieces: list[Variable] = ng.split(x, 2)  # type: ignore[assignment]
    ng.trace()  # type: ignore[call-arg]
    trace: ng.Trace = ng.square(x)  # type: ignore[assignment]
    number: int = predict(x)  # type: ignore[assignment]
    predict(2.0)  # type: ignore[arg-type]
    predict_named(x)  # type: ignore[call-arg]
    ng.no_grad("x")  # type: ignore[call-overload]
    print(trace, number, pieces)


class Misfit(Function):
    def forward(self, x: Array) -> Array:
        return x

    backward = 3  # type: ignore[assignment]


if __name__ == "__main__":
    ones = np.ones((2, 2))
    z = ng.square(operators(Variable(ones, name="ones"), ones)).sum()
    derivatives(ones)
    print(slope(2.0), predict(z), predict_named(z, "z"), *steps(z))
