"""What goes through the channel, as bytes: frames of JSON, arrays in base64.

Only what is sent by lez10 itself is read here (questions, and answers to a ``run``);
what a student's process sends is read by ``received``. numpy and the standard library
are enough, since both sides use it.
"""

import base64
import json
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from lez10.grading.asking import (
    Landscape,
    Problem,
    Question,
    Reply,
    Seed,
    Trainings,
)
from lez10.grading.statements import Cell

# Orders: start a child, end it, see how it ends by itself; and the first answer.
FORK, END, AWAIT, READY = b"f", b"e", b"a", b"r"
ENDED = struct.Struct(">id")  # how a child ended, and its seconds of processor time
NO_MEMORY = 3  # the exit code of a child without memory for its replies
HEADER = struct.Struct(">I")
LARGEST = 16 << 20  # bytes of a frame with replies: right ones have at most 100 kB
KINDS = frozenset("|b1 |i1 <i2 <i4 <i8 |u1 <u2 <u4 <u8 <f2 <f4 <f8".split())
Receive = Callable[[int], bytes]  # so many bytes, or fewer where the other side ended


class Asking(NamedTuple):
    """One task: the function's name, its questions and what it returns."""

    name: str
    questions: Sequence[Question]
    returns: tuple[str, ...]


class Job(NamedTuple):
    """What a child is to do: ask these of the functions in the cells.

    limit: seconds for the questions of each task.
    """

    cells: Sequence[Cell]
    askings: Sequence[Asking]
    limit: float


def frame(message: Any) -> bytes:
    """A message with its length in front."""
    data = json.dumps(message, separators=(",", ":")).encode()
    return HEADER.pack(len(data)) + data


def unframed(receive: Receive) -> bytes:
    """The next frame's content. Raises EOFError where there is none."""
    (length,) = HEADER.unpack(exactly(receive, HEADER.size))
    return exactly(receive, length)


def exactly(receive: Receive, size: int) -> bytes:
    """So many bytes. Raises EOFError."""
    data = bytearray()
    while len(data) < size:
        more = receive(min(size - len(data), 1 << 16))
        if not more:
            raise EOFError
        data += more
    return bytes(data)


def packed_array(value: Any) -> list[Any]:
    """Numbers as dtype, shape and base64."""
    array = np.asarray(value)
    if array.dtype.itemsize > 8:  # long double, which is not the same everywhere
        array = array.astype(np.float64)
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    data = base64.b64encode(array.tobytes()).decode()
    return [array.dtype.str, list(array.shape), data]


def array_of(dtype: str, shape: Sequence[int], data: str) -> np.ndarray:
    """The array that was packed. Raises ValueError for what is none."""
    if dtype not in KINDS:
        raise ValueError("this is no kind of numbers")
    kind, raw = np.dtype(dtype), base64.b64decode(data, validate=True)
    if min(shape, default=0) < 0 or len(raw) != kind.itemsize * math.prod(shape):
        raise ValueError("the numbers do not fill the shape")
    found = np.frombuffer(raw, "u1" if kind.kind == "b" else kind)
    if kind.kind == "b":  # another byte than 0 and 1 would be neither true nor false
        found = found != 0
    return found.reshape(shape).astype(kind.newbyteorder("="))


def packed(value: Any) -> Any:
    """An argument of a question. Raises TypeError for what no function is given.

    Of trainings the limit alone: who knew the seed could train without asking.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Landscape):
        return {"landscape": [packed(part) for part in value]}
    if isinstance(value, Seed):
        return {"seed": value.number}
    if isinstance(value, Trainings):
        return {"trainings": value.limit}
    if isinstance(value, np.ndarray):
        return {"array": packed_array(value)}
    if type(value) in (int, float):
        return value
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return {type(value).__name__: [packed(part) for part in value]}
    raise TypeError(f"a function cannot be asked with {value!r} in a sandbox")


def unpacked(value: Any) -> Any:
    """The argument that was packed."""
    if not isinstance(value, dict):
        return value
    ((kind, of),) = value.items()
    if kind == "landscape":
        return Landscape(*map(unpacked, of))
    if kind == "seed":
        return Seed(of)
    if kind == "trainings":
        return Trainings("", 0, of)
    if kind == "array":
        return array_of(*of)
    parts = [unpacked(part) for part in of]
    return tuple(parts) if kind == "tuple" else parts


def packed_job(job: Job) -> bytes:
    """A job as a frame; what a question is about stays outside."""
    askings = [
        {
            "name": one.name,
            "returns": one.returns,
            "questions": [
                [[[n, packed(v)] for n, v in q.arguments.items()], q.times, q.feeds]
                for q in one.questions
            ],
        }
        for one in job.askings
    ]
    return frame({"cells": job.cells, "askings": askings, "limit": job.limit})


def job_of(data: bytes) -> Job:
    """The job that was packed."""
    found = json.loads(data)
    askings = [
        Asking(
            one["name"],
            [
                Question("", {n: unpacked(v) for n, v in given}, times, tuple(feeds))
                for given, times, feeds in one["questions"]
            ],
            tuple(one["returns"]),
        )
        for one in found["askings"]
    ]
    return Job([Cell(*cell) for cell in found["cells"]], askings, found["limit"])


def packed_value(value: Any) -> Any:
    """A returned value: a letter, numbers, or a dict of numbers."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, dict):
        return {whole(name): packed_array(one) for name, one in value.items()}
    return packed_array(value)


def packed_replies(name: str, replies: Sequence[Reply]) -> bytes:
    """The replies to a task as a frame; a problem where they are too large."""
    calls = [call for reply in replies for call in reply.values]
    size = sum(np.asarray(value).nbytes for call in calls for value in call)
    if size <= LARGEST // 2:
        found = replies_frame(name, [packed_reply(reply) for reply in replies])
        if len(found) <= LARGEST:
            return found
    said = f"it returned more than {LARGEST >> 21} MiB of numbers."
    instead = packed_reply(Reply(problem=Problem("size", said)))
    return replies_frame(name, [instead] * len(replies))


def replies_frame(name: str, replies: Sequence[dict[str, Any]]) -> bytes:
    """The frame of a task's replies."""
    return frame({"type": "replies", "name": name, "replies": replies})


def packed_reply(reply: Reply) -> dict[str, Any]:
    """A reply as JSON."""
    problem = reply.problem
    return {
        "values": [[packed_value(value) for value in call] for call in reply.values],
        "problem": [problem.kind, whole(problem.said)] if problem else None,
        "changed": reply.changed,
        "calls": reply.calls,
        "drew": bool(reply.drew),
    }


def whole(text: str) -> str:
    """Text without halves of characters, which are not allowed in UTF-8."""
    return text.encode("utf-8", "replace").decode()
