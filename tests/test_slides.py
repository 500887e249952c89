"""From a notebook to slides, without a browser: what stands where, links, bad input."""

import re
import subprocess
import sys

import nbformat
import pytest

from lez10.course import CourseError, npm, shipped
from lez10.course.canonical import loads
from lez10.course.executed import one
from lez10.course.slides import deck, index, known, slides
from lez10.course.slides.blocks import markdown
from lez10.course.slides.pages import ROOM, section_of, slides_of, title_of

PICTURE = '<img class="lez10-picture" alt="A path." src="data:image/png;base64,">'
WIDGET = '<div class="lez10-static"><img alt="A path."></div>'
NOTEBOOKS = [path for name, path in shipped().items() if "/" not in name]


def cell(kind, source, *outputs, **metadata):
    """A cell that says what it is on a slide; an output is a text or HTML."""
    if kind in ("slide", "subslide", "fragment", "-", "notes", "skip"):
        metadata["slideshow"] = {"slide_type": kind}
    if not outputs:
        return nbformat.v4.new_markdown_cell(source, metadata=metadata)
    made = [
        nbformat.v4.new_output("display_data", data={"text/html": output})
        if output.startswith("<")
        else nbformat.v4.new_output("stream", text=output)
        for output in outputs
    ]
    return nbformat.v4.new_code_cell(source, metadata=metadata, outputs=made)


def made(*cells):
    """The slides of a notebook with these cells: headings and kinds of blocks."""
    deck = slides_of(nbformat.v4.new_notebook(cells=list(cells)))
    return [(s.heading, [block.kind for block in s.blocks]) for s in deck]


def test_cells_go_on_where_they_say_so():
    assert made(
        cell("slide", "## One\n\nA sentence."),
        cell("-", "x = 1", "printed"),
        cell("slide", "## Two\n\nA sentence."),
        cell("skip", "Not on a slide."),
        cell("slide", "Another, under the same heading."),
    ) == [
        ("One", ["text", "code", "text"]),
        ("Two", ["text"]),
        ("Two", ["text"]),
    ]


def test_a_heading_waits_for_what_follows():
    assert made(cell("slide", "## One"), cell("slide", "x = 1", "1")) == [
        ("One", ["code", "text"])
    ]


def test_notes_go_to_the_slide_before_them():
    (first, second) = slides_of(
        nbformat.v4.new_notebook(
            cells=[
                cell("slide", "## One\n\nA sentence."),
                cell("notes", "Said of *one*."),
                cell("slide", "## Two\n\nA sentence."),
            ]
        )
    )
    assert first.notes == ["<p>Said of <em>one</em>.</p>"]
    assert second.notes == []


def test_what_has_no_room_goes_on_under_the_same_heading():
    long = "\n".join(f"x{n} = {n}" for n in range(20))
    assert made(cell("slide", "## One\n\nA sentence."), cell("-", long, "1\n2\n")) == [
        ("One", ["text"]),
        ("One", ["code", "text"]),
    ]
    prose = "\n\n".join(["A sentence. " * 30] * 5)
    pages = slides_of(nbformat.v4.new_notebook(cells=[cell("slide", prose)]))
    assert len(pages) > 1
    assert sum(len(page.blocks) for page in pages) == 5
    assert all(page.left >= 0 for page in pages)


def test_a_picture_has_room_and_a_widget_a_slide():
    few, many = "plot()", "\n".join(["plot()"] * 12)
    assert made(cell("slide", few, PICTURE)) == [("", ["code", "picture"])]
    assert made(cell("slide", many, PICTURE)) == [("", ["code"]), ("", ["picture"])]
    # the call stands below the prose that leads to it, though its cell begins a slide
    assert made(
        cell("slide", "## Move it\n\nA sentence."),
        cell("slide", "Explorer()", WIDGET),
        cell("fragment", "Three things to try."),
    ) == [
        ("Move it", ["text", "code"]),
        ("Move it", ["widget"]),
        ("Move it", ["text"]),
    ]


def test_folded_answers_are_a_slide_of_their_own():
    source = (
        "## Three questions\n\n1. Why?\n\n<details><summary>Answers</summary>\n\n"
        "1. Because.\n\n</details>"
    )
    first, second = slides_of(nbformat.v4.new_notebook(cells=[cell("slide", source)]))
    assert (first.heading, second.heading) == ("Three questions", "Answers")
    assert "Because" in second.blocks[0].html
    assert "details" not in "".join(block.html for block in second.blocks)


def test_a_fragment_appears_below_what_is_there():
    source = [cell("slide", "## One\n\nA sentence."), cell("fragment", "Another.")]
    (slide,) = slides_of(nbformat.v4.new_notebook(cells=source))
    assert ["fragment" in block.html for block in slide.blocks] == [False, True]


