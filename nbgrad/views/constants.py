"""Numbers that belong to an operation: ``a**2`` is drawn as ``x²``, with no card for the 2.

A drawing leaves out constants without a name, such as literals, and writes them on the function's
pill; graph and trace keep them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

__all__ = ["Call", "Folded", "fold"]

MAX_LENGTH = 7
"""Longer numbers keep their card."""

_RAISED = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")
_INFIX = {"Add": "+", "Sub": "−", "Mul": "×", "Div": "÷"}


class Call(NamedTuple):
    """A function's id, class and symbol, and the ids of its inputs."""

    id: str
    name: str
    symbol: str
    inputs: Sequence[str]


class Folded(NamedTuple):
    """Which variables are left out, and what their functions show instead."""

    hidden: frozenset[str]
    symbols: dict[str, str]


def fold(numbers: Mapping[str, str], calls: Iterable[Call]) -> Folded:
    """Fold numbers into the functions that use them.

    Parameters
    ----------
    numbers : mapping of id to str
        The constants that may be left out, and what stands on their cards.
    calls : iterable of Call
    """
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
    return Folded(frozenset(number for number, _ in symbols.values()) - kept, shown)


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
