"""Points into the gradebook of an nbgrader course.

Each exercise is a notebook there, and each task the cell that shows its check
("momentum_step-points"), as nbgrader itself finds them in the exercises. What a teacher
entered by hand, and everything that is not ours, stays.
"""

import os
import re
import sysconfig
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from subprocess import SubprocessError
from typing import Any, NamedTuple

from sqlalchemy import create_engine, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from lez10.grading.reports import ReportError
from lez10.grading.reports.students import by_student, exercises_in, handed_in
from lez10.grading.rows import Graded
from lez10.grading.tasks import tasks_of

# A name that is the same in a table, a path and a page; the others get a fingerprint,
# with which no name may end by itself.
PLAIN = re.compile(r"(?!.*-[0-9a-f]{16}$)\w[\w.@+' -]{0,127}")


class Exported(NamedTuple):
    """How many students there are, and how many points were new or changed."""

    students: int
    changed: int


class Place(NamedTuple):
    """Where an exercise stands in a gradebook: ids, and its cells' by task."""

    assignment: str
    notebook: str
    cells: dict[str, str]


def export(
    rows: Iterable[Graded], gradebook: str, assignment: str | None = None
) -> Exported:
    """Write the points of all rows into a gradebook, all or none.

    gradebook: a file, or a URL such as sqlite:///gradebook.db. assignment: what the
    exercises belong to there; without it that which has the exercise's notebook, or a
    new one of the exercise's name. Raises ReportError where nbgrader is not installed,
    or the gradebook cannot be used.
    """
    rows = list(rows)
    with opened(gradebook) as book:
        places = {one: book.place(one, assignment) for one in exercises_in(rows)}
        students = 0
        for student, theirs in by_student(rows):
            book.student(identity(student), theirs, places)
            students += 1
        book.keep()
        return Exported(students, book.changed)


class Book:
    """A gradebook that is open; nothing is kept before the end."""

    def __init__(self, nbgrader: Any, gradebook: Any) -> None:
        self.nbgrader, self.gradebook, self.db = nbgrader, gradebook, gradebook.db
        self.changed = 0
        self.cells: dict[str, list[tuple[str, list[tuple[str, type]]]]] = {}

    def keep(self) -> None:
        """Keep everything."""
        self.db.commit()

    def place(self, exercise: str, assignment: str | None) -> Place:
        """Find an exercise's notebook and cells, and make those that are missing."""
        api = self.nbgrader
        notebook = self._notebook(exercise, assignment)
        cells = {cell.name: cell for cell in notebook.grade_cells}
        found = {}
        for task in tasks_of(exercise):
            name = f"{task.name}-points"
            if name not in cells:
                cells[name] = api.GradeCell(
                    name=name, notebook=notebook, cell_type="code"
                )
                self.db.add(cells[name])
            cells[name].max_score = float(task.points)
            found[task.name] = cells[name]
        self.db.flush()
        ids = {task: cell.id for task, cell in found.items()}
        return Place(notebook.assignment.id, notebook.id, ids)

    def _notebook(self, exercise: str, assignment: str | None) -> Any:
        api = self.nbgrader
        asked = select(api.Notebook).where(api.Notebook.name == exercise)
        found = self.db.scalars(asked).all()
        owners = [one.assignment.name for one in found]
        if assignment is not None:
            found = [one for one in found if one.assignment.name == assignment]
        if len(found) > 1:
            raise ReportError(
                f"the gradebook has {exercise} in the assignments "
                f"{', '.join(sorted(owners))}: say which with --assignment."
            )
        if found:
            return found[0]
        name = assignment or exercise
        owner = self.db.scalar(select(api.Assignment).filter_by(name=name))
        if owner is None:
            owner = api.Assignment(name, course_id=self.gradebook.course_id)
        notebook = api.Notebook(name=exercise, assignment=owner, kernelspec="{}")
        self.db.add(notebook)
        return notebook

    def student(
        self,
        student: str,
        theirs: Mapping[str, Sequence[Graded]],
        places: Mapping[str, Place],
    ) -> None:
        """Write a student's points. Who handed nothing in gets no submission."""
        if self.db.get(self.nbgrader.Student, student) is None:
            self.db.add(self.nbgrader.Student(id=student))
        for exercise, rows in theirs.items():
            notebook = self._submitted(student, places[exercise], handed_in(rows))
            if notebook is not None:
                self._points(notebook, places[exercise].cells, rows)

    def _submitted(self, student: str, place: Place, new: bool) -> str | None:
        """The id of the submitted notebook, which is made if it is new."""
        api = self.nbgrader
        asked = select(api.SubmittedAssignment.id).filter_by(
            assignment_id=place.assignment, student_id=student
        )
        submission = self.db.scalar(asked)
        if submission is None and not new:
            return None
        if submission is None:
            submission = self._submission(student, place.assignment)
        of = {"assignment_id": submission, "notebook_id": place.notebook}
        notebook = self.db.scalar(select(api.SubmittedNotebook.id).filter_by(**of))
        if notebook is None:  # the notebook came to the assignment later
            made = api.SubmittedNotebook(**of)
            self.db.add(made)
            self.db.flush()
            notebook = made.id
        return notebook

    def _submission(self, student: str, assignment: str) -> str:
        """A new submission with every notebook and cell, as nbgrader expects it."""
        api = self.nbgrader
        made = api.SubmittedAssignment(assignment_id=assignment, student_id=student)
        for notebook, parts in self._structure(assignment):
            submitted = api.SubmittedNotebook(notebook_id=notebook, assignment=made)
            for cell, kind in parts:
                kind(cell_id=cell, notebook=submitted)
        self.db.add(made)
        self.db.flush()
        return made.id

    def _structure(self, assignment: str) -> list[tuple[str, list[tuple[str, type]]]]:
        """The assignment's notebooks; which cells get a grade, and which a comment."""
        api = self.nbgrader
        if assignment not in self.cells:
            self.cells[assignment] = [
                (
                    notebook.id,
                    [
                        *((x.id, api.Grade) for x in notebook.grade_cells),
                        *((x.id, api.Grade) for x in notebook.task_cells),
                        *((x.id, api.Comment) for x in notebook.task_cells),
                        *((x.id, api.Comment) for x in notebook.solution_cells),
                    ],
                )
                for notebook in self.db.get(api.Assignment, assignment).notebooks
            ]
        return self.cells[assignment]

    def _points(
        self, notebook: str, cells: Mapping[str, str], rows: Sequence[Graded]
    ) -> None:
        """Write the points of an exercise; what was entered by hand goes before them.

        Where they change under something entered by hand, somebody has to look again.
        """
        Grade = self.nbgrader.Grade
        asked = select(Grade).where(Grade.notebook_id == notebook)
        grades = {grade.cell_id: grade for grade in self.db.scalars(asked)}
        for row, _ in rows:
            grade = grades.get(cells[row.task])
            if grade is None:
                grade = Grade(cell_id=cells[row.task], notebook_id=notebook)
                self.db.add(grade)
            if grade.auto_score != row.points:
                grade.auto_score = row.points
                grade.needs_manual_grade = grade.manual_score is not None
                self.changed += 1


