"""A misconception is the reference with a line written differently.

The wrong ways are not written beside the right one: each is a change of its source, so
that it follows the reference, and two of them at once are both changes. Whoever changes
a line of a reference that a misconception names gets an error that says which.
"""

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

Change = tuple[str, str]  # what the source has, and what is written instead


@dataclass(frozen=True)
class Misconception:
    """A known wrong way.

    said: one sentence, to the student; notebook, heading: where to read on;
    changes: of the reference's source. convention: it is what some framework does, and
    no mistake elsewhere.
    """

    name: str
    said: str
    changes: tuple[Change, ...]
    notebook: str
    heading: str
    convention: bool = False


def written(
    reference: Callable[..., Any], name: str, changes: tuple[Change, ...]
) -> Callable[..., Any]:
    """The reference with its source changed, under another name.

    Raises ValueError for a change whose text does not stand there exactly once.
    """
    source = source_of(reference)
    for old, new in changes:
        if source.count(old) != 1:
            raise ValueError(
                f"{name}: {old!r} must stand once in the source of "
                f"{reference.__name__}, but stands there {source.count(old)} times."
            )
        source = source.replace(old, new)
    scope = dict(reference.__globals__)
    exec(compile(source, f"<{name}>", "exec"), scope)
    function = scope[reference.__name__]
    function.__name__ = name
    return function


@cache
def source_of(reference: Callable[..., Any]) -> str:
    """The source, not indented; kept, since finding it takes longer than its use."""
    return textwrap.dedent(inspect.getsource(reference))


def fits(reference: Callable[..., Any], changes: tuple[Change, ...]) -> bool:
    """Whether all changes can be made at once: none takes another's text away."""
    try:
        written(reference, "both", changes)
    except (ValueError, SyntaxError):
        return False
    return True
