"""Parameters of a module that is shown closed: they stand on its card.

They have no card of their own. Nor have constants without a name that only closed modules use,
such as dropout's masks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from nbgrad.tracing.module_calls import is_run

__all__ = ["Box", "constants_inside", "parameters_of"]


class Box(NamedTuple):
    """A closed module: its function's id, its path, the ids of its inputs."""

    id: str
    module: str
    inputs: Sequence[str]


def parameters_of(
    boxes: Iterable[Box], leaves: Mapping[str, str], used_by: Mapping[str, int]
) -> dict[str, list[str]]:
    """Return the parameters that each closed module alone uses.

    Parameters
    ----------
    boxes : iterable of Box
    leaves : mapping of id to str
        The leaves and their names.
    used_by : mapping of id to int
        How many functions use a variable.
    """
    found: dict[str, list[str]] = {}
    for box in boxes:
        path = box.module.partition("#")[0] + "."
        if is_run(box.module):  # of all blocks in it
            path = box.module.rpartition(".")[0] + "."
        own = [
            x
            for x in dict.fromkeys(box.inputs)
            if used_by.get(x) == 1 and _is_inside(leaves.get(x, ""), path)
        ]
        if own:
            found[box.id] = own
    return found


def constants_inside(
    boxes: Iterable[Box], unnamed: Iterable[str], used_by: Mapping[str, int]
) -> set[str]:
    """Return the constants without a name that closed modules alone use.

    Parameters
    ----------
    boxes : iterable of Box
    unnamed : iterable of str
        Ids of the constants that nobody named.
    used_by : mapping of id to int
        How many functions use a variable.
    """
    uses = Counter(x for box in boxes for x in dict.fromkeys(box.inputs))
    return {x for x in unnamed if uses[x] and uses[x] == used_by.get(x)}


def _is_inside(name: str, path: str) -> bool:
    """Whether a parameter's name says that it is in a module; the model's own name may go first."""
    if path == ".":  # of the model itself
        return "." in name
    return name.startswith(path) or f".{path}" in name
