"""Tasks carried out by several processes: whatever happens is heard of."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from lez10.parallel.engines import carried_out, engine


@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_is_done_once(workers):
    with engine(workers, None, "grading"):
        assert sorted(carried_out(abs, range(-20, 0))) == list(range(1, 21))


@pytest.mark.parametrize("workers", [1, 2])
def test_what_the_work_raises_is_raised(workers):
    with engine(workers, None, "grading"), pytest.raises(ValueError, match="invalid"):
        list(carried_out(int, ["1", "x"]))


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_among_the_tasks_is_raised_after_what_was_done(workers):
    """Tasks are taken in another thread, where an exception would be lost."""

    def tasks():
        yield from range(20)
        raise OSError("the disk is gone")

    done = []
    with engine(workers, None, "grading"), pytest.raises(OSError, match="is gone"):
        done.extend(carried_out(abs, tasks()))
    with engine(workers, None, "grading"):
        taken = carried_out(abs, tasks())
        assert sorted(next(taken) for _ in range(20)) == list(range(20))
        with pytest.raises(OSError, match="is gone"):
            next(taken)


WAITING = """
import time
from lez10.parallel.engines import carried_out, engine
with engine(2, None, "grading"):
    for _ in carried_out(time.sleep, [0.1, 0.1, 600, 600]):
        print("done", flush=True)
"""


def test_workers_end_with_a_command_that_is_killed():
    """Also in the middle of a task; joblib's own would wait for minutes."""
    process = subprocess.Popen([sys.executable, "-c", WAITING], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"done\n"
    workers = [
        one
        for one in psutil.Process(process.pid).children(recursive=True)
        if "LokyProcess" in " ".join(one.cmdline())
    ]
    assert len(workers) == 2
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    end = time.monotonic() + 30
    while any(map(is_alive, workers)):
        assert time.monotonic() < end
        time.sleep(0.1)


def is_alive(process: psutil.Process) -> bool:
    """Whether it runs; one of which nobody takes notice does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
