"""What a function reads besides its arguments, and whether that is still what it was.

The function's code, and that of the functions it calls by name, is searched for the names
of globals, closures and attributes. Every object that they lead to is noted, each with
what it holds under these names. Before a compiled call all of it is compared, by identity:
Variables are not entered, for a program reads their arrays afresh.
"""

from __future__ import annotations

import builtins
import functools
import random
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from itertools import starmap
from operator import is_
from typing import Any

import numpy as np

from nbgrad.engine.call import CALL
from nbgrad.engine.function import Function
from nbgrad.engine.variable import Variable

from .names import EQUALITY_METHODS, TEXT_METHODS, names_in

MAX_OBJECTS = 20_000
"""More objects than that are not watched: a function that reaches them runs uncompiled."""
MAX_WRITTEN = 16
"""Longer lists are compared by a call, shorter ones item by item in the fast path (`entry`)."""
MAX_BYTES = 2**20
"""Larger outer arrays are watched only where an operation uses them as they are."""

ABSENT: Any = object()


class UnwatchableError(Exception):
    """Something outside, whose changes cannot be seen."""


class Check:
    """What a container held, and how it is read anew.

    Attributes
    ----------
    read : callable
        Returns what it holds now.
    held : tuple
    of : object
        The container.
    parts : list of str
        How each part is written, with ``{}`` for the container: ``{}.__code__``.
    """

    __slots__ = ("held", "of", "parts", "read")

    def __init__(self, read: Callable[[], Any], of: Any = None, parts: Any = ()) -> None:
        self.read = read
        self.held = tuple(read())
        self.of = of
        self.parts = parts

    def holds(self) -> bool:
        """Whether it holds what it held: the same objects, or equal numbers."""
        now = self.read()
        if len(now) != len(self.held):
            return False
        return all(map(is_, now, self.held)) or all(map(_equal, now, self.held))

    def written(self, new: Callable[[Any], str]) -> list[str]:
        """Write that it holds the same objects, as expressions."""
        if not self.parts:
            return [f"{new(self.same)}()"] if self.held else [f"not {new(self.read)}()"]
        of = new(self.of)
        length = [f"len({of}) == {len(self.held)}"] if self.read() is self.of else []
        return length + [
            f"{part.format(of)} is {new(value)}"
            for part, value in zip(self.parts, self.held, strict=True)
        ]

    def same(self) -> bool:
        """Whether it holds the same objects."""
        now = self.read()
        return len(now) == len(self.held) and all(map(is_, now, self.held))


class Guards:
    """What a function reaches outside of its arguments, as it was.

    Attributes
    ----------
    variables : dict
        The outer Variables by id.
    arrays : list of (ndarray, ndarray)
        Outer arrays and their contents.
    names : dict
        What an outer Variable or array is called, by id.
    facts : tuple of str
        What is read of Variables besides their arrays.
    """

    def __init__(self) -> None:
        self.checks: list[Check] = []
        self.variables: dict[int, Variable] = {}
        self.arrays: list[tuple[Any, Any]] = []
        self.large: dict[int, Any] = {}
        self.generators: list[tuple[Any, Any]] = []
        self.names: dict[int, str] = {}
        self.impure: str = ""
        self.facts: tuple[str, ...] = ()

    def watch(self, read: Callable[[], Any], of: Any = None, parts: Any = ()) -> tuple[Any, ...]:
        """Note what a container holds now; ``read`` returns it anew."""
        check = Check(read, of, parts)
        self.checks.append(check)
        return check.held

    def hold(self) -> bool:
        """Whether everything is as it was."""
        return all(c.holds() for c in self.checks) and all(starmap(unchanged, self.arrays))

    def drew(self) -> str:
        """Name what has drawn random numbers since."""
        if not _same_state(np.random.get_state(), self.numpy_state):  # noqa: NPY002
            return "np.random"
        if random.getstate() != self.python_state:
            return "random"
        for generator, state in self.generators:
            if repr(_state_of(generator)) != state:
                return "a random generator"
        return ""

    def begin(self) -> None:
        """Note the state of the random generators, and what outer arrays hold."""
        self.arrays = [(a, a.copy()) for a, _ in self.arrays]
        self.numpy_state = np.random.get_state()  # noqa: NPY002
        self.python_state = random.getstate()
        self.generators = [(g, repr(_state_of(g))) for g, _ in self.generators]


def unchanged(array: Any, content: Any) -> bool:
    """Whether an array holds the bits that it held."""
    if array.shape != content.shape or array.dtype != content.dtype:
        return False
    word = _WORDS.get(array.itemsize, array.dtype)
    return bool((array.view(word) == content.view(word)).all())


