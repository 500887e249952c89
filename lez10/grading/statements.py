"""A notebook's cells as statements: what each defines, and what an answer needs.

Nothing is run here. The standard library is enough, so that a sandbox may have it too.
"""

import ast
import linecache
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import CodeType
from typing import NamedTuple

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
BLOCKS = (ast.If, ast.For, ast.While, ast.Try, ast.ExceptHandler, ast.With)
MAGIC = re.compile(r"^\s*(?:[\w, ]+=\s*)?[%!?].*|.*\?\s*$")
# What reading a cell may raise: null bytes, half a character, a thousand brackets.
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


class Cell(NamedTuple):
    """A code cell; grade_id: nbgrader's name for it, empty where it has none."""

    source: str
    grade_id: str = ""


@dataclass(frozen=True)
class Statement:
    """A statement that defines names, and the number of its cell."""

    node: ast.stmt
    defines: frozenset[str]
    cell: int

    @cached_property
    def code(self) -> CodeType:
        """Compiled. Raises what is in UNREADABLE."""
        tree = ast.Module([self.node], [])
        return compile(tree, file_name(self.cell), "exec", dont_inherit=True)

    @cached_property
    def needs(self) -> frozenset[str]:
        """The names that it reads and does not make itself."""
        try:
            outer = set(outer_names(self.code))
        except UNREADABLE:  # it will be said when it is run
            return frozenset()
        # those of attributes stand among them, and are none
        return frozenset(outer.intersection(named(self.node)))


@dataclass
class Notebook:
    """The statements of all cells, in their order.

    grade_ids: by the number of a cell; unreadable: by the number, the cell's source and
    why it cannot be read.
    """

    statements: list[Statement] = field(default_factory=list)
    grade_ids: dict[int, str] = field(default_factory=dict)
    unreadable: dict[int, tuple[str, str]] = field(default_factory=dict)


class Place(NamedTuple):
    """Where an answer is: the number of its cell, and the function's name there."""

    cell: int
    name: str


def read(cells: Sequence[Cell]) -> Notebook:
    """The statements of the cells; never raises."""
    found = Notebook()
    for number, (source, grade_id) in enumerate(cells, start=1):
        found.grade_ids[number] = grade_id
        try:
            found.statements += statements_of(source, number)
        except UNREADABLE as error:
            why = getattr(error, "msg", None) or f"{error}"[:100] or "it is too complex"
            line = f" in line {error.lineno}" if isinstance(error, SyntaxError) else ""
            found.unreadable[number] = source, f"{why}{line}"
    return found


def statements_of(source: str, cell: int) -> list[Statement]:
    """The defining statements of a cell. Raises what is in UNREADABLE."""
    tree, text = parsed(source)
    name = file_name(cell)
    # so that an error can show its line, as in a notebook
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    defining = ((node, frozenset(defined(node))) for node in tree.body)
    return [Statement(node, names, cell) for node, names in defining if names]


def file_name(cell: int) -> str:
    """What a cell is called in an error."""
    return f"<code cell {cell}>"


def parsed(source: str) -> tuple[ast.Module, str]:
    """A cell's tree and text; magics become empty lines. Raises as ast.parse does."""
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


def defined(node: ast.AST) -> Iterator[str]:
    """The names that a statement or a part of it defines; * for import *."""
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
    elif isinstance(node, BLOCKS):
        for part in ast.iter_child_nodes(node):
            yield from defined(part)
    elif not isinstance(node, ast.stmt):  # for x in, with … as x, if (x := …)
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id


def named(node: ast.AST) -> set[str]:
    """The names that stand in a statement by themselves."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def outer_names(code: CodeType) -> Iterator[str]:
    """The names that code looks up outside of itself, and those of attributes."""
    yield from code.co_names
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from outer_names(one)


def place_of_answer(notebook: Notebook, name: str) -> Place | None:
    """The cell that holds an answer: by its grade_id, else by the function's name.

    A stub that was copied is none while there is another; of several the last counts.
    A function that was renamed counts where it is alone in the cell with the grade_id.
    """
    marked = {n for n, grade_id in notebook.grade_ids.items() if grade_id == name}
    defining = {s.cell: s for s in notebook.statements if name in s.defines}
    if defining:
        preferred = lambda n: (not is_stub(defining[n].node), n in marked, n)
        return Place(max(defining, key=preferred), name)
    alone = [s for s in notebook.statements if s.cell in marked and is_function(s)]
    if len(alone) == 1:
        return Place(alone[0].cell, next(iter(alone[0].defines)))
    return None


def is_function(statement: Statement) -> bool:
    """Whether it defines a function."""
    return isinstance(statement.node, FUNCTIONS)


def is_stub(node: ast.stmt) -> bool:
    """Whether a function does nothing but raise NotImplementedError."""
    if not isinstance(node, FUNCTIONS):
        return False
    body = node.body[1:] if ast.get_docstring(node, clean=False) else node.body
    return (
        bool(body)
        and isinstance(body[0], ast.Raise)
        and ("NotImplementedError" in named(body[0]))
    )


def why_unreadable(notebook: Notebook, name: str) -> str | None:
    """The sentence on a cell that should define a name but cannot be read."""
    for number, (source, why) in notebook.unreadable.items():
        if notebook.grade_ids[number] == name or name in meant(source):
            return f"code cell {number} cannot be read: {why}."
    return None


def meant(source: str) -> list[str]:
    """The functions that a cell would define if it could be read."""
    return re.findall(r"^def\s+(\w+)", source, re.MULTILINE)


def names_in(notebook: Notebook) -> set[str]:
    """Every name that the cells define, or would if they could be read."""
    names = {name for one in notebook.statements for name in one.defines}
    names.update(*(meant(source) for source, _ in notebook.unreadable.values()))
    return names | set(notebook.grade_ids.values())


def needed(notebook: Notebook, place: Place) -> list[Statement]:
    """What an answer needs, in the notebook's order.

    As it is when the answer's cell has just been run: what stands below counts only for
    names that nothing above defines.
    """
    above = [one for one in notebook.statements if one.cell <= place.cell]
    known = frozenset[str]().union(*(one.defines for one in above)) - {"*"}
    below = [one for one in notebook.statements if one.cell > place.cell]
    there = above + [one for one in below if not one.defines & known]
    names = {place.name, "*"}
    while True:
        chosen = [one for one in there if one.defines & names]
        more = names.union(*(one.needs for one in chosen))
        if more == names:
            return chosen
        names = more
