"""Files that are written whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from lez10.grading.reports import ReportError


@contextmanager
def written(path: Path) -> Iterator[TextIO]:
    """A text file to write to, in UTF-8; it takes its place when it is complete.

    Raises ReportError where it cannot be written.
    """
    temporary = path.with_name(f".{os.getpid()}.tmp")  # the name may be as long as can
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            yield file
        temporary.replace(path)
    except OSError as error:
        why = error.strerror or error
        raise ReportError(
            f"{path} cannot be written ({why}): name a file in a folder that exists, "
            "where there is room and you may write."
        ) from None
    finally:
        try:
            temporary.unlink(missing_ok=True)
        except OSError:  # in a folder that cannot be entered there is nothing to take
            pass
