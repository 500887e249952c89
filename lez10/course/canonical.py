"""The one form in which a notebook is committed, and what it takes to be in it.

Text outputs stay, for who reads without running; pictures, widgets, warnings and
whatever changes from run to run go. Two runs of the same notebook give the same
bytes.
"""

import copy
import hashlib
import re
from collections.abc import Iterator
from typing import Any

import nbformat
from nbformat import v4

Notebook = nbformat.NotebookNode

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python"}
KERNEL |= {"name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}
NOTEBOOK_KEYS = ("authors", "lez10", "nbgrader", "otter", "title")
CELL_KEYS = ("lez10", "nbgrader", "slideshow", "tags")
TEXTS = ("text/html", "text/latex", "text/markdown", "text/plain")

ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
ADDRESS_INSTEAD = "0x0"  # tests/nbval.cfg puts the same into what it compares with
ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
PICTURE = re.compile(r"data:image/|<svg\b|<canvas\b")


def loads(text: str) -> Notebook:
    """The notebook in a file's text, as it stands; ValueError if it is none.

    nbformat's own reader would give cells without an id a random one.
    """
    try:
        notebook: Notebook = v4.reads(text)
        version = notebook["nbformat"]
        notebook["metadata"], notebook["cells"]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"it is not a notebook ({error})") from error
    if version != 4:
        raise ValueError(f"its format should be 4, but is {version}")
    return notebook


def dumps(notebook: Notebook) -> str:
    """The text of a notebook file: indent 1, keys sorted, a newline at the end."""
    text: str = v4.writes(notebook, indent=1, sort_keys=True, ensure_ascii=False)
    return text + "\n"


def tidy(notebook: Notebook) -> Notebook:
    """The canonical form of a notebook, a copy; tidy(tidy(n)) == tidy(n).

    Sources are not touched, nothing is run; execution counts are numbered anew where
    a cell has been run.
    """
    notebook = copy.deepcopy(notebook)
    kept = {k: v for k, v in notebook.metadata.items() if k in NOTEBOOK_KEYS}
    cells = [tidy_cell(cell) for cell in notebook.cells]
    ran = [cell for cell in cells if cell.get("execution_count") is not None]
    for number, cell in enumerate(ran, start=1):
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    for cell, name in zip(cells, cell_ids(cells), strict=True):
        cell.id = name
    return nbformat.from_dict(
        {
            "cells": cells,
            "metadata": kept | {"kernelspec": KERNEL, "language_info": LANGUAGE},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def tidy_cell(cell: Notebook) -> Notebook:
    """A cell with the metadata, and of its outputs the texts, that are kept."""
    metadata = {k: v for k, v in cell.metadata.items() if k in CELL_KEYS and v}
    if cell.metadata.get("jupyter", {}).get("source_hidden"):
        metadata["jupyter"] = {"source_hidden": True}
    if not metadata.get("slideshow", {}).get("slide_type"):
        metadata.pop("slideshow", None)
    cell.metadata = nbformat.from_dict(metadata)
    if cell.cell_type == "code":
        cell.outputs = [nbformat.from_dict(output) for output in tidy_outputs(cell)]
    return cell


def tidy_outputs(cell: Notebook) -> Iterator[dict[str, Any]]:
    """A cell's outputs: texts without addresses, neighbouring prints joined."""
    printed = ""
    for output in cell.outputs:
        if output.output_type == "stream":
            # What is written to stderr comes from this machine's versions.
            printed += output.text if output.name == "stdout" else ""
            continue
        if printed:
            yield stream(printed)
        printed = ""
        if output.output_type == "error":
            name, value = output.ename, without_addresses(output.evalue)
            yield {
                "output_type": "error",
                "ename": name,
                "evalue": value,
                "traceback": [f"{name}: {value}"],  # the real one names files
            }
            continue
        data = {k: without_addresses(v) for k, v in output.data.items() if k in TEXTS}
        data = {k: v for k, v in data.items() if not PICTURE.search(v)}
        if data:
            yield {**output, "data": data, "metadata": {}}
    if printed:
        yield stream(printed)


def stream(text: str) -> dict[str, Any]:
    """What was printed, as an output."""
    return {"output_type": "stream", "name": "stdout", "text": without_addresses(text)}


def without_addresses(text: str) -> str:
    """The text with every address in memory replaced by the same one."""
    return ADDRESS.sub(ADDRESS_INSTEAD, text)


def cell_ids(cells: list[Notebook]) -> Iterator[str]:
    """An id for each cell: its own if it is valid and new, else one from its source."""
    own = {str(cell.get("id")) for cell in cells}
    seen: set[str] = set()
    for cell in cells:
        name = cell.get("id")
        if not isinstance(name, str) or name in seen or not ID.fullmatch(name):
            name = new_id(cell, own | seen)
        seen.add(name)
        yield name


def new_id(cell: Notebook, taken: set[str]) -> str:
    """An id made of a cell's source, the same in every run."""
    number = 0
    while True:
        text = f"{cell.cell_type}\n{number}\n{cell.source}"
        name = hashlib.sha256(text.encode()).hexdigest()[:8]
        if name not in taken:
            return name
        number += 1
