"""Losses: their options against PyTorch, in value, gradient and second derivative."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import nbgrad as ng

torch = pytest.importorskip("torch")
F = torch.nn.functional
RNG = np.random.default_rng(0)
SCORES = RNG.normal(size=(5, 4)) * 3
LABELS = np.array([0, 3, -100, 1, 3])
SHARES = RNG.dirichlet(np.ones(4), 5)
WEIGHT = np.array([0.5, 2.0, 1.0, 0.25])
DIRECTION = RNG.normal(size=(5, 4))


def twice(y: Any, x: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return value, gradient, and gradient of the gradient along a direction, by nbgrad."""
    y.sum().backward(create_graph=True)
    first = x.grad
    x.cleargrad()
    (first * DIRECTION).sum().backward()
    return y.data, first.data, x.grad


def twice_torch(y: Any, x: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (second,) = torch.autograd.grad((first * torch.tensor(DIRECTION)).sum(), x)
    return y.detach().numpy(), first.detach().numpy(), second.numpy()


def agree(ours: Any, theirs: Any, values: np.ndarray, rtol: float = 1e-12) -> None:
    x, t = ng.Variable(values), torch.tensor(values, requires_grad=True)
    for a, b in zip(twice(ours(x), x), twice_torch(theirs(t), t), strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=1e-14)


def test_softmax_cross_entropy_has_pytorchs_options() -> None:
    count = 0
    for labels, weight, reduction, smoothing in itertools.product(
        (LABELS, SHARES), (None, WEIGHT), ("mean", "sum", "none"), (0.0, 0.1, 1.0)
    ):
        options = {"reduction": reduction, "label_smoothing": smoothing}
        agree(
            lambda x: ng.softmax_cross_entropy(x, labels, weight=weight, **options),  # noqa: B023
            lambda x: F.cross_entropy(
                x,
                torch.tensor(labels),  # noqa: B023
                weight=None if weight is None else torch.tensor(weight),  # noqa: B023
                **options,  # noqa: B023
            ),
            SCORES,
        )
        count += 1
    print(f"{count} cases")


def test_a_number_is_the_label_of_one_row() -> None:
    x, row = (ng.Variable(np.array(a)) for a in ([0.5, 2.0, -1.0], [[0.5, 2.0, -1.0]]))
    ng.softmax_cross_entropy(x, 1).backward()
    ng.softmax_cross_entropy(row, np.array([1])).backward()
    np.testing.assert_array_equal(x.grad, row.grad[0])


def test_ignore_index_is_any_class() -> None:
    labels = np.array([0, 3, 2, 1, 3])
    agree(
        lambda x: ng.softmax_cross_entropy(x, labels, ignore_index=3),
        lambda x: F.cross_entropy(x, torch.tensor(labels), ignore_index=3),
        SCORES,
    )


def test_binary_cross_entropy_has_pytorchs_options() -> None:
    targets = RNG.uniform(size=(5, 4))
    for reduction, weight in itertools.product(("mean", "sum", "none"), (None, WEIGHT)):
        agree(
            lambda x: ng.binary_cross_entropy(
                x,
                targets,
                from_logits=True,
                pos_weight=weight,  # noqa: B023
                reduction=reduction,  # noqa: B023
            ),
            lambda x: F.binary_cross_entropy_with_logits(
                x,
                torch.tensor(targets),
                pos_weight=None if weight is None else torch.tensor(weight),  # noqa: B023
                reduction=reduction,  # noqa: B023
            ),
            SCORES,
        )
        agree(
            lambda x: ng.binary_cross_entropy(x, targets, reduction=reduction),  # noqa: B023
            lambda x: F.binary_cross_entropy(x, torch.tensor(targets), reduction=reduction),  # noqa: B023
            SHARES,
            1e-8,  # PyTorch adds 1e-12 to what it divides by
        )


def test_mean_squared_error_has_pytorchs_reductions() -> None:
    for reduction in ("mean", "sum", "none"):
        agree(
            lambda x: ng.mean_squared_error(x, SHARES, reduction=reduction),  # noqa: B023
            lambda x: F.mse_loss(x, torch.tensor(SHARES), reduction=reduction),  # noqa: B023
            SCORES,
        )


def test_gradients_of_targets_are_those_of_pytorch() -> None:
    for smoothing, weight in itertools.product((0.0, 0.3), (None, WEIGHT)):
        agree(
            lambda t: (
                ng.softmax_cross_entropy(SCORES, t, weight=weight, label_smoothing=smoothing) ** 2  # noqa: B023
            ),
            lambda t: (
                F.cross_entropy(
                    torch.tensor(SCORES),
                    t,
                    weight=None if weight is None else torch.tensor(weight),  # noqa: B023
                    label_smoothing=smoothing,  # noqa: B023
                )
                ** 2
            ),
            SHARES,
        )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ng.softmax_cross_entropy(SCORES, LABELS, reduction="avg"), ["'none'", "'avg'"]),
        (lambda: ng.softmax_cross_entropy(SCORES, LABELS, label_smoothing=2), ["from 0 to 1"]),
        (lambda: ng.softmax_cross_entropy(SCORES, LABELS, weight=[1.0]), ["(1,)", "4 classes"]),
        (lambda: ng.softmax_cross_entropy(SCORES, LABELS - 1), ["-101 to 2"]),
    ],
)
def test_an_option_that_does_not_fit(call: Any, words: list[str]) -> None:
    with pytest.raises(ng.NbgradError) as error:
        call()
    for word in words:
        assert word in str(error.value)


