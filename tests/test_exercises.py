"""The exercises: derived from the solutions, with cells and points for every task."""

import json
import re
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from lez10.course import CourseError, exercises
from lez10.course.canonical import dumps, loads, tidy
from lez10.course.exercises import BEGIN, END, checking, otter_files, read
from lez10.course.problems import source_problems
from lez10.grading.check import checking as checked
from lez10.grading.tasks import EXERCISES, tasks_of

ROOT = Path(__file__).parents[1]
NAMES = list(EXERCISES)
TASKS = [(name, task) for name in NAMES for task in tasks_of(name)]
MARK = {"schema_version", "grade", "solution", "locked", "task", "grade_id"}

each = pytest.mark.parametrize("name", NAMES)
each_task = pytest.mark.parametrize(
    ("name", "task"), TASKS, ids=[task.name for _, task in TASKS]
)


def solution_of(name):
    return read(ROOT / "solutions" / f"{name}.ipynb")


def exercise_of(name):
    return read(ROOT / "exercises" / f"{name}.ipynb")


def cell_of(notebook, grade_id):
    (cell,) = [
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    ]
    return cell


def answer(notebook, task):
    """What a student has after running the first cell and the answer's."""
    scope = {}
    for grade_id in ("setup", task.name):
        exec(cell_of(notebook, grade_id).source, scope)
    return scope


# What is committed


def test_every_exercise_has_its_two_notebooks_and_there_are_no_others():
    for folder in ("solutions", "exercises"):
        found = sorted(path.stem for path in (ROOT / folder).glob("*.ipynb"))
        assert found == NAMES


@each
def test_the_exercise_is_what_the_solution_makes_it_byte_for_byte(name):
    path = ROOT / "solutions" / f"{name}.ipynb"
    marked = exercises.with_metadata(read(path), name)
    assert path.read_bytes().decode() == dumps(marked)
    derived = ROOT / "exercises" / f"{name}.ipynb"
    assert derived.read_bytes().decode() == dumps(exercises.exercise(marked))


@each
def test_no_line_of_a_solution_is_found_in_the_exercise(name):
    exercise = exercise_of(name)
    text = "\n".join(cell.source for cell in exercise.cells)
    text += json.dumps(exercise.metadata)
    lines = []
    for cell in solution_of(name).cells:
        for part in re.findall(f"{BEGIN}\n(.*?){END}", cell.source, re.DOTALL):
            lines += [line.strip() for line in part.splitlines()]
    assert len(lines) >= len(tasks_of(name))
    assert [line for line in lines if len(line) > 8 and line in text] == []
    assert "SOLUTION" not in text


@each
@pytest.mark.parametrize("of", [solution_of, exercise_of])
def test_the_notebooks_are_unrun_canonical_and_fit_for_a_student(name, of):
    notebook = of(name)
    nbformat.validate(notebook)
    assert tidy(notebook) == notebook
    for cell in notebook.cells:
        assert cell.source.strip()
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
            assert list(source_problems(cell.source)) == []


@each
def test_links_lead_to_the_notebooks_as_they_lie_in_the_student_s_folder(name):
    text = "\n".join(cell.source for cell in exercise_of(name).cells)
    links = re.findall(r"\]\(([^)]*)\)", text)
    assert f"../{name}.ipynb" in links
    for link in links:
        assert (ROOT / "exercises" / link).name in {
            path.name for path in (ROOT / "notebooks").glob("*.ipynb")
        }
        assert re.fullmatch(r"\.\./\w+\.ipynb", link)


# The tasks and their points


def test_no_two_tasks_have_the_same_name():
    twice = Counter(task.name for _, task in TASKS)
    assert [name for name, count in twice.items() if count > 1] == []


@each
def test_the_exercise_has_functions_two_predictions_and_one_tuning(name):
    kinds = Counter(task.name.partition("_")[0] for task in tasks_of(name))
    assert kinds["predict"] == 2
    # in 09 the function that is written is the one that tunes
    assert kinds["tuned"] == 1 or (name[:2], kinds["tune"]) == ("09", 1)
    assert len(tasks_of(name)) > 3


