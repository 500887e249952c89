"""Sandboxes that are killed, stopped or used for long."""

import os
import signal
import threading
import time
from contextlib import contextmanager

import psutil
import pytest
from conftest import LIMIT

from lez10.grading.sandbox.sandbox import Sandbox
from lez10.grading.statements import Cell
from lez10.grading.tuning import train
from notebooks import exercise, plain_replies, right, seen

MANY = 2000


@pytest.fixture(params=["locked", "open"])
def own(request):
    """A sandbox that may be harmed, with and without walls."""
    with Sandbox(limit=LIMIT, unsafe=request.param == "open", train=train) as made:
        yield made


@pytest.fixture(scope="module")
def honest(box):
    cells, askings = exercise("03_momentum")
    return cells, askings, plain_replies(box.answers(cells, askings))


def below(box):
    """All processes of a sandbox, the innermost last."""
    outer = psutil.Process(box.process.started.pid)
    return [outer, *outer.children(recursive=True)]


def gone(processes):
    """Whether all have ended within five seconds."""
    _, alive = psutil.wait_procs(processes, timeout=5)
    return not [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]


@contextmanager
def struck(box, number, after):
    """A signal to all processes of the sandbox, while something is asked of it."""

    def strike():
        time.sleep(after)
        for one in reversed(below(box)):
            try:
                one.send_signal(number)
            except psutil.NoSuchProcess:
                pass

    thread = threading.Thread(target=strike)
    thread.start()
    yield
    thread.join()


@pytest.mark.parametrize("which", [0, 1, -2, -1])
def test_killed_between_two_notebooks(own, honest, which):
    cells, askings, before = honest
    assert plain_replies(own.answers(cells, askings)) == before
    processes = below(own)
    processes[max(which, -len(processes)) if which < 0 else 0].kill()
    time.sleep(0.05)
    assert plain_replies(own.answers(cells, askings)) == before
    own.close()
    assert gone(processes)


@pytest.mark.parametrize("after", [0.0, 0.002, 0.005, 0.01, 0.02, 0.2, 0.5])
def test_killed_while_it_answers(own, honest, after):
    """As a loop that takes as long as it may; then an honest notebook."""
    cells, askings, before = honest
    slow = [
        Cell("import time"),
        Cell("def predict_half_speed():\n    time.sleep(0.3)\n    return 14"),
    ]
    with struck(own, signal.SIGKILL, after):
        found = own.answers(slow, askings)
    assert [r.values for r in found["predict_half_speed"]] == [[(14.0,)]]
    assert plain_replies(own.answers(cells, askings)) == before


def test_stopped_and_never_continued(own, honest):
    cells, askings, before = honest
    processes = below(own)
    for one in processes:
        one.suspend()
    start = time.monotonic()
    assert plain_replies(own.answers(cells, askings)) == before
    assert time.monotonic() - start < 30
    assert gone(processes)


def test_who_ends_it_each_time_gets_a_problem(own, honest):
    """Something kills every child at once: there are problems, and an end."""
    cells, askings, before = honest
    stop = threading.Event()

    def hunt():
        while not stop.is_set():
            try:
                inner = [
                    one for one in below(own) if one.pid != own.process.started.pid
                ]
                for one in inner[-1:]:
                    one.kill()
            except (psutil.Error, AttributeError):
                pass

    hunter = threading.Thread(target=hunt)
    hunter.start()
    try:
        from lez10.grading.sandbox import SandboxError

        try:
            found = own.answers(
                [Cell("import time"), Cell("def tune():\n    time.sleep(9)")], askings
            )
            assert all(r.problem for one in found.values() for r in one)
        except SandboxError as error:
            assert "ended each time" in str(error) or "cannot make" in str(error)
    finally:
        stop.set()
        hunter.join()
    assert plain_replies(own.answers(cells, askings)) == before


def test_nothing_is_left_when_it_is_closed(own, honest):
    cells, askings, _ = honest
    own.answers(cells, askings)
    processes = below(own)
    own.close()
    assert gone(processes)


def test_nothing_is_left_when_the_grader_is_killed():
    """kill -9 of the process that holds the sandbox, while a child loops."""
    import subprocess
    import sys
    from pathlib import Path

    from notebooks import ROOT

    code = (
        f"import sys; sys.path[:0] = [{str(Path(__file__).parent)!r}, {str(ROOT)!r}]\n"
        "from notebooks import seen\n"
        "from lez10.grading.sandbox.sandbox import Sandbox\n"
        "for unsafe in (False, True):\n    Sandbox(unsafe=unsafe).__enter__()\n"
        "boxes = [Sandbox(unsafe=u) for u in (False, True)]\n"
        "boxes[0].__enter__()\nprint('ready', flush=True)\n"
        "seen(boxes[1], 'return sum(range(10**13))')"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    )
    assert started.stdout.readline() == "ready\n"
    time.sleep(1.0)
    processes = psutil.Process(started.pid).children(recursive=True)
    assert len(processes) >= 4
    started.kill()
    started.wait()
    started.stdout.close()
    assert gone(processes)


def test_thousands_of_notebooks_leave_nothing(honest):
    """No zombies, no open files, no memory."""
    cells, askings, before = honest
    me = psutil.Process()

    def state():
        time.sleep(0.3)  # the next child is being started
        inside = below(box)
        files = [me.num_fds(), *(one.num_fds() for one in inside)]
        return files, sum(one.memory_info().rss for one in [me, *inside])

    with Sandbox(train=train) as box:
        for _ in range(100):
            box.answers(cells, askings)
        files, memory = state()
        for number in range(MANY):
            found = box.answers(cells, askings)
            if number % 100 == 0:
                assert plain_replies(found) == before
        files_then, memory_then = state()
        assert files_then == files
        assert memory_then < memory + (5 << 20)
        assert not [one for one in below(box) if one.status() == psutil.STATUS_ZOMBIE]
        assert right(askings, found)


def test_bad_ones_leave_nothing_either(own, honest):
    cells, askings, before = honest
    own.answers(cells, askings)
    me = psutil.Process()
    files = me.num_fds()
    inside = below(own)
    for body in ("import os\nos._exit(3)", "import os\nos.closerange(0, 99)", "1 / 0"):
        for _ in range(30 if body != "import os\nos.closerange(0, 99)" else 2):
            seen(own, body)
    assert me.num_fds() == files
    assert [one.pid for one in below(own)][: len(inside) - 1] == [
        one.pid for one in inside[:-1]
    ]
    assert plain_replies(own.answers(cells, askings)) == before


def test_two_at_once(honest):
    """In threads, as the workers of a cluster are."""
    cells, askings, before = honest
    results = []

    def grade():
        with Sandbox(train=train) as box:
            for _ in range(20):
                results.append(plain_replies(box.answers(cells, askings)) == before)

    threads = [threading.Thread(target=grade) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert results == [True] * 60


def test_it_starts_again_after_it_was_closed(own, honest):
    cells, askings, before = honest
    own.close()
    own.close()
    assert plain_replies(own.answers(cells, askings)) == before
    assert os.path.exists("/proc/self")
