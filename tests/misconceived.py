"""The cell of a student who has a misconception: nothing in it needs lez10.

The reference's own source, changed as the misconception says, with all of lez10 that it
calls, and a function of the task's name around it.
"""

import ast
import inspect
import textwrap
from types import ModuleType

from lez10.grading.misconceptions import source_of
from lez10.grading.tasks import EXERCISES, tasks_of
from lez10.grading.tasks.learning_rate_common import of_step

HEAD = "from typing import Any, NamedTuple\n\nArray = object"
ALL = [
    (task, one)
    for exercise in EXERCISES
    for task in tasks_of(exercise)
    for one in getattr(task, "misconceptions", ())
]


def cell_of(task, misconception) -> str:
    """The cell's source."""
    source = source_of(task.source)
    for old, new in misconception.changes:
        source = source.replace(old, new)
    source = source.replace(f"def {task.source.__name__}(", "def reference(")
    source = without_hints(source)
    parts = [HEAD, *reversed(needed(source, task.source.__globals__, {})), source]
    return "\n\n".join([*parts, wrapper(task, misconception.order)])


def needed(source: str, scope: dict, found: dict) -> list[str]:
    """Definitions of the names that some source uses, and of those that these use."""
    names = {
        node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)
    }
    for name in sorted(names & scope.keys() - found.keys()):
        value = scope[name]
        if isinstance(value, ModuleType):
            found[name] = f"import {value.__name__} as {name}"
        elif getattr(value, "__module__", "").startswith("lez10"):
            found[name] = without_hints(textwrap.dedent(inspect.getsource(value)))
            needed(found[name], inspect.getmodule(value).__dict__, found)
        elif isinstance(value, int | float | str | tuple):
            found[name] = f"{name} = {value!r}"
    return list(found.values())


def without_hints(source: str) -> str:
    """A function without its type hints, whose names are defined elsewhere."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return ast.unparse(tree)


def wrapper(task, order: tuple[int, ...]) -> str:
    """The function that is asked for, around the changed reference."""
    takes = ", ".join(task.signature)
    called = f"reference({takes})"
    if getattr(task, "adapted", None) is of_step:
        k, *others = task.signature
        called = f"reference({', '.join(others)})({k})"
    elif task.name == "sgd_step":
        called = "reference(State(theta), lambda at: g, alpha=alpha).theta"
    elif task.name.endswith("_step"):
        letters = ", ".join(f"{one}={one}" for one in task.returns)
        others = [one for one in task.signature if one not in (*task.returns, "grad")]
        numbers = ", ".join(f"{one}={one}" for one in others)
        values = ", ".join(f"s.{one}" for one in task.returns)
        called = f"reference(State({letters}), grad, {numbers})"
        called = f"(lambda s: ({values}))({called})"
    if order:
        values = ", ".join(f"values[{n}]" for n in order)
        called = f"(lambda values: ({values}))({called})"
    return f"def {task.name}({takes}):\n    return {called}\n"
