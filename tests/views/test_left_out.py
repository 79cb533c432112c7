"""What drawings leave out: numbers on pills, and what is inside closed modules."""

from __future__ import annotations

import pytest

from nbgrad.views.left_out import Call, Value, left_out

X = Value("x", "x", "leaf", "")


def call(name: str, *inputs: str, symbol: str = "", module: str = "", key: str = "f0") -> Call:
    return Call(key, name, symbol or name, inputs, module)


@pytest.mark.parametrize(
    ("name", "inputs", "number", "symbol"),
    [
        ("Pow", "xn", "2", "x²"), ("Pow", "xn", "0.5", "√x"), ("Pow", "xn", "-1.5", "x^−1.5"),
        ("Pow", "nx", "2", "2ˣ"), ("Add", "xn", "1", "+ 1"), ("Add", "nx", "1", "1 +"),
        ("Sub", "xn", "-1", "− (−1)"), ("Mul", "nx", "3", "× 3"), ("Div", "xn", "4", "÷ 4"),
        ("mul", "xn", "3", "× 3"), ("Maximum", "xn", "0", "max 0"),
        ("Sin", "n", "1", None), ("Mul", "xn", "1.234e-7", None), ("Atan2", "xn", "1", None),
    ],
)  # fmt: skip
def test_a_number_stands_on_its_functions_pill(name, inputs, number, symbol):
    found = left_out(
        "y", [X, Value("n", "", "constant", number)], [call(name, *inputs, symbol="max")]
    )
    assert found.symbols.get("f0") == symbol
    assert found.hidden == (frozenset("n") if symbol else frozenset())
    assert found.parameters == {}


def test_a_number_keeps_its_card_where_a_function_cannot_show_it():
    number = Value("n", "", "constant", "2")
    calls = [call("Mul", "x", "n"), call("Sin", "n", key="f1")]
    assert left_out("y", [X, number], calls) == (frozenset(), {}, {})
    named = Value("n", "rate", "constant", "2")
    assert left_out("y", [X, named], calls[:1]) == (frozenset(), {}, {})
    assert left_out("n", [X, number], calls[:1]) == (frozenset(), {}, {})  # the root itself


def test_parameters_and_masks_of_closed_modules_have_no_card():
    values = [
        X,
        Value("w", "layers.0.weight", "leaf", ""),
        Value("b", "model.layers.0.bias", "leaf", ""),
        Value("o", "layers.1.weight", "leaf", ""),
        Value("t", "layers.0.tied", "leaf", ""),
        Value("m", "", "constant", ""),
        Value("s", "", "constant", ""),
    ]
    calls = [
        call("Linear", "x", "w", "b", "o", "t", "m", "s", "w", module="layers.0#2", key="m0"),
        call("Add", "t", "s", key="f1"),
    ]
    found = left_out("y", values, calls)
    assert found.parameters == {"m0": ["w", "b"]}
    assert found.hidden == {"w", "b", "m"}


@pytest.mark.parametrize(
    ("module", "inside"), [("layers.0…3", ["a", "c"]), ("layers.0", ["a"]), ("", [])]
)
def test_a_run_of_blocks_holds_the_parameters_of_all(module, inside):
    leaves = [Value("a", "layers.0.w", "leaf", ""), Value("c", "layers.2.w", "leaf", "")]
    found = left_out("y", leaves, [call("Block", "a", "c", module=module)])
    assert found.parameters.get("f0", []) == inside
