"""The four panels of lecture 1.8.1: what tuning does to the answer, with its spread.

As in ``plots``, the drawing function works on given Axes and returns the sentence that
describes what it drew. What the panels show in numbers stands here, too: the widget
draws the same. Errors are in hundredths (%) here.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from lez10.appearance import CONTOUR, FONT_SIZE, INK, PAPER, look
from lez10.experiments.protocols import PANELS, PROTOCOLS
from lez10.experiments.results import Results
from lez10.experiments.workloads import WORKLOADS, Workload

Array = Any
EARLY = 5  # budgets below it have no say in the range of the axis
WIDE = 2.0  # a range whose ends differ by this factor gets a logarithmic axis
BEYOND, DIVERGED = "▲", "∞"  # marks of what lies above the axis


class Standing(NamedTuple):
    """How the algorithms stand in a panel at a budget: each (rules,).

    lowest, median, highest: over the searches, of the winner's test error, in %; inf
    where a run diverged. best: the number of searches in which nobody had a lower one.
    """

    lowest: np.ndarray
    median: np.ndarray
    highest: np.ndarray
    best: np.ndarray


class ErrorAxis(NamedTuple):
    """The axis of errors that all panels and all budgets share, and its ticks."""

    low: float
    high: float
    log: bool
    ticks: list[tuple[float, str]]


def standing(
    results: Results, workload: str, protocol: str, budget: int | None = None
) -> Standing:
    """The algorithms after so many trials, or all; equal ones are best together."""
    errors = np.array(
        [results.errors(workload, protocol, rule, budget) for rule in results.rules],
        float,
    )
    errors = np.where(np.isnan(errors), np.inf, 100 * errors)
    best = (errors == errors.min(axis=0)) & np.isfinite(errors)
    return Standing(
        errors.min(axis=1),
        np.median(errors, axis=1),
        errors.max(axis=1),
        best.sum(axis=1),
    )


def budgets(trials: int) -> list[int]:
    """Numbers of trials to show, from 1 to all of them, closer where they are few."""
    decades = 10 ** np.arange(len(str(trials)))
    some = {int(m * ten) for ten in decades for m in (1, 1.5, 2, 3, 5, 7)}
    return sorted(n for n in some | {4, trials} if n <= trials)


def error_axis(results: Results, workload: str) -> ErrorAxis:
    """From the lowest error of any search to the highest median after EARLY trials.

    So dots may leave it at the first budgets alone, and above; bars may end above.
    """
    lowest, medians = [], []
    for budget in budgets(results.trials):
        found = [standing(results, workload, panel, budget) for panel in PANELS]
        lowest += [one.lowest for one in found]
        if budget >= min(EARLY, results.trials):
            medians += [one.median for one in found]
    ends = np.ravel(lowest), np.ravel(medians)
    finite = [values[np.isfinite(values)] for values in ends]
    if not all(len(values) for values in finite):
        finite = [np.array([0.0]), np.array([100.0])]  # nothing to be seen
    low, high = float(finite[0].min()), float(finite[1].max())
    if low > 0 and high > WIDE * low:
        room = (high / low) ** 0.05
        low, high = low / room, high * room
        return ErrorAxis(low, high, True, log_ticks(low, high))
    room = 0.05 * (high - low) or 0.05 * (abs(high) or 1.0)
    low, high = max(low - room, 0.0) if low >= 0 else low - room, high + room
    places = MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    inside = [float(round(p, 9)) for p in places if low <= p <= high]
    return ErrorAxis(low, high, False, [(p, f"{p:g}%") for p in inside])


def log_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Ticks at as many round numbers of each decade as there is room for."""
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    for digits in ((1, 1.5, 2, 3, 4, 6, 8), (1, 2, 5), (1,)):
        places = [float(f"{d}e{e}") for e in decades for d in digits]
        places = [place for place in places if low <= place <= high]
        if len(places) <= 7:
            break
    return [(place, f"{place:g}%") for place in places]


