"""Target: every view of a damaged trace that was not refused."""

from __future__ import annotations

import json

import nbgrad as ng
from nbgrad import TraceFormatError
from nbgrad.tracing import Trace
from nbgrad.views.graph.dot import dot_source
from nbgrad.views.stepper.scene import scene, to_json
from tests.fuzz.checks import check_terminal
from tests.fuzz.mutate import mutate_json
from tests.fuzz.seeds import traces
from tests.views.page_checks import check_safe, check_svg

MAX_HTML = 120_000
seeds = traces
mutate = mutate_json


def target(data: bytes) -> None:
    """Show a trace in every way, if it is one."""
    try:
        trace = Trace.from_dict(json.loads(data))
    except (TraceFormatError, RecursionError, ValueError):
        return
    html = trace._repr_html_()
    assert html is not None
    assert len(html) < MAX_HTML
    check_safe(html)
    graph = ng.graph(trace)
    check_terminal(str(graph))
    check_svg(graph.to_svg())
    dot_source(graph)
    json.loads(to_json(scene(trace)))
