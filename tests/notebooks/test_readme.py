"""The README: its snippets run, its links lead somewhere, its table lists all magics."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.cli.main import make_parser
from tests.notebooks.conftest import NAMES, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_snippets_run_and_say_what_they_say() -> None:
    source = "\n".join(blocks("python"))
    test = doctest.DocTestParser().get_doctest(source, {}, "README.md", "README.md", 0)
    runner = doctest.DocTestRunner()
    runner.run(test)
    assert runner.tries > 15
    assert runner.failures == 0


def test_the_diamond_has_ten_lines() -> None:
    assert len(blocks("python")[0].splitlines()) == 10


def test_the_table_is_what_comes_out(capsys: pytest.CaptureFixture[str]) -> None:
    namespace: dict[str, object] = {}
    for block in blocks("python")[:2]:
        for example in doctest.DocTestParser().get_examples(block):
            exec(example.source, namespace)
    capsys.readouterr()
    (line,) = re.findall(r"In a terminal: <code>(.*?)</code>", README)
    exec(line, namespace)
    (table,) = blocks("text")
    assert capsys.readouterr().out == table


def test_the_numbers_in_the_text() -> None:
    x = ng.Variable(np.array(2.0))
    a = x**2
    y = a**2 + a**2
    y.backward(retain_grad=True)
    assert (float(a.grad), float(x.grad)) == (16.0, 64.0)
    for number in ("8 + 8 = 16", "**64**", "**96**"):
        assert number in README


def test_links_and_pictures_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README) + re.findall(r'src(?:set)?="([^"]+)"', README)
    targets += re.findall(r"^\[[^\]]+\]: (\S+)$", README, re.MULTILINE)
    assert len(targets) >= 20
    assert [target for target in targets if not (ROOT / target).is_file()] == []


def test_every_example_is_listed() -> None:
    listed = [Path(target).stem for target in re.findall(r"\((examples/[^)]+)\)", README)]
    assert listed == NAMES


def test_the_magics_of_the_table_exist() -> None:
    from nbgrad.ipython.magics import NbgradMagics

    kinds = {"line": "%", "cell": "%%"}
    real = {(kinds[kind], name) for kind, names in NbgradMagics.magics.items() for name in names}
    reference = (ROOT / "examples/site/reference/magics.md").read_text(encoding="utf-8")
    for page in (README, reference):
        assert set(re.findall(r"^\| `(%%?)(\w+)", page, re.MULTILINE)) == real


def test_the_commands_exist() -> None:
    for line in "\n".join(blocks("sh")).splitlines():
        command = line.partition("#")[0].split()
        if not command:
            continue
        if command[:3] == ["python", "-m", "nbgrad"]:
            make_parser().parse_args(command[3:])
        else:
            makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
            assert re.search(rf"^{command[1]}:", makefile, re.MULTILINE)
