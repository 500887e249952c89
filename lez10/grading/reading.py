"""Reading a notebook that nobody vouches for: in bounded time and memory.

Of the file only the cells are made, by a parser that passes over everything else:
outputs may hold pictures of megabytes, or nothing but brackets.
"""

import codecs
import errno
import os
import stat
from hashlib import sha256
from pathlib import Path
from typing import Literal

from msgspec import DecodeError, Raw, Struct, ValidationError
from msgspec.json import Decoder, decode

from lez10.grading.files import Cell

MEGABYTE = 1_000_000
LARGEST = 20 * MEGABYTE  # bytes of a file
MOST_CODE = 500_000  # bytes of all code cells together
MOST_CELLS = 5_000
LONGEST_NAME = 100  # characters of a cell's name
FORMAT = 4  # of notebooks, since 2014
# Never through a link, and never waiting for what a pipe may bring.
OPENING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Unreadable(Exception):
    """Why a submission cannot be read, as the end of a sentence."""


class RawCell(Struct, gc=False):
    """A cell of a notebook, of which only the kind was looked at.

    Of few bytes, since there may be a million.
    """

    cell_type: Literal["code", "markdown", "raw"]
    source: Raw = Raw(b'""')
    metadata: Raw = Raw(b"{}")


class Notebook(Struct):
    """A notebook's cells and the version of its format; the rest is passed over."""

    nbformat: int = FORMAT
    cells: list[RawCell] | None = None


class Mark(Struct):
    """What nbgrader wrote about a cell."""

    grade_id: str = ""


class Metadata(Struct):
    """What is looked at in a cell's metadata."""

    nbgrader: Mark | None = None


NOTEBOOK = Decoder(Notebook)


def contents(path: Path) -> bytes:
    """The bytes of a plain file. Raises Unreadable; never waits, never follows."""
    try:
        about = os.lstat(path)
        if stat.S_ISLNK(about.st_mode):
            raise Unreadable("it is a link, and links are not followed")
        if not stat.S_ISREG(about.st_mode):  # to open a device may already do something
            raise Unreadable("it is no plain file")
        with open(os.open(path, OPENING), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unreadable("it is no plain file")
            data = file.read(LARGEST + 1)
    except OSError as error:
        why = os.strerror(error.errno or errno.EIO)
        raise Unreadable(f"it cannot be opened ({why})") from None
    if len(data) > LARGEST:
        size = max(about.st_size, len(data)) / MEGABYTE
        raise Unreadable(
            f"it has {size:.1f} MB, and at most {LARGEST // MEGABYTE} MB are read: "
            "clear its outputs"
        )
    return data


def fingerprint(path: Path) -> str:
    """What a submission is recognised by: of its bytes, or of why there are none."""
    try:
        return sha256(contents(path)).hexdigest()
    except Unreadable as error:
        return fingerprint_of(str(error))


def fingerprint_of(reason: str) -> str:
    """Of a submission without bytes."""
    return sha256(f"unreadable: {reason}".encode()).hexdigest()


def cells_in(data: bytes) -> list[Cell]:
    """The code cells of a notebook's bytes. Raises Unreadable.

    A cell whose source is no text costs itself alone.
    """
    if not data.strip():
        raise Unreadable("it is empty")
    try:
        notebook = NOTEBOOK.decode(data.removeprefix(codecs.BOM_UTF8))
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    except ValidationError as error:
        raise Unreadable(f"it is no notebook: {error}") from None
    except (DecodeError, UnicodeDecodeError) as error:
        why = str(error).removeprefix("JSON is malformed: ")
        raise Unreadable(f"it is no JSON: {why}") from None
    if notebook.nbformat < FORMAT:
        raise Unreadable(
            f"it is in format {notebook.nbformat} of notebooks, and must be in "
            f"{FORMAT}: open it in JupyterLab and save it"
        )
    if notebook.cells is None:
        raise Unreadable("it is no notebook: it has no cells")
    if len(notebook.cells) > MOST_CELLS:
        raise Unreadable(
            f"it has {len(notebook.cells)} cells, and at most {MOST_CELLS} are read"
        )
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if sum(len(cell.source) for cell in code) > MOST_CODE:
        most = MOST_CODE / MEGABYTE
        raise Unreadable(f"its code cells hold more than {most:g} MB of text")
    return [cell for cell in map(readable, code) if cell is not None]


def readable(cell: RawCell) -> Cell | None:
    """The cell's text and nbgrader's name for it; None where it has no text."""
    try:
        source = decode(cell.source, type=str | list[str])
    except (DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return Cell(source if isinstance(source, str) else "".join(source), grade_id(cell))


def grade_id(cell: RawCell) -> str:
    """Nbgrader's name for a cell, empty where it has none."""
    try:
        mark = decode(cell.metadata, type=Metadata).nbgrader
    except (DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return mark.grade_id if mark and len(mark.grade_id) <= LONGEST_NAME else ""
