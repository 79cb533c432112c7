"""A leaf, and what its repr shows."""

from __future__ import annotations

import numpy as np

import nbgrad as ng
from nbgrad.views.repr.html import variable_html
from tests.views.page_checks import check_safe


def leaf(data: object, name: str | None = "x", grad: object = None) -> ng.Variable:
    x = ng.Variable(np.asarray(data), name=name)
    if grad is not None:
        x.grad = np.asarray(grad)
    return x


def shown(x: ng.Variable) -> str:
    return check_safe(variable_html(x)).shown
