"""E16, step 18: what a ``with`` restores, it restores after the block: Start, Process, Done."""

import contextlib

import nbgrad as ng


@contextlib.contextmanager
def config_test():
    print("Start...")
    try:
        with ng.using_config("enable_backprop", False):
            yield
    finally:
        print("Done", ng.Config.enable_backprop)


def test_e16_context_manager(capsys):
    with config_test():
        print("Process", ng.Config.enable_backprop)
    assert capsys.readouterr().out == "Start...\nProcess False\nDone True\n"