@contextmanager
def opened(gradebook: str) -> Iterator[Book]:
    """The gradebook, made if it is not there; what is not kept is undone."""
    try:
        nbgrader = import_module("nbgrader.api")
    except ModuleNotFoundError as error:
        raise ReportError(
            f"nbgrader is needed here, and {error.name} is missing: pip install "
            "nbgrader."
        ) from None
    url = gradebook if "://" in gradebook else f"sqlite:///{gradebook}"
    try:
        refuse_others(url, gradebook)
        with scripts_found():
            book = nbgrader.Gradebook(url)
        try:
            yield Book(nbgrader, book)
        finally:
            book.close()
    except (SQLAlchemyError, OSError, SubprocessError, ImportError) as error:
        why = getattr(error, "orig", None) or error
        raise ReportError(
            f"the gradebook {gradebook} cannot be used ({why}); nothing was written. "
            "It should be a file, or a URL such as sqlite:///gradebook.db."
        ) from None


def refuse_others(url: str, gradebook: str) -> None:
    """ReportError for a database of something else: nbgrader would write into it."""
    engine = create_engine(url)
    tables = inspect(engine).get_table_names()
    engine.dispose()
    if tables and "submitted_assignment" not in tables:
        raise ReportError(
            f"{gradebook} is no gradebook of nbgrader: it holds the tables "
            f"{', '.join(sorted(tables))}."
        )


@contextmanager
def scripts_found() -> Iterator[None]:
    """With the commands beside this Python: nbgrader calls alembic for a new file."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = sysconfig.get_path("scripts") + os.pathsep + before
    try:
        yield
    finally:
        os.environ["PATH"] = before


def identity(student: str) -> str:
    """The student's id in nbgrader: the folder's name, or something like it."""
    if PLAIN.fullmatch(student):
        return student
    fingerprint = sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    letters = re.sub("[^0-9A-Za-z]+", "_", student)[:100] or "_"
    return f"{letters}-{fingerprint}"
