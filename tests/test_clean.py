"""Clean notebooks: run, in canonical form, and the same in every run."""

import asyncio
import gc
import re
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from lez10.course import CourseError, clean, running, shipped
from lez10.course.canonical import dumps, loads, tidy
from lez10.course.problems import problems

SLIDE = {"slideshow": {"slide_type": "slide"}}
# Those that are run; tests/test_exercises.py looks at the exercises.
COMMITTED = sorted(
    path
    for name, path in shipped().items()
    if name.endswith(".ipynb") and "/" not in name
)


def code(source, **metadata):
    return v4.new_code_cell(source, metadata=SLIDE | metadata)


def notebook(*cells, **metadata):
    cells = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    made = v4.new_notebook(metadata=metadata)
    made.cells = cells  # as they are: nbformat would put them right at random
    return made


def saved(tmp_path: Path, *cells, **metadata) -> Path:
    path = tmp_path / "n.ipynb"
    path.write_text(dumps(notebook(*cells, **metadata)), "utf-8")
    return path


def cleaned(tmp_path: Path, *cells):
    path = saved(tmp_path, *cells)
    clean.clean(path)
    return loads(path.read_text("utf-8"))


# The committed notebooks


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.name)
def test_a_committed_notebook_is_clean(path):
    stored = path.read_bytes().decode()
    read = loads(stored)
    assert problems(read) == []
    assert dumps(tidy(read)) == stored


def test_the_course_has_its_notebooks():
    assert COMMITTED[0].name == "00_start.ipynb"


# Running


PICTURE = """import matplotlib.pyplot as plt
fig, ax = plt.subplots()
_ = ax.plot([1, 2])"""

HTML = """from IPython.display import HTML, Math, display
display(HTML('<b>bold</b>'))
Math('x^2')"""


def test_texts_stay_and_the_rest_goes(tmp_path):
    read = cleaned(
        tmp_path,
        v4.new_markdown_cell("# Élan", metadata=SLIDE),
        "import sys\nprint('a'); print('w', file=sys.stderr); print('b')",
        PICTURE,
        "import ipywidgets\nipywidgets.IntSlider()",
        "object()",
        HTML,
        code("1 / 0", tags=["raises-exception"]),
    )
    outputs = [cell.outputs for cell in read.cells[1:]]
    assert outputs[0] == [{"name": "stdout", "output_type": "stream", "text": "a\nb\n"}]
    assert [list(output.data) for output in outputs[1]] == [["text/plain"]]
    assert outputs[2][0].data == {"text/plain": "IntSlider(value=0)"}
    assert outputs[3][0].data == {"text/plain": "<object at 0x0>"}
    assert outputs[4][0].data["text/html"] == "<b>bold</b>"
    assert outputs[4][1].data["text/latex"] == "$\\displaystyle x^2$"
    assert outputs[5][0].traceback == ["ZeroDivisionError: division by zero"]
    assert [cell.execution_count for cell in read.cells[1:]] == [1, 2, 3, 4, 5, 6]
    assert problems(read) == []
    text = (tmp_path / "n.ipynb").read_bytes().decode()
    for absent in ("image/png", "vnd.jupyter", "w\\n", "iopub", "\\u00c9", "\r"):
        assert absent not in text
    assert text.startswith('{\n "cells": [\n  {\n   "cell_type": "markdown"')
    assert text.endswith('"nbformat_minor": 5\n}\n')
    assert list(read.metadata.language_info) == ["file_extension", "mimetype", "name"]


def test_a_second_run_changes_nothing(tmp_path):
    path = saved(tmp_path, PICTURE, "{'b', 'a', 'c'}, hash('x'), object()", HTML)
    assert clean.clean(path) is True
    first, written = path.read_bytes(), path.stat().st_mtime_ns
    assert clean.clean(path) is False
    assert path.read_bytes() == first
    assert path.stat().st_mtime_ns == written


