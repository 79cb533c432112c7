"""One target under atheris, which is libFuzzer guided by the branches that Python code takes.

python -m tests.fuzz.guided TARGET [corpus folders and libFuzzer's own options]
"""

from __future__ import annotations

import sys

import atheris

from tests.fuzz import targets


def main() -> None:
    name = sys.argv.pop(1)
    how = targets.TARGETS[name]
    with atheris.instrument_imports(include=list(how.guides)):
        module = targets.load(name)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        changed = module.mutate(data, most, seed) if seed % 8 else None
        return atheris.Mutate(data, most) if changed is None else changed

    own = {"custom_mutator": mutate} if how.structured else {}
    atheris.Setup(sys.argv, module.target, **own)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
