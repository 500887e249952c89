"""Pictures of a network's layers: spread by layer, distributions, weights.

As in ``plots``, every function draws on a given Axes and returns the sentence that
describes what it drew.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import StepPatch
from matplotlib.ticker import MaxNLocator

from lez10.appearance import CONTOUR, FONT_SIZE, INK, SERIES
from lez10.plots import curves

Array = Any
WINDOW = (1e-6, 1e3)
BINS = 61


def spreads(
    ax: Axes,
    runs: Mapping[str, Array],
    *,
    y: str = "spread of activations",
    window: tuple[float, float] = WINDOW,
    labels: Mapping[str, str] | None = None,
) -> str:
    """A spread layer by layer, on a logarithmic axis; layer 1 is the first hidden one.

    runs: values by name, (layers, seeds), drawn as median and band over the seeds.
    window: the axis; what lies outside, 0 included, is drawn at its edge. labels:
    what is written at a line's end, where that is not its name.
    """
    low, high = window
    values = {name: np.asarray(v, float) for name, v in runs.items()}
    values = {name: np.where(np.isfinite(v), v, np.inf) for name, v in values.items()}
    depths = {len(v) for v in values.values()}
    if len(depths) > 1:
        raise ValueError(
            f"runs must have the same number of layers, got {sorted(depths)}."
        )
    depth = max(depths, default=1)
    if ax.get_autoscale_on():
        fix_spread_axes(ax, depth, window)
    curves(
        ax,
        {name: np.clip(v, low, high) for name, v in values.items()},
        x="layer",
        y=y,
        at=np.arange(1, depth + 1),
        labels=labels,
    )
    told = [f"{name}: {journey(np.median(v, axis=1))}." for name, v in values.items()]
    if any(np.any((v < low) | (v > high)) for v in values.values()):
        told.append("What lies outside the axis is drawn at its edge.")
    return " ".join([f"{y[:1].upper()}{y[1:]} by layer.", *told])


def fix_spread_axes(ax: Axes, depth: int, window: tuple[float, float]) -> None:
    """Axes for spreads of so many layers, that rest while what they show changes."""
    low, high = window
    # room beyond the edges, so that a line along them is seen
    ax.set(yscale="log", ylim=(low / 1.5, high * 1.5), xlim=(0.6, depth + 0.4))
    ax.set_autoscale_on(False)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def journey(values: Array) -> str:
    """From where to where a spread goes, for a sentence."""
    if not np.any(values):
        return "0 in every layer"
    first, last = values[0], values[-1]
    if len(values) == 1:
        return f"{first:.2g} in layer 1"
    return f"{first:.2g} in layer 1, {last:.2g} in layer {len(values)}"


def distributions(
    ax: Axes, layers: Mapping[str, Array], *, window: tuple[float, float]
) -> str:
    """How the values of some layers are distributed: one histogram above the other.

    layers: values by name, the first at the bottom. window: the axis; what lies
    outside or is not finite counts at its edge. Each histogram is as high as its
    fullest bar.
    """
    (low, high), told = window, []
    if ax.get_autoscale_on():
        fix_distribution_axes(ax, len(layers), window)
    width = (high - low) / BINS
    edges = low + width * np.arange(BINS + 1)
    for row, (name, values) in enumerate(layers.items()):
        flat = np.nan_to_num(np.ravel(values), nan=np.inf, posinf=np.inf)
        places = ((np.clip(flat, low, high) - low) / width).astype(int)
        counts = np.bincount(np.minimum(places, BINS - 1), minlength=BINS)
        tops = row + 0.75 * counts / counts.max()
        colour = SERIES[1].colour
        # as an artist, in half the time: ax.stairs would look for the window anew
        ax.add_artist(StepPatch(tops, edges, baseline=row, color=colour, lw=0))
        ax.text(low, row + 0.8, name, fontsize=FONT_SIZE, color=INK)
        a, b = np.quantile(flat, [0.25, 0.75], method="nearest")
        told.append(f"{name}: half of the values lie between {a:.2g} and {b:.2g}.")
    return " ".join(told)


def fix_distribution_axes(ax: Axes, rows: int, window: tuple[float, float]) -> None:
    """Axes for so many histograms, that rest while what they show changes."""
    low, high = window
    room = 0.02 * (high - low)
    ax.set(ylim=(-0.02, rows + 0.05), xlim=(low - room, high + room), yticks=[])
    ax.set_autoscale_on(False)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("activation", fontsize=FONT_SIZE)


def weights(ax: Axes, W: Array, shape: tuple[int, int], *, limit: float) -> str:
    """The weights of each unit as an image: blue is negative, red is positive.

    W: (units, n_in); shape: that of an image, with n_in pixels; limit: the weight
    that has the full colour.
    """
    W = np.asarray(W)
    if W.ndim != 2 or W.shape[1] != shape[0] * shape[1]:
        raise ValueError(
            f"W must have shape (units, {shape[0] * shape[1]}), got {W.shape}."
        )
    units = len(W)
    images = W.reshape(units, *shape)
    ax.set_axis_off()
    for unit, image in enumerate(images):
        left = unit * (shape[1] + 1)
        extent = (left, left + shape[1], shape[0], 0)
        ax.imshow(image, cmap="RdBu_r", vmin=-limit, vmax=limit, extent=extent)
        ax.plot(
            extent[0] + shape[1] * np.array([0, 1, 1, 0, 0]),
            shape[0] * np.array([0, 0, 1, 1, 0]),
            color=CONTOUR,
            lw=0.8,
        )
    ax.set(xlim=(-0.3, units * (shape[1] + 1) - 0.7), ylim=(shape[0] + 0.3, -0.3))
    apart = np.abs(W - W[0]).max()
    largest = np.abs(W).max()
    alike = "all equal" if apart <= 1e-9 * max(largest, 1e-300) else "not all equal"
    return (
        f"The weights of {units} units as images of {shape[0]} by {shape[1]}, "
        f"the largest {largest:.2g}: {alike}."
    )
