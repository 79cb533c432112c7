"""Tab completion of the magics' arguments."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from nbgrad.engine.variable import Variable

from .steps import ORDERS

_MAGIC = re.compile(r"\s*(%{1,2})(no_grad|backward|graph|history)\s+(.*)", re.DOTALL)
_OPTIONS = ("--order", "--retain", "--no-apply", "--modules", "--sweep")


def candidates(line: str, names: list[str]) -> list[str] | None:
    """Return what may stand at the end of a line; None when it is not one of our magics.

    Parameters
    ----------
    line : str
        The line up to the cursor.
    names : list of str
        The Variables that exist.
    """
    match = _MAGIC.match(line)
    if match is None:
        return None
    percents, magic, rest = match.groups()
    words = rest.split()
    token = "" if not words or rest[-1].isspace() else words.pop()
    if magic == "no_grad":
        options = ["on", "off", "status"] if percents == "%" and not words else []
    elif magic == "history":
        options = [o for o in ("--every", "--keep") if o not in words]
    elif magic == "graph":
        options = names
    elif words and words[-1] == "--order":
        options = list(ORDERS)
    elif words and words[-1] == "--sweep":
        options = [f"{name}=" for name in names]
    elif percents == "%%":
        options = [o for o in _OPTIONS if o not in words]
    else:
        options = [*names, *(o for o in _OPTIONS if o not in words)]
    if not re.fullmatch(r"[\w-]*", token):
        return None  # within an expression, Python's own completion knows better
    return [o for o in options if o.startswith(token)]


def variables_in(namespace: dict[str, Any]) -> list[str]:
    """Return the names of the user's Variables, oldest first."""
    return [
        name
        for name, value in list(namespace.items())
        if not name.startswith("_") and isinstance(value, Variable)
    ]


def make_matcher(ip: Any) -> Callable[[Any], Any] | None:
    """Make the matcher for a shell; None when its IPython (before 8.6) has no such thing."""
    try:
        from IPython.core.completer import SimpleCompletion, context_matcher
    except ImportError:
        return None

    @context_matcher(identifier="nbgrad", priority=100)  # type: ignore[untyped-decorator]
    def matcher(context: Any) -> dict[str, Any]:
        found = candidates(context.text_until_cursor, variables_in(ip.user_ns))
        completions = [SimpleCompletion(text=text, type="param") for text in found or []]
        return {"completions": completions, "suppress": bool(completions)}

    return matcher  # type: ignore[no-any-return]
