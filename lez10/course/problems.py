"""Why a notebook is not fit to be committed."""

import re
from collections.abc import Iterator

import nbformat

from lez10.course.canonical import (
    ADDRESS,
    PICTURE,
    TEXTS,
    Notebook,
    cell_ids,
    tidy,
)

# A slide cuts what is wider or longer.
WIDTH = 60
LINES = 20

SLIDES = ("slide", "subslide", "fragment", "skip", "notes", "-")
MACHINE_PATH = re.compile(r"/home/|/root/|/Users/|/tmp/|\b[A-Z]:\\")


def problems(notebook: Notebook) -> list[str]:
    """One sentence per reason why the notebook is not clean; none if it is."""
    found = [
        f"Cell {number} ({cell.cell_type}) {problem}."
        for number, cell in enumerate(notebook.cells, start=1)
        for problem in cell_problems(cell)
    ]
    counts = [cell.get("execution_count") for cell in code_cells(notebook)]
    if None not in counts and counts != list(range(1, len(counts) + 1)):
        found.append(f"The cells were not run in order: their counts are {counts}.")
    if "widgets" in notebook.metadata:
        found.append("It stores the state of widgets.")
    if [cell.get("id") for cell in notebook.cells] != list(cell_ids(notebook.cells)):
        found.append("A cell's id is missing, taken or not valid.")
        return found
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        found.append(f"It is not valid: {str(error).splitlines()[0]}")
        return found
    if not found and tidy(notebook) != notebook:
        found.append("It is not in canonical form: run make clean-notebooks.")
    return found


def code_cells(notebook: Notebook) -> list[Notebook]:
    """The cells that can be run."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def cell_problems(cell: Notebook) -> Iterator[str]:
    """What is wrong with one cell, each as the end of a sentence."""
    if cell.metadata.get("slideshow", {}).get("slide_type") not in SLIDES:
        yield "does not say what it is on a slide (metadata slideshow.slide_type)"
    if cell.get("attachments"):
        yield "carries a picture as an attachment"
    if not cell.source.strip():
        yield "is empty"
    if cell.cell_type == "code":
        yield from source_problems(cell.source)
        yield from run_problems(cell)
        for output in cell.outputs:
            yield from output_problems(output)


def source_problems(source: str) -> Iterator[str]:
    """Code that a slide would cut."""
    lines = source.splitlines()
    if len(lines) > LINES:
        yield f"has {len(lines)} lines, more than {LINES}"
    for number, line in enumerate(lines, start=1):
        if len(line) > WIDTH:
            yield f"has {len(line)} columns in line {number}, more than {WIDTH}"


def run_problems(cell: Notebook) -> Iterator[str]:
    """A cell that was not run, or did not end as its tag says."""
    if cell.execution_count is None:
        yield "has not been run"
        return
    failed = any(output.output_type == "error" for output in cell.outputs)
    expected = "raises-exception" in cell.metadata.get("tags", [])
    if failed and not expected:
        yield "raised an exception without the tag raises-exception"
    if expected and not failed:
        yield "is tagged raises-exception, but raised none"


def output_problems(output: Notebook) -> Iterator[str]:
    """An output that is more than text, or that another machine would not repeat."""
    if output.output_type == "stream" and output.name == "stderr":
        yield "wrote to stderr, perhaps a warning"
    for kind in output.get("data", {}):
        if kind.startswith("image/"):
            yield f"stores a picture ({kind})"
        elif kind not in TEXTS:
            yield f"stores more than text ({kind})"
    for text in texts(output):
        if PICTURE.search(text):
            yield "stores a picture inside its HTML"
        if ADDRESS.search(text):
            yield "prints an address in memory"
        if MACHINE_PATH.search(text):
            yield "prints a path of one machine"


def texts(output: Notebook) -> list[str]:
    """All that an output says in words."""
    data = output.get("data", {})
    found = [value for kind, value in data.items() if kind in TEXTS]
    return found + [output[key] for key in ("text", "evalue") if key in output]