_WORDS: dict[int, Any] = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


def _equal(a: Any, b: Any) -> bool:
    """Whether two numbers or texts are the same, though not one object."""
    return a is b or (type(a) is type(b) and type(a) in _PLAIN and repr(a) == repr(b))


def _same_state(a: Any, b: Any) -> bool:
    return a[0] == b[0] and a[2:] == b[2:] and np.array_equal(a[1], b[1])


def _state_of(generator: Any) -> Any:
    if isinstance(generator, np.random.Generator):
        return generator.bit_generator.state
    return generator.getstate() if isinstance(generator, random.Random) else generator.get_state()


_PLAIN = (int, float, complex, str, bytes, bool, type(None))
_INERT = (
    *_PLAIN, np.generic, np.dtype, np.ufunc, range, slice, type(...), frozenset,
    types.BuiltinFunctionType, types.WrapperDescriptorType, types.MethodDescriptorType,
    types.GetSetDescriptorType, types.MemberDescriptorType, types.MethodWrapperType,
    types.CodeType, types.GenericAlias, np.random.SeedSequence,
)  # fmt: skip
_GENERATORS = (np.random.Generator, np.random.RandomState, random.Random)
_IMPURE_MODULES = ("time", "secrets", "uuid", "datetime")
_IMPURE = frozenset(("input", "open", "__import__"))
_IMPURE_OF: dict[str, frozenset[str]] = {
    "numpy": frozenset(("default_rng", "RandomState", "empty", "empty_like")),
    "numpy.random": frozenset(("default_rng", "RandomState")),
    "random": frozenset(("Random", "SystemRandom")),
    "os": frozenset(("environ", "getenv", "urandom", "_Environ", "getpid", "listdir", "stat")),
    "sys": frozenset(("modules",)),
    "importlib": frozenset(("import_module", "reload")),
}
"""Names of modules, under which one finds what may be another object, or number, each time."""


