"""How far the work is: a bar in a terminal, lines elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Task as Bar
from rich.text import Text

EVERY = 30.0  # seconds between lines, where there is no terminal


class Rate(ProgressColumn):
    """Units a second."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self.unit = unit

    def render(self, task: Bar) -> Text:
        """The rate as text, empty while it is unknown."""
        return Text(f"{task.speed:.0f} {self.unit}/s" if task.speed else "")


@contextmanager
def progress(
    title: str, total: int, unit: str, console: Console
) -> Iterator[Callable[[int], None]]:
    """Show how many of ``total`` units are done; gives the function that adds some."""
    if not console.is_terminal:
        yield lines(title, total, unit, console)
        return
    shown = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(unit),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*shown, console=console) as bars:
        bar = bars.add_task(title, total=total)
        yield lambda more: bars.advance(bar, more)


def lines(title: str, total: int, unit: str, console: Console) -> Callable[[int], None]:
    """A line now and then, and one at the end."""
    start = said = monotonic()
    done = 0

    def advance(more: int) -> None:
        nonlocal said, done
        done += more
        now = monotonic()
        if now - said < EVERY and done < total:
            return
        said, rate = now, done / max(now - start, 1e-9)
        left = timedelta(seconds=round((total - done) / rate))
        console.print(
            f"{title}: {done} of {total} {unit}, {rate:.0f} {unit}/s, {left} left"
        )

    return advance
