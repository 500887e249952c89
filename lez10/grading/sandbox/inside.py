"""The process inside: it has numpy ready, and forks a child for every notebook.

It never sees a notebook itself, so that none leaves a trace in it: each child gets a
channel of its own to the outside, and reads its job there. Orders come by a socket.
"""

import contextlib
import decimal  # noqa: F401  what students may import is there already
import fractions  # noqa: F401
import gc
import json
import os
import random  # noqa: F401
import signal
import socket
import statistics  # noqa: F401
import struct
import sys
import sysconfig
import time
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
import numpy.fft
import numpy.random

from lez10.grading import calling, files
from lez10.grading.asking import (
    BudgetSpent,
    Landscape,
    Problem,
    Question,
    Reply,
    Trainings,
)
from lez10.grading.sandbox import confined, stand_in, wire
from lez10.grading.statements import Cell, Notebook, read

CHILD = struct.Struct(">i")
PATIENCE = 100  # hundredths of a second for a child that is about to end
MANY_SECONDS = 3600  # of processor time, until the job says how many

# What all children do alike is done once before, so that it is quicker in each.
STEP = """
import numpy as np

def step(x, v, grad, alpha):
    v = 0.9 * v - alpha * grad(x)
    return x + v, np.asarray(v)
"""
QUESTION = Question(
    "",
    {
        "x": np.ones(3),
        "v": np.zeros(3),
        "grad": Landscape(np.ones(3), np.ones(3), 0.1),
        "alpha": 0.1,
    },
    10,
    ("x", "v"),
)
WARMING_UP = wire.Job(
    [Cell(STEP)], [wire.Asking("step", [QUESTION] * 4, ("x", "v"))], 1.0
)


def main(arguments: Sequence[str]) -> None:
    """`about`, or the number of the socket for orders and how children are locked."""
    if arguments[0] == "about":
        print(json.dumps(about()))
        return
    orders, locked = socket.socket(fileno=int(arguments[0])), arguments[1] == "locked"
    filter_of_calls = wire.unframed(orders.recv)
    confined.adopt_orphans()
    stand_in.install()
    warm_up()
    gc.collect()
    gc.freeze()
    orders.sendall(wire.READY)
    serve(orders, locked, filter_of_calls)


def warm_up() -> None:
    """Go through a job without a child."""
    for _ in range(4):
        job = wire.job_of(wire.packed_job(WARMING_UP)[wire.HEADER.size :])
        replies = replies_to(read(job.cells), job.askings[0], None, job.limit)
        wire.packed_replies("step", replies)


def about() -> dict[str, Any]:
    """What this Python needs to run: its folders and the libraries it has loaded."""
    with open("/proc/self/maps") as maps:
        files = {line.split(maxsplit=5)[-1].strip() for line in maps if "/" in line}
    return {
        "stdlib": sysconfig.get_path("stdlib"),
        "inside": f"{sys.platlibdir}/python{sysconfig.get_python_version()}",
        "numpy": os.path.dirname(np.__file__),
        "files": sorted(files),
    }


def serve(orders: socket.socket, locked: bool, filter_of_calls: bytes) -> None:
    """Carry out orders until the other side ends."""
    child = 0
    while True:
        order, channels, *_ = socket.recv_fds(orders, 1, 1)
        if order == wire.FORK:
            child = forked(channels[0], locked, filter_of_calls)
            os.close(channels[0])
        elif order in (wire.END, wire.AWAIT):
            how = awaited(child) if order == wire.AWAIT else None
            end(child, locked, gone=how is not None)
            orders.sendall(wire.ENDED.pack(*(how or (0, 0.0))))
            child = 0
        else:
            end(child, locked)
            return


