"""Runs notebooks and writes them in canonical form: `make clean-notebooks`.

    python -m lez10.course.clean notebooks/*.ipynb

A second run changes nothing, byte for byte.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from lez10.course import CourseError
from lez10.course.canonical import dumps, loads, tidy
from lez10.course.files import write
from lez10.course.problems import problems
from lez10.course.running import run


def main(paths: Sequence[str]) -> int:
    """Clean each notebook and say what is left to do by hand; 1 if anything is."""
    if not paths:
        print("Name the notebooks to clean, as in notebooks/*.ipynb.", file=sys.stderr)
        return 2
    failed = False
    for path in map(Path, paths):
        try:
            changed = clean(path)
            left = problems(loads(path.read_text("utf-8")))
        except CourseError as error:
            changed, left = False, [str(error)]
        print(f"{path}: {'written' if changed else 'as it was'}")
        for sentence in left:
            print(f"  {sentence}", file=sys.stderr)
        failed = failed or bool(left)
    return int(failed)


def clean(path: Path) -> bool:
    """Run one notebook and write it in canonical form; whether the file changed.

    Raises CourseError if it cannot be read or a cell fails, and writes nothing then.
    """
    try:
        before = path.read_bytes()
        notebook = loads(before.decode())
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} should be a notebook, but {error}.") from error
    after = dumps(tidy(run(notebook))).encode()
    if after != before:
        write(path, after)
    return after != before


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
