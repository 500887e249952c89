"""Runs a notebook as a browser's Python would: few packages, no threads, no processes.

    python tests/browser_python.py NOTEBOOK
    python tests/browser_python.py --imports NOTEBOOK...

In a process of its own, since it takes away from Python what Pyodide does not have. It
prints what the cells print, and ends with 1 at the first that fails without the tag
raises-exception. With a solution it then asks lez10 for hints, and for its points. With
--imports only the imports are carried out, also those inside the functions of what they
load of lez10; it prints what could not be imported.
"""

import ast
import importlib
import json
import os
import signal
import subprocess
import sys
import sysconfig
import threading
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

# What the student's path is made of, and what that needs in turn.
OURS = ("lez10", "numpy", "matplotlib", "ipywidgets", "anywidget")
MATPLOTLIB = (
    "PIL contourpy cycler dateutil fontTools kiwisolver mpl_toolkits packaging "
    "pyparsing pytz six"
).split()
WIDGETS = "comm jupyterlab_widgets psygnal traitlets typing_extensions".split()
SHELL = (
    "IPython asttokens decorator executing jedi matplotlib_inline parso prompt_toolkit "
    "pure_eval pygments stack_data wcwidth"
).split()
# Parts of the standard library that Pyodide leaves out, or that do nothing there.
LACKING = set(
    "_curses _dbm _gdbm _multiprocessing _posixshmem _tkinter curses dbm ensurepip "
    "fcntl grp idlelib lib2to3 multiprocessing nis pty pwd readline resource spwd "
    "syslog termios tkinter tty turtle turtledemo venv".split()
)
ALLOWED = {*OURS, *MATPLOTLIB, *WIDGETS, *SHELL}
ALLOWED |= set(sys.stdlib_module_names) - LACKING


READ: set[str] = set()  # modules of lez10 whose imports have been noted


class Only(MetaPathFinder):
    """Finds nothing, and refuses what the browser's Python could not find either."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """No module; ModuleNotFoundError for one that is not allowed."""
        top = name.partition(".")[0]
        # psygnal is compiled here, and pure Python there.
        if top not in ALLOWED and not top.endswith("__mypyc"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def cannot(*_: Any, **__: Any) -> Any:
    """What a thread says there that is to be started."""
    raise RuntimeError("can't start new thread")


def denied(*_: Any, **__: Any) -> Any:
    """What a process says there that is to be started."""
    raise OSError(138, "emscripten does not support processes")


def take_away() -> None:
    """Make this Python like the browser's; IPython alone has been imported before."""
    sysconfig.get_config_vars()  # asks for this machine's by the platform's name
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        raise AssertionError(f"{name} was imported too early to be watched.")
    for name in [name for name in sys.modules if name.partition(".")[0] in LACKING]:
        del sys.modules[name]
    sys.meta_path.insert(0, Only())
    threading.Thread.start = cannot  # type: ignore[method-assign]
    subprocess.Popen.__init__ = denied  # type: ignore[method-assign,assignment]
    for name in ("fork", "forkpty", "posix_spawn", "posix_spawnp", "system"):
        setattr(os, name, denied)
    for name in ("alarm", "setitimer", "signal"):
        delattr(signal, name)
    sys.platform = "emscripten"


def run(shell: InteractiveShell, path: Path) -> None:
    """Run the cells in order; SystemExit at one that fails and should not."""
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        done = shell.run_cell("".join(cell["source"]), store_history=True)
        tags = cell["metadata"].get("tags", [])
        if not done.success and "raises-exception" not in tags:
            raise SystemExit(f"{path.name}: cell {cell['id']} failed.")


def check(answers: dict[str, Any], path: Path) -> None:
    """Ask for hints and points as a student does; SystemExit unless it has them all."""
    import lez10
    from lez10.grading.tasks import tasks_of

    for task in tasks_of(path.stem):
        lez10.hint(task.name)
        panel = lez10.check(task.name, answers[task.name])
        panel.show()
        if panel.points != panel.max_points:
            raise SystemExit(f"{task.name}: {panel.points} of {panel.max_points}.")
    lez10.progress()
    print("every answer is right")


def imported(source: str) -> set[str]:
    """The modules that a text imports, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module.partition(".")[0] == "lez10":  # perhaps a module's name
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def check_imports(paths: list[Path]) -> None:
    """Import all that notebooks import, and what that would import in turn."""
    waiting: set[str] = set()
    for path in paths:
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                waiting |= imported("".join(cell["source"]))
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            parent = sys.modules.get(name.rpartition(".")[0])
            if not hasattr(parent, name.rpartition(".")[2]):  # else it is a function
                print("not there:", error.name)
        for module in [m for m in sys.modules if m.partition(".")[0] == "lez10"]:
            file = sys.modules[module].__file__
            if module not in READ and file:
                READ.add(module)
                waiting |= imported(Path(file).read_text("utf-8")) - seen


def main(words: list[str]) -> None:
    """Run a notebook; where it holds answers, have them checked."""
    config = Config()
    config.HistoryManager.enabled = False  # it would be kept by a thread
    shell = InteractiveShell.instance(config=config)
    take_away()
    if words[0] == "--imports":
        check_imports([Path(word) for word in words[1:]])
        return
    path = Path(words[0])
    run(shell, path)
    if path.parent.name == "solutions":
        check(shell.user_ns, path)


if __name__ == "__main__":
    main(sys.argv[1:])
