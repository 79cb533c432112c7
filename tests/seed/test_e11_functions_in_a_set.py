"""E11, steps 15-16: three functions into a list and a set: each once, in their order."""

import nbgrad as ng


def test_e11_functions_in_a_set(capsys):
    funcs = []
    seen_set = set()
    creators = [ng.Function(), ng.Function(), ng.Function()]
    for f in creators + creators:
        if f not in seen_set:
            funcs.append(f)
            seen_set.add(f)
            print(len(funcs), len(seen_set))
    assert capsys.readouterr().out == "1 1\n2 2\n3 3\n"
    assert all(a is b for a, b in zip(funcs, creators, strict=True))
