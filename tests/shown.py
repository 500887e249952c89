"""Notebooks run here, cell by cell, once for all tests; and how their pictures look."""

import ast
import functools
import itertools
import sys
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import nbformat
import pytest
from matplotlib.text import Text

from lez10.course import shipped
from lez10.plots import STATIC, Picture

# The exercises are asked and checked in tests/test_exercises.py.
NAMES = sorted(name for name in shipped() if "/" not in name and name[:2] != "00")


def displayed(name: str, for_page: bool = False) -> list[tuple[int, Any]]:
    """The values that a notebook's cells show, by cell number."""
    found = run_once(name, for_page)
    if isinstance(found, Exception):
        raise AssertionError(f"{name} does not run") from found
    return found


@functools.cache
def run_once(name: str, for_page: bool) -> list[tuple[int, Any]] | Exception:
    """Run a notebook's code here, once for all tests."""
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(sys.modules, "keras", None)  # its import fails
            if for_page:
                patch.setenv(STATIC, "1")
            return run(name)
    except Exception as error:
        return error


def run(name: str) -> list[tuple[int, Any]]:
    """What each cell shows, and at the end, as cell -1, all that was printed."""
    notebook = nbformat.read(shipped()[name], as_version=4)
    scope: dict[str, Any] = {"__name__": "notebook"}
    shown: list[tuple[int, Any]] = []
    printed = StringIO()
    with redirect_stdout(printed):
        run_cells(name, notebook, scope, shown)
    return [*shown, (-1, printed.getvalue())]


def run_cells(name, notebook, scope, shown) -> None:
    """Run the code, and note the value of each cell's last line."""
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        body = ast.parse(cell.source).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        where = f"{name}, cell {number}"
        exec(compile(ast.Module(body, []), where, "exec"), scope)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), where, "eval"), scope)
            if value is not None:
                shown.append((number, value))


def figures(name: str, for_page: bool = False) -> list[Picture]:
    """The pictures that a notebook shows, in its order."""
    shown = displayed(name, for_page)
    return [value for _, value in shown if isinstance(value, Picture)]


def check_texts_inside(picture: Picture) -> None:
    """No text of a picture is cut off at its edge."""
    figure = picture.figure
    figure.draw_without_rendering()
    frame = figure.bbox.padded(1.5)
    ticks = {
        id(label)
        for ax in figure.axes
        for label in (*ax.get_xticklabels(), *ax.get_yticklabels())
    }  # those beyond the ends of an axis are never drawn
    for text in figure.findobj(Text):
        hidden = not text.get_visible() or not text.get_text().strip()
        if hidden or id(text) in ticks:
            continue
        box = text.get_window_extent()
        inside = frame.x0 <= box.x0 and box.x1 <= frame.x1
        assert inside and frame.y0 <= box.y0 and box.y1 <= frame.y1, text


def check_labels_apart(picture: Picture) -> None:
    """No label of a plot lies on another one of it."""
    picture.figure.draw_without_rendering()
    for ax in picture.figure.axes:
        boxes = [
            (text.get_text(), text.get_window_extent().padded(-1.5))
            for text in ax.texts
            if text.get_text().strip()
        ]
        for (one, a), (other, b) in itertools.combinations(boxes, 2):
            assert not a.overlaps(b), (one, other)
