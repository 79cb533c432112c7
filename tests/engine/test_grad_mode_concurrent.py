"""Grad mode in threads, tasks and executors: nobody sees another's override."""

import asyncio
import concurrent.futures
import threading

import nbgrad as ng
from tests.engine.tiny import on


def in_a_thread(function):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def test_a_thread_does_not_see_an_override():
    with ng.no_grad():
        assert in_a_thread(on) is True
        assert not on()


def test_a_thread_sees_the_default():
    ng.Config.enable_backprop = False
    try:
        assert in_a_thread(on) is False
    finally:
        ng.Config.enable_backprop = True
    assert in_a_thread(on) is True


def test_a_threads_override_is_its_own():
    entered, leave = threading.Event(), threading.Event()
    seen = []

    def other():
        with ng.no_grad():
            seen.append(on())
            entered.set()
            leave.wait()
        seen.append(on())

    thread = threading.Thread(target=other)
    thread.start()
    entered.wait()
    assert on()
    leave.set()
    thread.join()
    assert seen == [False, True]


def test_one_mode_object_in_many_threads():
    mode = ng.no_grad()
    wrong = []

    def work():
        for _ in range(300):
            with mode:
                if on():
                    wrong.append("inside")
            if not on():
                wrong.append("outside")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert wrong == []


def test_tasks_take_turns():
    async def task(mode, expected):
        seen = []
        for _ in range(5):
            with mode():
                await asyncio.sleep(0)
                seen.append(on() is expected)
            await asyncio.sleep(0)
            seen.append(on() is True)
        return all(seen)

    async def main():
        return await asyncio.gather(
            *(task(ng.no_grad, False) for _ in range(3)),
            *(task(ng.enable_grad, True) for _ in range(3)),
        )

    assert asyncio.run(main()) == [True] * 6
    assert on()


def test_a_task_starts_with_its_makers_mode_and_keeps_its_own():
    async def child():
        seen = [on()]
        with ng.enable_grad():
            seen.append(on())
            await asyncio.sleep(0)
        return [*seen, on()]

    async def main():
        with ng.no_grad():
            task = asyncio.create_task(child())
            await asyncio.sleep(0)
            assert not on()
        assert on()
        return await task

    assert asyncio.run(main()) == [False, True, False]


def test_a_cancelled_task_leaves_nothing():
    async def main():
        async def child():
            with ng.no_grad():
                await asyncio.sleep(60)

        task = asyncio.create_task(child())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return on()

    assert asyncio.run(main())


def test_executors_and_to_thread():
    async def main():
        loop = asyncio.get_running_loop()
        with ng.no_grad():
            return await loop.run_in_executor(None, on), await asyncio.to_thread(on)

    # run_in_executor starts without the context, to_thread takes it along: as asyncio documents.
    assert asyncio.run(main()) == (True, False)


def test_a_generator_moved_to_another_thread():
    @ng.no_grad()
    def generator():
        while True:
            yield on()

    g = generator()
    assert next(g) is False
    assert in_a_thread(lambda: next(g)) is False
    assert in_a_thread(on) is True
    in_a_thread(g.close)
    assert on()
