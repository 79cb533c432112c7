"""Which elements made which: for every row of the table, and for what has no rules of its own."""

from __future__ import annotations

import math
import pickle
import warnings
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.tracing.elements import MAX_TERMS, _Budget, _factors, elements
from nbgrad.tracing.graph_walk import MAX_HELD
from nbgrad.tracing.model import Call, Parts, Summary
from nbgrad.tracing.narration.rules import AVERAGES
from tests.ops.cases import CASES


def made_of(factors: list[list[list[float]]], call: Call) -> list[float]:
    gys = [None if gy is None else gy.array().ravel() for gy in call.upstream]
    return [sum(by * gys[k][at] for k, at, by in terms if gys[k] is not None) for terms in factors]  # type: ignore[index]


def test_a_trace_keeps_the_rules_of_a_convolution_without_its_columns() -> None:
    x, w = ng.Variable(np.ones((1, 3, 12, 12))), ng.Variable(np.ones((1, 3, 3, 3)))
    y = ng.conv2d(x, w)
    rules = ng.trace(y.sum(), names={}).parts.rules.values()
    assert y._op.kept[1].nbytes > MAX_HELD
    assert [r.__self__.kept for r in rules if r.__self__.label == "conv2d"] == [((), None)]


def known(*summaries: Summary | None) -> bool:
    return all(s is None or s.complete for s in summaries)


def test_the_terms_of_every_operation_add_up_to_what_it_sent() -> None:
    checked, left = 0, []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for param in CASES:
            case: Any = param.values[0]
            trace = ng.trace(case.loss(*case.variables()), names={}, apply=False)
            found = elements(trace.parts)
            for call in trace.parts.calls:
                if not call.contributions or call.function.id not in found:
                    continue
                values = [trace.variables[x].value for x in call.function.inputs]
                if not found[call.function.id] and known(*values, *call.upstream):
                    left.append((param.id, call.function.label))
                for c in call.contributions:
                    factors = found[call.function.id].get(c.input, [])
                    if not known(c.amount, *call.upstream) or any([] in terms for terms in factors):
                        continue
                    if factors:
                        np.testing.assert_allclose(
                            made_of(factors, call),
                            c.amount.array().ravel(),
                            1e-6,
                            1e-9,
                            err_msg=param.id,
                        )
                        checked += 1
    print(checked, "gradients are the sum of their terms")
    assert checked > 900
    assert not left


def test_a_rule_that_has_no_terms_works_element_by_element() -> None:
    checked = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for param in CASES:
            case: Any = param.values[0]
            parts = ng.trace(case.loss(*case.variables()), names={}, apply=False).parts
            found = elements(parts)
            for call in parts.calls:
                f, rule = call.function, parts.rules.get(call.function.id)
                if f.id in found or rule is None or f.name in {"MatMul", "Dot", "Sum", *AVERAGES}:
                    continue
                y = parts.variables[f.outputs[0]]
                for i, factors in _factors(rule, call, parts.variables, _Budget()).items():
                    where = np.arange(math.prod(y.shape)).reshape(y.shape)
                    x = np.arange(len(factors)).reshape(parts.variables[f.inputs[i]].shape)
                    own = np.broadcast_to(x, y.shape)
                    for at, terms in enumerate(factors):
                        assert {t[1] for t in terms if t} <= {*where[own == at].tolist()}, f.rule
                    checked.add(f.name)
    assert len(checked) > 70


def test_what_mixes_elements_of_an_input_that_was_not_kept_is_told_in_words() -> None:
    grid, q = ng.Variable(np.linspace(0, 1, 150)), ng.Variable(np.linspace(0, 1, 150) ** 2)
    assert told(parts_of(ng.sum(ng.interp(q, grid, grid * 2))))["Interp"] == {}
    rows = told(parts_of(ng.sum(ng.split(ng.stack([grid, q]), 2)[1] ** 2)))
    assert rows["Stack"][1][7] == [[0, 157, 1]]
    assert rows["Split"][0][157] == [[1, 7, 1]]