def forked(channel: int, locked: bool, filter_of_calls: bytes) -> int:
    """Start a child; its number, 0 where there is none."""
    if not locked:
        return os.fork() or do_job(channel, locked, filter_of_calls)
    reader, writer = os.pipe()
    between = os.fork()
    if not between:
        try:
            confined.leave()
            child = os.fork() or do_job(channel, locked, filter_of_calls)
            os.write(writer, CHILD.pack(child))
        except OSError as error:
            send(channel, wire.frame({"type": "failed", "said": str(error)}))
        finally:
            os._exit(0)
    os.close(writer)
    number = os.read(reader, CHILD.size)
    os.close(reader)
    os.waitpid(between, 0)
    return CHILD.unpack(number)[0] if number else 0


def awaited(child: int) -> tuple[int, float] | None:
    """How a child ends by itself, and its processor time; None where it does not."""
    for _ in range(PATIENCE if child else 0):
        number, status, used = os.wait4(child, os.WNOHANG)
        if number:
            return status, used.ru_utime + used.ru_stime
        time.sleep(0.01)
    return None


def end(child: int, locked: bool, gone: bool = False) -> None:
    """End a child and all that it started; gone: it has ended, and been waited for."""
    if not child or (gone and locked):  # what it started in there ends with it
        return
    with contextlib.suppress(OSError):
        (os.kill if locked else os.killpg)(child, signal.SIGKILL)
    if not gone:
        os.waitpid(child, 0)


def do_job(channel: int, locked: bool, filter_of_calls: bytes) -> NoReturn:
    """The child's life: it is locked in, reads its job and sends replies."""
    try:
        try:
            confined.forget_files(channel)
            os.environ.clear()
            os.setsid()  # a signal to one's own group must not reach this process
            if locked:
                confined.lock()
            else:
                confined.die_with_parent()
            confined.limit(MANY_SECONDS)
            confined.forbid(filter_of_calls)
        except OSError as error:
            send(channel, wire.frame({"type": "failed", "said": str(error)}))
            os._exit(1)
        send(channel, wire.frame({"type": "ready"}))
        job = wire.job_of(wire.unframed(lambda size: os.read(channel, size)))
        confined.limit(int((2 * job.limit + 1) * len(job.askings)) + 2)
        notebook = read(job.cells)
        for asking in job.askings:
            replies = replies_to(notebook, asking, channel, job.limit)
            send(channel, wire.packed_replies(asking.name, replies))
    except MemoryError:  # not even for the replies
        os._exit(wire.NO_MEMORY)
    finally:
        os._exit(0)


def send(channel: int, data: bytes) -> None:
    """Write all of it."""
    view = memoryview(data)
    while view:
        view = view[os.write(channel, view) :]


def replies_to(
    notebook: Notebook, asking: wire.Asking, channel: int | None, limit: float
) -> list[Reply]:
    """Ask a notebook's function all questions of a task."""

    def train(trainings: Trainings, alpha: float, beta: float) -> float:
        assert channel is not None
        number = next(
            number
            for number, question in enumerate(asking.questions)
            if any(value is trainings for value in question.arguments.values())
        )
        numbers = wire.packed_array([alpha, beta])
        asked = {"type": "training", "name": asking.name, "question": number}
        send(channel, wire.frame({**asked, "numbers": numbers}))
        loss = json.loads(wire.unframed(lambda size: os.read(channel, size)))
        if loss is None:
            limit = trainings.limit
            raise BudgetSpent(f"run was called more than {limit} times.")
        return loss

    try:
        found = files.answer(notebook, asking.name)
        if found.problem:
            return [Reply(problem=found.problem)] * len(asking.questions)
        replies = calling.replies(
            found.function, asking.questions, asking.returns, train, limit
        ).replies
    except BaseException as error:  # a signal, or no memory, where nobody waits for it
        problem = calling.explained(error, print, limit)
        return [Reply(problem=problem)] * len(asking.questions)
    for reply in replies:
        if reply.problem:
            reply.problem = with_cause(reply.problem, found)
    return replies


def with_cause(problem: Problem, found: files.Answer) -> Problem:
    """A problem, and why a name in it is not defined."""
    cause = files.cause_of(problem.said, found)
    if cause is None:
        return problem
    kind = cause.kind if cause.kind == files.FORBIDDEN else problem.kind
    return Problem(kind, f"{problem.said} The cause: {cause.said}")
