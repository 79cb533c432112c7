"""A trace as a film."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nbgrad as ng
from nbgrad.engine.errors import MissingDependencyError
from nbgrad.views.stepper import film


def traced() -> ng.Trace:
    x = ng.Variable(np.array(2.0), name="x")
    a = x**2
    return ng.trace(a**2 + a**2, names={"a": a})


def test_a_gif_has_a_frame_for_each_step(tmp_path: Path) -> None:
    traced().save(tmp_path / "steps.gif")
    picture = Image.open(tmp_path / "steps.gif")
    assert picture.n_frames == 4
    frames = []
    for k in range(4):
        picture.seek(k)
        assert picture.info["duration"] >= 1000
        frames.append(picture.convert("RGB").tobytes())
    assert len(set(frames)) == 4
    assert picture.size[0] >= 640


def test_arrays_and_an_array_that_is_not_a_number() -> None:
    x = ng.Variable(np.array([1.0, 0.0]), name="x")
    with np.errstate(all="ignore"):
        data = film.gif(ng.trace(ng.sum(ng.log(x) * x)))
    assert Image.open(io.BytesIO(data)).n_frames == 4


def test_a_graph_that_is_too_large_says_so() -> None:
    y = ng.Variable(np.array(0.5), name="x")
    for _ in range(300):
        y = ng.sin(y)
    with pytest.raises(ValueError, match=r"601 in 300\. Save it as \.html"):
        film.gif(ng.trace(y))


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingDependencyError, match="apt install ffmpeg"):
        traced().save(tmp_path / "steps.mp4")
    monkeypatch.setitem(__import__("sys").modules, "PIL.Image", None)
    with pytest.raises(MissingDependencyError, match="pip install pillow"):
        traced().save(tmp_path / "steps.gif")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands for ffmpeg")
def test_ffmpeg_gets_the_frames(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text('#!/bin/sh\nfor last; do :; done\nls "$(dirname "$last")" > "$last"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    traced().save(tmp_path / "steps.mp4")
    assert (tmp_path / "steps.mp4").read_text().split()[:5] == [f"000{k}.png" for k in range(5)]
    program.write_text("#!/bin/sh\necho no such codec >&2\nexit 1\n")
    with pytest.raises(RuntimeError, match="no such codec"):
        traced().save(tmp_path / "other.mp4")
    assert not (tmp_path / "other.mp4").exists()
