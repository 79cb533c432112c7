"""B36: data changed between forward and backward gave a wrong gradient without notice.

The rule is documented where the data is: a pass reads it as it then is.
`detect_anomaly` catches the change.
"""

import numpy as np

import nbgrad as ng
from tests.seed.steps import square


def test_b36_the_pass_reads_the_data_as_it_is():
    x = ng.Variable(np.array(2.0))
    y = square(x)
    x.data = np.array(100.0)
    y.backward()
    assert x.grad == 200.0


def test_b36_and_that_is_documented():
    text = " ".join(ng.Variable.__doc__.split())
    assert "do not change it between the forward and the backward pass" in text


def test_b36_setting_data_checks_it_as_the_constructor_does():
    x = ng.Variable(np.array(2.0))
    try:
        x.data = [1.0]
    except TypeError as error:
        assert "must be an ndarray, not list" in str(error)
    assert x.data == 2.0
