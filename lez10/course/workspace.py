"""The student's workspace: a copy of the course that never loses their work.

A hidden manifest remembers, for each file, the version that the student's copy began
as. A copy that still equals it is brought up to date in place; a copy that differs
is the student's, and a newer version lands beside it.
"""

import errno
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any, Literal, NamedTuple

from lez10.course import CourseError
from lez10.course.files import fingerprint, read_fingerprint, write

HIDDEN = ".lez10"
MANIFEST = "manifest.json"


class Change(NamedTuple):
    """One file written: the course's name for it, and the name it was given."""

    kind: Literal["added", "updated", "beside"]
    name: str
    written: str


@dataclass
class Record:
    """What is remembered of a file: fingerprints of the versions handed out.

    base: the version that the student's copy began as. offered: the versions that
    were put beside it, by file name.
    """

    base: str | None = None
    offered: dict[str, str] = field(default_factory=dict)


def update_workspace(folder: Path, files: Mapping[str, Path]) -> list[Change]:
    """Bring a folder up to date with the course's files; return what was written.

    The folder is made where it is missing. Raises CourseError where it cannot be
    written; what was written until then stays, and the next call goes on from there.
    """
    check_folder(folder)
    try:
        records = read_manifest(folder)
        before = dumps(records)
        changes = [
            change
            for name, source in files.items()
            if (change := update_file(folder, name, source.read_bytes(), records))
        ]
        if dumps(records) != before:
            write(folder / HIDDEN / MANIFEST, dumps(records))
    except OSError as error:
        raise cannot_write(Path(error.filename or folder), error) from error
    return changes


def update_file(
    folder: Path, name: str, data: bytes, records: dict[str, Record]
) -> Change | None:
    """Write one file where it is missing, unchanged and old, or changed and old."""
    path = folder / name
    shipped = fingerprint(name, data)
    record = records.setdefault(name, Record())
    missing = not os.path.lexists(path)
    current = None if missing else read_fingerprint(path)
    if missing or (current is not None and current in (shipped, record.base)):
        record.base = shipped
        if current == shipped:
            return None
        write(path, data)
        return Change("added" if missing else "updated", name, name)
    if shipped == record.base or shipped in record.offered.values():
        return None  # nothing newer than what the student has, or was given already
    beside = free_name(folder, name, shipped, record)
    known = read_fingerprint(folder / beside) == shipped
    if not known:
        write(folder / beside, data)
    record.offered[beside] = shipped
    return None if known else Change("beside", name, beside)


def free_name(folder: Path, name: str, shipped: str, record: Record) -> str:
    """Where the newer version may go: NAME.new, or NAME.new-2 if that was edited."""
    pure = PurePosixPath(name)
    for number in count(1):
        mark = ".new" if number == 1 else f".new-{number}"
        beside = str(pure.with_name(pure.stem + mark + pure.suffix))
        if not os.path.lexists(folder / beside):
            return beside
        current = read_fingerprint(folder / beside)
        if current is not None and current in (shipped, record.offered.get(beside)):
            return beside
    raise AssertionError("count() has no end")


def read_manifest(folder: Path) -> dict[str, Record]:
    """The records kept in the folder; whatever is missing or damaged is left out.

    A file without a record counts as changed unless it equals the shipped one, so a
    lost manifest can cost a copy too many, never the student's work.
    """
    try:
        stored: Any = json.loads((folder / HIDDEN / MANIFEST).read_bytes())
        items = stored["files"].items()
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}
    except RecursionError:
        return {}
    records = {}
    for name, entry in items:
        base = entry.get("base") if isinstance(entry, dict) else None
        offered = entry.get("offered") if isinstance(entry, dict) else None
        if isinstance(base, str | None) and isinstance(offered, dict):
            texts = {k: v for k, v in offered.items() if isinstance(v, str)}
            records[name] = Record(base, texts)
    return records


def dumps(records: dict[str, Record]) -> bytes:
    """The manifest's text."""
    files = {name: vars(record) for name, record in records.items()}
    return (json.dumps({"files": files}, indent=1, sort_keys=True) + "\n").encode()


def check_folder(folder: Path) -> None:
    """Make the folder where it is missing. Raises CourseError if it is of no use."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise cannot_write(folder, error) from error


def cannot_write(path: Path, error: OSError) -> CourseError:
    """The sentence for a path that cannot be written."""
    if isinstance(error, FileExistsError | NotADirectoryError):
        came = f"{path} is not a folder, or lies inside a file"
    elif isinstance(error, PermissionError) or error.errno == errno.EROFS:
        came = f"{path} is read-only"
    elif error.errno == errno.ENOSPC:
        came = f"the disk of {path} is full"
    else:
        came = f"{path} cannot be used ({error.strerror})"
    return CourseError(
        f"The course needs a folder that it can write to, but {came}. "
        "Correct that, or name another: make lab FOLDER=…, or lez10 lab FOLDER."
    )