def test_formulas_reach_mathjax_as_they_were_written():
    (block,) = markdown(r"$v \leftarrow \beta v - \alpha_k g$ if $a < b$.")
    assert r"$v \leftarrow \beta v - \alpha_k g$" in block.html
    assert "a &lt; b" in block.html


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_says_what_stands_in_its_decks_foot(path):
    notebook = loads(path.read_text("utf-8"))
    assert re.fullmatch(r"\d+(\.\d+)*( and \d+(\.\d+)*)?", section_of(notebook))
    assert title_of(notebook)


def test_links_lead_to_decks_and_nowhere_else():
    source = (
        "# 03 · Momentum\n\n*Lecture 1.3 · 30 minutes*\n\n[this](04_nesterov.ipynb), "
        "[not made](05_adagrad.ipynb), [exercise](exercises/03_momentum.ipynb)"
    )
    page = deck(
        nbformat.v4.new_notebook(cells=[cell("slide", source)]), {"04_nesterov"}
    )
    assert '<a href="04_nesterov.html">this</a>, not made, exercise' in page
    assert "<span>lecture 1.3</span>" in page and "<span>1 / 1</span>" in page


def test_the_list_holds_what_lies_there(tmp_path):
    page = deck(
        nbformat.v4.new_notebook(cells=[cell("slide", "# 03 · A\n\n*Lecture 1.3 ·*")])
    )
    (tmp_path / "03_momentum.html").write_text(page)
    (tmp_path / "notes.html").write_text("no deck")
    assert 'href="03_momentum.html">03 · A</a> <span>lecture 1.3' in index(tmp_path)
    assert "notes.html" not in index(tmp_path) and "PDF" not in index(tmp_path)
    (tmp_path / "03_momentum.pdf").write_bytes(b"")
    assert 'href="03_momentum.pdf"' in index(tmp_path)


def test_names_in_any_form_and_a_sentence_for_others():
    names = ["03_momentum", "notebooks/04_nesterov.ipynb"]
    assert known(names) == ["03_momentum", "04_nesterov"]
    assert len(known([])) == len(NOTEBOOKS)
    with pytest.raises(CourseError, match="no 13_more: choose from 00_start, 01_sgd"):
        known(["13_more"])


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_run(tmp_path):
    file = tmp_path / "file"
    file.write_text("mine")
    said = []
    with pytest.raises(CourseError, match="name another one with --out FOLDER"):
        slides(["03_momentum"], file / "decks", say=said.append)
    assert said == [] and file.read_text() == "mine"


def test_the_command_says_what_is_wrong_in_one_line():
    command = [sys.executable, "-m", "lez10.cli", "slides", "nope"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("lez10 slides: A deck is made of a notebook")
    assert len(done.stderr.splitlines()) == 1


def test_without_npm_the_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CourseError, match="there is no npm on this machine: install"):
        npm.fetched("mathjax@3.2.2")


@pytest.mark.skipif(npm.shutil.which("npm") is None, reason="there is no npm here")
def test_what_npm_cannot_fetch_is_said_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "empty"))
    monkeypatch.setenv("npm_config_offline", "true")
    with pytest.raises(CourseError, match="Connect this machine to the network"):
        npm.fetched("mathjax@3.2.2")
    assert list((tmp_path / "lez10" / "npm").iterdir()) == []


def test_a_run_is_kept_until_something_changes(tmp_path, monkeypatch):
    """A notebook of one cell, which counts how often it is run."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    count = tmp_path / "count"
    source = f"with open({str(count)!r}, 'a') as file:\n    _ = file.write('x')"
    path = tmp_path / "00_test.ipynb"

    def write(source):
        code = nbformat.v4.new_code_cell(source)
        code.id = "one"
        nbformat.write(nbformat.v4.new_notebook(cells=[code]), path)

    write(source)
    monkeypatch.setattr("lez10.course.executed.shipped", lambda: {path.name: path})
    said = []
    for below in (b"one", b"one", b"two"):
        one("00_test", below, said.append)
    assert count.read_text() == "xx" and said == ["Running 00_test."] * 2
    write(source + "\n1 / 0")
    with pytest.raises(CourseError, match="00_test.ipynb: Cell 1.*ZeroDivisionError"):
        one("00_test", b"two", said.append)


def test_every_deck_fits_by_its_own_count():
    """What the packing promises: nothing is put where it has no room."""
    for path in NOTEBOOKS:
        for slide in slides_of(loads(path.read_text("utf-8"))):
            assert len(slide.blocks) < 2 or slide.left >= 0, (path.stem, slide.heading)
    assert ROOM < 720


def test_the_assets_are_pinned():
    for package in (npm.REVEAL, npm.MATHJAX, npm.SANS, npm.MONO):
        assert re.fullmatch(r"(@[\w-]+/)?[\w.-]+@\d+\.\d+\.\d+", package)
