"""Dropout draws afresh; batch normalization needs channels."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng


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


def test_a_share_to_drop_is_from_0_to_1() -> None:
    with pytest.raises(ng.NbgradError, match="from 0 to 1"):
        ng.dropout(ng.Variable(np.ones(5)), 1.5)


def test_batch_norm_needs_an_axis_of_channels() -> None:
    with pytest.raises(ng.NbgradError, match=r"not shape \(5,\)"):
        ng.batch_norm(ng.Variable(np.ones(5)))
