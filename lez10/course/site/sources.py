"""The sources that Sphinx reads: notebooks that were run, documents, the reference."""

import posixpath
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from nbformat import v4

from lez10.course import CourseError, listing, shipped
from lez10.course.canonical import Notebook, dumps, loads
from lez10.course.executed import executed
from lez10.course.npm import MATHJAX, fetched
from lez10.course.site import reference

HERE = Path(__file__).parent

# The order of the documents; what is not named here follows by its name.
DOCUMENTS = ("student", "lecturer", "lecture", "teachers", "grading", "experiments")

# The notebook whose first explorer stands on the start page.
SHOWN = "03_momentum"

# Its own title is that of the course.
TITLES = {"00_start": "00 · Start <{}>"}

NOTEBOOK_NOTE = (
    "This notebook has been run for you. Its explorers move under your hand; widgets "
    "that need Python stand as pictures. To change the code, "
    '<a href="{file}" download>download the notebook</a> and open it in JupyterLab '
    "where lez10 is installed."
)
EXERCISE_NOTE = (
    "Here the exercise can be read. To work on it, start the course with "
    "<code>make lab</code> or <code>lez10 lab</code>, which brings all of them, or "
    '<a href="{file}" download>download the notebook</a> and open it in JupyterLab '
    "where lez10 is installed."
)

LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)")
FENCE = re.compile(r"\s*(```|~~~)")


def clone(root: Path = HERE.parents[2]) -> Path:
    """The clone around this package. Raises CourseError where there is none."""
    if not (root / "docs").is_dir() or not (root / "notebooks").is_dir():
        raise CourseError(
            "The site is made from a clone of the course, but there is no docs folder "
            f"in {root}: give the command in a clone, with lez10 installed from it."
        )
    return root


def assemble(root: Path, source: Path, say: Callable[[str], object] = print) -> None:
    """Write all that Sphinx reads into the folder source, and what it copies beside.

    root: the clone. What is to be copied as it is stands in the folder "extra" beside
    source.
    """
    extra = source.with_name("extra")
    files = {name: path for name, path in shipped().items() if path.suffix == ".ipynb"}
    names = [name.removesuffix(".ipynb") for name in files]
    notebooks = [name for name in names if "/" not in name]
    exercises = [name for name in names if "/" in name]
    documents = write_documents(root, source)
    ran = executed(notebooks, say)
    for name in names:
        place = source / f"{name}.ipynb"
        place.parent.mkdir(parents=True, exist_ok=True)
        copied = extra / f"{name}.ipynb"
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(files[place.relative_to(source).as_posix()], copied)
        if name in ran:
            page = noted(ran[name], NOTEBOOK_NOTE, place.name)
        else:
            page = noted(loads(copied.read_text("utf-8")), EXERCISE_NOTE, place.name)
        place.write_text(dumps(page), "utf-8")
    reference.write(source / "reference")
    (source / "explorer.html").write_text(first_explorer(ran[SHOWN]), "utf-8")
    contents = {
        "The notebooks": notebooks,
        "The exercises": exercises,
        "The documents": documents,
        "The package": ["reference/index"],
    }
    start = (HERE / "index.md").read_text("utf-8")
    (source / "index.md").write_text(start + "".join(trees(contents)), "utf-8")
    shutil.copyfile(HERE / "conf.py", source / "conf.py")
    shutil.copytree(HERE / "static", source / "static")
    script = fetched(MATHJAX) / "es5" / "tex-svg.js"
    shutil.copyfile(script, source / "static" / "mathjax.js")


def noted(notebook: Notebook, note: str, file: str) -> Notebook:
    """The notebook with a note below its title on what can be done with the page."""
    told = f'<p class="lez10-note">{note.format(file=file)}</p>'
    cell = v4.new_markdown_cell(told, id="note")
    notebook.cells.insert(1, cell)
    return notebook


def first_explorer(notebook: Notebook) -> str:
    """The HTML of a notebook's first explorer."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            found = output.get("data", {}).get("text/html", "")
            if 'class="lez10-static"' in found:
                return str(found)
    raise CourseError(f"{SHOWN} should have an explorer, for the start page, but none.")


def trees(contents: Mapping[str, list[str]]) -> Iterator[str]:
    """The table of contents, in parts: previous and next follow it."""
    for caption, names in contents.items():
        lines = "\n".join(TITLES.get(name, "{}").format(name) for name in names)
        yield f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{lines}\n```\n"


def write_documents(root: Path, source: Path) -> list[str]:
    """Copy the folder docs, with links that hold on the site; the pages in order."""
    pages = []
    for name, path in listing(root / "docs", "docs/").items():
        place = source / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            text = relinked(path.read_text("utf-8"), name, root)
            place.write_text(text, "utf-8")
            pages.append(name.removesuffix(".md"))
        else:
            shutil.copyfile(path, place)
    return sorted(pages, key=place_of)


def place_of(page: str) -> tuple[int, str]:
    """Where a document stands among the others."""
    name = PurePosixPath(page).name
    known = name in DOCUMENTS
    return (DOCUMENTS.index(name) if known else len(DOCUMENTS)), name


def relinked(text: str, page: str, root: Path) -> str:
    """A document with links to pages of the site, and text in place of other links.

    page: its path in the clone. Raises CourseError for a link to no file of the clone.
    """

    def link(found: re.Match[str]) -> str:
        image, words, target = found.groups()
        path, mark, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:") or not path:
            return found[0]
        here = posixpath.dirname(page)
        meant = posixpath.normpath(posixpath.join(here, path))
        if not (root / meant).exists():
            raise CourseError(
                f"{page} should link to a file of the clone, but there is no {meant}: "
                "correct the link."
            )
        place = on_site(meant)
        if place is None:
            return words
        return f"{image}[{words}]({posixpath.relpath(place, here)}{mark}{anchor})"

    lines, code = [], False
    for line in text.splitlines(keepends=True):
        code ^= FENCE.match(line) is not None
        lines.append(line if code else LINK.sub(link, line))
    return "".join(lines)


def on_site(path: str) -> str | None:
    """Where a file of the clone stands on the site; None where it does not."""
    folder, _, rest = path.partition("/")
    if path == "README.md":
        return "index.md"
    if folder == "notebooks" and rest.endswith(".ipynb"):
        return rest
    return path if folder in ("docs", "exercises") and rest else None
