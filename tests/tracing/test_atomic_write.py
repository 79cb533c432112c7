"""A file is written as a whole, through links, under any name, and a kill leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import nbgrad as ng
from nbgrad.tracing import atomic_write
from nbgrad.tracing.atomic_write import write_file
from tests.tracing.graphs import diamond

linux = pytest.mark.skipif(sys.platform != "linux", reason="links and modes as Linux has them")


@pytest.fixture(params=["nameless", "named"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write with nameless files and, as other systems do, without."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)


@pytest.mark.usefixtures("way")
def test_new_and_old(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    mask = os.umask(0o027)
    try:
        write_file(path, "one \ud800")
    finally:
        os.umask(mask)
    assert path.read_bytes() == b"one \\ud800"
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o640
        path.chmod(0o604)
        write_file(str(path), b"two")
        assert path.stat().st_mode & 0o777 == 0o604
    write_file(path, "3")
    assert path.read_text() == "3"
    assert [p.name for p in tmp_path.iterdir()] == ["t.json"]


@linux
@pytest.mark.usefixtures("way")
def test_links_stay(tmp_path: Path) -> None:
    target, link, hard = tmp_path / "in" / "t.json", tmp_path / "link.json", tmp_path / "hard"
    target.parent.mkdir()
    link.symlink_to("in/t.json")
    write_file(link, "through a link that leads nowhere yet")
    os.link(target, hard)
    for path in (link, hard, target):
        write_file(path, f"through {path.name}")
        assert link.is_symlink()
        assert target.read_text() == hard.read_text() == f"through {path.name}"
        assert target.stat().st_nlink == 2
    loop = tmp_path / "loop.json"
    loop.symlink_to("loop.json")
    with pytest.raises(OSError, match="symbolic links"):
        write_file(loop, "x")
    assert loop.is_symlink()


@linux
@pytest.mark.usefixtures("way")
def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "t.json"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        write_file(pipe, "content")
        assert reader.communicate()[0] == b"content"
    assert pipe.is_fifo()


@linux
@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    "name",
    [".html", "x" * 250 + ".html", "가" * 83 + ".html", "-o .html", "a\nb\t .HTML", "*?\\'\".html",
     "a.b.html", "\udcff.html"],
)  # fmt: skip
def test_any_legal_name(tmp_path: Path, name: str) -> None:
    trace = ng.trace(diamond()[1])
    for _ in range(2):
        trace.save(tmp_path / name)
        assert [p.name for p in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text().startswith("<!")


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("links", [0, 1])
def test_a_failure_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: int
) -> None:
    old = tmp_path / "t.json"
    old.write_text("old", encoding="utf-8")
    for i in range(links):
        os.link(old, tmp_path / f"{i}")
    names = sorted(p.name for p in tmp_path.iterdir())
    real = atomic_write._write_all

    def fail(handle: int, data: bytes) -> None:
        real(handle, data[:10])
        if data != b"old":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic_write, "_write_all", fail)
    with pytest.raises(OSError, match="No space"):
        ng.trace(diamond()[1]).save(old)
    assert old.read_text(encoding="utf-8") == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == names


PROGRAM = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a job in the background ignores
import numpy as np, nbgrad as ng
y = x = ng.Variable(np.array(0.5))
for _ in range(300):
    y = ng.sin(y) + x
trace = ng.trace(y)
print("go", flush=True)
while True:
    trace.save("t.json")
"""


@linux
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_process_that_is_killed_leaves_a_whole_file_or_none(tmp_path: Path, stop: Any) -> None:
    for wait in (0.0, 0.01, 0.1):
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM], cwd=tmp_path, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            assert process.stdout.readline() == b"go\n"
            time.sleep(wait)
            process.send_signal(stop)
            try:
                process.wait(600)
            finally:
                process.kill()
        # A file that replaces another has two names for a moment: killed in it, it is whole too.
        left = {p.name for p in tmp_path.iterdir() if p.name[:8] != ".nbgrad-"}
        assert left <= {"t.json"}
        for path in tmp_path.iterdir():
            assert ng.Trace.from_dict(json.loads(path.read_text(encoding="utf-8"))).steps
