"""What another version of nbgrad has written: it is read, or the error says what to do."""

from __future__ import annotations

import base64
import copyreg
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.variable import restore

# A leaf "x" of [1, 2] with the gradient [3, 4], as 0.1 wrote it. It must be readable for ever.
LEAF_OF_0_1 = (
    "gAJjbmJncmFkLmVuZ2luZS52YXJpYWJsZQpyZXN0b3JlCnEAKGNuYmdyYWQuZW5naW5lLnZhcmlhYmxlClZhcmlh"
    "YmxlCnEBY251bXB5LmNvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcQJjbnVtcHkKbmRhcnJheQpxA0sAhXEE"
    "Y19jb2RlY3MKZW5jb2RlCnEFWAEAAABicQZYBgAAAGxhdGluMXEHhnEIUnEJh3EKUnELKEsBSwKFcQxjbnVtcHkK"
    "ZHR5cGUKcQ1YAgAAAGY4cQ6JiIdxD1JxEChLA1gBAAAAPHERTk5OSv////9K/////0sAdHESYoloBVgRAAAAAAAA"
    "AAAAw7A/AAAAAAAAAEBxE2gHhnEUUnEVdHEWYmgCaANLAIVxF2gJh3EYUnEZKEsBSwKFcRpoEIloBVgQAAAAAAAA"
    "AAAACEAAAAAAAAAQQHEbaAeGcRxScR10cR5iWAEAAAB4cR+IdHEgUnEhLg=="
)


class Pickled:
    """Stands for a Variable of another version: it pickles as what that one would have written."""

    def __init__(self, *written: Any) -> None:
        self.written = written

    def __reduce__(self) -> Any:
        return self.written


def test_a_leaf_of_the_first_version_is_read() -> None:
    x = pickle.loads(base64.b64decode(LEAF_OF_0_1))
    assert type(x) is ng.Variable
    assert (x.name, x.data.tolist(), x.grad.tolist()) == ("x", [1.0, 2.0], [3.0, 4.0])
    (x * x).sum().backward()
    assert x.grad.tolist() == [5.0, 8.0]


@pytest.mark.parametrize("fields", [1, 2, 3, 4])
def test_an_older_leaf_with_fewer_fields_is_read(fields: int) -> None:
    written = (np.array([1.0, 2.0]), np.array([3.0, 4.0]), "x", False)[:fields]
    x = pickle.loads(pickle.dumps(Pickled(restore, (ng.Variable, *written))))
    assert x.data.tolist() == [1.0, 2.0]
    assert (x.grad is None) == (fields < 2)
    assert (x.name, x.requires_grad) == ("x" if fields > 2 else None, fields < 4)


@pytest.mark.parametrize(("more", "said"), [(("cuda",), "1 more field"), ((1, 2), "2 more fields")])
def test_a_newer_leaf_says_so(more: tuple[Any, ...], said: str) -> None:
    written = (ng.Variable, np.array([1.0]), None, "x", True, *more)
    with pytest.raises(ng.DataTypeError) as caught:
        pickle.loads(pickle.dumps(Pickled(restore, written)))
    assert str(caught.value) == (
        f"This Variable was pickled by a newer nbgrad, with {said} than this one knows. "
        "Upgrade: pip install -U nbgrad"
    )


@pytest.mark.parametrize(
    "state", [{"data": np.array([1.0]), "grad": None}, (None, {"_data": np.array([1.0])})]
)
def test_a_leaf_in_an_unknown_form_says_what_to_do(state: Any) -> None:
    rebuild = copyreg._reconstructor  # type: ignore[attr-defined]
    written = Pickled(rebuild, (ng.Variable, object, None), state)
    with pytest.raises(ng.DataTypeError) as caught:
        pickle.loads(pickle.dumps(written))
    assert str(caught.value) == (
        "This pickle holds a Variable in a form that this nbgrad does not know. Where it was made: "
        "np.save('x.npy', x.data). Here: x = Variable(np.load('x.npy'))"
    )


def stored_trace() -> dict[str, Any]:
    path = Path(__file__).parents[1] / "fixtures" / "diamond.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_a_newer_trace_says_so() -> None:
    with pytest.raises(ng.TraceFormatError) as caught:
        ng.Trace.from_dict({**stored_trace(), "version": 3})
    assert str(caught.value) == (
        "This trace has version 3, and this nbgrad reads up to version 2. "
        "Upgrade nbgrad: pip install -U nbgrad"
    )


def test_a_version_that_never_was_is_no_reason_to_upgrade() -> None:
    with pytest.raises(ng.TraceFormatError) as caught:
        ng.Trace.from_dict({**stored_trace(), "version": 0})
    assert str(caught.value) == (
        "This is not a trace: 'version' must be a whole number from 1, not int 0."
    )


def test_what_a_trace_holds_beyond_its_version_is_left_alone() -> None:
    data = stored_trace()
    more = {
        **data,
        "colours": ["red"],
        "variables": [{**v, "unit": "m"} for v in data["variables"]],
    }
    assert ng.Trace.from_dict(more).to_dict() == ng.Trace.from_dict(data).to_dict()