def test_it_runs_elsewhere_in_this_python(tmp_path, monkeypatch):
    """Neither the folder nor the machine's own configuration matters."""
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("STARTED = True")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("MPLBACKEND", "agg")
    kernel = tmp_path / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text('{"argv": ["false"], "display_name": "no"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    (tmp_path / "beside.txt").write_text("here")
    monkeypatch.chdir(tmp_path)
    read = cleaned(
        tmp_path,
        "import os, sys",
        "[os.path.exists('beside.txt'), 'KERAS_BACKEND' in os.environ]",
        f"sys.prefix == {sys.prefix!r}",
        PICTURE,
        "'STARTED' in dir()",
    )
    assert read.cells[1].outputs[0].data["text/plain"] == "[False, False]"
    assert read.cells[2].outputs[0].data["text/plain"] == "True"
    assert read.cells[3].outputs[0].data["text/plain"].startswith("<Figure")
    assert read.cells[4].outputs[0].data["text/plain"] == "False"


def test_a_failing_cell_is_named_and_nothing_is_written(tmp_path, capsys):
    path = saved(tmp_path, "a = 1", "\nb = 2\na / 0", "c = 3")
    before = path.read_bytes()
    assert clean.main([str(path)]) == 1
    said = capsys.readouterr()
    assert "Cell 2, which begins 'b = 2', raised ZeroDivisionError" in said.err
    assert "raises-exception" in said.err
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("import time\ntime.sleep(60)", "should end within 1 s"),
        ("import os\nos._exit(1)", "lost its kernel"),
    ],
)
def test_a_cell_that_hangs_or_kills_the_kernel(source, sentence):
    with pytest.raises(CourseError, match=f"Cell 2, which .* {sentence}"):
        running.run(notebook("a = 1", source), timeout=1)


@pytest.mark.parametrize("source", ["1 + 1", "1 / 0"])
def test_a_run_leaves_no_event_loop_open(source):
    """In a thread, as decks and site run theirs: its garbage would be a warning."""
    before = open_loops()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(running.run, notebook(source)).exception()
    assert open_loops() - before == set()


def open_loops():
    found = [o for o in gc.get_objects() if isinstance(o, asyncio.BaseEventLoop)]
    return {loop for loop in found if not loop.is_closed()}


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"nbformat": 3}', b"\xff", b'{"nbformat": 4}', None]
)
def test_what_is_no_notebook_is_a_sentence(tmp_path, capsys, data):
    path = tmp_path / "n.ipynb"
    if data is not None:
        path.write_bytes(data)
    assert clean.main([str(path)]) == 1
    assert f"{path} should be a notebook, but " in capsys.readouterr().err


def test_what_is_left_to_do_by_hand_is_said(tmp_path, capsys):
    path = saved(tmp_path, v4.new_code_cell("x = 1"))
    assert clean.main([str(path)]) == 1
    assert "does not say what it is on a slide" in capsys.readouterr().err
    assert clean.main([str(saved(tmp_path, "x = 1"))]) == 0
    assert clean.main([]) == 2


# The canonical form


def messy():
    """A notebook with everything that must not be committed."""
    first = code("print(1)", scrolled=True, tags=["a"], lez10={"x": 1})
    first.metadata |= {"jupyter": {"source_hidden": True, "outputs_hidden": True}}
    first.metadata |= {"execution": {"iopub.status.busy": "2026-01-01"}}
    first.metadata |= {"nbgrader": {"grade": True}}
    first.execution_count = 5
    first.outputs = [
        v4.new_output("stream", name="stdout", text="1"),
        v4.new_output("stream", name="stderr", text="warned"),
        v4.new_output("stream", name="stdout", text=" at 0x7f12ab34cd56\n"),
        v4.new_output("display_data", data={"image/png": "abc"}),
        v4.new_output(
            "display_data", data={"text/html": "<img src='data:image/png;'>"}
        ),
        v4.new_output(
            "execute_result",
            data={"text/plain": "x", "application/vnd.jupyter.widget-view+json": {}},
            metadata={"image/png": {"width": 1}},
            execution_count=5,
        ),
    ]
    second = code("2", tags=[], slideshow={"slide_type": ""})
    second.execution_count = 3
    cells = [first, v4.new_markdown_cell("text", metadata=SLIDE), second]
    return notebook(
        *cells,
        widgets={"state": 1},
        celltoolbar="Slideshow",
        title="T",
        kernelspec={"name": "venv", "display_name": "mine", "language": "python"},
        language_info={"name": "python", "version": "3.11.7"},
    )


def test_the_canonical_form():
    tidied = tidy(messy())
    first, _, second = tidied.cells
    assert first.outputs == [
        {"output_type": "stream", "name": "stdout", "text": "1 at 0x0\n"},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "x"},
            "metadata": {},
            "execution_count": 1,
        },
    ]
    assert first.metadata == {
        **SLIDE,
        "tags": ["a"],
        "lez10": {"x": 1},
        "nbgrader": {"grade": True},
        "jupyter": {"source_hidden": True},
    }
    assert (first.execution_count, second.execution_count) == (1, 2)
    assert second.metadata == {}
    assert set(tidied.metadata) == {"title", "kernelspec", "language_info"}
    assert tidied.metadata.kernelspec.name == "python3"
    assert "version" not in tidied.metadata.language_info
    nbformat.validate(tidied)


