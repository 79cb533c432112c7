"""Operations of nets beyond the generated samples: bias, ties, randomness, wrong shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng

RNG = np.random.default_rng(0)


def test_a_bias_is_added_to_each_channel() -> None:
    x, w, b = (ng.Variable(RNG.normal(size=n)) for n in [(2, 3, 5, 5), (4, 3, 3, 3), (4,)])
    y = ng.conv2d(x, w, b, padding=1)
    plain = ng.conv2d(x, w, padding=1).data
    np.testing.assert_allclose(y.data, plain + b.data[:, None, None], rtol=1e-12)
    y.sum().backward()
    np.testing.assert_array_equal(b.grad, 50.0)
    assert ng.conv1d(x[:, :, 0], w[:, :, 0], b).shape == (2, 4, 3)
    assert ng.conv_transpose2d(x, np.ones((3, 2, 2, 2)), np.zeros(2), stride=2).shape == (
        2,
        2,
        10,
        10,
    )


def test_the_first_of_equal_largest_elements_gets_the_gradient() -> None:
    g = ng.grad(lambda x: ng.max_pool2d(x, 2).sum())(np.ones((1, 1, 2, 4)))
    assert g.tolist() == [[[[1, 0, 1, 0], [0, 0, 0, 0]]]]


def test_float32_stays_in_convolutions_and_pools() -> None:
    x = ng.Variable(np.ones((1, 2, 4, 4), np.float32))
    w = ng.Variable(np.ones((2, 2, 2, 2), np.float32))
    y = ng.avg_pool2d(ng.max_pool2d(ng.conv2d(x, w, np.zeros(2, np.float32)), 2), 1)
    y.sum().backward()
    assert {y.dtype, x.grad.dtype, w.grad.dtype} == {np.dtype(np.float32)}


def test_dropout_draws_from_its_own_generator_or_a_seed() -> None:
    x = ng.Variable(np.ones(1000))
    before = np.random.get_state()[1].copy()  # noqa: NPY002 (that it is left alone)
    y = ng.dropout(x, 0.25)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    assert set(np.unique(y.data)) == {0.0, 1 / 0.75}
    assert 650 < np.count_nonzero(y.data) < 850
    np.testing.assert_array_equal(ng.dropout(x, rng=3).data, ng.dropout(x, rng=3).data)
    rng = np.random.default_rng(3)
    assert (ng.dropout(x, rng=rng).data != ng.dropout(x, rng=rng).data).any()
    y.backward()
    np.testing.assert_array_equal(x.grad, y.data)
    np.testing.assert_array_equal(ng.dropout(x, 0.9, training=False).data, 1.0)
    np.testing.assert_array_equal(ng.dropout(x, 1.0).data, 0.0)


@pytest.mark.filterwarnings("ignore")
def test_a_compiled_function_draws_anew() -> None:
    f = ng.compile(lambda x: ng.dropout(x))  # noqa: PLW0108
    x = ng.Variable(np.ones(64))
    first = f(x).data
    assert any((f(x).data != first).any() for _ in range(3))


@pytest.mark.parametrize("name", ["elu", "selu", "silu", "softsign", "hardtanh"])
def test_activations_are_finite_far_out(name: str) -> None:
    x = ng.Variable(np.array([-1e300, -800.0, 800.0, 1e300]))
    y = getattr(ng, name)(x)
    y.sum().backward(create_graph=True)
    assert np.isfinite(y.data).all()
    assert np.isfinite(x.grad.data).all()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda x: ng.conv2d(x, np.ones((4, 2, 3, 3))), "3 channels, and the kernels are for 2"),
        (
            lambda x: ng.conv2d(x, np.ones((4, 3, 9, 9))),
            r"spans \(9, 9\) does not fit into \(5, 5\)",
        ),
        (lambda x: ng.conv2d(x[0], np.ones((4, 3, 3, 3))), "height, width"),
        (lambda x: ng.conv1d(x, np.ones((4, 3, 3))), "length"),
        (lambda x: ng.conv2d(x, np.ones((4, 3, 3, 3)), stride=0), "at least 1"),
        (lambda x: ng.conv2d(x, np.ones((4, 3, 3, 3)), padding=(1, 2, 3)), "an int or 2 of them"),
        (lambda x: ng.conv2d(x, np.ones((4, 1, 3, 3)), groups=3), "groups=3 does not divide 4"),
        (lambda x: ng.max_pool2d(x, 2, padding=2), "half of the window"),
        (lambda x: ng.col2im(x, (4, 4), 2), r"\(2, 2, 3, 3\)"),
        (lambda x: ng.dropout(x, 1.5), "from 0 to 1"),
        (lambda x: ng.huber_loss(x, x, reduction="max"), "'mean', 'sum' or 'none'"),
        (lambda x: ng.batch_norm(x[0, 0, 0]), r"not shape \(5,\)"),
        (ng.glu, "glu|split"),
    ],
)
def test_an_error_says_what_does_not_fit(call: Any, said: str) -> None:
    with pytest.raises(ng.NbgradError, match=said):
        call(ng.Variable(np.ones((2, 3, 5, 5))))
