"""Timing on a machine that does other things too: interleaved rounds, medians.

In each round every candidate runs once, so that a busy moment meets them all alike.
A ratio is taken within each round; the median of these ratios is what is reported.
"""

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter
from typing import NamedTuple

ROUNDS = 9
Times = list[float]  # seconds, one per round


def interleaved(
    candidates: Mapping[str, Callable[[], object]], rounds: int = ROUNDS
) -> dict[str, Times]:
    """Seconds of each candidate in each round, after one run that does not count.

    Each round starts with another candidate, so that none always follows the same.
    """
    for run in candidates.values():
        run()
    times: dict[str, Times] = {name: [] for name in candidates}
    names = list(candidates)
    for i in range(rounds):
        first = i % len(names)
        for name in names[first:] + names[:first]:
            started = perf_counter()
            candidates[name]()
            times[name].append(perf_counter() - started)
    return times


def per(times: Times, count: int) -> Times:
    """The times of one of count equal parts."""
    return [seconds / count for seconds in times]


class Row(NamedTuple):
    """One line of the report: a time beside another one, alone, or none.

    figure: what counts: a ratio, a speed-up ("x"), seconds ("s") or MB. floor: what
    it is to reach, None where the line is there to be read only.
    """

    what: str
    ours: float | None
    other: str
    theirs: float | None
    figure: float
    unit: str
    floor: float | None = None
    at_least: bool = False

    @property
    def passed(self) -> bool | None:
        """Whether the floor is reached; None without one."""
        if self.floor is None:
            return None
        if self.at_least:
            return self.figure >= self.floor
        return self.figure <= self.floor


def ratio(
    what: str, ours: Times, other: str, theirs: Times, floor: float | None = None
) -> Row:
    """Our time as a part of the other one: at most floor."""
    figure = median(a / b for a, b in zip(ours, theirs, strict=True))
    return Row(what, median(ours), other, median(theirs), figure, "", floor)


def speed_up(
    what: str, ours: Times, other: str, theirs: Times, floor: float | None = None
) -> Row:
    """The other time as a multiple of ours: at least floor."""
    figure = median(b / a for a, b in zip(ours, theirs, strict=True))
    return Row(what, median(ours), other, median(theirs), figure, "x", floor, True)


def duration(what: str, ours: Times, floor: float | None = None) -> Row:
    """Our time by itself, in seconds: at most floor."""
    return Row(what, median(ours), "", None, median(ours), "s", floor)


def memory(what: str, megabytes: float, floor: float | None = None) -> Row:
    """Memory in MB: at most floor."""
    return Row(what, None, "", None, megabytes, "MB", floor)
