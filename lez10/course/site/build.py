"""Builds the site with Sphinx beside the older one, and takes its place when done."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from lez10.course import CourseError
from lez10.course.running import STEADY
from lez10.course.site.sources import assemble, clone

# What Sphinx needs, as it is imported.
NEEDED = ("sphinx", "myst_nb", "a11y_pygments", "furo")

# What a finished site has, and a folder of somebody's own has not.
MARK = "searchindex.js"


def build(
    out: Path, say: Callable[[str], object] = print, root: Path | None = None
) -> None:
    """Write the site into a folder, in the place of an older site.

    root: the clone whose documents are shown; if not given, the one around lez10.

    Raises CourseError, and leaves an older site as it is, where something is missing,
    a page cannot be built, Sphinx warns of anything, or the folder is no place for it.
    """
    missing = [name for name in NEEDED if not installed(name)]
    if missing:
        raise CourseError(
            f"The site is made by Sphinx, but {' and '.join(missing)} is not "
            "installed beside lez10: pip install 'lez10[site]'."
        )
    root = root or clone()
    check(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".site-", dir=out.parent) as folder:
            source, built = Path(folder, "source"), Path(folder, "site")
            assemble(root, source, say)
            sphinx(source, built, say)
            replace(built, out, Path(folder, "older"))
    except OSError as error:
        raise CourseError(
            f"The site should be written into {out}, but that cannot be done "
            f"({error.strerror or error}): choose another folder with --out."
        ) from error


def installed(name: str) -> bool:
    """Whether a package can be imported."""
    try:
        return importlib.util.find_spec(name) is not None
    except ValueError:  # its import is forbidden
        return False


def check(out: Path) -> None:
    """Raise CourseError where the folder holds something that is not a site."""
    if not out.exists() and not out.is_symlink():
        return
    if not out.is_dir() or (any(out.iterdir()) and not (out / MARK).is_file()):
        raise CourseError(
            f"{out} should be a new folder or an older site, which is replaced whole, "
            "but it holds something else: choose another one with --out."
        )


def sphinx(source: Path, built: Path, say: Callable[[str], object]) -> None:
    """Build every page; CourseError with what Sphinx says where it warns or fails."""
    say("Sphinx builds the pages.")
    words = [sys.executable, "-P", "-m", "sphinx", "--builder", "html"]
    words += ["--fail-on-warning", "--keep-going", "--quiet", "--jobs", "auto"]
    words += ["--doctree-dir", str(source.with_name("doctrees"))]
    done = subprocess.run(
        [*words, str(source), str(built)],
        env=os.environ | STEADY | {"SOURCE_DATE_EPOCH": "0", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).replace(f"{source}/", "")
        raise CourseError(f"Sphinx could not build the site:\n{said}")


def replace(built: Path, out: Path, older: Path) -> None:
    """Move the new site to its place, and an older one out of it."""
    if out.exists():
        out.rename(older)
    try:
        built.rename(out)
    except OSError:
        if older.exists():
            older.rename(out)
        raise
    shutil.rmtree(older, ignore_errors=True)