@each
def test_nbgrader_s_metadata_is_of_schema_3_and_has_the_tasks_points(name):
    for notebook in (solution_of(name), exercise_of(name)):
        marks = [
            c.metadata["nbgrader"] for c in notebook.cells if "nbgrader" in c.metadata
        ]
        ids = [mark["grade_id"] for mark in marks]
        assert len(set(ids)) == len(ids)
        for mark in marks:
            assert set(mark) - {"points"} == MARK
            assert mark["schema_version"] == 3
            assert (
                ("points" in mark)
                == mark["grade"]
                == (mark["grade_id"][-7:] == "-points")
            )
            assert re.fullmatch(r"[a-zA-Z0-9_-]+", mark["grade_id"])
            assert not mark["task"]
        points = {m["grade_id"]: m["points"] for m in marks if m["grade"]}
        assert points == {f"{task.name}-points": task.points for task in tasks_of(name)}
        solved = [mark["grade_id"] for mark in marks if mark["solution"]]
        assert solved == [task.name for task in tasks_of(name)]


@each
def test_otter_s_metadata_has_the_same_points(name):
    notebook = exercise_of(name)
    tests = notebook.metadata["otter"]["tests"]
    assert {
        test: sum(case["points"] for case in spec["suites"][0]["cases"])
        for test, spec in tests.items()
    } == {task.name: task.points for task in tasks_of(name)}
    tagged = [
        c for c in notebook.cells if c.metadata.get("tags") == ["otter_answer_cell"]
    ]
    assert [c.metadata["nbgrader"]["grade_id"] for c in tagged] == [
        task.name for task in tasks_of(name)
    ]
    for test, text in otter_files(notebook).items():
        scope = {}
        exec(text, scope)
        assert f"{scope['test']['name']}.py" == test


@each_task
def test_each_task_s_check_follows_its_answer(name, task):
    cells = [cell for cell in exercise_of(name).cells if cell.cell_type == "code"]
    sources = [cell.source for cell in cells]
    place = sources.index(checking(task.name))
    assert sources[place - 1].startswith(f"def {task.name}(")
    assert cells[place].metadata["nbgrader"]["locked"]


@each_task
def test_a_prediction_and_a_tuning_ask_the_task_s_own_question(name, task):
    texts = [c.source for c in exercise_of(name).cells if c.cell_type == "markdown"]
    asked = getattr(task, "asked", None)
    assert asked is None or sum(asked in text for text in texts) == 1


@each_task
def test_the_solution_earns_all_points_and_the_check_s_last_value_is_their_number(
    name, task, monkeypatch
):
    monkeypatch.setenv("LEZ10_PROGRESS", "")
    scope = answer(solution_of(name), task)
    panel = checked(task, scope[task.name])
    assert (panel.status, panel.points) == ("correct", task.points), str(panel)
    value = eval(cell_of(solution_of(name), f"{task.name}-points").source, scope)
    assert (type(value), value) == (int, task.points)


@each_task
def test_a_stub_raises_with_a_hint_and_counts_as_not_answered(name, task):
    function = answer(exercise_of(name), task)[task.name]
    nothing = [None] * len(task.signature)
    with pytest.raises(NotImplementedError, match=f"^{task.name}: .{{12}}"):
        function(*nothing)
    panel = checked(task, function)
    assert (panel.status, panel.points) == ("not answered", 0)


# The derivation


def test_otter_s_tests_are_written_as_files_where_asked(tmp_path, capsys):
    path = ROOT / "exercises" / "03_momentum.ipynb"
    assert exercises.main(["--otter", str(tmp_path / "tests"), str(path)]) == 0
    names = sorted(file.stem for file in (tmp_path / "tests").iterdir())
    assert names == sorted(task.name for task in tasks_of("03_momentum"))
    assert exercises.main(["--otter", str(tmp_path)]) == 2
    other = ROOT / "notebooks" / "03_momentum.ipynb"
    assert exercises.main(["--otter", str(tmp_path), str(other)]) == 1
    assert "take a notebook from exercises/" in capsys.readouterr().err


