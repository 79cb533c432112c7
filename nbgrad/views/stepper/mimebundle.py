"""The output of a stepper: the widget's view, its story as HTML, its trace as text.

nbconvert draws a widget's view wherever the notebook has the state of that widget, and a page of
its own draws nothing there without a network.  The story is to be seen instead.  nbconvert looks
the view's id up in Python, where the number 7 and the text "7" are different keys; JupyterLab,
Notebook 7, marimo and Voilà look it up in JavaScript, where they are the same.  So the id of a
model is made of digits, and its view names it as a number: notebooks show the widget, converters
the story, and `static/revive.js` knows from the story whose place it takes.
"""

from __future__ import annotations

import os
import sys
import uuid
from typing import Any

VIEW = "application/vnd.jupyter.widget-view+json"
BITS = 53  # the integers that JavaScript represents exactly


class _ModelNumber(int):
    """The id of a model as a number, equal to the text that it stands for."""

    def __eq__(self, other: object) -> bool:
        return str(int(self)) == other if isinstance(other, str) else int(self) == other

    def __hash__(self) -> int:
        return hash(int(self))


def new_model_id() -> str:
    """Return an id of digits; of the usual kind where ids may be looked up otherwise."""
    if "google.colab" in sys.modules or any(name.startswith("VSCODE_") for name in os.environ):
        return uuid.uuid4().hex
    return str(uuid.uuid4().int % 2**BITS)


class Mimebundle:
    """The part of the widget that makes its output; the widget has `_story`."""

    comm: Any
    model_id: Any
    _story: Any

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        if self.comm is None:  # it was closed before anybody saw it
            return None
        bundle = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        if bundle is None:
            return None
        data, metadata = bundle
        identity = str(self.model_id)
        if identity.isdecimal():
            data[VIEW]["model_id"] = _ModelNumber(identity)
        data["text/plain"] = repr(self)
        data["text/html"] = self._story(identity)
        return data, metadata
