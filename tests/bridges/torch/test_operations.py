"""What is known of PyTorch's functions: their names, rules and operands."""

from __future__ import annotations

import pytest
import torch

from nbgrad.bridges.torch.operations import _OWN, as_called, fitted, operation, snake
from nbgrad.bridges.torch.recording import ALL_REDUCE
from tests.tracing.narration.test_rule_words import read_in_korean


@pytest.mark.parametrize(
    ("node", "name"),
    [
        ("AddmmBackward0", "addmm"),
        ("NativeBatchNormBackward0", "native_batch_norm"),
        ("MaxPool2DWithIndicesBackward0", "max_pool2d_with_indices"),
        ("torch::autograd::AccumulateGrad", "accumulate_grad"),
        ("ReluBackward0", "relu"),
        ("CubeBackward", "cube"),
        ("Cube", "cube"),
    ],
)
def test_a_node_is_named_as_its_function(node: str, name: str) -> None:
    assert snake(node) == name


def test_a_function_that_nbgrad_has_too_shares_its_rule() -> None:
    from nbgrad.ops.row import TABLE

    assert operation("MulBackward0").rule == TABLE["mul"].rule
    assert operation("ViewBackward0").reshapes
    unknown = operation("FrobnicateBackward0")
    assert (unknown.name, unknown.symbol, unknown.rule) == ("frobnicate", "frobnicate", "")


@pytest.mark.parametrize(
    ("rule", "kept", "count", "expected"),
    [
        ("gx0 = gy · x1; gx1 = gy · x0", (0, 1), 2, "gx0 = gy · x1; gx1 = gy · x0"),
        ("gx0 = gy · x1; gx1 = gy · x0", (0,), 2, ""),
        ("gx0 = gy; gx1 = gy", (1,), 2, "gx = gy"),
        ("gx0 = gy; gx1 = x2ᵀ · gy; gx2 = gy · x1", (1, 2), 3, "gx0 = x1ᵀ · gy; gx1 = gy · x0"),
        ("gx = gy · y", (0,), 1, "gx = gy · y"),
        ("", (0,), 2, ""),
    ],
)
def test_a_rule_fits_the_operands_that_are_shown(
    rule: str, kept: tuple[int, ...], count: int, expected: str
) -> None:
    assert fitted(rule, kept, count) == expected


def test_rules_of_pytorch_read_in_korean() -> None:
    assert read_in_korean([ALL_REDUCE.rule, *(rule for _, rule in _OWN.values())]) > 20


def test_a_rule_has_the_settings_of_its_call() -> None:
    x, t, f = torch.tensor([0.3, -0.2], requires_grad=True), torch.zeros(2), torch.nn.functional
    p = torch.sigmoid(x)
    for y, rule in (
        (f.leaky_relu(x, 0.2), "gx = gy where x > 0, else 0.2 · gy"),
        (f.elu(x, 0.5), "gx = gy where x > 0, else gy · 0.5 · e^x"),
        (f.threshold(x, 0.1, 0.0), "gx = gy where x > 0.1, else 0"),
        (f.mse_loss(x, t), operation("MseLossBackward0").rule),
        (f.mse_loss(x, t, reduction="sum"), "gx0 = 2 · (x0 − x1) · gy; gx1 = −2 · (x0 − x1) · gy"),
        (f.binary_cross_entropy(p, t, reduction="none"), "gx = gy · (x − t) / (x · (1 − x))"),
        (x.std(), "gx = gy · (x − mean x) / ((n − 1) · y)"),
        (torch.linalg.vector_norm(x, 3), "gx = gy · sign x · (|x| / y)^(3 − 1)"),
        (torch.linalg.vector_norm(x), "gx = gy · x / y"),
    ):
        assert as_called(operation(y.grad_fn.name()), y.grad_fn).rule == rule
