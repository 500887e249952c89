"""The table of a class: a row for every student and task, and a summary of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.table import Table

from lez10.grading.grade import nothing
from lez10.grading.records import Key
from lez10.grading.rows import STATUSES, Graded, Row
from lez10.grading.submissions import Found, Student, Submission, names
from lez10.grading.tasks import EXERCISES, tasks_of

Place = tuple[str, str]  # student and exercise
WITHOUT_SANDBOX = "Graded without a sandbox (--unsafe)."


def table(
    found: Found,
    exercise: str | None,
    keys: Mapping[Place, Key],
    graded: Mapping[Key, Sequence[Graded]],
    unsafe: bool,
) -> list[Graded]:
    """A row for every student and task of each exercise that anybody handed in.

    exercise: this one alone, handed in or not.
    """
    there = {name for student in found.students for name in student.submissions}
    exercises = [one for one in EXERCISES if one in there or one == exercise]
    rows: list[Graded] = []
    for student in sorted(found.students, key=lambda one: one.name):
        for one in exercises:
            submission = student.submissions.get(one)
            if submission is None:
                said = not_found(student, one)
                theirs = nothing(student.name, one, "missing", said)
            else:
                theirs = [*graded[keys[student.name, one]]]
            after = list(remarks(submission, unsafe))
            rows += [with_remarks(row, after) for row in theirs]
    return rows


def not_found(student: Student, exercise: str) -> str:
    """Why there is no submission, as far as can be told."""
    said = f"No {exercise}.ipynb was found."
    if student.other_notebooks:
        said += f" Other notebooks there: {names(student.other_notebooks)}."
    if student.not_opened:
        said += f" Not opened: {names(student.not_opened)}."
    return said


def remarks(submission: Submission | None, unsafe: bool) -> Iterator[str]:
    """What is said of every task of a submission."""
    if submission and submission.others:
        others = names(submission.others)
        yield f"Other files for this exercise were left out: {others}."
    if unsafe:
        yield WITHOUT_SANDBOX


def with_remarks(one: Graded, after: Sequence[str]) -> Graded:
    """The row with more feedback."""
    if not after:
        return one
    words = [one.row.feedback, *after]
    feedback = " ".join(word for word in words if word)
    return one._replace(row=one.row._replace(feedback=feedback))


def summary(graded: Sequence[Graded]) -> Table:
    """Per exercise: students, mean points of those who handed in, tasks by status."""
    by_exercise: dict[str, list[Row]] = {}
    for row, _ in graded:
        by_exercise.setdefault(row.exercise, []).append(row)
    shown = Table()
    shown.add_column("exercise", no_wrap=True)
    shown.add_column("handed in", justify="right", no_wrap=True)
    shown.add_column("mean points", justify="right", no_wrap=True)
    shown.add_column("tasks")
    for exercise, rows in by_exercise.items():
        present = [row for row in rows if row.status != "missing"]
        students = len({row.student for row in present})
        mean = sum(row.points for row in rows) / max(students, 1)
        counts = Counter(row.status for row in rows)
        shown.add_row(
            exercise,
            f"{students} of {len(rows) // len(tasks_of(exercise))}",
            f"{mean:.1f} of {worth(exercise)}" if students else "",
            ", ".join(f"{counts[one]} {one}" for one in STATUSES if counts[one]),
        )
    return shown


def worth(exercise: str) -> str:
    """The points of an exercise, and those of its bonus."""
    most, bonus = (
        sum(task.points for task in tasks_of(exercise) if task.bonus is is_bonus)
        for is_bonus in (False, True)
    )
    return f"{most} + {bonus}" if bonus else f"{most}"
