"""NumPy functions that write into their first argument: a graph cannot remember it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from nbgrad.engine import dispatch
from nbgrad.engine.errors import InPlaceError
from nbgrad.engine.unsupported import library_advice

INSTEAD: dict[Callable[..., Any], str] = {
    np.put_along_axis: "y = ng.put_along_axis(x, indices, values, axis)",
    np.fill_diagonal: "y = ng.fill_diagonal(x, value)",
    np.copyto: "y = ng.where(mask, values, x)",
    np.put: "y = ng.put_along_axis(x, indices, values, None)",
    np.place: "y = ng.where(mask, values, x)",
    np.putmask: "y = ng.where(mask, values, x)",
}


def _refusing(function: Callable[..., Any], instead: str) -> Callable[..., NoReturn]:
    def refuse(*_args: Any, **_kwargs: Any) -> NoReturn:
        advice = library_advice() or f"Write {instead}."
        raise InPlaceError(
            f"np.{function.__name__} writes into an array, which a graph cannot remember. {advice}"
        )

    setattr(refuse, "refuses", True)  # noqa: B010 - mypy knows no attribute of a function
    return refuse


for _function, _instead in INSTEAD.items():
    dispatch.numpy_twins[_function] = _refusing(_function, _instead)
