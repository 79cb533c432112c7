"""B30: nested or interleaved exits restored blindly: two generators could leave the wrong value."""

import nbgrad as ng


def hold(mode):
    with mode:
        yield


def test_b30_interleaved_exits():
    first, second = hold(ng.no_grad()), hold(ng.enable_grad())
    next(first)
    next(second)
    first.close()
    assert ng.Config.enable_backprop is True
    second.close()
    assert ng.Config.enable_backprop is True


def test_b30_the_last_one_left_decides():
    first, second = hold(ng.no_grad()), hold(ng.no_grad())
    next(first)
    next(second)
    first.close()
    assert ng.Config.enable_backprop is False
    second.close()
    assert ng.Config.enable_backprop is True
