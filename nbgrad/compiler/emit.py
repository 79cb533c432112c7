"""A program written out as Python: a forward and a backward function of NumPy calls."""

from __future__ import annotations

import linecache
from collections.abc import Iterable
from keyword import iskeyword
from textwrap import wrap
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics import positions
from nbgrad.engine.nested import replaced

from .elementwise_parts import Parts
from .memory import Memory
from .program import OPERATORS, Call, Value

_DEFAULTS: dict[str, Any] = {"keepdims": False, "dtype": None}
"""Keywords that are not written where they say nothing."""
OUT_BY_NAME = {np.maximum, np.minimum}
"""Ufuncs that warn where the array to write into is not given as ``out=``, which takes longer."""
BUILTINS = {"abs", "min", "range", "slice"}
"""What the code uses of Python's."""
MAX_WIDTH = 88
"""Of a line of names."""


class Writer:
    """Writes calls as lines.

    Attributes
    ----------
    names : dict
        What the generated code refers to besides its arguments.
    imported : dict
        What NumPy calls the functions of its own, by their names in the code.
    """

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.names: dict[str, Any] = {}
        self.imported: dict[str, str] = {}
        self.constants: dict[int, str] = {}
        self.legend: list[str] = []
        self.count = 0
        self.reserved: set[str] = set()
        self.parts: dict[int, str] = {}
        self.length = ""

    # -- words --------------------------------------------------------------------------

    def name(self, value: Value, letter: str) -> str:
        """Name a value, if it has no name yet."""
        if not value.name:
            self.count += 1
            value.name = f"{letter}{self.count}"
        return value.name

    def word(self, x: Any, inline: bool = True) -> str:
        """Write an operand."""
        kind = type(x)
        if isinstance(x, Value):
            if x.call is not None and x.call.kind == "constant":
                return self.word(x.call.target, inline)
            return self.parts.get(id(x), x.name)
        if x is None or kind in (bool, int, str) or x is Ellipsis:
            return "..." if x is Ellipsis else repr(x)
        if kind is float and np.isfinite(x):
            return repr(x)
        if kind is np.float64 and inline and np.isfinite(x):
            return repr(float(x))
        if kind in (tuple, list):
            items = ", ".join(self.word(item, inline) for item in x)
            return f"[{items}]" if kind is list else f"({items}{',' * (len(x) == 1)})"
        if kind is slice:
            return f"slice({self.word(x.start)}, {self.word(x.stop)}, {self.word(x.step)})"
        return self.constant(x)

    def constant(self, x: Any) -> str:
        """Name an object that the code refers to."""
        known = self.constants.get(id(x))
        if known is None:
            known = self.new(x, f"c{len(self.legend) + 1}")
            what = type(x).__name__
            if isinstance(x, np.ndarray):
                what = f"an array {x.shape} {x.dtype}"
            elif isinstance(x, np.generic):
                what = f"{x.dtype}({x})"
            elif isinstance(x, (type, np.dtype)):
                what = str(x)
            elif callable(x):
                what = str(getattr(x, "__qualname__", None) or getattr(x, "label", what))
            self.legend.append(f"# {known}: {what}")
        return known

    def function(self, function: Any, label: str = "") -> str:
        """Name a function, by its own name."""
        known = self.constants.get(id(function))
        if known is None:
            own = getattr(function, "__name__", "")
            stem = label or own
            known = self.new(function, stem if stem.isidentifier() and not iskeyword(stem) else "f")
            if vars(np).get(own) is function:
                self.imported[known] = own
        return known

    def new(self, x: Any, stem: str) -> str:
        """Give an object a name that nothing else has."""
        name, n = stem, 2
        while name in self.names or name in self.reserved or name in BUILTINS:
            name, n = f"{stem}_{n}", n + 1
        self.constants[id(x)] = name
        self.names[name] = x
        return name

    def imports(self) -> list[str]:
        """Write where NumPy's functions come from; ``np.add`` would be looked up at every call."""
        words = [n if n == name else f"{n} as {name}" for name, n in sorted(self.imported.items())]
        head, names = "from numpy import ", ", ".join(words)
        if len(head + names) > MAX_WIDTH:
            return wrap(f"{head}({names})", MAX_WIDTH, subsequent_indent=" " * len(f"{head}("))
        return [head + names] if names else []

    def index(self, x: Any) -> str:
        """Write an index."""
        if type(x) is tuple and x:
            return ", ".join(self.index(item) for item in x) + "," * (len(x) == 1)
        if type(x) is slice:
            parts = ["" if p is None else self.word(p) for p in (x.start, x.stop)]
            return ":".join(parts) + ("" if x.step is None else f":{self.word(x.step)}")
        return self.word(x)

    # -- calls --------------------------------------------------------------------------

    def line(self, call: Call, letter: str) -> str:
        """Write a call, with its results."""
        if call.kind == "expect":
            return f"if not {self.word(call.args[0])}: return None"
        # A number of float64 may be written as Python's among others of float64 alone.
        inline = all(getattr(v.example, "dtype", None) == np.float64 for v in call.operands())
        words = [self.word(a, inline) for a in call.args]
        where = self.memory.place.get(id(call.outs[0])) if call.outs else None
        whole = self.parts.get(id(call.outs[0])) if call.outs else None
        if whole is not None:
            return self.written(call, words, whole)
        if where is not None:
            part = f"[{self.length}]" if self.parts and self.length else ""
            text = self.written(call, words, f"{where[0].name}{where[1]}{part}")
        else:
            text = self.expression(call, words)
        names = [self.name(v, letter) for v in call.outs]
        if call.unpack:
            return f"{', '.join(names)}{',' * (len(names) == 1)} = {text}"
        return f"{names[0]} = {text}"

    def written(self, call: Any, words: list[str], into: str) -> str:
        """Write a call whose result goes into kept memory."""
        if call.kind == "reduce":
            return f"{self.expression(call, words)[:-1]}, out={into})"
        named = "out=" * (call.ufunc in OUT_BY_NAME)
        return f"{self.function(call.ufunc)}({', '.join(words)}, {named}{into})"

    def arguments(self, call: Call, words: list[str]) -> str:
        """Write the arguments of a call."""
        named = [
            f"{k}={self.word(v)}" for k, v in call.kwargs.items() if _DEFAULTS.get(k, self) is not v
        ]
        return ", ".join([*words, *named])

    def expression(self, call: Any, words: list[str]) -> str:
        """Write a call as an expression."""
        kind, target = call.kind, call.target
        if kind == "operator":
            sign = OPERATORS[target][0]
            if len(words) == 1:
                return f"abs({words[0]})" if target == "abs" else f"{sign}{words[0]}"
            left, right = (f"({w})" if w.startswith("-") else w for w in words)
            return f"{left} {sign} {right}"
        if kind == "item":
            return f"{words[0]}[{self.index(call.args[1])}]"
        if kind == "attribute":
            return f"{words[0]}.{target}"
        if kind == "method":
            if target == "swapaxes" and call.args[0].example.ndim == 2:
                return f"{words[0]}.T"
            return f"{words[0]}.{target}({self.arguments(call, words[1:])})"
        if kind == "reduce":
            return f"{self.function(target)}.reduce({self.arguments(call, words)})"
        text = f"{self.function(target, call.label)}({self.arguments(call, words)})"
        scalar = (
            kind == "python" and not call.unpack and isinstance(call.outs[0].example, np.generic)
        )
        return f"{text}[()]" if scalar else text

    def lines(self, calls: Iterable[Call], letter: str) -> list[str]:
        """Write calls, with the user's lines above them."""
        written: list[str] = []
        place: Any = None
        errors: Any = None
        said = ""
        for number, call in enumerate(calls):
            if call.kind == "constant":
                continue
            if isinstance(call, Parts):
                written += self.in_parts(call, letter)
                written += self.dropping(number)
                place = None
                said = ""
                continue
            if call.place is not None and call.place != place:
                place = call.place
                source = positions.resolve(place)
                text = "" if source is None else f"# {source.text or source}"
                if text and text != said:
                    written.append(text)
                    errors = None
                said = text
            line = self.line(call, letter)
            if call.errors:
                if call.errors != errors:
                    options = ", ".join(f"{k}={v!r}" for k, v in call.errors.items())
                    written.append(f"with {self.function(np.errstate)}({options}):")
                line = f"    {line}"
            errors = call.errors
            written.append(line)
            written += self.dropping(number)
        return written

    def dropping(self, number: int) -> list[str]:
        """Write that large arrays are freed, which nothing reads after a call."""
        if self.parts:
            return []
        values = self.memory.dropped.get(number, ())
        names = [name for v in values for name in (v.name, self.part_name(v))]
        return [f"del {', '.join(names)}"] if names else []

    def part_name(self, value: Value) -> str:
        """Name a part of an array."""
        name = f"{value.name}_part"
        while name in self.reserved:
            name += "_"
        return name

    def in_parts(self, parts: Parts, letter: str) -> list[str]:
        """Write calls on large arrays, a part of the arrays at a time."""
        before = []
        for v in parts.outs:
            where = self.memory.place.get(id(v))
            whole = f"{self.function(np.empty)}({parts.shape}, {v.example.dtype.name!r})"
            whole = whole if where is None else f"{where[0].name}{where[1]}"
            before.append(f"{self.name(v, letter)} = {whole}")
        flat = "" if len(parts.shape) == 1 else ".reshape(-1)"
        for v in (*parts.outs, *parts.arrays()):
            self.parts[id(v)] = self.part_name(v)
        self.length = "" if parts.is_even else ":length"
        inside = [f"part = slice(start, start + {parts.step})"]
        if self.length:
            inside.append(f"length = min({parts.step}, {parts.size} - start)")
        for v in (*parts.arrays(), *parts.outs):
            inside += [f"{self.parts[id(v)]} = {v.name}{flat}[part]"]
        inside += self.lines(parts.calls, letter)
        self.parts.clear()
        head = f"for start in range(0, {parts.size}, {parts.step}):  # parts stay in the cache"
        return [*before, head, *(f"    {line}" for line in inside)]


