"""What a drawing leaves out: numbers that a pill shows, and what is inside a closed module.

``a**2`` is drawn as ``x²``, with no card for the 2: constants without a name, such as literals,
are written on their function's pill. The parameters of a module that is shown closed stand on its
card, and so do the many leaves of a long loop; constants without a name that only closed modules
use, such as dropout's masks, are not shown. Graph and trace keep them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from nbgrad.tracing.module_calls import is_run, without_checkpoints
from nbgrad.tracing.names import card_name

MAX_LENGTH = 7
"""Longer numbers keep their card."""
MAX_BESIDE = 16
"""More leaves that a closed loop alone uses stand on its card, such as the weights of all layers."""

_RAISED = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")
_INFIX = {"Add": "+", "Sub": "−", "Mul": "×", "Div": "÷"}


class Value(NamedTuple):
    """A variable's id, name and kind, and, of a 0-d constant, the number on its card."""

    id: str
    name: str
    kind: str
    number: str


class Call(NamedTuple):
    """A function's id, class and symbol, the ids of its inputs, and its path if it is a module."""

    id: str
    name: str
    symbol: str
    inputs: Sequence[str]
    module: str


class LeftOut(NamedTuple):
    """What a drawing leaves out.

    Attributes
    ----------
    hidden : set of str
        The ids of variables without a card.
    symbols : dict of str to str
        What functions show instead of their own symbol.
    parameters : dict of str to list of str
        The parameters inside each closed module.
    """

    hidden: frozenset[str]
    symbols: dict[str, str]
    parameters: dict[str, list[str]]


def left_out(root: str, values: Sequence[Value], calls: Sequence[Call]) -> LeftOut:
    """Return what the drawing of a graph leaves out."""
    constants = [v for v in values if v.kind == "constant" and v.id != root]
    unnamed = {v.id: v.number for v in constants if not card_name(v.name, v.kind)}
    hidden, symbols = _fold({key: number for key, number in unnamed.items() if number}, calls)
    modules = [call for call in calls if call.module]
    if not modules:
        return LeftOut(frozenset(hidden), symbols, {})
    uses = Counter(x for call in calls for x in dict.fromkeys(call.inputs))
    inside = Counter(x for module in modules for x in dict.fromkeys(module.inputs))
    hidden |= {x for x in unnamed if inside[x] and inside[x] == uses[x]}
    leaves = {v.id: v.name for v in values if v.kind == "leaf" and uses[v.id] == 1}
    parameters = {module.id: _parameters(module, leaves) for module in modules}
    return LeftOut(
        frozenset(hidden.union(*parameters.values())),
        symbols,
        {module: own for module, own in parameters.items() if own},
    )


def _parameters(module: Call, leaves: Mapping[str, str]) -> list[str]:
    """Return the parameters of a closed module, which are leaves that it alone uses."""
    path = without_checkpoints(module.module)
    path = (path.rpartition(".")[0] if is_run(path) else path.partition("#")[0]) + "."
    alone = [x for x in dict.fromkeys(module.inputs) if x in leaves]
    own = [x for x in alone if _is_inside(leaves[x], path)]
    return alone if len(alone) - len(own) > MAX_BESIDE else own


def _is_inside(name: str, path: str) -> bool:
    """Whether a parameter's name says that it is in a module; the model's own name may go first."""
    if path == ".":  # of the model itself
        return "." in name
    return name.startswith(path) or f".{path}" in name


def _fold(numbers: Mapping[str, str], calls: Iterable[Call]) -> tuple[set[str], dict[str, str]]:
    """Return the numbers that functions can show, and what these functions show."""
    symbols: dict[str, tuple[str, str]] = {}
    kept: set[str] = set()
    for call in calls:
        inner = [i for i in call.inputs if i in numbers]
        symbol = _symbol(call, numbers) if inner else None
        if symbol is None:
            kept.update(inner)
        else:
            symbols[call.id] = inner[0], symbol
    shown = {key: symbol for key, (number, symbol) in symbols.items() if number not in kept}
    return {number for number, _ in symbols.values()} - kept, shown


def _symbol(call: Call, numbers: Mapping[str, str]) -> str | None:
    """Return what a function shows with its number in it; None where it cannot."""
    if len(call.inputs) != 2 or all(i in numbers for i in call.inputs):
        return None
    first = call.inputs[0] in numbers
    number = numbers[call.inputs[0 if first else 1]]
    if len(number) > MAX_LENGTH:
        return None
    number = number.replace("-", "−")
    name = call.name.capitalize()  # PyTorch's are written small
    if name == "Pow":
        return f"{number}ˣ" if first else _power(number)
    sign = _INFIX.get(name)
    if sign is None:
        return f"{call.symbol} {number}" if name in ("Maximum", "Minimum") else None
    if not first:
        return f"{sign} ({number})" if number.startswith("−") else f"{sign} {number}"
    return f"{number} {sign}" if sign != "×" else f"× {number}"


def _power(number: str) -> str:
    """Write a power: ``x²``, ``√x``, ``x^1.5``."""
    if number == "0.5":
        return "√x"
    whole = number.replace("−", "-")
    return f"x{whole.translate(_RAISED)}" if whole.lstrip("-").isdigit() else f"x^{number}"
