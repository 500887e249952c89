"""Comparisons of algorithms, and how far they can be trusted (lecture 1.8).

As in ``plots``, each function draws on given Axes and returns the sentence that
describes what it drew. What was trained a moment ago differs a little between
processors: the sentences of such pictures name what is drawn and leave its numbers to
the picture. Errors are in hundredths (%) here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from lez10.appearance import CONTOUR, FONT_SIZE, INK, PAPER, look
from lez10.channels import takes
from lez10.experiments.results import Results
from lez10.experiments.verdicts import leaders
from lez10.experiments.workloads import WORKLOADS
from lez10.panel_plots import counted, standing
from lez10.plots import curves, lay_out, legend_above

Array = Any
ROUND = (1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 100)  # ticks of an axis of errors in %
NEVER = "never"
MARKS = 12  # about so many markers on a line


def learning_curves(
    axes: Array, runs: Mapping[str, Array], at: Sequence[int], metric: str
) -> str:
    """Errors over steps: rules with one rate for all parameters, and the others.

    axes: two, side by side, with one scale. runs: errors by rule, (len(at), seeds), as
    shares; at: their steps; metric: what an error is.
    """
    axes = np.ravel(axes)
    shown = {rule: 100 * np.asarray(values, float) for rule, values in runs.items()}
    every = np.concatenate([values.ravel() for values in shown.values()])
    window = 0.9 * np.nanmin(every[every > 0]), 1.1 * np.nanmax(every)
    ends = [values[-1][np.isfinite(values[-1])] for values in shown.values()]
    lowest = min(float(np.median(end)) for end in ends if len(end))
    groups = {
        "one rate for all parameters": [r for r in shown if "delta" not in takes(r)],
        "a rate per parameter": [r for r in shown if "delta" in takes(r)],
    }
    told = []
    lay_out(axes[0])
    for ax, (title, rules) in zip(axes, groups.items(), strict=True):
        fix_errors(ax, *window)
        curves(
            ax,
            {rule: shown[rule] for rule in rules},
            at=at,
            y=metric,
            labels={rule: short(rule) for rule in rules},
        )
        for line in ax.lines:
            line.set_markevery(max(len(at) // MARKS, 1))
        ax.axhline(lowest, color=CONTOUR, lw=1, ls="--", zorder=0)
        ax.set_title("", loc="left")
        ax.set_title(title, fontsize=FONT_SIZE, color=INK)
        ax.label_outer()
        told.append(f"{title}: {names(rules)}")
    seeds = max(values.shape[1] for values in shown.values())
    key = f"Line: median; band: lowest to highest of {seeds} seeds."
    key += " Dashed: the lowest median at the end."
    axes[0].figure.supxlabel(key, fontsize=FONT_SIZE - 1, color=INK)
    what = f"{metric[:1].upper()}{metric[1:]} over steps, both plots with one scale."
    return f"{what} {key} Left, {told[0]}. Right, {told[1]}."


def steps_taken(
    ax: Axes, steps: Mapping[str, Array], limit: int, title: str = ""
) -> str:
    """The steps that each rule took to a target: a dot per seed, its median, its range.

    steps: by rule, (seeds,), inf where a run of ``limit`` steps never got there; those
    stand in a column of their own.
    """
    beyond = 1.15 * limit
    for y, (rule, values) in enumerate(steps.items()):
        places = np.where(np.isfinite(values), values, beyond)
        # the middle one of what happened: a mean of two would hide an inf
        middle = np.quantile(places, 0.5, method="higher")
        row(ax, y, rule, places, middle, filled=True)
    ax.axvspan(1.07 * limit, 1.23 * limit, color=CONTOUR, alpha=0.2, lw=0)
    ticks = np.linspace(0, limit, 4).astype(int)
    ax.set(xlim=(0, 1.23 * limit))
    # a line below, since there is no room beside the last number in a narrow plot
    ax.set_xticks([*ticks, beyond], [*map(str, ticks), f"\n{NEVER}"])
    ax.set_xlabel("steps", fontsize=FONT_SIZE)
    fix_rows(ax, list(steps), title)
    where = f"{title}: s" if title else "S"
    return (
        f"{where}teps to the target, a row each for {names(steps)}; dots: seeds; bar: "
        f"their range; large mark: their median; a column for those that {NEVER} "
        f"reach it in {limit} steps."
    )


def strips(
    ax: Axes,
    results: Results,
    workload: str,
    protocol: str,
    budget: int | None = None,
) -> str:
    """The errors of all searches, a row per rule, and how many searches each has won.

    A rule that none is separated from as the better one has a full mark at its
    median, the others a hollow one.
    """
    ahead = leaders(results, workload, protocol, budget)
    found = standing(results, workload, protocol, budget)
    told = []
    aside: dict[str, Any] = {"xycoords": ("axes fraction", "data")}
    aside |= {"textcoords": "offset points", "va": "center", "fontsize": FONT_SIZE}
    ax.annotate("won", (1, -0.75), (12, 0), color=INK, ha="center", **aside)
    for y, rule in enumerate(results.rules):
        errors = 100 * results.errors(workload, protocol, rule, budget)
        finite = errors[np.isfinite(errors)]
        row(ax, y, rule, finite, found.median[y], filled=rule in ahead)
        lost = len(errors) - len(finite)
        text = f"{found.best[y]}" + f", {lost} lost" * (lost > 0)
        colour = look(rule).colour
        ax.annotate(text, (1, y), (12, 0), color=colour, ha="center", **aside)
        told.append(f"{look(rule).label} {found.median[y]:.3g} % ({text})")
    task = WORKLOADS[workload]
    ax.set_xlabel(f"{task.metric} on test data (%)", fontsize=FONT_SIZE)
    fix_rows(ax, results.rules, workload)
    key = (
        f"Dot: one of {results.searches} searches; mark: their median, full where no "
        "other\nalgorithm is separated as better; won: searches with the lowest error."
    )
    ax.figure.supxlabel(key, fontsize=FONT_SIZE - 1, color=INK)
    return (
        f"{workload}: {task.metric} on test data, a dot for each of {results.searches} "
        "searches; medians, and in brackets the searches won: "
        f"{', '.join(told)}. Not beaten: {names(ahead)}."
    )


def trials_seen(
    ax: Axes, rule: str, alpha: Array, validation: Array, winner: int
) -> str:
    """The trials of one search: validation error over alpha, the winner in a ring.

    alpha, validation: (trials,), errors as shares, NaN where a run diverged: those
    stand at the upper edge. winner: its number, -1 for none.
    """
    seen, errors = look(rule), 100 * np.asarray(validation, float)
    alive = np.isfinite(errors)
    highest = float(max(errors[alive].max(initial=0), 100))
    style: dict[str, Any] = {"color": seen.colour, "ls": "", "ms": 7}
    if alive.any():
        ax.plot(alpha[alive], errors[alive], seen.marker, label="a trial", **style)
    if not alive.all():
        top = np.full(int((~alive).sum()), highest)
        ax.plot(alpha[~alive], top, "x", label="diverged", **style)
    ring: dict[str, Any] = {"mfc": "none", "mec": INK, "ms": 16, "mew": 1.8, "ls": ""}
    if winner >= 0:
        ax.plot(alpha[winner], errors[winner], "o", label="the winner", **ring)
    low = 0.8 * errors[alive & (errors > 0)].min(initial=highest)
    fix_errors(ax, low, 1.15 * highest)
    ax.set(xscale="log")
    ax.set_xlabel("α", fontsize=FONT_SIZE)
    ax.set_ylabel("validation error", fontsize=FONT_SIZE)
    legend_above(ax)
    end = "the winner is in a ring" if winner >= 0 else "all have diverged"
    return (
        f"{counted(len(errors))} of {seen.label}: validation error over alpha, both "
        f"logarithmic; {end}."
    )


def row(
    ax: Axes, y: int, rule: str, places: Array, middle: float, *, filled: bool
) -> None:
    """A rule's dots on a bar from the lowest to the highest, and its median."""
    seen = look(rule)
    if len(places):
        ends = [places.min(), places.max()]
        ax.plot(ends, [y, y], color=seen.colour, lw=1, alpha=0.5, zorder=1)
    # apart in an order that is always the same, so that equal ones can be counted
    apart = np.linspace(-0.28, 0.28, len(places))[
        np.argsort(np.arange(len(places)) % 3)
    ]
    ax.plot(places, y + apart, ".", color=seen.colour, ms=4, alpha=0.6, zorder=2)
    if np.isfinite(middle):
        ax.plot(
            [middle],
            [y],
            seen.marker,
            mfc=seen.colour if filled else PAPER,
            mec=PAPER if filled else seen.colour,
            mew=1.3,
            ms=10,
            zorder=3,
            clip_on=False,
        )


def fix_errors(ax: Axes, low: float, high: float) -> None:
    """A logarithmic axis of errors in %, with round ticks."""
    ax.set(yscale="log")
    ax.set_yticks(ROUND, [f"{tick:g}%" for tick in ROUND])
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_ylim(low, high)  # after the ticks: they stretch it


def fix_rows(ax: Axes, rules: Sequence[str], title: str) -> None:
    """A row for each rule, the first one on top, with its name."""
    ax.set(ylim=(len(rules) - 0.4, -0.6))
    ax.set_yticks(range(len(rules)), [short(rule) for rule in rules])
    ax.tick_params("y", length=0)
    for label, rule in zip(ax.get_yticklabels(), rules, strict=True):
        label.set(color=look(rule).colour, fontsize=FONT_SIZE)
    ax.set_title(title, fontsize=FONT_SIZE, color=INK)
    ax.label_outer()


def short(rule: str) -> str:
    """A rule's name, in two lines where it is long."""
    return look(rule).label.replace(" + ", "\n+ ")


def names(rules: Any) -> str:
    """The names of rules, for a sentence."""
    return ", ".join(look(rule).label for rule in rules)
