"""The answers in a notebook's file, found without a kernel.

Only what the answers need is run: definitions, imports and assignments, one by one and
each for itself, so that a cell that only plots, or fails, costs nothing.
"""

import ast
import contextlib
import json
import linecache
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lez10.grading.calling import FirstLines
from lez10.time_limit import TooSlow, text_of, time_limit

LIMIT, IMPORTING = 5.0, 60.0  # seconds for one statement, and for one import
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
MAGIC = re.compile(r"^\s*(?:[\w, ]+=\s*)?[%!?].*|.*\?\s*$")


class NotebookError(Exception):
    """A sentence: why the answers cannot be found."""


@dataclass
class Answers:
    """What was found: the namespace, and why some names may be missing.

    broken: by the name that it would have defined, the sentence on a cell or a
    statement that failed.
    """

    namespace: dict[str, Any] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Statement:
    """A statement that defines names, the names that it needs, and its cell."""

    node: ast.stmt
    defines: frozenset[str]
    needs: frozenset[str]
    cell: int


def cells_of(path: Path) -> list[str]:
    """The code cells' sources. Raises NotebookError where it is no notebook."""
    if not path.exists():
        raise NotebookError(f"{path} is not there: give the path of a notebook.")
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        return [
            "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"
        ]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        raise NotebookError(
            f"{path} should be a notebook (.ipynb, format 4), but cannot be read as "
            "one."
        ) from None


def answers(cells: Sequence[str], wanted: Sequence[str], folder: Path) -> Answers:
    """Run what these names need, as if in the folder."""
    found = Answers({"__name__": "__main__"})
    statements: list[Statement] = []
    for number, source in enumerate(cells, start=1):
        try:
            statements += statements_of(source, number)
        except SyntaxError as error:
            for name in defined_in(source):
                found.broken[name] = (
                    f"code cell {number} cannot be read: {error.msg} in line "
                    f"{error.lineno}."
                )
    with running_in(folder):
        for one in needed(statements, set(wanted)):
            run(one, found)
    return found


def statements_of(source: str, cell: int) -> Iterator[Statement]:
    """The defining statements of a cell. Raises SyntaxError."""
    tree, text = parsed(source)
    name = file_name(cell)
    # so that an error can show its line, as in a notebook
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    for node in tree.body:
        if isinstance(node, (*DEFINITIONS, *IMPORTS, *ASSIGNMENTS)):
            yield Statement(node, frozenset(defined(node)), frozenset(used(node)), cell)


def file_name(cell: int) -> str:
    """What a cell is called in an error."""
    return f"<code cell {cell}>"


def parsed(source: str) -> tuple[ast.Module, str]:
    """A cell's tree and text; magics become empty lines. Raises SyntaxError."""
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        timed = first[2:].split(" ")[0] in ("time", "timeit", "capture", "prun")
        source = "\n" + rest if timed else ""
    try:
        return ast.parse(source), source
    except SyntaxError:
        lines = ["" if MAGIC.match(line) else line for line in source.split("\n")]
        text = "\n".join(lines)
        return ast.parse(text), text


def defined_in(source: str) -> list[str]:
    """Functions that a cell with a syntax error would have defined."""
    return re.findall(r"^def\s+(\w+)", source, re.MULTILINE)


def defined(node: ast.stmt) -> Iterator[str]:
    """The names that a statement defines or changes; * for import *."""
    if isinstance(node, DEFINITIONS):
        yield node.name
    elif isinstance(node, IMPORTS):
        for one in node.names:
            yield one.asname or one.name.split(".")[0]
    elif isinstance(node, ASSIGNMENTS):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for part in (part for target in targets for part in ast.walk(target)):
            if isinstance(part, ast.Name):  # table["a"] = 1 changes the table
                yield part.id


def used(node: ast.stmt) -> Iterator[str]:
    """The names that a statement mentions."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id


def needed(statements: Sequence[Statement], names: set[str]) -> list[Statement]:
    """The statements that these names need, and what those need, in their order."""
    names = names | {"*"}
    while True:
        chosen = [one for one in statements if one.defines & names]
        more = names.union(*(one.needs for one in chosen))
        if more == names:
            return chosen
        names = more


def run(statement: Statement, found: Answers) -> None:
    """Run a statement in the namespace; a failure is noted for the names it defines."""
    tree = ast.Module([statement.node], [])
    quiet = FirstLines()
    try:
        code = compile(tree, file_name(statement.cell), "exec", dont_inherit=True)
        with (
            contextlib.redirect_stdout(quiet),
            contextlib.redirect_stderr(quiet),
            time_limit(IMPORTING if isinstance(statement.node, IMPORTS) else LIMIT),
        ):
            exec(code, found.namespace)
    except BaseException as error:  # whatever a student's cell raises
        kind = "took too long" if isinstance(error, TooSlow) else type(error).__name__
        text = "" if isinstance(error, TooSlow) else f": {text_of(error)}"
        line = f"line {statement.node.lineno} of code cell {statement.cell}"
        for name in statement.defines:
            found.broken[name] = f"{line} failed: {kind}{text}."
    else:
        for name in statement.defines:
            found.broken.pop(name, None)


@contextlib.contextmanager
def running_in(folder: Path) -> Iterator[None]:
    """As a kernel runs a notebook: in its folder, with the modules beside it."""
    path, argv, backend = sys.path[:], sys.argv[:], os.environ.get("MPLBACKEND")
    sys.path.insert(0, str(folder))
    sys.argv[1:] = []
    os.environ["MPLBACKEND"] = "agg"  # no window opens
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        sys.path[:], sys.argv[:] = path, argv
        if backend is None:
            os.environ.pop("MPLBACKEND", None)
        else:
            os.environ["MPLBACKEND"] = backend


def names_in(cells: Sequence[str]) -> set[str]:
    """Every name that the cells define, or would if they could be read."""
    names: set[str] = set()
    for number, source in enumerate(cells, start=1):
        try:
            for one in statements_of(source, number):
                names |= one.defines
        except SyntaxError:
            names |= set(defined_in(source))
    return names
