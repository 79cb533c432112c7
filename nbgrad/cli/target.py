"""What is traced: ``FILE.py:NAME``, and what may follow the name.

``train.py:loss`` is a global of the script, ``train.py:main.loss`` a local of its function
``main`` when that last returned, ``train.py:t.loss`` an attribute and ``train.py:d['l']`` an
item. With ``-m`` a module's name stands in place of the file.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrad.engine.errors import listed
from nbgrad.engine.variable import Variable
from nbgrad.tracing.engines import has_pass

from .errors import CommandError, lines_of


@dataclass(frozen=True)
class Target:
    """A value of a script.

    Attributes
    ----------
    script : str
        The file, or with ``-m`` the module.
    text : str
        What follows the colon, as written.
    names : tuple of str
        The dotted name that it begins with.
    items : tuple of (str or None, object)
        What follows: an attribute's name, or None and the key of an item.
    """

    script: str
    text: str
    names: tuple[str, ...]
    items: tuple[tuple[str | None, Any], ...]


def parse(text: str, *, module: bool = False) -> Target:
    """Read ``FILE.py:NAME``, or ``package.module:NAME``.

    Raises
    ------
    CommandError
        If it does not name a variable.
    """
    script, name = _split(text, module)
    try:
        names, items = _read(ast.parse(name.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        kind = "MODULE" if module else "FILE.py"
        raise CommandError(
            f"{text!r} does not name a variable: write {kind}:NAME, such as "
            f"{script or text}:loss, {script or text}:main.loss or {script or text}:losses[-1]."
        ) from None
    return Target(script, name.strip(), names, items)


def _split(text: str, module: bool) -> tuple[str, str]:
    """Return the script and the name: a key, and a path on Windows, may have colons too."""
    colons = [i for i, character in enumerate(text) if character == ":"]
    for i in colons:
        if module or Path(text[:i]).is_file() or text[:i].endswith(".py"):
            return text[:i], text[i + 1 :]
    return (text[: colons[-1]], text[colons[-1] + 1 :]) if colons else (text, "")


def _read(node: ast.expr) -> tuple[tuple[str, ...], tuple[tuple[str | None, Any], ...]]:
    """Return the dotted name of an expression, and the attributes and items after it."""
    items: list[tuple[str | None, Any]] = []
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        if isinstance(node, ast.Attribute):
            items.insert(0, (node.attr, None))
        else:
            items.insert(0, (None, ast.literal_eval(node.slice)))
        node = node.value
    if not isinstance(node, ast.Name):
        raise SyntaxError("more than a name, attributes and items")  # noqa: TRY004
    names = [node.id]
    while items and items[0][0] is not None:
        names.append(items.pop(0)[0] or "")
    return tuple(names), tuple(items)


def find(
    target: Target, namespace: dict[Any, Any], local: Mapping[str, Any] | None, depth: int
) -> tuple[Any, dict[Any, Any]]:
    """Return the value of a target, and the names that its graph may be told with.

    Parameters
    ----------
    target : Target
    namespace : dict
        The script's globals.
    local : mapping or None
        The locals of the function that the target's first ``depth`` names stand for; None if
        they stand for none, or if it did not return.
    depth : int

    Raises
    ------
    CommandError
        If there is no such value, or if it is not a Variable.
    """
    names = {name: value for name, value in namespace.items() if isinstance(name, str)}
    dotted = target.names
    if local is not None and dotted[depth] in local:
        names, so_far = {**names, **local}, ".".join(dotted[: depth + 1])
        value, rest = local[dotted[depth]], dotted[depth + 1 :]
    elif dotted[0] in names:
        value, rest, so_far = names[dotted[0]], dotted[1:], dotted[0]
        if depth and rest and not hasattr(value, rest[0]):
            raise CommandError(_not_local(target, local, depth))
    else:
        close = _did_you_mean(dotted[0], names)
        raise CommandError(
            f"{target.script} has no name {dotted[0]!r} at its end.{close} {_available(names)}"
        )
    for attribute, key in (*((name, None) for name in rest), *target.items):
        value = _part(value, attribute, key, so_far, target)
        so_far += f".{attribute}" if attribute is not None else f"[{key!r}]"
    if not has_pass(value):
        raise CommandError(
            f"{target.text} in {target.script} is not a Variable but {type(value).__name__}. "
            f"{_available(names)}"
        )
    if all(value is not known for known in names.values()):
        names[target.text] = value
    return value, names


def _part(value: Any, attribute: str | None, key: Any, so_far: str, target: Target) -> Any:
    """Return an attribute or an item of a value."""
    try:
        return value[key] if attribute is None else getattr(value, attribute)
    except KeyboardInterrupt:
        raise
    except (AttributeError, LookupError, TypeError):
        what = f"item {key!r}" if attribute is None else f"attribute {attribute!r}"
        there = _keys(value) if attribute is None else ""
        raise CommandError(
            f"{so_far} in {target.script}, which is {_with_article(type(value).__name__)}, has no {what}.{there}"
        ) from None
    except BaseException as error:  # noqa: BLE001 - the script's own code
        raise CommandError(
            f"looking up {target.text} in {target.script} failed: {lines_of(error)[0]}.", 1
        ) from None


def _keys(value: Any) -> str:
    if isinstance(value, Mapping):
        return f" It has {listed([repr(key) for key in value][:8])}." if len(value) else ""
    return f" It has {len(value)} items." if isinstance(value, (list, tuple)) else ""


def _with_article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeio' else 'a'} {noun}"


def _not_local(target: Target, local: Mapping[str, Any] | None, depth: int) -> str:
    function, name = ".".join(target.names[:depth]), target.names[depth]
    if local is None:
        return (
            f"{function}() in {target.script} did not run to its end, so it has no local {name!r}."
        )
    close = _did_you_mean(name, local)
    return f"{function}() in {target.script} has no local {name!r} when it returns.{close} {_available(local)}"


def _did_you_mean(name: str, names: Mapping[str, Any]) -> str:
    found = difflib.get_close_matches(name, variables(names), 1)
    return f" Did you mean {found[0]}?" if found else ""


def variables(names: Mapping[str, Any]) -> list[str]:
    """Return the names that stand for Variables, but for those with an underscore."""
    return [name for name, value in names.items() if name[:1] != "_" and has_pass(value)]


def _available(names: Mapping[str, Any]) -> str:
    """Say which Variables there are, and which tensors."""
    found = variables(names)
    kinds = {isinstance(names[name], Variable) for name in found}
    what = " and ".join(["Variables"] * (True in kinds) + ["tensors"] * (False in kinds))
    return f"Its {what} are: {listed(found)}." if found else "It has no Variables at its end."
