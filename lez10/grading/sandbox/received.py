"""What a student's process sends: hostile until every byte of it has been looked at.

Raises Garbled for all that the harness inside would never send.
"""

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from msgspec import DecodeError, Meta, Struct
from msgspec.json import Decoder

from lez10.grading.asking import MANY, MOST, PLAIN, Problem, Question, Reply
from lez10.grading.sandbox.wire import Asking, array_of

BRACKETS = 200_000  # of lists in a message: small ones take 20 times their bytes
LONGEST = 2_000  # characters of what is said of a problem
LETTER = 100  # characters of an answer that is text
NAMES = 1_000  # entries of a dict that was returned
KIND = 20  # characters

Size = Annotated[int, Meta(ge=0, le=1 << 40)]
Numbers = tuple[str, Annotated[list[Size], Meta(max_length=64)], str]


class Garbled(Exception):
    """Something that is no message."""


class Closed(Struct, forbid_unknown_fields=True):
    """A kind of message in which every field is known."""


class OneReply(Closed):
    """A reply, with its numbers still packed."""

    values: list[list[str | Numbers | dict[str, Numbers]]]
    problem: tuple[str, str] | None
    changed: list[str]
    calls: Annotated[int, Meta(ge=0, le=1 << 40)]
    drew: bool


class Replies(Closed, tag="replies"):
    """All replies to a task."""

    name: str
    replies: list[OneReply]


class Training(Closed, tag="training"):
    """A run is asked for: by the task, the number of the question and its arguments."""

    name: str
    question: Annotated[int, Meta(ge=0, le=1 << 40)]
    numbers: Numbers


class Ready(Closed, tag="ready"):
    """The child is locked in, and waits for its job."""


class Failed(Closed, tag="failed"):
    """The child could not be locked in; sent before it has any job."""

    said: str


Message = Replies | Training | Ready | Failed
DECODER = Decoder(Message)


def message(data: bytes) -> Message:
    """The message in a frame. Raises Garbled."""
    if data.count(b"[") + data.count(b"{") > BRACKETS:
        raise Garbled
    try:
        return DECODER.decode(data)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        raise Garbled from None


def replies_of(asking: Asking, replies: Sequence[OneReply]) -> list[Reply]:
    """The replies to a task's questions. Raises Garbled."""
    if len(replies) != len(asking.questions):
        raise Garbled
    try:
        return [
            reply_of(question, asking.returns, one)
            for question, one in zip(asking.questions, replies)
        ]
    except ValueError:  # base64 that is none, numbers that do not fill their shape
        raise Garbled from None


def reply_of(question: Question, returns: tuple[str, ...], one: OneReply) -> Reply:
    """A reply as the harness makes it. Raises Garbled and ValueError."""
    least = 0 if one.problem else 1 if question.feeds else question.times
    if not least <= len(one.values) <= question.times:
        raise Garbled
    if set(one.changed) - question.arguments.keys():
        raise Garbled
    return Reply(
        [call_of(values, returns) for values in one.values],
        problem_of(*one.problem) if one.problem else None,
        tuple(dict.fromkeys(one.changed)),
        one.calls,
        one.drew,
    )


def call_of(
    values: Sequence[str | Numbers | dict[str, Numbers]], returns: tuple[str, ...]
) -> tuple:
    """What one call returned. Raises Garbled and ValueError."""
    if returns == PLAIN and len(values) == 1:
        return (plain(values[0]),)
    right = len(values) <= MOST if returns == MANY else len(values) == len(returns)
    numbers = [one for one in values if isinstance(one, tuple)]
    if returns == PLAIN or not right or len(numbers) < len(values):
        raise Garbled
    return tuple(array_of(*one) for one in numbers)


def plain(value: str | Numbers | dict[str, Numbers]) -> str | float | dict[str, float]:
    """A letter, a number or a dict of numbers. Raises Garbled and ValueError."""
    if isinstance(value, str):
        return text(value, LETTER)
    if isinstance(value, dict):
        if len(value) > NAMES:
            raise Garbled
        return {text(name, LETTER): single(one) for name, one in value.items()}
    return single(value)


def single(numbers: Numbers) -> float:
    """The only number of an array. Raises Garbled and ValueError."""
    array = array_of(*numbers)
    if array.ndim:
        raise Garbled
    return float(array)


def numbers_of(numbers: Numbers) -> np.ndarray:
    """The numbers of a training that is asked for. Raises Garbled."""
    try:
        return array_of(*numbers)
    except ValueError:
        raise Garbled from None


def problem_of(kind: str, said: str) -> Problem:
    """A problem, of whatever kind; who forges one only harms himself."""
    return Problem(text(kind, KIND), text(said, LONGEST))


def text(sent: str, longest: int) -> str:
    """Text of visible characters, cut where it is too long."""
    sent = sent[:longest]
    if sent.isprintable():
        return sent
    return "".join(one if one.isprintable() else " " for one in sent)
