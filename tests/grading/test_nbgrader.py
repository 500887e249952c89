"""nbgrader itself takes the exercises, and gives the points that lez10 gives."""

import json
import shutil

import pytest
from course import (
    EXERCISES,
    MOMENTUM,
    NAMES,
    POINTS,
    ROOT,
    SOLUTIONS,
    answered,
    asked,
    partly,
    run,
)

from lez10.course.exercises import read

NBGRADER = ("-m", "nbgrader")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """One assignment; handed in are all answers, none, and part of one."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "solutions" / "nbgrader_config.py", folder)
    source = folder / "source" / "lez10"
    source.mkdir(parents=True)
    for path in SOLUTIONS:
        shutil.copy(path, source)
    run(folder, *NBGRADER, "generate_assignment", "lez10", "--create")
    for student in ("all", "nothing", "partly"):
        (folder / "submitted" / student / "lez10").mkdir(parents=True)
    for exercise, solution in zip(EXERCISES, SOLUTIONS, strict=True):
        handed_in = folder / "submitted"
        shutil.copy(exercise, handed_in / "nothing" / "lez10")
        target = handed_in / "all" / "lez10" / exercise.name
        target.write_text(answered(exercise, solution), "utf-8")
    text, _ = partly(EXERCISES[MOMENTUM], SOLUTIONS[MOMENTUM])
    (handed_in / "partly" / "lez10" / "03_momentum.ipynb").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_what_nbgrader_hands_out_is_the_exercise(course, name):
    """The derivation and ClearSolutions cut the same; no cell got another's mark."""
    theirs = json.loads((course / f"release/lez10/{name}.ipynb").read_text("utf-8"))
    ours = read(ROOT / "exercises" / f"{name}.ipynb")
    assert ["".join(cell["source"]) for cell in theirs["cells"]] == [
        cell.source for cell in ours.cells
    ]
    for cell, own in zip(theirs["cells"], ours.cells):
        mark = cell["metadata"].get("nbgrader", {})
        mark.pop("checksum", None)
        mark.pop("cell_type", None)
        assert mark == own.metadata.get("nbgrader", {})
        assert cell["metadata"].get("tags") == own.metadata.get("tags")


def test_nbgrader_gives_solutions_all_points_stubs_none_and_others_what_lez10_gives(
    course,
):
    run(course, *NBGRADER, "autograde", "lez10")
    found = asked(course, "gradebook.py", course / "gradebook.db")
    for name in NAMES:
        print(f"{name}: {found['all'][name]}, stubs {found['nothing'][name]}")
    assert found["all"] == {name: [POINTS[name]] * 2 for name in NAMES}
    assert found["nothing"] == {name: [0, POINTS[name]] for name in NAMES}
    _, points = partly(EXERCISES[MOMENTUM], SOLUTIONS[MOMENTUM])
    assert found["partly"]["03_momentum"] == [points, POINTS["03_momentum"]]


def test_nbgrader_validates_the_solutions_and_no_stub(tmp_path):
    said = run(tmp_path, *NBGRADER, "validate", *SOLUTIONS)
    assert said.count("Success! Your notebook passes all the tests.") == len(NAMES)
    said = run(tmp_path, *NBGRADER, "validate", EXERCISES[0])
    assert "VALIDATION FAILED" in said.upper()
    assert "Success" not in said
