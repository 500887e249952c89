"""The table of all rows, and the tables that Canvas and Moodle import, as CSV."""

import csv
import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TextIO

from lez10.grading.reports.files import written
from lez10.grading.reports.students import (
    by_student,
    exercises_in,
    handed_in,
    in_order,
    most,
    points,
)
from lez10.grading.reports.words import one_line, shown
from lez10.grading.rows import Graded, Row

# Where a spreadsheet would begin a cell, and find a formula in it. Spreadsheets in
# many countries split a line at semicolons, whatever stands in quotes.
FORMULA = re.compile(r"(?m)(^|[;\t])(?=[^\S\n]*[=+\-@＝＋－＠])|\A(?=\t)")
POINTS_POSSIBLE = "Points Possible"


def write_csv(rows: Sequence[Graded], path: Path) -> list[Path]:
    """Write FILE.csv, FILE.canvas.csv and FILE.moodle.csv; the files.

    Raises ReportError where they cannot be written; each is there whole, or as before.
    """
    name = path.name.removesuffix(".csv")
    files = {
        path: table,
        path.with_name(f"{name}.canvas.csv"): canvas,
        path.with_name(f"{name}.moodle.csv"): moodle,
    }
    for one, lines in files.items():
        with written(one) as file:
            put(file, lines(rows))
    return list(files)


def put(file: TextIO, lines: Iterable[Sequence[str | int]]) -> None:
    """Write lines of cells; no text among them is a formula."""
    writer = csv.writer(file, lineterminator="\n")
    for line in lines:
        writer.writerow(
            [cell if isinstance(cell, int) else inert(cell) for cell in line]
        )


def inert(text: str) -> str:
    """The text with an apostrophe where a spreadsheet would begin a formula."""
    return FORMULA.sub(r"\1'", text)


def table(rows: Iterable[Graded]) -> Iterable[Sequence[str | int]]:
    """A line per student and task, in the order of the course."""
    yield Row._fields
    for row, _ in in_order(rows):
        yield [cell if isinstance(cell, int) else shown(cell) for cell in row]


def canvas(rows: Sequence[Graded]) -> Iterable[Sequence[str | int]]:
    """A line per student with a column per exercise, as Canvas imports it.

    The folder's name is the login. Canvas looks for it under "SIS Login ID" and then
    for "Student"; an "ID" would be a number of Canvas's own. It takes every line whose
    first cell holds "Points Possible" for the line of the maxima, so no student may
    have that name.
    """
    exercises = exercises_in(rows)
    yield "Student", "ID", "SIS User ID", "SIS Login ID", "Section", *exercises
    yield f"    {POINTS_POSSIBLE}", "", "", "", "", *map(most, exercises)
    for student, theirs in by_student(rows):
        name = one_line(student)
        harmless = name.replace(POINTS_POSSIBLE, POINTS_POSSIBLE.replace(" ", "_"))
        marks = (points(theirs[one]) if one in theirs else "" for one in exercises)
        yield harmless, "", "", name, "", *marks


def moodle(rows: Sequence[Graded]) -> Iterable[Sequence[str | int]]:
    """A line per student with two columns per exercise, as Moodle imports it.

    The folder's name is whatever the teacher maps "ID number" to. Moodle takes feedback
    for HTML, and shows every cell as HTML before the import: they are written so.
    """
    exercises = exercises_in(rows)
    columns = [head for one in exercises for head in (one, f"{one} (feedback)")]
    yield "ID number", *columns
    for student, theirs in by_student(rows):
        cells: list[str | int] = [identity(student)]
        for exercise in exercises:
            its = theirs.get(exercise, [])
            cells += [points(its) if its else "", feedback(its)]
        yield cells


def identity(student: str) -> str:
    """The student's name for Moodle.

    A name that PHP calls empty would leave the line to the student of the line before.
    """
    name = escape(one_line(student), quote=False)
    return f"'{name}" if name.strip() in ("", "0") else name


def feedback(rows: Sequence[Graded]) -> str:
    """What is said of an exercise, a line for each task, as HTML."""
    lines = [
        f"{row.task}: {row.points} of {row.max_points}. {row.feedback}".strip()
        for row, _ in rows
    ]
    if not handed_in(rows):  # the same is said of each task
        lines = [row.feedback for row, _ in rows[:1]]
    return escape(shown("\n".join(lines)), quote=False)