def test_tidying_twice_is_tidying_once_and_touches_no_original():
    given = messy()
    before = dumps(given)
    once = tidy(given)
    assert dumps(tidy(once)) == dumps(once)
    assert dumps(given) == before


def test_cell_ids_are_kept_where_they_can_be_and_the_same_in_every_run():
    texts = ["a", "b", "b", "c", "d"]
    cells = [v4.new_markdown_cell(text, metadata=SLIDE) for text in texts]
    for cell, name in zip(cells, ["keep-1", "keep-1", "", "no space", "x" * 65]):
        cell["id"] = name
    missing = v4.new_markdown_cell("e", metadata=SLIDE)
    del missing["id"]
    first = [cell.id for cell in tidy(notebook(*cells, missing)).cells]
    again = [cell.id for cell in tidy(notebook(*cells, missing)).cells]
    assert first == again
    assert first[0] == "keep-1"
    assert len(set(first)) == len(first)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in first)


@pytest.mark.parametrize("minor", [2, 5])
def test_missing_ids_are_not_left_to_chance(tmp_path, minor):
    """nbformat itself would warn, and choose ids at random."""
    old = notebook("1 + 1")
    del old.cells[0]["id"]
    old.nbformat_minor = minor
    path = tmp_path / "n.ipynb"
    path.write_text(dumps(old), "utf-8")
    clean.clean(path)
    assert loads(path.read_text("utf-8")).cells[0].id == tidy(old).cells[0].id


# What problems() says


def good():
    cell = code("x = 1")
    cell.execution_count = 1
    return tidy(notebook(v4.new_markdown_cell("# Title", metadata=SLIDE), cell))


def test_a_clean_notebook_has_no_problems():
    assert problems(good()) == []


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda n: n.cells[1].update(execution_count=None), "has not been run"),
        (lambda n: n.cells[1].update(execution_count=2), "not run in order"),
        (lambda n: n.cells[1].update(source="x" * 61), "61 columns in line 1"),
        (lambda n: n.cells[1].update(source="x\n" * 21), "has 21 lines"),
        (lambda n: n.cells[1].update(source=" \n"), "is empty"),
        (lambda n: n.cells[0].metadata.clear(), "on a slide"),
        (
            lambda n: n.cells[0].metadata.update(slideshow={"slide_type": "x"}),
            "on a slide",
        ),
        (
            lambda n: n.cells[0].update(attachments={"a.png": {"image/png": "x"}}),
            "an attachment",
        ),
        (lambda n: n.metadata.update(widgets={}), "state of widgets"),
        (lambda n: n.metadata.update(other=1), "canonical form"),
        (lambda n: n.cells[1].metadata.update(scrolled=True), "canonical form"),
        (
            lambda n: n.cells[1].metadata.update(tags=["raises-exception"]),
            "raised none",
        ),
        (lambda n: n.cells[1].update(id=n.cells[0].id), "id is missing, taken"),
        (lambda n: n.cells[1].update(execution_count="one"), "not valid"),
    ],
)
def test_a_problem_of_a_cell_or_the_notebook(spoil, sentence):
    spoiled = good()
    spoil(spoiled)
    assert re.search(sentence, " ".join(problems(spoiled)))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"image/png": "x"}, "stores a picture \\(image/png\\)"),
        ({"application/vnd.jupyter.widget-view+json": {}}, "more than text"),
        ({"text/html": "<img src='data:image/png;base64,x'>"}, "inside its HTML"),
        ({"text/html": "<svg></svg>"}, "inside its HTML"),
        ({"text/plain": "<object at 0x7f00aabbccdd>"}, "address in memory"),
        ({"text/plain": "/home/somebody/x"}, "path of one machine"),
        ({"text/plain": "C:\\Users\\x"}, "path of one machine"),
    ],
)
def test_a_problem_of_an_output(data, sentence):
    spoiled = good()
    spoiled.cells[1].outputs = [v4.new_output("display_data", data=data)]
    found = " ".join(problems(spoiled))
    assert re.search(sentence, found)
    if "path" not in sentence:  # what a run would take out
        assert problems(tidy(spoiled)) == []


def test_streams_and_errors_are_problems_too():
    spoiled = good()
    spoiled.cells[1].outputs = [
        v4.new_output("stream", name="stderr", text="warned"),
        v4.new_output("error", ename="E", evalue="at 0x7f00aabbccdd", traceback=[]),
    ]
    found = " ".join(problems(spoiled))
    for sentence in ("wrote to stderr", "without the tag", "address in memory"):
        assert sentence in found


def test_loading_never_warns(tmp_path):
    old = notebook("1 + 1")
    del old.cells[0]["id"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "id" not in loads(dumps(old)).cells[0]
