"""Counting the arrays that NumPy allocates: how many, of how many bytes, how many alive at once.

NumPy lets its allocator be replaced (NEP 49). This one counts and hands on to the C library.
Temporaries that NumPy avoids by itself, by computing `a * b + c` in one buffer, are not counted:
what counts is memory.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

try:
    from numpy._core import _multiarray_umath as umath
except ImportError:  # NumPy 1
    from numpy.core import _multiarray_umath as umath

SET_HANDLER = 304
"""Where `PyDataMem_SetHandler` stands in NumPy's table of C functions."""

_size_t, _void_p = ctypes.c_size_t, ctypes.c_void_p
_Malloc = ctypes.CFUNCTYPE(_void_p, _void_p, _size_t)
_Calloc = ctypes.CFUNCTYPE(_void_p, _void_p, _size_t, _size_t)
_Realloc = ctypes.CFUNCTYPE(_void_p, _void_p, _void_p, _size_t)
_Free = ctypes.CFUNCTYPE(None, _void_p, _void_p, _size_t)

_libc = ctypes.CDLL(None)
_libc.malloc.restype = _libc.calloc.restype = _libc.realloc.restype = _void_p
_libc.malloc.argtypes = [_size_t]
_libc.calloc.argtypes = [_size_t, _size_t]
_libc.realloc.argtypes = [_void_p, _size_t]
_libc.free.argtypes = [_void_p]


class _Handler(ctypes.Structure):
    """`PyDataMem_Handler` of numpy/ndarraytypes.h."""

    _fields_ = (
        ("name", ctypes.c_char * 127),
        ("version", ctypes.c_uint8),
        ("ctx", _void_p),
        ("malloc", _Malloc),
        ("calloc", _Calloc),
        ("realloc", _Realloc),
        ("free", _Free),
    )


@dataclass
class Count:
    """What was allocated, of arrays of at least `least` bytes."""

    least: int
    arrays: int = 0
    bytes: int = 0
    alive: int = 0
    peak: int = 0

    def made(self, size: int) -> None:
        if size >= self.least:
            self.arrays += 1
            self.bytes += size
            self.alive += size
            self.peak = max(self.peak, self.alive)

    def freed(self, size: int) -> None:
        if size >= self.least:
            self.alive -= size


class _Counter:
    """The allocator. It lives as long as the process, since arrays may outlive the counting."""

    def __init__(self) -> None:
        self.count: Count | None = None
        self.handler = _Handler(
            b"counting",
            1,
            None,
            _Malloc(self.malloc),
            _Calloc(self.calloc),
            _Realloc(self.realloc),
            _Free(self.free),
        )
        new = ctypes.pythonapi.PyCapsule_New
        new.restype, new.argtypes = ctypes.py_object, [_void_p, ctypes.c_char_p, _void_p]
        self.capsule = new(ctypes.byref(self.handler), b"mem_handler", None)
        get = ctypes.pythonapi.PyCapsule_GetPointer
        get.restype, get.argtypes = _void_p, [ctypes.py_object, ctypes.c_char_p]
        table = ctypes.cast(get(umath._ARRAY_API, None), ctypes.POINTER(_void_p))
        kind = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object)
        self.set_handler: Any = kind(table[SET_HANDLER])

    def malloc(self, ctx: Any, size: int) -> int:
        if self.count is not None:
            self.count.made(size)
        return _libc.malloc(size)  # type: ignore[no-any-return]

    def calloc(self, ctx: Any, n: int, size: int) -> int:
        if self.count is not None:
            self.count.made(n * size)
        return _libc.calloc(n, size)  # type: ignore[no-any-return]

    def realloc(self, ctx: Any, pointer: int, size: int) -> int:
        return _libc.realloc(pointer, size)  # type: ignore[no-any-return]

    def free(self, ctx: Any, pointer: int, size: int) -> None:
        if self.count is not None:
            self.count.freed(size)
        _libc.free(pointer)


_counter: _Counter | None = None


@contextmanager
def counting(least: int = 1) -> Iterator[Count]:
    """Count the arrays of at least a number of bytes that are allocated inside."""
    global _counter
    if _counter is None:
        _counter = _Counter()
    before = _counter.set_handler(_counter.capsule)
    _counter.count = count = Count(least)
    try:
        yield count
    finally:
        _counter.count = None
        _counter.set_handler(before)