def simplified(calls: list[Call]) -> None:
    """Let elementwise calls read what was broadcast for them: they broadcast themselves."""
    for call in calls:
        if call.ufunc is None or call.ufunc is np.matmul or len(call.args) != 2:
            continue
        for i, x in enumerate(call.args):
            other = call.args[1 - i]
            if not (isinstance(x, Value) and isinstance(other, Value) and x.call is not None):
                continue
            if x.call.target is not np.broadcast_to or not isinstance(x.call.args[0], Value):
                continue
            small = x.call.args[0]
            if (
                other.example.shape == call.outs[0].example.shape
                and small.example.dtype == other.example.dtype
            ):
                call.args = (small, other) if i == 0 else (other, small)


def without_repetitions(
    calls: list[Call], given: Iterable[Any], before: dict[Any, Value] | None = None
) -> dict[Any, Value]:
    """Let a call that repeats an earlier one give way to it, but for what the user gets.

    ``before`` holds the first call of each kind in an earlier half; those of both are returned.
    """
    theirs = {id(v) for v in given}
    written = {id(v) for call in calls for v in call.changed()}
    known: dict[Any, Any] = dict(before or {})
    same: dict[int, Value] = {}
    swap = lambda v: same.get(id(v), v) if isinstance(v, Value) else v  # noqa: E731
    kept = []
    for call in calls:
        call.args = replaced(call.args, swap)
        call.kwargs = replaced(call.kwargs, swap)
        kept.append(call)
        if call.kind in ("python", "constant") or any(id(v) in written for v in call.outs):
            continue
        key = (call.kind, _key(call.target), _key(call.args), _key(call.kwargs), _key(call.errors))
        result = call.outs[0] if call.outs else call
        first = known.setdefault(key, result)
        if first is result:
            continue
        if not call.outs:
            kept.pop()  # what was expected already
        elif id(result) not in theirs:
            same[id(result)] = first
    calls[:] = kept
    return known


