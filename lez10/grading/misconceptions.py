"""A misconception is the reference with a line written differently.

The wrong ways are not written beside the right one: each is a change of its source, so
that it follows the reference, and two of them at once are both changes. Whoever changes
a line of a reference that a misconception names gets an error that says which.
"""

import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from types import CodeType
from typing import Any

Change = tuple[str, str]  # what the source has, and what is written instead


@dataclass(frozen=True)
class Misconception:
    """A known wrong way.

    said: one sentence, to the student; notebook, heading: where to read on;
    changes: of the reference's source. convention: it is what some framework does, and
    no mistake elsewhere. order: which value stands at each place of what is returned,
    where it is not the task's order.
    """

    name: str
    said: str
    changes: tuple[Change, ...]
    notebook: str
    heading: str
    convention: bool = False
    order: tuple[int, ...] = ()


def wrong_orders(
    returns: Sequence[str], notebook: str, heading: str
) -> tuple[Misconception, ...]:
    """Of what is returned: two values exchanged, or all of them moved round."""
    places = range(len(returns))
    turned = {tuple(places[n:]) + tuple(places[:n]) for n in places[1:]}
    for one, two in combinations(places, 2):
        to = {one: two, two: one}
        turned.add(tuple(to.get(n, n) for n in places))
    return tuple(
        Misconception(
            "returns_" + "_".join(returns[n] for n in order),
            f"You return {', '.join(returns[n] for n in order)}: the order that is "
            f"asked for is {', '.join(returns)}.",
            (),
            notebook,
            heading,
            order=order,
        )
        for order in sorted(turned)
    )


def changed(
    reference: Callable[..., Any],
    adapted: Callable[[Callable[..., Any]], Callable[..., Any]],
    misconceptions: Sequence[Misconception],
) -> Callable[..., Any]:
    """The answer of somebody who has these misconceptions.

    adapted: makes of the reference, or of a changed one, the function that is asked.
    """
    name = "_and_".join(one.name for one in misconceptions)
    changes = tuple(change for one in misconceptions for change in one.changes)
    function = adapted(written(reference, name, changes))
    for order in (one.order for one in misconceptions if one.order):
        function = reordered(function, order)
    return function


def reordered(
    function: Callable[..., Any], order: tuple[int, ...]
) -> Callable[..., Any]:
    """The function with its values in another order."""

    def turned(*arguments: Any) -> tuple[Any, ...]:
        values = tuple(function(*arguments))
        return tuple(values[n] for n in order)

    return turned


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
    exec(compiled(source), scope)
    function = scope[reference.__name__]
    function.__name__ = name
    return function


@cache
def compiled(source: str) -> CodeType:
    """Kept: pairs are looked at twice, and compiling takes longer than the rest."""
    return compile(source, "<misconception>", "exec")


@cache
def source_of(reference: Callable[..., Any]) -> str:
    """The source, not indented; kept, since finding it takes longer than its use."""
    return textwrap.dedent(inspect.getsource(reference))


def fits(reference: Callable[..., Any], one: Misconception, two: Misconception) -> bool:
    """Whether both can be had at once: neither takes the other's text away."""
    if one.order and two.order:
        return False
    try:
        written(reference, "both", one.changes + two.changes)
    except (ValueError, SyntaxError):
        return False
    return True
