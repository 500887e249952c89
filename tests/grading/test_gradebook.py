"""Points of a class go into nbgrader's own gradebook, and its own tools read them."""

import csv
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest
from course import NAMES, POINTS, ROOT, run
from nbgrader.api import Gradebook

from lez10.grading.reports import ReportError
from lez10.grading.reports.gradebook import export, identity
from lez10.grading.rows import Graded
from lez10.grading.tasks import tasks_of

sys.path.append(str(ROOT / "tests"))

from graded_classes import HOSTILE, graded, plausible

MOMENTUM = "03_momentum"


@pytest.fixture
def book(tmp_path):
    """A gradebook's file that is not there yet."""
    return tmp_path / "gradebook.db"


def opened(path):
    return Gradebook(f"sqlite:///{path}")


def dump(path):
    """Everything that a gradebook holds."""
    with sqlite3.connect(path) as database:
        return list(database.iterdump())


def scores(path, assignment):
    """Points and maxima of the submissions of an assignment, by student."""
    with opened(path) as gradebook:
        return {
            submission.student.id: (submission.score, submission.max_score)
            for submission in gradebook.assignment_submissions(assignment)
        }


def totals(rows, exercise):
    """The points of those who handed an exercise in, as the gradebook should have."""
    found, most = {}, float(POINTS[exercise])
    for row, _ in rows:
        if row.exercise == exercise:
            found.setdefault(row.student, []).append(row)
    return {
        student: (float(sum(row.points for row in its)), most)
        for student, its in found.items()
        if any(row.status != "missing" for row in its)
    }


def test_points_and_maxima_of_every_exercise(book):
    rows = plausible(12, NAMES)
    exported = export(iter(rows), str(book))
    assert exported.students == 12
    for name in NAMES:
        assert scores(book, name) == totals(rows, name)
    with opened(book) as gradebook:
        assert sorted(one.name for one in gradebook.assignments) == NAMES
        for name in NAMES:
            (notebook,) = gradebook.find_assignment(name).notebooks
            assert notebook.name == name
            assert {cell.name: cell.max_score for cell in notebook.grade_cells} == {
                f"{task.name}-points": float(task.points) for task in tasks_of(name)
            }
        assert not any(
            one.needs_manual_grade
            for name in NAMES
            for one in gradebook.assignment_submissions(name)
        )


def test_twice_changes_nothing(book):
    rows = plausible(8)
    first = export(rows, str(book))
    before = book.read_bytes()
    assert first.changed > 0
    assert export(rows, f"sqlite:///{book}") == first._replace(changed=0)
    assert book.read_bytes() == before


def test_new_points_replace_the_old_ones(book):
    export(graded("anna", MOMENTUM, "wrong"), str(book))
    exported = export(graded("anna", MOMENTUM, "correct"), str(book))
    assert exported.changed == len(tasks_of(MOMENTUM))
    most = float(POINTS[MOMENTUM])
    assert scores(book, MOMENTUM) == {"anna": (most, most)}
    export(graded("anna", MOMENTUM, "missing"), str(book))
    assert scores(book, MOMENTUM) == {"anna": (0.0, most)}


def test_what_a_teacher_entered_stays(book):
    export(graded("anna", MOMENTUM, "wrong"), str(book))
    cells = [f"{task.name}-points" for task in tasks_of(MOMENTUM)]

    def grade(gradebook, cell):
        return gradebook.find_grade(cell, MOMENTUM, MOMENTUM, "anna")

    with opened(book) as gradebook:
        by_hand = grade(gradebook, cells[0])
        by_hand.manual_score, by_hand.extra_credit = 5.0, 1.0
        gradebook.find_student("anna").last_name = "Rossi"
        gradebook.db.commit()
    before = dump(book)
    assert export(graded("anna", MOMENTUM, "wrong"), str(book)).changed == 0
    assert dump(book) == before
    export(graded("anna", MOMENTUM, "correct"), str(book))
    with opened(book) as gradebook:
        by_hand = grade(gradebook, cells[0])
        assert (by_hand.score, by_hand.manual_score, by_hand.extra_credit) == (6, 5, 1)
        assert by_hand.auto_score == tasks_of(MOMENTUM)[0].points
        assert by_hand.needs_manual_grade  # somebody has to look again
        assert not grade(gradebook, cells[1]).needs_manual_grade
        assert gradebook.find_student("anna").last_name == "Rossi"


def test_who_handed_nothing_in_is_a_student_without_a_submission(book):
    export(graded("bert", MOMENTUM, "missing"), str(book))
    with opened(book) as gradebook:
        assert [one.id for one in gradebook.students] == ["bert"]
        assert gradebook.assignment_submissions(MOMENTUM) == []


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of nbgrader's own: one assignment with two of the exercises."""
    folder = tmp_path_factory.mktemp("course")
    source = folder / "source" / "week1"
    source.mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / "nbgrader_config.py", folder)
    for name in (MOMENTUM, "01_sgd"):
        shutil.copy(ROOT / "solutions" / f"{name}.ipynb", source)
    run(folder, "-m", "nbgrader", "generate_assignment", "week1", "--create")
    return folder


def test_an_assignment_that_nbgrader_made_is_taken(course, tmp_path):
    book = shutil.copy(course / "gradebook.db", tmp_path)
    before = cells_in(book)
    export(graded("anna", MOMENTUM, "correct"), str(book))
    assert cells_in(book) == before  # none was added, and none has other points
    earned, most = float(POINTS[MOMENTUM]), POINTS[MOMENTUM] + POINTS["01_sgd"]
    assert scores(book, "week1") == {"anna": (earned, most)}
    with opened(book) as gradebook:
        assert [one.name for one in gradebook.assignments] == ["week1"]
        (submission,) = gradebook.assignment_submissions("week1")
        waiting = {one.name: one.needs_manual_grade for one in submission.notebooks}
        assert waiting == {MOMENTUM: False, "01_sgd": True}  # it was not graded
        assert all(
            len(one.comments) == len(one.grades) == len(tasks_of(one.name))
            for one in submission.notebooks
        )


