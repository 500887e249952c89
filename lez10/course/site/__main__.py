"""`python -m lez10.course.site`: writes the course's static site into a folder."""

import argparse
import sys
from pathlib import Path

from lez10.course import CourseError
from lez10.course.site.build import build

OUT = "build/site"


def main(arguments: list[str]) -> int:
    """Build the site; 0, or 1 with a sentence on what stood in the way."""
    parser = argparse.ArgumentParser(
        prog="python -m lez10.course.site",
        description="Write the course as a static site, for any web server or a disk.",
    )
    parser.add_argument(
        "--out", metavar="FOLDER", default=OUT, help=f"where to ({OUT})"
    )
    out = Path(parser.parse_args(arguments).out).absolute()
    try:
        build(out)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The site is in {out}: open {out / 'index.html'} in a browser.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