class Search:
    """A search for what a function reaches."""

    def __init__(self, guards: Guards) -> None:
        self.guards = guards
        self.seen: set[int] = set()
        self.codes: set[Any] = set()
        self.mentioned: set[str] = set()
        self.read: set[str] = set()
        self.stored: set[str] = set()
        self.everything = False
        self.waiting: list[tuple[Any, str]] = []
        self.entered: list[tuple[Any, str]] = []

    def run(self, roots: list[tuple[Any, str]]) -> None:
        """Enter what the roots lead to, until nothing new is found."""
        self.waiting = list(roots)
        names = -1
        while self.waiting or names != len(self.read):
            if not self.waiting:
                # More attributes are mentioned now: the objects are entered once more.
                names = len(self.read)
                self.seen.clear()
                self.guards.checks.clear()
                self.guards.arrays.clear()
                self.guards.generators.clear()
                self.waiting = list(roots)
            while self.waiting:
                if len(self.seen) > MAX_OBJECTS:
                    raise UnwatchableError(f"it reaches more than {MAX_OBJECTS} objects")
                self.enter(*self.waiting.pop())

    def enter(self, x: Any, name: str) -> None:
        """Note an object, and what it holds."""
        if isinstance(x, types.BuiltinFunctionType):
            self.builtin(x)
        if isinstance(x, _INERT) or id(x) in self.seen:
            return
        self.seen.add(id(x))
        for kinds, note in _KINDS:
            if isinstance(x, kinds):
                note(self, x, name)
                return
        self.instance(x, name)

    def variable(self, x: Variable, name: str) -> None:
        """Note an outer Variable: a program reads its array afresh."""
        self.guards.variables[id(x)] = x
        self.guards.names.setdefault(id(x), x.name or name)

    def array(self, x: Any, name: str) -> None:
        """Note an outer array, whose contents may change."""
        if x.dtype.hasobject:
            self.follow((item, name) for item in self.guards.watch(lambda: x.ravel().tolist()))
            return
        self.guards.names.setdefault(id(x), name)
        if x.nbytes > MAX_BYTES:
            self.guards.large[id(x)] = x
        self.guards.arrays.append((x, x))

    def wrapper(self, x: Any, name: str) -> None:
        """Enter the function behind a method, a partial call, a property."""
        parts = ("__func__", "__self__", "func", "args", "keywords", "fget")
        self.follow([(getattr(x, part, None), name) for part in parts])

    def dictionary(self, x: dict[Any, Any], name: str) -> None:
        """Enter what a dictionary holds."""
        self.guards.watch(x.keys)
        held = self.guards.watch(x.values)
        self.follow(
            (v, k if isinstance(k, str) else f"{name}{k}") for k, v in zip(x, held, strict=True)
        )

    def generator(self, x: Any, _name: str) -> None:
        """Note a generator of random numbers."""
        self.guards.generators.append((x, None))

    def namespace(self, scope: Any, names: list[str]) -> None:
        """Enter what a namespace holds under some names, and note which names it lacks."""
        self.held(scope, [n for n in names if n in scope and n != CALL])
        missing = frozenset(n for n in self.read if n not in scope and n != CALL)
        self.guards.watch(lambda: () if missing.isdisjoint(scope) else missing.intersection(scope))

    def held(self, scope: Any, names: list[str]) -> None:
        """Enter what a namespace holds under some names."""
        if not names:
            return
        parts = [f"{{}}.get({name!r}, ABSENT)" for name in names]
        found = self.guards.watch(lambda: [scope.get(n, ABSENT) for n in names], scope, parts)
        self.follow(zip(found, names, strict=True))

    def follow(self, objects: Any) -> None:
        """Enter these later."""
        self.waiting.extend(objects)

    def items(self, x: Any, name: str) -> None:
        """Enter what a list, tuple or set holds."""
        if isinstance(x, tuple):
            held = tuple(x)
        elif type(x) is list and len(x) <= MAX_WRITTEN:
            held = self.guards.watch(lambda: x, x, [f"{{}}[{i}]" for i in range(len(x))])
        else:
            held = self.guards.watch(lambda: x)
        self.follow((item, f"{name}{i}") for i, item in enumerate(held))

    def function(self, f: types.FunctionType, _name: str) -> None:
        """Enter what a Python function names."""
        self.impure(f.__module__, f.__name__)
        if is_library(f.__module__):
            return
        if f.__dict__ or self.everything or not self.stored.isdisjoint(self.read):
            self.namespace(f.__dict__, sorted(self.read))
        parts = ["{}.__code__", "{}.__defaults__", "{}.__kwdefaults__"]
        self.guards.watch(lambda: (f.__code__, f.__defaults__, f.__kwdefaults__), f, parts)
        self.follow(
            [(f.__defaults__, ""), (f.__kwdefaults__, ""), (f.__dict__.get("__wrapped__"), "")]
        )
        names = self.code(f.__code__)
        if f.__closure__:
            both = zip(f.__code__.co_freevars, f.__closure__, strict=True)
            cells = [(n, cell) for n, cell in both if n in self.read]
            contents = [cell for _, cell in cells]
            parts = [f"{{}}[{i}].cell_contents" for i in range(len(cells))]
            held = self.guards.watch(lambda: [_content(cell) for cell in contents], contents, parts)
            self.follow((item, n) for item, (n, _) in zip(held, cells, strict=True))
        scope = f.__globals__
        here = [n for n in names if n in scope and n in self.read]
        if here:
            self.held(scope, here)
        for n in names:
            if n in _IMPURE and n not in scope and hasattr(builtins, n):
                self.guards.impure = n

    def builtin(self, f: Any) -> None:
        """Look whose method a function of C is, and whether it answers differently each time."""
        if f.__module__ in _IMPURE_MODULES:
            self.guards.impure = self.guards.impure or f"{f.__name__}()"
        self.impure(f.__module__, f.__name__)
        owner = getattr(f, "__self__", None)
        if owner is not None and not isinstance(owner, types.ModuleType):
            self.follow([(owner, f.__name__)])

    def code(self, code: Any) -> tuple[str, ...]:
        """Take note of the names that code mentions; return the global ones."""
        names = names_in(code)
        self.mentioned |= names.mentioned
        self.stored |= names.stored
        self.read |= names.mentioned - names.unread
        self.everything = self.everything or names.open
        return names.scope

    def module(self, x: types.ModuleType, _name: str) -> None:
        """Enter what is named of a module that is the user's own."""
        name = x.__name__
        if name in _IMPURE_MODULES:
            self.guards.impure = self.guards.impure or name
        self.impure(name, *sorted(self.mentioned))
        if is_library(name):
            return
        scope = vars(x)
        self.held(scope, [n for n in sorted(self.read) if n in scope])

    def impure(self, module: str | None, *names: str) -> None:
        """Look whether names of a module answer differently each time."""
        for name in names:
            if name in _IMPURE_OF.get(module or "", ()):
                self.guards.impure = self.guards.impure or name

    def class_(self, x: type, _name: str) -> None:
        """Enter what is named of a class that may be called."""
        self.impure(x.__module__, x.__name__)
        self.attributes(x, True)
        self.attributes(type(x), False)

    def attributes(self, x: type, made: bool) -> None:
        """Enter what is named of a class and of those it extends, and its special methods.

        ``made`` says that objects of it may be made.
        """
        for part in x.__mro__:
            if part is object or is_library(part.__module__):
                continue
            scope = vars(part)
            # What can be hashed is compared wherever it is a key.
            is_key = getattr(x, "__hash__", None) is not None
            apart = TEXT_METHODS if is_key else TEXT_METHODS | EQUALITY_METHODS
            names = [
                n
                for n in scope
                if n in self.read or (n not in apart and is_special(n, scope[n], made))
            ]
            if self.everything or not self.stored.isdisjoint(self.read):
                self.namespace(scope, names)
            else:
                self.held(scope, names)

    def instance(self, x: Any, name: str) -> None:
        """Enter what is named of an object of any class."""
        kind = type(x)
        if is_library(kind.__module__) and not hasattr(x, "__dict__"):
            raise UnwatchableError(
                f"it reaches {name or 'an object'}, of type {kind.__name__}, whose changes cannot be seen"
            )
        if kind.__module__ in _IMPURE_MODULES:
            self.guards.impure = self.guards.impure or kind.__module__
        self.impure(kind.__module__, kind.__name__)
        self.attributes(kind, False)
        self.follow([(getattr(x, "__wrapped__", None), name)])
        scope = getattr(x, "__dict__", None)
        if scope is not None:
            every = self.everything or isinstance(x, Function)
            every = every or any(part.__module__ == "collections" for part in kind.__mro__)
            self.namespace(scope, [*scope] if every else sorted(self.read))
        slots = [n for part in kind.__mro__ for n in _slots(part) if n in self.read]
        if slots:
            held = self.guards.watch(lambda: [getattr(x, n, ABSENT) for n in slots])
            self.follow(zip(held, slots, strict=True))