def parts_of(y: Any, **names: Any) -> Parts:
    return ng.trace(y, names=names, apply=False).parts


def told(parts: Parts) -> dict[str, Any]:
    return {parts.functions[key].name: value for key, value in elements(parts).items()}


def test_several_outputs() -> None:
    x = ng.Variable(np.arange(4.0), name="x")
    p, q = ng.split(x, 2)
    terms = told(parts_of(ng.sum(p * 2) + ng.sum(q * q)))["Split"][0]
    assert terms == [[[0, 0, 1]], [[0, 1, 1]], [[1, 0, 1]], [[1, 1, 1]]]


def test_a_rule_that_works_element_by_element_needs_no_terms() -> None:
    x, w = ng.Variable(np.ones((2, 3))), ng.Variable(np.ones((3, 2)))
    assert told(parts_of(ng.sum(ng.tanh(x @ w) * 2))) == {}


def test_long_sums_keep_their_ends_and_large_arrays_are_told_in_words() -> None:
    x = ng.Variable(np.ones((4, 4)) + 9 * np.eye(4))
    rows = told(parts_of(ng.sum(ng.inv(x))))["Inv"][0]
    assert [len(terms) for terms in rows] == [MAX_TERMS + 1] * 16
    assert all(terms[-2] == [] and terms[-1][:2] == [0, 15] for terms in rows)
    large = ng.Variable(np.ones((40, 40)))
    assert told(parts_of(ng.sum(ng.reshape(large, (1600,)) ** 2)))["Reshape"] == {}


def test_arrays_that_a_trace_does_not_keep_whole_have_terms_where_no_value_matters() -> None:
    x = ng.Variable(np.ones((10, 20)))
    rows = told(parts_of(ng.sum(x.T**2)))["Transpose"][0]
    assert rows[23] == [[0, 3 * 10 + 1, 1]]
    assert told(parts_of(ng.sum(ng.sort(x) ** 2)))["Sort"] == {}


def test_outputs_that_nobody_kept_are_computed_again() -> None:
    matrix = ng.Variable(np.array([[2.0, 1], [1, 3]]))
    start, stop = ng.Variable(np.array(1.0)), ng.Variable(np.array(2.0))
    first = told(parts_of(ng.sum(np.linalg.eigh(matrix)[0] ** 2)))["Eigh"][0]
    assert all(any(term[0] == 0 for term in terms) for terms in first)
    name, (last,) = next(
        (name, factors[1])
        for name, factors in told(parts_of(ng.sum(ng.geomspace(start, stop, 100)))).items()
    )
    assert last[-1] == [0, 99, pytest.approx(1.0)], name


def test_a_users_rule_is_not_run_again() -> None:
    class Halves(ng.Function):
        runs = 0

        def forward(self, x: Any) -> Any:
            return x[:2], x[2:]

        def backward(self, *gys: Any) -> Any:
            Halves.runs += 1
            return np.concatenate(gys)

    p, q = Halves()(ng.Variable(np.arange(4.0)))
    assert told(parts_of(ng.sum(p * q)))["Halves"] == {}
    assert Halves.runs == 1


def test_what_is_not_finite_is_told_in_words() -> None:
    x = ng.Variable(np.array([0.0, 0.0, 2.0]))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = elements(parts_of(ng.sum(ng.norm(x.reshape(3, 1) * 0, axis=0))))
    assert all(
        math.isfinite(term[2])
        for own in found.values()
        for rows in own.values()
        for t in rows
        for term in t
        if term
    )


def test_a_trace_with_rules_is_plain_data_elsewhere() -> None:
    x = ng.Variable(np.arange(3.0))
    trace = ng.trace(ng.sum(ng.flip(x) * 2), names={})
    again = pickle.loads(pickle.dumps(trace))
    assert again == trace
    assert again.parts.rules == {}
    assert elements(again.parts) == {again.functions[0].id: {}}
