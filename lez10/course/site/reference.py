"""The reference: a page for each public module, from its docstrings."""

import ast
import inspect
import re
from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import Any

import lez10

# The modules whose names lez10 itself has, from the rules to what they train.
LECTURE = (
    "lez10.optimizers",
    "lez10.schedules",
    "lez10.training",
    "lez10.stopping",
    "lez10.surfaces",
    "lez10.initializers",
    "lez10.normalization",
    "lez10.network",
    "lez10.fitting",
    "lez10.data",
)
# Other public modules, by what they are for.
PICTURES = (
    "lez10.plots",
    "lez10.comparison_plots",
    "lez10.distribution_plots",
    "lez10.layer_plots",
    "lez10.panel_plots",
    "lez10.course_map",
    "lez10.appearance",
    "lez10.widgets",
)
TOOLS = (
    "lez10.pseudocode",
    "lez10.variants",
    "lez10.signals",
    "lez10.stages",
    "lez10.linear_surface",
    "lez10.selftest",
)
EXPERIMENTS = (
    "lez10.experiments.protocols",
    "lez10.experiments.results",
    "lez10.experiments.spaces",
    "lez10.experiments.trials",
    "lez10.experiments.verdicts",
    "lez10.experiments.winners",
    "lez10.experiments.workloads",
)

FEW = 3  # names of a module, which the table of modules has room for

INTRODUCTION = """\
Reference
=========

Every public name, from the docstrings of the source. The names of the first table are
those of ``lez10`` itself: ``from lez10 import adam``.
"""

# What stands in double backticks is code; elsewhere these signs mean nothing.
CODE = re.compile(r"(``.+?``)", re.DOTALL)
SIGN = re.compile(r"([\\*`|_])")


def groups() -> dict[str, dict[str, list[str]]]:
    """The reference's tables: by title, the names to show by their module."""
    given = from_lez10()
    return {
        "The lecture": {name: given[name] for name in LECTURE},
        "The exercises": {"lez10": public("lez10")},
        "Pictures and widgets": {name: public(name) for name in PICTURES},
        "For notebooks": {name: public(name) for name in TOOLS},
        "The experiments of lecture 1.8": {name: public(name) for name in EXPERIMENTS},
    }


def from_lez10() -> dict[str, list[str]]:
    """The names that lez10 has from its modules, in the order of the source there."""
    tree = ast.parse(inspect.getsource(lez10))
    return {
        str(node.module): sorted(
            (alias.name for alias in node.names), key=partial(line_of, str(node.module))
        )
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("lez10.")
    }


def line_of(module: str, name: str) -> int:
    """Where a module defines a name; tables, which have no line, come first."""
    value = getattr(import_module(module), name)
    return inspect.getsourcelines(value)[1] if callable(value) else 0


def public(module: str) -> list[str]:
    """The names that a module has for others: __all__, or what it defines itself."""
    found = import_module(module)
    if module != "lez10" and hasattr(found, "__all__"):
        return list(found.__all__)
    return [
        name
        for name, value in vars(found).items()
        if not name.startswith("_")
        and getattr(value, "__module__", "") == module
        and (inspect.isfunction(value) or inspect.isclass(value))
    ]


def write(folder: Path) -> None:
    """Write the pages, and one that lists them."""
    folder.mkdir(parents=True, exist_ok=True)
    index = [INTRODUCTION]
    for title, modules in groups().items():
        index += [heading(title, "-"), listed(modules)]
        for module, names in modules.items():
            text = "\n".join(page(module, names))
            (folder / f"{module}.rst").write_text(text, "utf-8")
    (folder / "index.rst").write_text("\n".join(index), "utf-8")


def heading(title: str, line: str) -> str:
    """A heading of reStructuredText."""
    return f"{title}\n{line * len(title)}\n"


def listed(modules: Mapping[str, list[str]]) -> str:
    """A table of modules, and the same for the table of contents."""
    rows, pages = "", ""
    for module, names in modules.items():
        said, *_ = (inspect.getdoc(import_module(module)) or "").split("\n\n")
        said = " ".join(escaped(said).split())
        if len(names) <= FEW:
            said += " " + ", ".join(f"``{name}``" for name in names)
        rows += f"   * - :doc:`{module}`\n     - {said}\n"
        pages += f"   {module}\n"
    head = ".. list-table::\n   :align: left\n   :widths: 35 65\n"
    head += "   :header-rows: 1\n\n   * - module\n     - what it is\n"
    return f"{head}{rows}\n.. toctree::\n   :hidden:\n\n{pages}"


def page(module: str, names: list[str]) -> list[str]:
    """The lines of a module's page."""
    lines = [heading(module, "="), f".. module:: {module}\n"]
    lines += marked_up(inspect.getdoc(import_module(module)) or "")
    for name in names:
        value = getattr(import_module(module), name)
        if inspect.isclass(value):
            lines += [f".. autoclass:: {module}.{name}", "   :members:", ""]
        elif callable(value):
            lines += [f".. autofunction:: {module}.{name}", ""]
        else:
            lines += [f".. data:: {name}", "", f"   {table(value)}", ""]
    return lines


def table(value: Mapping[str, Any]) -> str:
    """What is said of a dictionary of public things."""
    return "By name: " + ", ".join(f"``{name}``" for name in value) + "."


def marked_up(text: str) -> list[str]:
    """A docstring's plain text as reStructuredText that shows it as it is.

    Paragraphs and lists stay, as does code in double backticks; what is indented is
    shown line by line.
    """
    lines: list[str] = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        first, *_ = block.splitlines() or [""]
        if first.startswith(" "):
            shown = [f"   {line}" for line in block.splitlines()]
            lines += ["::", "", *shown, ""]
        else:
            lines += [*escaped(block).splitlines(), ""]
    return lines


def escaped(text: str) -> str:
    """Text in which no sign but that of code and of a list means anything."""
    parts = CODE.split(text)
    return "".join(p if n % 2 else SIGN.sub(r"\\\1", p) for n, p in enumerate(parts))


def signature(value: Any) -> tuple[str, str] | None:
    """Arguments and result as they stand in the source; None where it has none.

    Of a class, those of __init__, or else the fields that it declares.
    """
    written = inspect.isclass(value) and "__init__" in vars(value)
    if written and not is_dataclass(value):
        value = value.__init__
    try:
        (node, *_) = ast.parse(dedent(inspect.getsource(value))).body
    except (OSError, TypeError):
        (node,) = ast.parse("pass").body
    if isinstance(node, ast.ClassDef):
        fields = [ast.unparse(n) for n in node.body if isinstance(n, ast.AnnAssign)]
        return (f"({', '.join(fields)})", "") if fields else None
    if not isinstance(node, ast.FunctionDef):
        return None
    if node.args.args and node.args.args[0].arg in ("self", "cls"):
        del node.args.args[0]
    result = ast.unparse(node.returns) if node.returns else ""
    return f"({ast.unparse(node.args)})", "" if result == "None" else result
