"""Rows in the order of the reports, by student and exercise, and their sums."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby

from lez10.grading.reports import ReportError
from lez10.grading.rows import Graded, Row
from lez10.grading.tasks import EXERCISES, tasks_of


def in_order(rows: Iterable[Graded]) -> list[Graded]:
    """By student, then in the course's order of exercises, and in theirs of tasks.

    Raises ReportError for a task that the course does not have.
    """
    order = places()

    def place(one: Graded) -> tuple[str, int]:
        return one.row.student, order[one.row.exercise, one.row.task]

    try:
        return sorted(rows, key=place)
    except KeyError as error:
        exercise, task = error.args[0]
        raise ReportError(
            f"this version of lez10 has no task {task!r} in {exercise!r}: grade the "
            "submissions again."
        ) from None


def by_student(
    rows: Iterable[Graded],
) -> Iterator[tuple[str, dict[str, list[Graded]]]]:
    """Each student, and the rows of each exercise, all in order."""
    for student, theirs in groupby(in_order(rows), lambda one: one.row.student):
        yield student, by_exercise(theirs)


def by_exercise(rows: Iterable[Graded]) -> dict[str, list[Graded]]:
    """The rows of each exercise, which keep their order."""
    found: dict[str, list[Graded]] = {}
    for one in rows:
        found.setdefault(one.row.exercise, []).append(one)
    return found


def exercises_in(rows: Iterable[Graded]) -> list[str]:
    """The exercises of which there are rows, in the course's order."""
    found = {one.row.exercise for one in rows}
    return [name for name in EXERCISES if name in found]


def points(rows: Iterable[Graded]) -> int:
    """What was earned for all tasks, those for a bonus too."""
    return sum(one.row.points for one in rows)


def handed_in(rows: Iterable[Graded]) -> bool:
    """Whether anything of an exercise was handed in."""
    return any(one.row.status != "missing" for one in rows)


@cache
def most(exercise: str) -> int:
    """What an exercise is worth: all of its tasks but those for a bonus."""
    return sum(task.points for task in tasks_of(exercise) if not task.bonus)


def is_bonus(row: Row) -> bool:
    """Whether a task's points come on top."""
    return row.task in bonus(row.exercise)


@cache
def bonus(exercise: str) -> tuple[str, ...]:
    """The names of the tasks for a bonus."""
    return tuple(task.name for task in tasks_of(exercise) if task.bonus)


@cache
def places() -> dict[tuple[str, str], int]:
    """The place of every exercise's tasks in the whole course."""
    names = [(one, task.name) for one in EXERCISES for task in tasks_of(one)]
    return {name: n for n, name in enumerate(names)}