def four_panels(
    axes: Array,
    results: Results,
    workload: str,
    budget: int | None = None,
    *,
    hidden: Collection[str] = (),
) -> str:
    """The winners of the first ``budget`` trials, on test data: a panel per protocol.

    axes: four, side by side or two by two. A dot is the median over the searches, its
    bar reaches from the lowest to the highest, the number below is how many
    searches it won or shared, the dashed line is the lowest median. The axis
    of errors is the same for every panel and budget. The bars hold, too, what all
    algorithms of a search share, which is its split of the data. hidden: names of
    algorithms that are not drawn.
    """
    axes, axis = np.ravel(axes), error_axis(results, workload)
    if len(axes) != len(PANELS):
        raise ValueError(f"axes must be {len(PANELS)} Axes, got {len(axes)}.")
    task = WORKLOADS[workload]
    told = []
    for n, (ax, name) in enumerate(zip(axes, PANELS, strict=True)):
        found = standing(results, workload, name, budget)
        title = f"{n + 1}. {PROTOCOLS[name].title}"
        ax.set_title(title, fontsize=FONT_SIZE, color=INK, pad=21)
        ax.set_ylabel(f"test error ({task.metric})", fontsize=FONT_SIZE)
        fix_error_axes(ax, axis, results.rules)
        said, medians = [], [float("inf")]
        for x, rule in enumerate(results.rules):
            if rule not in hidden:
                one = Standing(*(values[x] for values in found))
                dot(ax, x, rule, one, axis)
                said.append(f"{look(rule).label} {in_words(one)}")
                medians.append(float(one.median))
        if min(medians) <= axis.high:
            ax.axhline(min(medians), color=CONTOUR, lw=1, ls="--", zorder=0)
        told.append(f"{title}: {', '.join(said) or 'nothing is drawn'}.")
    after = f"winners of {counted(results.trials if budget is None else budget)}"
    lines = f"{heading(task)}: {after}.\n{key(results.searches)}"
    axes[0].figure.supxlabel(lines, fontsize=FONT_SIZE - 1, color=INK)
    what = f"{heading(task)}: test error ({task.metric}) of the {after}"
    how = (
        f"median of {results.searches} searches, in brackets the lowest, the highest "
        "and the number of searches won or shared."
    )
    return " ".join([f"{what}, {how}", *told])


def fix_error_axes(ax: Axes, axis: ErrorAxis, rules: Collection[str]) -> None:
    """A place for each algorithm, with its name, and the errors that all share."""
    ax.set(yscale="log" if axis.log else "linear", xlim=(-0.6, len(rules) - 0.4))
    ax.set(ylim=(axis.low, axis.high), autoscale_on=False)
    ax.set_yticks(*zip(*axis.ticks))
    ax.set_yticks([], minor=True)
    names = [look(rule).label.replace(" + ", " +\n") for rule in rules]
    ax.set_xticks(range(len(names)), names, rotation=90, linespacing=0.9)
    ax.tick_params("x", length=0, pad=20)  # room for a number
    for label, rule in zip(ax.get_xticklabels(), rules, strict=True):
        label.set(color=look(rule).colour, fontsize=FONT_SIZE)
    ax.label_outer()


def dot(ax: Axes, x: int, rule: str, one: Standing, axis: ErrorAxis) -> None:
    """An algorithm's median with its bar; what lies above the axis is marked there."""
    seen = look(rule)
    low, middle, high = np.minimum(one[:3], axis.high).tolist()
    ax.plot([x, x], [low, high], color=seen.colour, lw=2.2, solid_capstyle="butt")
    inside = one.median <= axis.high
    ax.plot(
        [x],
        [middle],
        seen.marker,
        mfc=seen.colour if inside else PAPER,  # hollow: it is not there
        mec=PAPER if inside else seen.colour,
        ms=10,
        zorder=3,
        clip_on=False,
    )
    about: dict[str, Any] = {"color": seen.colour, "ha": "center"}
    about |= {"textcoords": "offset points", "annotation_clip": False}
    if one.highest > axis.high:
        mark, size = (BEYOND, 8) if np.isfinite(one.highest) else (DIVERGED, 12)
        up = (0, 1 if inside else 5)
        ax.annotate(mark, (x, axis.high), up, va="bottom", fontsize=size, **about)
    about |= {"xycoords": ("data", "axes fraction"), "fontsize": FONT_SIZE - 1}
    ax.annotate(f"{one.best}", (x, 0), (0, -6), va="top", **about)


def in_words(one: Standing) -> str:
    """The numbers of a dot, for a sentence."""
    numbers = [f"{x:.3g} %" if np.isfinite(x) else "diverged" for x in one[:3]]
    return f"{numbers[1]} ({numbers[0]}, {numbers[2]}, {one.best})"


def heading(task: Workload) -> str:
    """What was trained; a task that was made to show something says so."""
    made = f" (a {kind(task)} task)" if kind(task) else ""
    return f"{task.title[:1].upper()}{task.title[1:]}{made}"


def kind(task: Workload) -> str:
    """How a task was made, in one word, as it says itself; "" for data as they are."""
    return task.designed.replace(":", " ").partition(" ")[0]


def counted(trials: int) -> str:
    """So many trials, in words."""
    return f"{trials} trial{'s' * (trials != 1)}"


def key(searches: int) -> str:
    """How the panels are to be read."""
    return (
        f"Dot: median of {searches} searches; bar: lowest to highest; number: searches "
        f"won or shared.\nDashed: lowest median. {BEYOND}: goes on above the axis; "
        f"{DIVERGED}: a run diverged."
    )
