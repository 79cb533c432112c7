"""What is known of PyTorch's functions: their names, rules and operands."""

from __future__ import annotations

import pytest

from nbgrad.bridges.torch.operations import _OWN, fitted, operation, snake
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
