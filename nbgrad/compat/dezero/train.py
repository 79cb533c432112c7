"""Whether a net is in training, which dropout and batch normalization ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any

from nbgrad.engine import grad_mode

_training: ContextVar[bool] = ContextVar("nbgrad_dezero_train", default=True)


def training() -> bool:
    """Whether the code that runs is in training: yes, unless `test_mode` says otherwise."""
    return _training.get()


@contextmanager
def _set_train(value: bool) -> Iterator[None]:
    token = _training.set(bool(value))
    try:
        yield
    finally:
        _training.reset(token)


def using_config(name: str, value: Any) -> AbstractContextManager[Any]:
    """Set "train" or "enable_backprop" within a ``with`` block.

    Parameters
    ----------
    name : {"train", "enable_backprop"}
    value : bool
    """
    return _set_train(value) if name == "train" else grad_mode.using_config(name, value)


def test_mode() -> AbstractContextManager[Any]:
    """Turn training off within a ``with`` block."""
    return _set_train(False)
