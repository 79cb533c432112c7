"""DeZero's settings: whether a net is in training, which dropout and batch normalization ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any

from nbgrad.engine import grad_mode

_training: ContextVar[bool | None] = ContextVar("nbgrad_dezero_train", default=None)


class _Default:
    train = True


def training() -> bool:
    """Whether the code that runs is in training: `test_mode` goes before ``Config.train``."""
    inside = _training.get()
    return _Default.train if inside is None else inside


class _ConfigType(type):
    @property
    def train(cls) -> bool:
        return training()

    @train.setter
    def train(cls, value: bool) -> None:
        _Default.train = bool(value)

    @property
    def enable_backprop(cls) -> bool:
        return grad_mode.Config.enable_backprop

    @enable_backprop.setter
    def enable_backprop(cls, value: bool) -> None:
        grad_mode.Config.enable_backprop = value


class Config(metaclass=_ConfigType):
    """What DeZero's programs ask and set: ``Config.train`` and ``Config.enable_backprop``."""


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
