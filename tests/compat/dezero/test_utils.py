"""Files that are fetched once."""

from __future__ import annotations

from pathlib import Path

import pytest

import nbgrad.compat.dezero as dezero


def test_a_file_is_fetched_once_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dezero.utils, "cache_dir", str(tmp_path))
    with pytest.raises(OSError, match="nowhere"):
        dezero.utils.get_file(f"file://{tmp_path}/nowhere.bin")
    (tmp_path / "from").mkdir()
    source = tmp_path / "from" / "names.txt"
    source.write_text("{0: 'tench'}")
    path = dezero.utils.get_file(source.as_uri())
    assert Path(path).read_text() == "{0: 'tench'}"
    assert sorted(p.name for p in tmp_path.glob("*.part")) == []
    source.unlink()
    assert dezero.utils.get_file(source.as_uri()) == path