def cells_in(book):
    """The cells of all notebooks: name and points."""
    with opened(book) as gradebook:
        return sorted(
            (assignment.name, notebook.name, cell.name, cell.max_score)
            for assignment in gradebook.assignments
            for notebook in assignment.notebooks
            for cell in notebook.grade_cells
        )


def test_nbgrader_s_own_tools_go_on_with_the_gradebook(course):
    """Its export shows our points, and its autograde works on the same submission."""
    export(graded("anna", MOMENTUM, "correct"), str(course / "gradebook.db"))
    run(course, "-m", "nbgrader", "export")
    with (course / "grades.csv").open(newline="") as file:
        (line,) = csv.DictReader(file)
    assert (line["assignment"], line["student_id"]) == ("week1", "anna")
    assert float(line["score"]) == POINTS[MOMENTUM]
    assert float(line["max_score"]) == POINTS[MOMENTUM] + POINTS["01_sgd"]
    handed_in = course / "submitted" / "anna" / "week1"
    handed_in.mkdir(parents=True)
    for name in (MOMENTUM, "01_sgd"):
        shutil.copy(ROOT / "exercises" / f"{name}.ipynb", handed_in)
    run(course, "-m", "nbgrader", "autograde", "week1")
    assert scores(course / "gradebook.db", "week1")["anna"][0] == 0  # they are stubs
    export(graded("anna", MOMENTUM, "correct"), str(course / "gradebook.db"))
    earned = scores(course / "gradebook.db", "week1")["anna"][0]
    assert earned == POINTS[MOMENTUM]


def test_the_assignment_may_be_named(book):
    rows = graded("anna", MOMENTUM, "correct") + graded("anna", "01_sgd", "wrong")
    export(rows, str(book), "week1")
    export(graded("anna", MOMENTUM, "correct"), str(book))  # found where it is
    with opened(book) as gradebook:
        (assignment,) = gradebook.assignments
        assert assignment.name == "week1"
        assert [one.name for one in assignment.notebooks] == ["01_sgd", MOMENTUM]
    export(rows, str(book), "week2")
    with pytest.raises(ReportError, match="in the assignments week1, week2: say which"):
        export(rows, str(book))
    assert export(rows, str(book), "week1").changed == 0


def test_a_notebook_that_came_to_an_assignment_later(book):
    export(graded("anna", MOMENTUM, "correct"), str(book), "week1")
    export(graded("anna", "01_sgd", "correct"), str(book), "week1")
    both = float(POINTS[MOMENTUM] + POINTS["01_sgd"])
    assert scores(book, "week1") == {"anna": (both, both)}


def test_points_follow_the_tasks(book):
    export(graded("anna", MOMENTUM, "correct"), str(book))
    before = cells_in(book)
    with opened(book) as gradebook:
        gradebook.update_or_create_grade_cell(
            "momentum_step-points", MOMENTUM, MOMENTUM, max_score=1, cell_type="code"
        )
    assert cells_in(book) != before
    export(graded("anna", MOMENTUM, "correct"), str(book))
    assert cells_in(book) == before


def test_every_name_is_a_student(book):
    rows = [one for name in HOSTILE for one in graded(name, MOMENTUM, "correct")]
    rows += graded(identity("=cmd|' /C calc'!A0"), MOMENTUM, "wrong")
    export(rows, str(book))
    found = scores(book, MOMENTUM)
    assert len(found) == len(HOSTILE) + 1
    assert sorted(found) == sorted(
        identity(one) for one in {row.student for row, _ in rows}
    )
    assert sum(score for score, _ in found.values()) == POINTS[MOMENTUM] * len(HOSTILE)


def test_all_or_nothing(book):
    export(graded("anna", MOMENTUM, "wrong"), str(book))
    before = dump(book)
    rows = graded("anna", MOMENTUM, "correct") + graded("bert", MOMENTUM, "correct")
    rows[-1] = Graded(rows[-1].row._replace(points="many"), ())
    with pytest.raises(ReportError, match="cannot be used .* nothing was written"):
        export(rows, str(book))
    assert dump(book) == before


def test_what_is_no_gradebook_is_refused(tmp_path, book):
    other = tmp_path / "results.sqlite"
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE runs (seed INTEGER)")
    before = other.read_bytes()
    rows = graded("anna", MOMENTUM, "correct")
    with pytest.raises(ReportError, match="no gradebook of nbgrader: .* tables runs"):
        export(rows, str(other))
    assert other.read_bytes() == before
    text = tmp_path / "notes.txt"
    text.write_text("no database at all, but a text that is long enough to be one" * 9)
    for wrong in (text, tmp_path / "none" / "gradebook.db", "nonsense://x", tmp_path):
        with pytest.raises(ReportError, match="cannot be used .* nothing was written"):
            export(rows, str(wrong))


def test_a_gradebook_that_somebody_writes_is_a_sentence(book):
    export(graded("anna", MOMENTUM, "wrong"), str(book))
    with sqlite3.connect(book, isolation_level=None) as database:
        database.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ReportError, match="database is locked"):
            export(graded("anna", MOMENTUM, "correct"), str(book))
        database.execute("ROLLBACK")
    assert Path(book).is_file()
    assert scores(book, MOMENTUM)["anna"][0] == 0
