"""The same in a real kernel: state across cells, await, display, positions."""

from __future__ import annotations

import pytest

from tests.ipython.conftest import Kernel

MODE = "ng.Config.enable_backprop"


@pytest.fixture(autouse=True)
def _recording(kernel: Kernel) -> None:
    kernel.ok("ng.Config.enable_backprop = True")


@pytest.mark.parametrize("between", ["pass", "import asyncio; await asyncio.sleep(0)"])
def test_the_state_holds_across_cells(kernel: Kernel, between: str) -> None:
    kernel.ok("%no_grad on")
    kernel.ok(between)
    assert kernel.ok(MODE).text == "False"
    kernel.ok(f"{between}\nmode = {MODE}")
    assert kernel.ok("mode").text == "False"
    assert "on" in kernel.ok("%no_grad status").out
    kernel.ok("%no_grad off")
    assert kernel.ok(MODE).text == "True"


def test_the_state_set_in_a_cell_with_await_holds_too(kernel: Kernel) -> None:
    kernel.ok("import asyncio\nawait asyncio.sleep(0)\n%no_grad on")
    assert kernel.ok(MODE).text == "False"
    kernel.ok("%no_grad")
    assert kernel.ok(MODE).text == "True"


def test_the_cell_magic_displays_its_last_expression(kernel: Kernel) -> None:
    seen = kernel.ok("%%no_grad\n'first'\ny = ng.square(Variable(np.array(3.0)))\ny")
    assert [r["text/plain"] for r in seen.results] == ["variable(9.0)"]
    assert kernel.ok("y.creator is None").text == "True"
    assert kernel.ok("%%no_grad\ny;").results == []


def test_the_cell_magic_awaits(kernel: Kernel) -> None:
    seen = kernel.ok(f"%%no_grad\nimport asyncio\nawait asyncio.sleep(0)\n{MODE}")
    assert seen.text == "False"
    assert kernel.ok(MODE).text == "True"


def test_other_tasks_do_not_see_the_mode_of_the_cell(kernel: Kernel) -> None:
    kernel.ok(
        "import asyncio\nseen = []\n"
        "async def watch():\n"
        "    for _ in range(5):\n"
        f"        seen.append({MODE})\n"
        "        await asyncio.sleep(0.005)\n"
        "task = asyncio.ensure_future(watch())"
    )
    kernel.ok("%%no_grad\nawait asyncio.sleep(0.05)")
    assert kernel.ok("await task\nset(seen)").text == "{True}"


@pytest.mark.parametrize("head", ["", "await asyncio.sleep(0)\n"])
@pytest.mark.parametrize(
    "error", ["1 / 0", "raise KeyboardInterrupt", "raise asyncio.CancelledError"]
)
def test_recording_is_restored(kernel: Kernel, head: str, error: str) -> None:
    seen = kernel.run(f"%%no_grad\nimport asyncio\n{head}{error}")
    assert seen.status == "error"
    assert kernel.ok(MODE).text == "True"


def test_an_interrupted_cell_restores(kernel: Kernel) -> None:
    seen = kernel.run(
        "%%no_grad\nimport signal, os\nos.kill(os.getpid(), signal.SIGINT)\nimport time; time.sleep(5)"
    )
    assert seen.status == "error"
    assert kernel.ok(MODE).text == "True"


def test_a_traceback_names_cell_and_line(kernel: Kernel) -> None:
    seen = kernel.run("%%no_grad\nx = 1\n1 / 0")
    assert f"Cell In[{seen.count}], line 3" in seen.traceback


def test_usage_errors_are_one_line_and_no_traceback(kernel: Kernel) -> None:
    for cell in ("%no_grad perhaps", "%backward nothing_here", "%graph", "%%no_grad x\n1"):
        seen = kernel.run(cell)
        assert seen.err.startswith("UsageError: "), cell
        assert seen.traceback == ""


def test_nodes_know_their_cell_and_line(kernel: Kernel) -> None:
    seen = kernel.ok("x = Variable(np.array(2.0))\n\ny = ng.square(x)")
    assert kernel.ok("print(y.source, '|', y.source.text)").out == (
        f"in [{seen.count}], line 3 | y = ng.square(x)\n"
    )
    seen = kernel.ok("%%no_grad\nz = Variable(np.array(2.0))")
    assert kernel.ok("print(z.source)").out == f"in [{seen.count}], line 2\n"


def test_nodes_made_in_a_function_of_an_earlier_cell_name_that_cell(kernel: Kernel) -> None:
    seen = kernel.ok("def f(x):\n    return ng.square(x)")
    kernel.ok("y = f(Variable(np.array(2.0)))")
    assert kernel.ok("print(y.source)").out == f"in [{seen.count}], line 2\n"


def test_cells_within_cells_name_the_cell_that_is_seen(kernel: Kernel) -> None:
    seen = kernel.ok("%%capture\ny = ng.square(Variable(np.array(2.0)))")
    assert kernel.ok("print(y.source)").out.startswith(f"in [{seen.count}], line")
