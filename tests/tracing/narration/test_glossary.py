"""One term for one thing: sentences, words and messages keep to the glossary, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbgrad
from nbgrad.tracing.narration.interface import MESSAGES, UI
from nbgrad.tracing.narration.sentences import SENTENCES

ROOT = Path(nbgrad.__file__).parent
GLOSSARY = ROOT / "tracing" / "narration" / "GLOSSARY.md"
FRONT_END = Path(__file__).parents[3] / "js" / "src"


def terms() -> list[tuple[re.Pattern[str], str, list[str]]]:
    """Return each row: the English terms as a pattern, the Korean term, words that are not used."""
    rows = re.findall(
        r"^\| (?!English)(.+?) \| (.+?) \|(.*?)\|$", GLOSSARY.read_text("utf-8"), re.M
    )
    found = []
    for english, korean, other in rows:
        names = "|".join(re.escape(name.strip()) for name in english.split(","))
        others = [word.strip() for word in other.split(",") if word.strip()]
        found.append((re.compile(rf"\b(?:{names})(?:e?s)?\b", re.IGNORECASE), korean, others))
    assert len(found) > 15
    return found


def texts() -> Iterator[tuple[str, str, str]]:
    """Yield every text: key, English, Korean."""
    for key, (english, korean) in SENTENCES.items():
        yield key, english, korean
    for table in (UI, MESSAGES):
        for key, english in table["en"].items():
            yield key, english, table["ko"][key]


def test_every_text_keeps_to_the_glossary() -> None:
    wrong, checked = [], 0
    for key, english, korean in texts():
        plain = re.sub(r"\{[^}]*\}", "", english)
        for pattern, term, others in terms():
            if pattern.search(plain):
                checked += 1
                if term not in korean:
                    wrong.append(f"{key}: {english!r} has {pattern.pattern}, {korean!r} not {term}")
            wrong += [f"{key}: {korean!r} has {word}" for word in others if word in korean]
    print(f"{checked} terms checked")
    assert checked > 100
    assert not wrong, "\n".join(wrong)


def test_both_languages_have_the_same_words() -> None:
    for table in (UI, MESSAGES):
        assert table["en"].keys() == table["ko"].keys()
        for key, english in table["en"].items():
            blanks = [set(re.findall(r"\{(\w+)", text)) for text in (english, table["ko"][key])]
            assert blanks[0] == blanks[1], key


def test_the_front_end_uses_every_word_and_knows_no_other() -> None:
    code = "\n".join(path.read_text("utf-8") for path in FRONT_END.glob("*.ts"))
    views = "\n".join(path.read_text("utf-8") for path in (ROOT / "views").rglob("*.py"))
    quoted = set(re.findall(r"\"(\w+)\"", code + views)) | set(re.findall(r"'(\w+)'", views))
    unused = {key for key in UI["en"] if not {key, key.removesuffix("Hint")} & quoted}
    assert unused == set()
    asked = set(re.findall(r"words\.(?:t|segments)\(\"(\w+)\"", code))
    assert asked - UI["en"].keys() == set()
    assert len(asked) > 60