def _key(tree: Any) -> Any:
    """Return what is equal for equal operands, by identity where they may be changed."""
    kind = type(tree)
    if kind in (tuple, list):
        return (kind, *map(_key, tree))
    if kind is dict:
        return tuple((k, _key(v)) for k, v in tree.items())
    if kind is slice:
        return (slice, _key(tree.start), _key(tree.stop), _key(tree.step))
    return (kind, tree) if kind in (int, bool, str, type(None)) else (kind, id(tree))


def needed(calls: list[Call], wanted: Iterable[Value]) -> list[Call]:
    """Return the calls without which the wanted values would not be there."""
    ids = {id(v) for v in wanted}
    kept = []
    for call in reversed(calls):
        if call.is_needed or any(id(v) in ids for v in call.outs):
            kept.append(call)
            ids.update(id(v) for v in call.operands())
    return kept[::-1]


def unpacking(names: list[str], source: str) -> list[str]:
    """Write how names are taken out of a sequence."""
    if not names:
        return []
    return [f"{', '.join(names)}{',' * (len(names) == 1)} = {source}"]


def tuple_of(words: list[str]) -> str:
    """Write a tuple."""
    return f"({', '.join(words)}{',' * (len(words) == 1)})"


def function(name: str, arguments: list[str], body: list[str], result: str) -> str:
    """Write a function."""
    lines = "".join(f"    {line}\n" for line in [*body, f"return {result}"])
    return f"def {name}({', '.join(arguments)}):\n{lines}"


def compiled(text: str, names: dict[str, Any], title: str) -> dict[str, Any]:
    """Compile generated text, such that tracebacks and debuggers show its lines."""
    filename = f"<compiled {title}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    exec(compile(text, filename, "exec"), names)  # noqa: S102 - our own text, from noted calls
    return names
