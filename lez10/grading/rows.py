"""What is said of a student's answer to a task: a row of the table, and its kinds."""

from typing import NamedTuple

STATUSES = (
    "correct",
    "partial",
    "wrong",
    "error",
    "timeout",
    "memory",
    "forbidden",
    "missing",
    "not answered",
    "unreadable",
)


class Row(NamedTuple):
    """A student and a task; the fields are the columns of the table, in this order."""

    student: str
    exercise: str
    task: str
    points: int
    max_points: int
    status: str
    feedback: str


class Graded(NamedTuple):
    """A row, and the misconceptions that were named, as "momentum_step/average"."""

    row: Row
    named: tuple[str, ...]


class GradingError(Exception):
    """Why a class cannot be graded, in a sentence for the person who asked."""
