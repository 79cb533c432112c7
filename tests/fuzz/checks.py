"""What must hold of a text wherever it is shown, and a strict reader of DOT."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def unseen(text: str, allowed: str = "\n") -> list[str]:
    """Return the characters that control a terminal, or hide, or turn the text around."""
    return [c for c in set(text) - set(allowed) if unicodedata.category(c) in UNSEEN]


def check_terminal(text: str) -> None:
    """Check that a text can be printed: line breaks are the only control characters."""
    assert unseen(text) == [], ascii(unseen(text))


# Quoted strings, identifiers, punctuation; a comment only as graphviz writes one, on a line of its own.
TOKEN = re.compile(
    r"""(?P<comment>^//[^\n]*$) | (?P<quoted>"(?:[^"\\]|\\.)*") | (?P<word>[A-Za-z_][A-Za-z0-9_]*|-?[0-9.]+)
    | (?P<mark>->|[{}\[\];,=]) | (?P<space>[ \t\n]+)""",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
ESCAPES = re.compile(r"\\(.)", re.DOTALL)
ENTITY = re.compile(r"&(?!amp;)")


@dataclass
class Dot:
    """What a DOT text declares."""

    source: str
    labels: dict[str, str] = field(default_factory=dict)
    edges: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens = list(self._tokens())
        assert self.tokens[0] == "digraph", self.tokens[:3]
        self._statements()

    def _tokens(self) -> list[str]:
        assert unseen(self.source, "\n\t") == [], ascii(unseen(self.source, "\n\t"))
        tokens, at = [], 0
        while at < len(self.source):
            match = TOKEN.match(self.source, at)
            assert match is not None, f"no DOT: {self.source[at : at + 40]!r}"
            if match.lastgroup not in {"space", "comment"}:
                tokens.append(match.group())
            at = match.end()
        return tokens

    def _statements(self) -> None:
        """Read nodes with a label, and edges; brackets must match."""
        depth = 0
        tokens = self.tokens
        for i, token in enumerate(tokens):
            depth += {"{": 1, "}": -1}.get(token, 0)
            assert depth >= 0
            assert depth > 0 or i in {0, 1} or token == "}", f"outside the graph: {token}"
            if token == "->":
                self.edges.append((tokens[i - 1], tokens[i + 1]))
            elif token == "label" and tokens[i - 1] == "[":
                self.labels[tokens[i - 2]] = shown(tokens[i + 2])
            if token.startswith('"'):
                shown(token)
        assert depth == 0


def shown(quoted: str) -> str:
    """Return what Graphviz shows of a quoted string; nothing in it may be an abbreviation."""
    text = quoted[1:-1] if quoted.startswith('"') else quoted
    assert ENTITY.search(text) is None, f"Graphviz would read an entity in {text!r}"
    used = {match[1] for match in ESCAPES.finditer(text)}
    assert used <= {"\\", '"', "n"}, f"Graphviz would expand {used}"
    plain = ESCAPES.sub(lambda match: {"n": "\n"}.get(match[1], match[1]), text)
    return plain.replace("&amp;", "&")
