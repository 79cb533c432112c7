"""The numbers that the prose claims are those that the cells give."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.notebooks.conftest import WIDGET, code_cells, prose, said, stored

pytestmark = pytest.mark.slow

# A part of a cell's source, and all that the cell says. E1 to E22 are the seed's examples.
SEED = [
    ("AddList()(xs)", "array(7)"),  # E1
    ("collect(1, 2, 3)", "(1, 2, 3)"),  # E2
    ("print(type(y).__name__)", "Variable\narray(7)"),  # E3
    ("Variable(np.array(1)), Variable(np.array(10))", "11"),  # E4
    ("z.backward(retain_grad=True)", "1.0\n13.0\n4.0\n6.0"),  # E5
    ("in_place == before", "(True, False)"),  # E6
    (
        "y = add(x, x)\ny.backward(retain_grad=True)\nprint(y.data, y.grad, x.grad)",
        "6.0 1.0 2.0",
    ),  # E7
    ("y = add(add(x, x), x)\ny.backward", "9.0 1.0 3.0"),  # E8
    ('print("-" * 50)\ny = add', f"6.0 1.0 2.0\n{'-' * 50}\n9.0 1.0 5.0"),  # E9
    ("x.cleargrad()", f"6.0 1.0 2.0\n{'-' * 50}\n9.0 1.0 3.0"),  # E10
    ("functions, seen", "1 1\n2 2\n3 3"),  # E11
    ("print(b.grad, c.grad)", "[0, 1, 2, 2, 3]\n32.0\n1.0\n1.0 1.0\n16.0\n64.0"),  # E12
    ("use_heap=True", "4.0\n1.0\n2.0\n32.0\n1.0\n1.0 1.0\n16.0\n64.0"),  # E13, E14, E15
    ("def config_test", "Start...\nProcess\nDone"),  # E16
    ("with ng.no_grad():", "None\nNone"),  # E17
    ("y = a * b + c", "variable(7.0)\nNone\n1.0\n3.0\n2.0"),  # E18
    ("np.array([3.0]) * Variable", "5.0\n6.0\n6.0\n6.0\n[6.]"),  # E19 to E22
]


def cell_with(book: Any, source: str) -> Any:
    found = [cell for cell in code_cells(book) if source in cell.source]
    assert found, source
    return found[0]


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.?\d*", text)]


def only(name: str) -> Any:
    return pytest.mark.parametrize("name", [name], indirect=True)


@only("01_from_a_chain_to_a_graph")
@pytest.mark.parametrize(("source", "text"), SEED, ids=[f"cell{n}" for n in range(len(SEED))])
def test_the_seeds_examples(executed: Any, source: str, text: str) -> None:
    assert said(cell_with(executed, source)) == text


@only("01_from_a_chain_to_a_graph")
def test_the_first_stepper(executed: Any) -> None:
    text = said(cell_with(executed, "%backward --no-apply y"))
    assert "a.grad 16 = 8 + 8" in text
    assert "x.grad 64" in text
    assert "where $a$ receives $8 + 8 = 16$" in prose(executed)


@only("02_why_generations")
def test_64_against_96(executed: Any) -> None:
    assert "x.grad 64" in said(cell_with(executed, "%backward --no-apply y"))
    naive = said(cell_with(executed, "%backward --order naive y"))
    assert "32 to x" in naive
    assert "x.grad 96 = 32 + 64" in naive
    assert "2·2·8 = 32" in prose(executed)
    assert said(cell_with(executed, "right = ng.trace")) == (
        "right: 4 functions ran, x.grad = 64.0\nnaive: 5 functions ran, x.grad = 96.0"
    )
    assert said(cell_with(executed, "round((f(2")) == "64.0"
    assert said(cell_with(executed, "print(x.grad)\ny.backward()")) == "None\n64.0"


@only("02_why_generations")
def test_the_table_tells_the_order_of_the_trace(executed: Any) -> None:
    naive = said(cell_with(executed, "%backward --order naive y")).splitlines()
    order = [line[line.index("→") + 2] for line in naive if "→" in line]
    assert order == ["y", "c", "a", "b", "a"]
    right = said(cell_with(executed, "%backward --no-apply y")).splitlines()
    assert [line[line.index("→") + 2] for line in right if "→" in line] == ["y", "b", "c", "a"]
    table = [line for line in prose(executed).splitlines() if re.match(r"\| \d", line)]
    assert ["made b" in table[1], "made c" in table[2], "made a" in table[3]] == [True] * 3


@only("02_why_generations")
def test_one_diamond_more_doubles_the_work(executed: Any) -> None:
    rows = [numbers(row) for row in said(cell_with(executed, "def diamonds")).splitlines()[2:]]
    for n, right, naive, right_grad, naive_grad in rows:
        assert right == 3 * n
        assert naive == 3 * (2**n - 1)
        assert right_grad == 1.0
        assert (naive_grad > 1.0) is (n > 1)


@only("03_accumulation_and_cleargrad")
def test_gradients_add_up(executed: Any) -> None:
    assert "x.grad 6 = 4 from before + 2" in said(cell_with(executed, "%backward y"))
    assert said(cell_with(executed, "y = (x + x) + x")) == "3.0"
    assert said(cell_with(executed, "a = x**2")) == "64.0 16.0\n128.0 16.0"
    assert "gives 64, then 128" in prose(executed)
    assert said(cell_with(executed, "at_once")) == "True"
    assert said(cell_with(executed, "class Fragile")).splitlines()[-1] == "None"
    without, clearing = numbers(said(cell_with(executed, "def descend")))
    assert abs(clearing - 5) < 0.01 < abs(without - 5)


@only("04_no_grad_and_memory")
def test_memory(executed: Any) -> None:
    def megabytes(source: str) -> list[float]:
        cell = cell_with(executed, source)
        return numbers("".join(o.text for o in cell.outputs))

    recorded, _, without, _ = megabytes("def megabytes")
    assert 15.5 < recorded < 17
    assert without < 0.5
    assert "two hundred of them are kept for the way back: 16 MB" in prose(executed)
    kept, _, values, _ = megabytes("def train(keep)")
    assert 300 < kept < 350
    assert values < 1


@only("04_no_grad_and_memory")
def test_the_mode(executed: Any) -> None:
    assert said(cell_with(executed, "def predict")) == "None True"
    assert said(cell_with(executed, "%%no_grad")) == "True"
    assert said(cell_with(executed, "ng.Config.enable_backprop")) == "True"
    assert "made under no_grad" in said(cell_with(executed, "except RuntimeError"))


@only("05_your_own_function")
def test_your_own_function(executed: Any) -> None:
    assert said(cell_with(executed, "def is_right")) == "True"
    assert said(cell_with(executed, "class WrongSwish")).endswith("False")
    refused = said(cell_with(executed, "%backward y"))
    assert "Scale.backward returned 1 gradient for 2 inputs" in refused
    assert re.search(r"in \[\d+\], line 12", refused)
    assert said(cell_with(executed, "return gy * factor, gy * x")) == (
        "(array([2., 2., 2.]), array(3.))"
    )
    second, by_hand = numbers(said(cell_with(executed, "by_hand")))
    assert abs(second - by_hand) < 1e-4
    thrifty = said(cell_with(executed, "class Thrifty"))
    assert thrifty.startswith("True\nNo second derivative through Thrifty")
    assert said(cell_with(executed, "class SumAndProduct")) == "(array(4.), array(3.))"


@only("06_train_a_small_network")
def test_the_network_learns(executed: Any) -> None:
    before = numbers(said(cell_with(executed, "before training")))[0]
    train, test = numbers(said(cell_with(executed, "after training")))
    assert before < 25
    assert train > 98
    assert test > 95
    pictures = [
        output
        for cell in code_cells(executed)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert len(pictures) == 3
    assert "W1" in said(cell_with(executed, "%backward loss"))


@only("06_train_a_small_network")
def test_compiled_it_learns_the_same(executed: Any) -> None:
    said_of_it = said(cell_with(executed, "train_again(compiled)"))
    assert "the same losses: True" in said_of_it
    source = said(cell_with(executed, "compiled.source"))
    assert "matmul(x, W1, kept" in source
    assert "# hidden = ng.relu(x @ W1 + b1)" in source


@only("06_train_a_small_network")
def test_there_is_a_progress_bar(executed: Any) -> None:
    views = [
        output.data
        for output in cell_with(executed, "tqdm(range").outputs
        if output.output_type == "display_data"
    ]
    assert any(WIDGET in data for data in views)


@only("07_newton_fit")
def test_second_derivatives(executed: Any) -> None:
    assert said(cell_with(executed, "print(slope)")) == "variable(32.0)\n48.0"
    assert "x.grad 48" in said(cell_with(executed, "%backward --no-apply slope"))
    last = numbers(said(cell_with(executed, "def f(x)")).splitlines()[-1])
    assert abs(last[1] + 1.107160) < 1e-5
    fitted = said(cell_with(executed, "def newton")).splitlines()
    (A, k), (A_crept, k_crept) = (numbers(row.partition(":")[2]) for row in fitted)
    assert abs(A - 2.5) < 0.1
    assert abs(k - 0.7) < 0.05
    assert 0 < abs(A - A_crept) < 0.1
    assert 0 < abs(k - k_crept) < 0.1


@only("08_recurrent_net")
def test_the_graph_is_cut(executed: Any) -> None:
    rows = [numbers(row) for row in said(cell_with(executed, "def count")).splitlines()]
    assert [row[0] for row in rows] == [20, 40, 60]
    assert [row[1] for row in rows] == [100, 101, 101]
    assert {row[2] for row in rows} == {1}
    assert "100 after 20 steps, 200 after 40, 300 after 60" in prose(executed)
    start, end = numbers(said(cell_with(executed, "error at the start")))
    assert end < start / 5
    text = said(cell_with(executed, "%backward --no-apply loss"))
    assert len(re.findall(r"(?<!@ )\bWh\.grad", text)) == 3  # of Wh itself, not of h0 @ Wh


@only("10_what_if_i_change_x")
def test_slopes_by_hand_and_gradients(executed: Any) -> None:
    assert said(cell_with(executed, "y = f(x)")) == "2.0 9.0"
    rows = [numbers(row)[-1] for row in said(cell_with(executed, "for h in")).splitlines()]
    assert rows[0] == 16
    assert abs(rows[3] - 9) < 1e-3
    assert rows[-1] == 0
    assert said(cell_with(executed, "by_hand = ")) == "largest difference: 0.0625\nx is still 2.0"
    table = said(cell_with(executed, "--sweep x=-3:3:31 y"))
    assert re.search(r"^ +-1 +2 +0$", table, re.MULTILINE)
    shown, own = numbers(said(cell_with(executed, "descend(0.05")))[:2]
    assert 1 < shown < 1.05
    assert own == 2
    assert "[-2.0, -1.0, 1.0, 2.0]\nwith ng.abs:  [2.0," in said(
        cell_with(executed, "def absolute")
    )


@only("10_what_if_i_change_x")
def test_sigmoids_vanish(executed: Any) -> None:
    rows = said(cell_with(executed, "found = [ng.sweep")).splitlines()[1:]
    sigmoid, far = ([float(cell) for cell in row.split()[-4:]] for row in rows[:2])
    assert all(s <= 0.25**n for s, n in zip(sigmoid, (1, 2, 4, 8), strict=True))
    assert far[-1] < 1e-10
    assert 0 < sigmoid[-1] < 1 / 100_000
    assert [row.split()[-4:] for row in rows[-2:]] == [["1"] * 4] * 2
    by_hand, gradient = said(cell_with(executed, "far, further")).splitlines()
    assert float(by_hand.split()[-1]) == 0 < float(gradient.split()[-1])


@only("12_can_i_go_on_with_the_book")
def test_the_book_goes_on(executed: Any) -> None:
    assert said(cell_with(executed, "before training:")).startswith(
        "before training: 0.847369585010"
    )
    small, large = numbers(said(cell_with(executed, "def length")))[1::2]
    assert 500 < large / small < 2000  # "a thousand times smaller"
    losses = [numbers(row)[1] for row in said(cell_with(executed, "range(10001)")).splitlines()]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.08
    layers = [row.split()[0] for row in said(cell_with(executed, "named_params")).splitlines()]
    assert layers == ["l1/W", "l1/b", "l2/W", "l2/b"]
    spirals = said(cell_with(executed, "Spiral()")).splitlines()
    assert numbers(spirals[-1])[-1] > 90
    assert said(cell_with(executed, "class Sin")) == "sin' = 0.7071, sin'' = -0.7071"


@only("11_what_happened_while_it_trained")
def test_it_explodes_and_is_clipped(executed: Any) -> None:
    found = said(cell_with(executed, "def first_troubles")).splitlines()
    assert found[0].startswith("iteration 15: exploding in the backward pass")
    assert [line.split()[2] for line in found] == ["exploding", "inf", "nan"]
    before, after = (
        numbers(row) for row in said(cell_with(executed, "range(12")).splitlines()[-2:]
    )
    assert before == [14, 1.07, 237]
    assert round(after[1]) == -23
    assert "iteration 15, press *Last*" in prose(executed)
    clipped = said(cell_with(executed, "train(limit=1.0"))
    assert re.fullmatch(r"in the end: w = 0\.9\d u = 0\.5\d", clipped)


@only("11_what_happened_while_it_trained")
def test_it_dies(executed: Any) -> None:
    assert "40 takes by iteration" in said(cell_with(executed, "%%history"))
    assert said(cell_with(executed, "dead = died.dead()")) == (
        "from iteration 3 on without a gradient: W1, b1, W2"
    )
    alive = [numbers(row)[1] for row in said(cell_with(executed, "range(5)")).splitlines()]
    assert alive[0] == 8
    assert alive == sorted(alive, reverse=True)
    assert alive[3:] == [0, 0]
    well = said(cell_with(executed, "train_net(0.2")).splitlines()
    assert well[0] == "dead: none"
    assert numbers(well[1])[1] < 0.3
    assert numbers(well[2]) == [400, 101, 399]


def test_the_stored_numbers_of_the_training() -> None:
    book = stored("06_train_a_small_network")
    assert numbers(said(cell_with(book, "after training")))[1] > 95
