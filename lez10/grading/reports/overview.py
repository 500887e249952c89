"""What a class has in common: how each task went, and which mistakes were made."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from statistics import mean, median
from typing import NamedTuple

from lez10.grading.reports.students import bonus, handed_in, most, points
from lez10.grading.reports.words import plain
from lez10.grading.rows import Graded
from lez10.grading.tasks import EXERCISES, tasks_of

# Each status as a word, in the order in which a bar shows them.
WORDS = {
    "correct": "correct",
    "partial": "partly right",
    "wrong": "wrong",
    "error": "error",
    "timeout": "too slow",
    "memory": "too much memory",
    "forbidden": "forbidden",
    "unreadable": "unreadable",
    "not answered": "not answered",
    "missing": "missing",
}
DIGIT = 0.013  # the share of a bar that a digit takes


class Mistake(NamedTuple):
    """A misconception; place: where to read on."""

    task: str
    said: str
    place: str
    convention: bool


class Part(NamedTuple):
    """A part of a bar: a status, its word, how often, and whether the number fits."""

    status: str
    word: str
    number: int
    fits: bool


class TaskOverview(NamedTuple):
    """How a task went: how many answers have which status."""

    name: str
    points: int
    bonus: bool
    counts: Counter[str]

    def parts(self) -> list[Part]:
        """Of its bar, in order; none is empty."""
        total = self.counts.total()
        return [
            Part(status, word, n, n / total > DIGIT * (len(str(n)) + 1))
            for status, word in WORDS.items()
            if (n := self.counts[status])
        ]

    def sentence(self) -> str:
        """The bar as a text."""
        return (
            f"{self.name}: {', '.join(f'{p.number} {p.word}' for p in self.parts())}."
        )


class ExerciseOverview(NamedTuple):
    """How an exercise went; earned: the points of each who handed it in.

    mistakes: with how many students made them, the most frequent first.
    """

    name: str
    students: int
    earned: list[int]
    tasks: list[TaskOverview]
    mistakes: list[tuple[Mistake, int]]

    def sentence(self) -> str:
        """How many handed it in, and the points that they have."""
        if not self.earned:
            return "Nobody handed it in."
        extra = ", the bonus included" if bonus(self.name) else ""
        return (
            f"{len(self.earned)} of {self.students} students handed it in. They have "
            f"{mean(self.earned):.1f} of {most(self.name)} points on average{extra}; "
            f"the median is {median(self.earned):g}."
        )

    def statuses(self) -> dict[str, str]:
        """Those that some answer has, with their words, in the order of the bars."""
        return statuses_in(self.tasks)


def statuses_in(tasks: Iterable[TaskOverview]) -> dict[str, str]:
    """Those that some answer has, with their words, in the order of the bars."""
    have = {status for task in tasks for status in task.counts}
    return {status: word for status, word in WORDS.items() if status in have}


class Class:
    """A class, counted student by student."""

    def __init__(self) -> None:
        self.students = 0
        self.earned: dict[str, list[int]] = {}
        self.answers: dict[str, Counter[str]] = {}
        self.named: Counter[str] = Counter()

    def add(self, theirs: Mapping[str, Sequence[Graded]]) -> None:
        """Count a student's rows, by exercise."""
        self.students += 1
        for exercise, rows in theirs.items():
            earned = self.earned.setdefault(exercise, [])
            if handed_in(rows):
                earned.append(points(rows))
            for row, named in rows:
                self.answers.setdefault(row.task, Counter())[row.status] += 1
                self.named.update(set(named))

    def exercises(self) -> list[ExerciseOverview]:
        """What was counted, in the course's order."""
        return [self._exercise(name) for name in EXERCISES if name in self.earned]

    def statuses(self) -> dict[str, str]:
        """Those that some answer has, with their words, in the order of the bars."""
        return statuses_in(task for one in self.exercises() for task in one.tasks)

    def _exercise(self, name: str) -> ExerciseOverview:
        tasks = [
            TaskOverview(task.name, task.points, task.bonus, self.answers[task.name])
            for task in tasks_of(name)
            if task.name in self.answers
        ]
        names = {task.name for task in tasks}
        mistakes = [(mistakes_known()[one], n) for one, n in self.named.most_common()]
        mistakes = [pair for pair in mistakes if pair[0].task in names]
        return ExerciseOverview(name, self.students, self.earned[name], tasks, mistakes)


@cache
def mistakes_known() -> dict[str, Mistake]:
    """Every misconception by its name in a row, as "momentum_step/average"."""
    return {
        f"{task.name}/{one.name}": Mistake(
            task.name, one.said, f"{one.notebook}, {plain(one.heading)}", one.convention
        )
        for exercise in EXERCISES
        for task in tasks_of(exercise)
        for one in getattr(task, "misconceptions", ())
    }
