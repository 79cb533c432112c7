"""A graph as rows of plain data: what is kept of its variables and functions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, TypeAlias

from nbgrad.engine.identity import table_by_identity
from nbgrad.engine.variable import Variable

from .summaries import Budget, Handle


@dataclass(frozen=True)
class OpRow:
    """What is kept of an operation."""

    name: str
    symbol: str
    label: str
    rule: str
    code: CodeType | str | None


@dataclass(slots=True)
class VariableRow:
    """What is kept of a variable; `creator` counts functions."""

    name: str
    kind: str
    generation: int
    value: Handle | None
    before: Handle | None
    creator: int
    position: Any
    spec: tuple[tuple[int, ...], str] | None = None
    backward: bool = False


FunctionRow: TypeAlias = tuple[OpRow, tuple[int, ...], tuple[int, ...]]
"""What is kept of a function: its operation, inputs and outputs, which count variables.

Its generation, position and whether a backward pass made it are those of its outputs.
"""


@dataclass
class Survey:
    """A graph as rows of plain data, and for the length of a pass the live nodes' indices.

    Attributes
    ----------
    variables, functions : list of rows
    root : int
    index : dict
        Live Variable, or what stands for none, to its row's index; emptied by `forget`.
    nodes : dict
        Variable to the index of the function that made it.
    """

    variables: list[VariableRow] = field(default_factory=list)
    functions: list[FunctionRow] = field(default_factory=list)
    root: int = 0
    index: dict[Any, int] = field(default_factory=table_by_identity)
    nodes: dict[Variable, int] = field(default_factory=table_by_identity)
    budget: Budget = field(default_factory=Budget)

    def live(self) -> Iterator[tuple[Variable, int]]:
        """Yield the live Variables, each with its row's index."""
        return ((x, i) for x, i in self.index.items() if isinstance(x, Variable))

    def forget(self) -> None:
        """Let go of every live object."""
        self.index.clear()
        self.nodes.clear()
