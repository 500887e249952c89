"""`lez10 grade --gradebook`: the points of a class in nbgrader's own gradebook."""

import shutil

from course import EXERCISES, NAMES, POINTS, ROOT, asked, run


def test_a_class_is_graded_into_a_gradebook(tmp_path):
    """As nbgrader keeps it: submitted/STUDENT/ASSIGNMENT, and gradebook.db beside."""
    for student, notebooks in (("all", "solutions"), ("nothing", "exercises")):
        handed_in = tmp_path / "submitted" / student / "lez10"
        handed_in.mkdir(parents=True)
        for path in EXERCISES:
            shutil.copy(ROOT / notebooks / path.name, handed_in)
    words = "-m", "lez10.cli", "grade", "submitted", "--gradebook", "gradebook.db"
    said = run(tmp_path, *words, "--assignment", "lez10")
    assert "The points of 2 students are in gradebook.db" in said
    found = asked(tmp_path, "gradebook.py", tmp_path / "gradebook.db")
    assert found["all"] == {name: [POINTS[name]] * 2 for name in NAMES}
    assert found["nothing"] == {name: [0, POINTS[name]] for name in NAMES}
    said = run(tmp_path, *words, "--assignment", "lez10")
    assert "0 of them new or changed" in said and "grading:" not in said
