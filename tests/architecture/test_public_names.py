"""Public names: every error is one, and the reference lists all but the operations."""

import re
from pathlib import Path

import nbgrad as ng
from nbgrad import ops
from nbgrad.engine import errors

REFERENCE = Path(__file__).parents[2] / "examples/site/reference/api.rst"


def test_every_error_is_public() -> None:
    defined = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, Exception)
        if kind.__module__ == errors.__name__ and not name.startswith("_")
    }
    assert defined == set(errors.__all__)


def test_the_reference_lists_what_there_is() -> None:
    listed = set(re.findall(r"^   (\w+)$", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == set(ng.__all__) - set(ops.__all__) - {"__version__"}