def value_and_gradient(f: Any, values: Any, dtype: Any = float) -> tuple[Any, Any]:
    x = ng.Variable(np.array(values, dtype))
    with np.errstate(all="ignore"):
        y = f(x)
        y.backward()
    assert y.dtype == x.grad.dtype == x.dtype
    return y.data.tolist(), x.grad.tolist()


def test_tails_and_infinite_scores() -> None:
    bce = ng.binary_cross_entropy
    tail = np.exp(-40.0)
    for f, values, value, gradient in [
        (lambda x: bce(x, 1.0, from_logits=True), [40.0], tail, [-tail]),
        (lambda x: bce(x, 0.0, from_logits=True), [-40.0], tail, [tail]),
        (lambda x: bce(x, 1.0, from_logits=True), [np.inf], 0.0, [0.0]),
        (lambda x: bce(x, 0.0), [1e-200], 1e-200, [1.0]),
        (lambda x: bce(x, 1.0), [1e-20], -np.log(1e-20), [-1e20]),
        (
            lambda x: ng.softmax_cross_entropy(x, np.array([0])),
            [[40.0, 0.0]],
            tail,
            [[-tail, tail]],
        ),
        (lambda x: ng.softmax_cross_entropy(x, np.array([0])), [[0.0, -np.inf]], 0.0, [[0.0, 0.0]]),
        (lambda x: ng.softmax_cross_entropy(x, [[1.0, 0]]), [[0.0, -np.inf]], 0.0, [[0.0, 0.0]]),
        (lambda x: ng.softmax_cross_entropy(x, np.array([0])), [[np.inf, 0.0]], 0.0, [[0.0, 0.0]]),
        (lambda x: ng.mean_squared_error(x, 0.0), [1.5e154, 0.0], 1.125e308, [1.5e154, 0.0]),
    ]:
        found = value_and_gradient(f, values)
        np.testing.assert_allclose(found[0], value, rtol=1e-13)
        np.testing.assert_allclose(found[1], gradient, rtol=1e-13)


def test_70000_terms_of_float16() -> None:
    n, half = 70_000, np.float16
    y, g = value_and_gradient(lambda x: ng.mean_squared_error(x, 0.0), np.full(n, 200), half)
    assert y == 40_000
    assert g[0] == half(400 / n)
    y, g = value_and_gradient(lambda x: ng.binary_cross_entropy(x, 0.0), np.full(n, 0.5), half)
    assert (y, g[0]) == (half(np.log(2)), half(2 / n))
    for targets in (np.zeros(n, int), np.eye(2, dtype=half)[np.zeros(n, int)]):
        y, g = value_and_gradient(
            lambda x: ng.softmax_cross_entropy(x, targets),  # noqa: B023
            np.zeros((n, 2)),
            half,
        )
        assert y == half(np.log(2))
        assert g[0] == [half(-0.5 / n), half(0.5 / n)]
    assert value_and_gradient(lambda x: ng.binary_cross_entropy(x, 1.0), [0.0, 1.0], half)[0] == 50


def test_xlogy() -> None:
    p, q = ng.Variable(np.array([0.0, 0.0, 0.5])), ng.Variable(np.array([0.0, 2.0, 2.0]))
    y = ng.xlogy(p, q)
    assert y.data.tolist() == [0, 0, 0.5 * np.log(2)]
    y.sum().backward()
    assert p.grad.tolist() == [0, np.log(2), np.log(2)]
    assert q.grad.tolist() == [0, 0, 0.25]
    assert np.isnan(ng.xlogy(0.0, np.nan).data)
