"""One class of all there is: solutions, stubs, every attack and every misconception."""

from collections import defaultdict

import pytest
from attacks import ATTACKS, World, cells_for
from classes import answered, grade, hand_in, notebook, stub, table
from misconceived import ALL, cell_of

from lez10.grading.tasks import EXERCISES, task_of

# For a task, less than a teacher gives: attacks that do not end take all of it. A right
# search crosses the wall 650 times, for which half a second can be too short.
SECONDS = 2


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """What attacks may try to touch: nothing that anybody needs."""
    folder = tmp_path_factory.mktemp("world")
    names = ("file", "unix", "solution", "neighbour", "lez10")
    paths = {name: str(folder / name) for name in names}
    return World(**paths, port=9, abstract="lez10", secret="SECRET", mild=False)


@pytest.fixture(scope="module")
def school(tmp_path_factory, world):
    """What was printed, and the rows by student and task."""
    folder = tmp_path_factory.mktemp("school") / "submissions"
    for exercise in EXERCISES:
        hand_in(folder, f"solution/{exercise}.ipynb", answered(exercise))
        hand_in(folder, f"stub/{exercise}.ipynb", stub(exercise))
    for attack in ATTACKS:
        cells = [cell.source for cell in cells_for(attack, world)]
        where = f"attack-{attack.name}/{task_of(attack.task).exercise}.ipynb"
        hand_in(folder, where, notebook(*cells))
    for task, one in ALL:
        where = f"{task.name}-{one.name}/{task.exercise}.ipynb"
        hand_in(folder, where, notebook(cell_of(task, one)))
    out = folder.parent / "marks.csv"
    done = grade(folder, "--csv", out, "--timeout", SECONDS)
    assert (done.returncode, done.stderr) == (0, "")
    rows = defaultdict(dict)
    for row in table(out):
        rows[row["student"]][row["task"]] = row
    return done.stdout, rows


def test_solutions_have_all_points_and_stubs_none(school):
    _, rows = school
    for row in rows["solution"].values():
        assert (row["status"], row["points"]) == ("correct", row["max_points"]), row
    for row in rows["stub"].values():
        assert (row["status"], row["points"]) == ("not answered", "0"), row


def test_no_attack_earns_a_point(school, world):
    _, rows = school
    for attack in ATTACKS:
        row = rows[f"attack-{attack.name}"][attack.task]
        assert (row["points"], row["status"] == "correct") == ("0", False), row


def test_every_misconception_is_named_in_its_own_words(school):
    _, rows = school
    for task, one in ALL:
        row = rows[f"{task.name}-{one.name}"][task.name]
        assert one.said in row["feedback"], row
        assert row["status"] in ("partial", "wrong", "error"), row
        assert int(row["points"]) < int(row["max_points"]), row


def test_everybody_has_every_task(school):
    printed, rows = school
    assert len(rows) == 2 + len(ATTACKS) + len(ALL)
    tasks = set(rows["solution"])
    assert all(set(of) == tasks for of in rows.values())
    for exercise in EXERCISES:
        assert exercise in printed
