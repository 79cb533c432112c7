"""After an operation has failed, the error offers a drawing of what led there."""

from __future__ import annotations

import pytest

from tests.ipython.conftest import Shell
from tests.ipython.test_tracebacks import fail

OFFER = "%graph draws what led to this call."
TORCH = (
    "import torch, nbgrad as ng\n"
    "net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(5, 2))"
)


@pytest.mark.parametrize(
    ("made", "line", "drawn"),
    [
        ("x = Variable(np.ones((2, 3)))\nh = x * 2.0", "h @ x", "h         mul(x, 2.0)"),
        ("x = Variable(np.ones(3))\nh = x * 2.0", "(h + 1.0) + np.ones(2)", "add(h, 1.0)"),
        (
            ("class Bad(Function):\n    def forward(self, x): raise ValueError('no')\n"
            "x = Variable(np.ones(3))\nh = np.exp(x)"),
            "Bad()(h)", "h         exp(x)",
        ),
        (TORCH, "with ng.watch(net): net(torch.ones(2, 3))", "relu("),
    ],
)  # fmt: skip
def test_graph_alone_draws_what_led_to_the_call(
    shell: Shell, made: str, line: str, drawn: str
) -> None:
    if made == TORCH:
        pytest.importorskip("torch")
    ran = fail(shell, made, line)
    assert getattr(ran.error, "__notes__", [])[-1] == OFFER
    assert ran.out.count(OFFER) == 1
    assert drawn in shell.ok("%graph").out


@pytest.mark.parametrize("line", ["x @ x", "1 / 0", "y.backward()", "x.frobnicate"])
def test_nothing_is_offered_where_nothing_led(shell: Shell, line: str) -> None:
    ran = fail(shell, "x = Variable(np.ones((2, 3)))\ny = x * 2.0\ny.grad = np.ones(7)", line)
    assert OFFER not in ran.out
    assert "needs a variable" in str(shell.run("%graph").error) + shell.run("%graph").out
