"""How far an experiment is: a bar in a terminal, lines elsewhere."""

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
    """Runs a second."""

    def render(self, task: Bar) -> Text:
        """The rate as text, empty while it is unknown."""
        return Text(f"{task.speed:.0f} runs/s" if task.speed else "")


@contextmanager
def progress(
    title: str, total: int, console: Console
) -> Iterator[Callable[[int], None]]:
    """Show how many of ``total`` runs are done; gives the function that adds some."""
    if not console.is_terminal:
        yield lines(title, total, console)
        return
    shown = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*shown, console=console) as bars:
        bar = bars.add_task(title, total=total)
        yield lambda runs: bars.advance(bar, runs)


def lines(title: str, total: int, console: Console) -> Callable[[int], None]:
    """A line now and then, and one at the end."""
    start = said = monotonic()
    done = 0

    def advance(runs: int) -> None:
        nonlocal said, done
        done += runs
        now = monotonic()
        if now - said < EVERY and done < total:
            return
        said, rate = now, done / max(now - start, 1e-9)
        left = timedelta(seconds=round((total - done) / rate))
        console.print(
            f"{title}: {done} of {total} runs, {rate:.0f} runs/s, {left} left"
        )

    return advance
