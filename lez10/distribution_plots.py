"""Pictures of distributions, drawn on a given Axes as ``lez10.plots`` does it.

Each row is one unit: its values over a batch, their mean and their spread.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import CircleCollection, LineCollection

from lez10.appearance import FONT_SIZE, INK, PAPER, SERIES
from lez10.plots import line

Array = Any
FEW = 32  # up to so many values each is drawn as a stick
BINS = 50
HEIGHT = 0.72  # of a row's highest outline, in rows
BELOW = 0.15  # where mean and spread are marked
DOT = [3.5**2 * np.pi]  # the mean's, in square points
COLOURS = [seen.colour for seen in SERIES[1:]]  # the first is near the diamond's black


def distributions(
    ax: Axes,
    values: Array,
    *,
    x: str,
    names: Sequence[str] | None = None,
    marked: int | None = None,
) -> str:
    """How the values of each unit are spread: values (m, units), a row per unit.

    An outline counts the values in bins that divide the Axes' window; a stick stands
    at each value where there are few. Below each row a dot marks the mean, a bar the
    standard deviation to both sides. x: what the values are. names: of the units.
    marked: the example that a diamond follows. Set the window before (``window``).
    """
    values = np.asarray(values, float)
    if values.ndim != 2 or not values.size or not np.isfinite(values).all():
        raise ValueError(
            "values must be finite and of shape (m, units), at least one of each, got "
            f"shape {values.shape}."
        )
    units = values.shape[1]
    if names is None:
        names = [f"unit {unit + 1}" for unit in range(units)]
    low, high = ax.get_xlim()
    colours = [COLOURS[unit % len(COLOURS)] for unit in range(units)]
    # one artist per kind of mark: each artist takes its time, whatever it draws
    told, shapes, inks, bars, dots, diamonds = [], [], [], [], [], []
    for unit, name in enumerate(names):
        base = units - 1 - unit
        column = values[:, unit]
        if len(column) <= FEW:
            tip = base + HEIGHT / 2
            drawn = [np.array([(value, base), (value, tip)]) for value in column]
        else:
            counts, edges = np.histogram(column, BINS, (low, high))
            tops = base + HEIGHT * counts / max(counts.max(), 1)
            tip, outline = base, [base, *np.repeat(tops, 2), base]
            drawn = [np.transpose([np.repeat(edges, 2), outline])]
        shapes += drawn
        inks += [colours[unit]] * len(drawn)
        mean, spread = float(column.mean()), float(column.std())
        y = base - BELOW
        bars.append([(mean - spread, y), (mean + spread, y)])
        dots.append((mean, y))
        if marked is not None:
            diamonds.append((column[marked], tip))
        told.append(f"{name} has mean {number(mean)} and spread {number(spread)}")
    ax.add_artist(LineCollection(shapes, colors=inks, lw=1.5))
    ax.add_artist(LineCollection(bars, colors=colours, lw=3, capstyle="butt"))
    where = {"offsets": dots, "offset_transform": ax.transData}
    ax.add_artist(CircleCollection(DOT, facecolors=colours, edgecolors=PAPER, **where))
    if diamonds:
        line(ax, *np.transpose(diamonds), marker="D", color=INK, mec=PAPER, ms=7, lw=0)
    outside = int(np.sum((values < low) | (values > high)))
    gone = f" {outside} values lie outside the picture." if outside else ""
    return f"{x[:1].upper()}{x[1:]}: {', '.join(told)}.{gone}"


def window(
    ax: Axes, units: int, low: float, high: float, *, x: str, names: bool = True
) -> None:
    """Set the window for so many units over the values from low to high."""
    ax.set(xlim=(low, high), ylim=(-0.35, units - 0.1), autoscale_on=False)
    rows = range(units)
    labels = [f"unit {units - row}" for row in rows] if names else []
    ax.set_yticks(rows if names else [], labels, fontsize=FONT_SIZE)
    for row in rows:
        ax.axhline(row, color=INK, lw=0.6)
    ax.axvline(0, color=INK, lw=0.6, dashes=(2, 3))
    ax.set_xlabel(x, fontsize=FONT_SIZE)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def number(value: float) -> str:
    """A number in two decimals, without a minus sign before zero."""
    return f"{value:.2f}".replace("-0.00", "0.00")
