"""The course's notebooks, run for readers without a kernel: what decks and pages show.

A notebook is run once and kept until it, `lez10` or a library under it changes.
"""

import hashlib
import platform
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from os import cpu_count
from pathlib import Path

from platformdirs import user_cache_path

from lez10.course import CourseError, listing, shipped
from lez10.course.canonical import Notebook, dumps, loads
from lez10.course.files import write
from lez10.course.running import run

RUNS = 3  # of a notebook that are kept: two clones need not be in each other's way
# What the outputs come from, besides lez10 itself.
LIBRARIES = ("ipykernel", "ipywidgets", "jax", "keras", "matplotlib", "numpy")


def executed(
    names: Sequence[str], say: Callable[[str], object] = print
) -> dict[str, Notebook]:
    """The notebooks of these names ("03_momentum"), run, in the order of the names.

    say is told of each one that has to be run. Raises CourseError, which begins with
    the notebook's name, where a cell fails or takes too long.
    """
    below = code()
    with ThreadPoolExecutor(cpu_count()) as pool:
        found = {name: pool.submit(one, name, below, say) for name in names}
        try:
            return {name: future.result() for name, future in found.items()}
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def one(name: str, below: bytes, say: Callable[[str], object]) -> Notebook:
    """A notebook from the cache, or run now; below: a hash of what it stands on."""
    data = shipped()[f"{name}.ipynb"].read_bytes()
    key = hashlib.sha256(below + data).hexdigest()[:16]
    folder = user_cache_path("lez10") / "executed"
    kept = folder / f"{name}-{key}.ipynb"
    try:
        return loads(kept.read_text("utf-8"))
    except (OSError, ValueError):
        say(f"Running {name}.")
    try:
        notebook = run(loads(data.decode()), for_page=True)
    except CourseError as error:
        raise CourseError(f"{name}.ipynb: {error}") from error
    try:
        write(kept, dumps(notebook).encode())
        runs = folder.glob(f"{name}-*.ipynb")
        for older in sorted(runs, key=lambda path: path.stat().st_mtime)[:-RUNS]:
            older.unlink()
    except OSError:  # a cache that cannot be written costs time, nothing else
        pass
    return notebook


def code() -> bytes:
    """A hash of lez10's files, and of the versions of Python and the libraries."""
    found = hashlib.sha256(platform.python_version().encode())
    for library in LIBRARIES:
        try:
            found.update(f"{library} {version(library)}".encode())
        except PackageNotFoundError:
            pass
    package = Path(__file__).parents[1]
    for name, path in listing(package, "").items():
        if not name.startswith("course/"):  # it handles notebooks, and is in none
            found.update(name.encode() + path.read_bytes())
    return found.digest()
