"""The view of a stepper names its model so that notebooks show the widget and nbconvert the story."""

from __future__ import annotations

import json

import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter

import nbgrad as ng
from nbgrad.views.stepper.mimebundle import VIEW, new_model_id

STATE = "application/vnd.jupyter.widget-state+json"


def test_nbconvert_takes_the_story_where_the_state_is_kept() -> None:
    stepper = ng.Stepper(ng.square(ng.Variable(np.array(3.0), name="x")))
    data, _ = stepper._repr_mimebundle_()
    view = json.loads(json.dumps(data[VIEW]))["model_id"]
    assert view == int(stepper.model_id) == data[VIEW]["model_id"]
    assert data[VIEW]["model_id"] == stepper.model_id
    assert data[VIEW]["model_id"] != "7"
    assert hash(data[VIEW]["model_id"]) == hash(view)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("stepper")])
    kept = json.loads(json.dumps(data))
    book.cells[0].outputs = [nbformat.v4.new_output("display_data", data=kept)]
    state = {stepper.model_id: {"model_name": "AnyModel", "state": {}}}
    book.metadata["widgets"] = {STATE: {"state": state, "version_major": 2, "version_minor": 0}}
    page, _ = HTMLExporter().from_notebook_node(book)
    assert f'data-model="{stepper.model_id}"' in page
    assert VIEW not in page.replace(f'script[type="{VIEW}"]', "")


def test_other_hosts_get_the_usual_kind_of_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VSCODE_PID", "1")
    assert len(new_model_id()) == 32
    stepper = ng.Stepper(ng.square(ng.Variable(np.array(3.0))))
    assert stepper._repr_mimebundle_()[0][VIEW]["model_id"] == stepper.model_id
