"""Notebooks as files: what counts as a change, and writing without loss."""

import errno
import hashlib
import json
import os
from pathlib import Path


def fingerprint(name: str, data: bytes) -> str:
    """A hash of what counts as content: a notebook's cells, else every byte.

    Outputs, metadata and execution counts do not count, nor do empty cells:
    JupyterLab adds one when the last cell is run. Raises ValueError for a notebook
    that cannot be read.
    """
    if name.endswith(".ipynb"):
        try:
            cells = [
                (cell["cell_type"], "".join(cell["source"]))
                for cell in json.loads(data)["cells"]
            ]
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise ValueError(f"{name} is not a notebook of format 4") from error
        kept = [cell for cell in cells if cell[1].strip()]
        data = json.dumps(kept).encode("ascii")
    return hashlib.sha256(data).hexdigest()


def read_fingerprint(path: Path) -> str | None:
    """The fingerprint of a student's file; None where it must not be touched.

    That is a file that cannot be read, and whatever is not a plain file.
    """
    try:
        if path.is_symlink():
            return None
        return fingerprint(path.name, path.read_bytes())
    except (OSError, ValueError):
        return None


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; a read-only file is respected."""
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
