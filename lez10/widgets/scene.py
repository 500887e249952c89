"""What the explorer's JavaScript is told, beside the runs: data, never code."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.markers import MarkerStyle
from matplotlib.ticker import MaxNLocator

from lez10.appearance import INK, LETTERS, PAPER, look
from lez10.channels import CHANNELS
from lez10.surfaces import Surface
from lez10.tables import Table, scale
from lez10.widgets.words import SIGNS, WORDS

# Columns of the table of numbers, in order; those after the state are the next step.
STATE = ("theta", "loss", "v", "r")
NEXT = ("g", "rate", "step")
DECADES_OF_LOSS = 8  # that the small curve shows below the start
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def scene(
    surface: Surface,
    tables: Mapping[str, Table],
    grids: Mapping[str, Sequence[float]],
    steps: int,
) -> dict[str, Any]:
    """Everything that is drawn and is not a run, ready for JSON."""
    sliders = [
        {
            "trait": trait,
            "label": WORDS[name],
            "sign": SIGNS[name],
            "values": [f"{value:g}" for value in grid],
        }
        for trait, (name, grid) in zip("ij", grids.items())
    ]
    has = {channel.name for table in tables.values() for channel in table.channels}
    rules, first = [], 0
    for table in tables.values():
        rules.append(rule_data(table, first))
        first += sum(code.size for code in table.codes.values())
    x0, x1, y0, y1 = surface.window
    return {
        "title": surface.title,
        "steps": steps,
        "window": [x0, x1, y0, y1],
        "ticks": [ticks(x0, x1), ticks(y0, y1)],
        "axes": ["θ₁", "θ₂"],
        "stepTicks": ticks(0, steps),
        "sliders": sliders,
        "rules": rules,
        "columns": [
            {
                "channel": channel.name,
                "sign": SIGNS[channel.name],
                "word": WORDS[channel.name],
                "colour": LETTERS.get(channel.name, INK),
                "next": channel.name in NEXT,
            }
            for channel in sorted(CHANNELS, key=column)
            if channel.name in has
        ],
        "loss": loss_axis(tables),
        "lossColour": LETTERS["loss"],
        "paper": PAPER,
        "ink": INK,
        "words": WORDS,
    }


def column(channel: Any) -> int:
    """Where a channel stands in the table of numbers; new ones at the end."""
    order = (*STATE, *NEXT)
    return order.index(channel.name) if channel.name in order else len(order)


def rule_data(table: Table, first: int) -> dict[str, Any]:
    """How a rule looks, and where its channels begin, counted in numbers."""
    seen = look(table.rule)
    channels = {}
    for channel in table.channels:
        zero, unit = scale(channel, table.surface)
        channels[channel.name] = {
            "first": first,
            "size": channel.size,
            "power": channel.power,
            "zero": np.broadcast_to(zero, channel.size).tolist(),
            "unit": np.broadcast_to(unit, channel.size).tolist(),
        }
        first += table.codes[channel.name].size
    return {
        "name": table.rule,
        "label": seen.label,
        "colour": seen.colour,
        "dash": list(seen.dash),
        "marker": marker_polygon(seen.marker),
        "shape": list(table.shape),
        "channels": channels,
        "arrows": arrows(table),
    }


def arrows(table: Table) -> list[dict[str, Any]]:
    """The vectors drawn at the point: -g, and v with the sign that it moves along.

    reference: the length that is drawn at half the arrows' reach, so that short arrows
    grow in proportion and long ones stay in the picture. A gradient is measured by a
    tenth of the start's, a velocity by a twentieth of the window.
    """
    x0, x1, *_ = table.surface.window
    slope = float(np.hypot(*table.run()["g"][0])) / 10 or 1.0
    found = [{"channel": "g", "sign": -1, "reference": slope}]
    names = {channel.name for channel in table.channels}
    if "v" in names:
        # Adam's first moment averages raw gradients: the step goes against it
        moment = table.rule in ("adam", "nadam")
        reference = slope if moment else (x1 - x0) / 20
        found.append(
            {"channel": "v", "sign": -1 if moment else 1, "reference": reference}
        )
    for arrow in found:
        letter = str(arrow["channel"])
        arrow["label"] = ("−" if arrow["sign"] == -1 else "") + SIGNS[letter]
        arrow["colour"] = LETTERS[letter]
    return found


def marker_polygon(marker: str) -> list[list[list[float]]]:
    """A marker of matplotlib as polygons, about 1 wide, y upwards."""
    style = MarkerStyle(marker)
    path = style.get_path().transformed(style.get_transform())
    polygons = path.to_polygons(closed_only=True)
    half = max(np.abs(polygon).max() for polygon in polygons)
    return [np.round(polygon / half / 2, 3).tolist() for polygon in polygons]


def ticks(low: float, high: float) -> list[list[Any]]:
    """Places and texts of an axis's ticks; its upper end is left to its name."""
    places = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high)
    end = high - 0.09 * (high - low)
    inside = [float(round(p, 9)) for p in places if low <= p <= end]
    return [[place, f"{place:g}".replace("-", "−")] for place in inside]


def loss_axis(tables: Mapping[str, Table]) -> dict[str, Any]:
    """One log axis for all settings: decades from low to high, and its ticks.

    It begins DECADES_OF_LOSS below the start, or where the best run ends.
    """
    table = next(iter(tables.values()))
    start = max(float(table.run()["loss"][0, 0]), 1e-12)
    high = int(np.floor(np.log10(start))) + 2
    low = high - 2 - DECADES_OF_LOSS
    best = min(table.lowest_loss() for table in tables.values())
    if best > 0:
        low = max(low, int(np.floor(np.log10(best))))
    stride = max(1, round((high - low) / 4))
    places = range(low, high + 1, stride)
    texts = [[float(p), f"10{str(p).translate(SUPERSCRIPT)}"] for p in places]
    return {"low": low, "high": high, "ticks": texts}