def momentum_alone(*sources):
    notebook = v4.new_notebook()
    notebook.cells = [
        cell for cell in solution_of("03_momentum").cells if cell.cell_type == "code"
    ]
    notebook.cells += [v4.new_code_cell(source) for source in sources]
    return notebook


def test_a_solution_is_cut_as_nbgrader_cuts_it():
    lines = ["a", "  ### BEGIN SOLUTION", "  b", "  ### END SOLUTION", "  raise"]
    assert list(exercises.without_solution(lines)) == ["a", "  ", "  raise"]


@pytest.mark.parametrize("given", ["a/solutions/n.ipynb", "solutions/n.ipynb"])
def test_the_exercise_stands_in_a_folder_beside_the_solution_s(given):
    expected = Path(given.replace("solutions", "exercises"))
    assert exercises.exercise_of(Path(given)) == expected
    assert exercises.exercise_of(Path("n.ipynb")) == Path("../exercises/n.ipynb")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([BEGIN, "a"], "stands without '### END"),
        ([BEGIN, "a", BEGIN, END], "stands twice"),
        (["a", END], "stands without '### BEGIN"),
    ],
)
def test_markers_that_do_not_match_are_an_error(lines, sentence):
    with pytest.raises(ValueError, match=sentence):
        list(exercises.without_solution(lines))


def test_a_second_derivation_changes_nothing_and_old_outputs_go(tmp_path, capsys):
    path = tmp_path / "solutions" / "03_momentum.ipynb"
    path.parent.mkdir()
    made = momentum_alone("1 + 1")
    made.cells[-1].outputs = [v4.new_output("stream", text="2")]
    made.cells[-1].execution_count = 7
    made.cells[-1].metadata = {"nbgrader": {"points": 99}, "tags": ["old"]}
    path.write_text(dumps(made), "utf-8")
    assert exercises.main([str(path)]) == 0
    derived = tmp_path / "exercises" / "03_momentum.ipynb"
    assert capsys.readouterr().out.split() == [f"{path}:", "written"] + [
        f"{derived}:",
        "written",
    ]
    last = loads(derived.read_text("utf-8")).cells[-1]
    assert (last.outputs, last.execution_count, last.metadata) == ([], None, {})
    before = derived.stat().st_mtime_ns
    assert exercises.main([str(path)]) == 0
    assert capsys.readouterr().out == ""
    assert derived.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda n: n.cells.pop(0), "one first cell should hold 'import lez10', but 0"),
        (lambda n: n.cells.pop(1), "one answer cell should hold 'def momentum_step"),
        (lambda n: n.cells.pop(2), "one check cell should hold 'lez10.check"),
        (lambda n: n.cells.append(n.cells[2]), "but 2 do"),
        (
            lambda n: n.cells.append(v4.new_code_cell(f"x\n{BEGIN}\n1\n{END}")),
            "the cell that begins 'x' answers no task of 03_momentum",
        ),
    ],
)
def test_a_solution_that_does_not_fit_its_tasks_is_named_and_nothing_is_written(
    tmp_path, capsys, spoil, sentence
):
    spoiled = momentum_alone()
    spoil(spoiled)
    path = tmp_path / "solutions" / "03_momentum.ipynb"
    path.parent.mkdir()
    path.write_text(dumps(spoiled), "utf-8")
    before = path.read_bytes()
    assert exercises.main([str(path)]) == 1
    said = capsys.readouterr().err
    assert str(path) in said and sentence in said
    assert path.read_bytes() == before
    assert not (tmp_path / "exercises").exists()


def test_what_is_no_solution_is_a_sentence(tmp_path, capsys):
    assert exercises.main([]) == 2
    path = tmp_path / "03_momentum.ipynb"
    with pytest.raises(CourseError, match="should be a notebook"):
        exercises.derive(path)
    path.write_text(dumps(momentum_alone()), "utf-8")
    other = path.rename(tmp_path / "04_other.ipynb")
    assert exercises.main([str(other)]) == 1
    assert "the exercises are 01_sgd" in capsys.readouterr().err
