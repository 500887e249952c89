"""The table of the lecture, piece by piece: every row of it exists in its notebook."""

import re
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

from lez10.course import shipped
from lez10.pseudocode import PSEUDOCODE

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs" / "lecture.md"
SECTIONS = (
    "1.1 1.2 1.3 1.4 1.5 1.5.1 1.5.2 1.6 1.7 1.8 1.8.1 1.9 1.10 1.10.1 1.10.2".split()
)
KINDS = {"section", "algorithm", "formula", "figure", "Keras"}
# What the lecture has of each kind.
ALGORITHMS = {"1.1", "1.3", "1.4", "1.5.1", "1.5.2", "1.6", "1.7"}
SNIPPETS = {
    "1.2": ["ExponentialDecay", "SGD"],
    "1.3": ["SGD"],
    "1.4": ["SGD"],
    "1.9": ["GlorotNormal", "HeNormal"],
    "1.10.2": ["Sequential"],
}
FIGURES = {"1.1", "1.3", "1.4", "1.8", "1.8.1", "1.10"}


class Row(NamedTuple):
    section: str
    kind: str
    what: str
    link: str
    heading: str


def rows() -> list[Row]:
    table = TABLE.read_text("utf-8")
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()
        if line.startswith("| 1.")
    ]
    assert all(len(line) == 5 for line in cells)
    return [Row(*line) for line in cells]


ROWS = rows()


def name_of(row: Row) -> str:
    found = re.fullmatch(r"\[(\d\d)\]\(\.\./notebooks/((\d\d)_\w+\.ipynb)\)", row.link)
    assert found and found[1] == found[3], row
    return found[2]


def below(row: Row) -> list[nbformat.NotebookNode]:
    """The cells under a row's heading, up to the next one."""
    notebook = nbformat.read(shipped()[name_of(row)], as_version=4)
    headings = [
        n
        for n, cell in enumerate(notebook.cells)
        if cell.cell_type == "markdown" and cell.source.startswith("## ")
    ]
    for n, following in zip(headings, [*headings[1:], len(notebook.cells)]):
        if notebook.cells[n].source.splitlines()[0] == f"## {row.heading}":
            return notebook.cells[n:following]
    raise AssertionError(f"{name_of(row)} has no heading {row.heading!r}")


def code_of(cells: list[nbformat.NotebookNode]) -> str:
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


def drawing(row: Row) -> list[str]:
    """What shows a picture in a row's notebook: its own functions may do so, too."""
    whole = code_of(nbformat.read(shipped()[name_of(row)], as_version=4).cells)
    own = re.findall(r"^def (\w+)\(.*\n((?: .*\n|\n)+)", whole + "\n", re.MULTILINE)
    return [
        "plots.picture",
        "Explorer",
        *(name for name, body in own if "plots.picture(" in body),
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.section} {row.what}")
def test_every_row_exists(row):
    assert row.kind in KINDS and row.what
    cells = below(row)
    code = code_of(cells)
    if row.kind == "algorithm":
        assert "beside(" in code
    if row.kind == "figure":
        assert any(f"{name}(" in code for name in drawing(row))
    if row.kind == "formula":
        assert any("$" in cell.source for cell in cells if cell.cell_type == "markdown")
        assert re.search(r"\bassert\b|plots\.|getsource\(", code)
    if row.kind == "Keras":
        whole = code_of(nbformat.read(shipped()[name_of(row)], as_version=4).cells)
        for call in re.findall(r"`(\w+)\(", row.what):
            assert f".{call}(" in whole or f"{call}(" in whole, call
        for word in re.findall(r"(\w+)=True", row.what):
            assert f'"{word}": True' in whole or f"{word}=True" in whole


def test_nothing_of_the_lecture_is_left_out():
    assert [s for s in SECTIONS if s not in {row.section for row in ROWS}] == []
    assert list(dict.fromkeys(row.section for row in ROWS)) == SECTIONS
    of = {kind: {row.section for row in ROWS if row.kind == kind} for kind in KINDS}
    assert of["algorithm"] == ALGORITHMS and len(PSEUDOCODE) == len(ALGORITHMS)
    assert of["figure"] == FIGURES
    assert of["formula"] >= {"1.1", "1.2", "1.5.1", "1.5.2", "1.7", "1.9", "1.10"}
    for section, calls in SNIPPETS.items():
        told = " ".join(
            row.what for row in ROWS if (row.section, row.kind) == (section, "Keras")
        )
        assert all(f"`{call}(" in told for call in calls), section


def test_every_notebook_is_in_the_readme():
    text = (ROOT / "README.md").read_text("utf-8")
    for name in shipped():
        folder = "" if name.startswith("exercises/") else "notebooks/"
        assert f"({folder}{name})" in text
