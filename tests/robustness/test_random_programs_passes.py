"""What every pass over every graph promises, on random programs."""

import itertools

import numpy as np
from hypothesis import given

import nbgrad as ng
from tests.engine.tiny import same
from tests.robustness.random_programs import cases, nbgrad_run, programs


def of(variables):
    return [None if v.grad is None else v.grad.copy() for v in variables]


def twice(gradients):
    return [None if g is None else g + g for g in gradients]


@cases(60, 20_000)
@given(programs())
def test_a_second_pass_adds_exactly_once_whatever_was_retained(program):
    ran = nbgrad_run(program)
    ran.root.backward(retain_grad=bool(program.seed & 1))
    once = of(ran.leaves)
    ran.root.backward(retain_grad=bool(program.seed & 2), use_heap=bool(program.seed & 4))
    assert same(of(ran.leaves), twice(once))


def order_by_a_plain_list(trace):
    """The documented order, told from the graph: falling generation, ties first come, first served."""
    generation = {f.id: f.generation for f in trace.functions}
    maker = {v: f.id for f in trace.functions for v in f.outputs}
    sent = {call.function.id: [c.variable.id for c in call.contributions] for call in trace.calls}
    waiting, order = [maker[trace.root.id]], []
    while waiting:
        waiting.sort(key=lambda f: -generation[f])  # stable: ties stay as they came
        order.append(waiting.pop(0))
        for f in (maker[v] for v in sent[order[-1]] if v in maker):
            if f not in waiting and f not in order:
                waiting.append(f)
    return order


@cases(40, 5_000)
@given(programs())
def test_functions_run_in_the_documented_order_each_once(program):
    trace = ng.trace(nbgrad_run(program).root)
    assert [call.function.id for call in trace.calls] == order_by_a_plain_list(trace)


@cases(60, 15_000)
@given(programs())
def test_the_order_does_not_depend_on_the_queue(program):
    results = []
    for use_heap in (False, True):
        ran = nbgrad_run(program)
        ran.root.backward(retain_grad=True, use_heap=use_heap)
        results.append(of([*ran.leaves, *ran.pool, ran.root]))
    assert same(*results)


@cases(40, 10_000)
@given(programs())
def test_traced_is_untraced_bit_for_bit(program):
    traced, plain = nbgrad_run(program), nbgrad_run(program)
    ng.trace(traced.root)
    plain.root.backward()
    assert same(of(traced.leaves), of(plain.leaves))
    assert all(v.grad is None for v in (traced.root, plain.root))
    ng.trace(traced.root, apply=False)
    assert same(of(traced.leaves), of(plain.leaves))


@cases(60, 15_000)
@given(programs())
def test_gradients_have_shape_dtype_and_memory_of_their_own(program):
    ran = nbgrad_run(program)
    ran.root.backward(retain_grad=True)
    everything = list({id(v): v for v in (*ran.leaves, *ran.pool, ran.root)}.values())
    gradients = [(v, v.grad) for v in everything if v.grad is not None]
    for v, g in gradients:
        assert type(g) is np.ndarray
        assert g.shape == v.shape
        assert g.dtype == (v.dtype if v.dtype.kind == "f" else np.float64)
        assert not any(np.shares_memory(g, w.data) for w in everything)
    for (_, g), (_, h) in itertools.combinations(gradients, 2):
        assert not np.shares_memory(g, h)


@cases(40, 5_000)
@given(programs())
def test_backward_changes_no_data_and_no_graph(program):
    ran = nbgrad_run(program)
    everything = [*ran.leaves, *ran.pool, ran.root]
    before = [(v.data.copy(), v.generation, v.creator) for v in everything]
    ran.root.backward()
    for v, (data, generation, creator) in zip(everything, before, strict=True):
        assert v.data.tobytes() == data.tobytes()
        assert v.generation == generation
        assert v.creator is creator