_KINDS: tuple[tuple[Any, Callable[[Search, Any, str], None]], ...] = (
    (Variable, Search.variable),
    (np.ndarray, Search.array),
    (types.FunctionType, Search.function),
    (types.ModuleType, Search.module),
    ((types.MethodType, functools.partial, staticmethod, classmethod, property), Search.wrapper),
    ((list, tuple, set), Search.items),
    (dict, Search.dictionary),
    (type, Search.class_),
    (_GENERATORS, Search.generator),
)
"""How objects of each kind are noted."""


def is_special(name: str, value: Any, made: bool) -> bool:
    """Whether a member of a class is a method that Python or the engine calls by itself.

    ``forward`` and ``backward`` are called by the engine.
    """
    if name in ("forward", "backward"):
        return True
    if not (name.startswith("__") and name.endswith("__") and isinstance(value, _METHODS)):
        return False
    return made or name not in ("__init__", "__new__", "__init_subclass__")


_METHODS = (types.FunctionType, classmethod, staticmethod)


def _slots(part: type) -> Iterator[str]:
    slots = vars(part).get("__slots__", ())
    yield from (slots,) if isinstance(slots, str) else slots


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return ABSENT


@functools.lru_cache(maxsize=1024)
def is_library(module: str | None) -> bool:
    """Whether a module is part of Python, NumPy, nbgrad or another installed package."""
    top = (module or "").partition(".")[0]
    if top in sys.stdlib_module_names or top in ("numpy", "nbgrad", "builtins"):
        return top != "__main__"
    file = getattr(sys.modules.get(module or ""), "__file__", None) or ""
    return "site-packages" in file or "dist-packages" in file


def search(roots: list[tuple[Any, str]]) -> Guards:
    """Return what functions and objects reach.

    Raises
    ------
    UnwatchableError
        If changes of it cannot be seen.
    """
    guards = Guards()
    found = Search(guards)
    found.run(roots)
    facts = {kept for name, kept in _FACTS.items() if found.everything or name in found.read}
    guards.facts = tuple(sorted(facts))
    guards.begin()
    return guards


_FACTS = {"name": "name", "generation": "generation", "creator": "generation"}
"""What functions may read of a Variable besides its array, and what says that it is the same."""


def facts_of(variables: Iterable[Any], facts: tuple[str, ...]) -> list[Any]:
    """Return what is read of each Variable besides its array."""
    return [[getattr(x, fact) for fact in facts] for x in variables if isinstance(x, Variable)]
