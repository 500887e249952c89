"""What the JavaScript is told, beside the runs: data, never code."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.markers import MarkerStyle
from matplotlib.ticker import MaxNLocator

from lez10.appearance import INK, LETTERS, PAPER, Look, look
from lez10.channels import CHANNELS, PAIR, Channel, takes
from lez10.surfaces import Surface
from lez10.tables import Table, scale
from lez10.widgets.words import SIGNS, WORDS

HEAD_TO_TAIL = "head to tail"
ENLARGED = ("push", "pull", "pull_ahead")  # the channels that it shows
PANELS = ("loss", "v", "r", "g", "rate", "step")  # channels with a small plot
# Columns of the table of numbers, in order; those after the state are the next step.
STATE = ("theta", "loss", "v", "r")
NEXT = ("g", "rate", "step")
DECADES_OF_LOSS = 8  # that the small curve shows below the start
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def scene(
    surfaces: Sequence[Surface],
    family: tuple[int, int],
    tables: Mapping[str, Table],
    grids: Mapping[str, Sequence[float]],
    steps: int,
    shown: Sequence[str],
) -> dict[str, Any]:
    """Everything that is drawn and is not a run, ready for JSON.

    surfaces: the members of a family, or one; family: how many along each slider.
    """
    x0, x1, y0, y1 = surfaces[0].window
    return {
        **common(tables, {rule: look(rule) for rule in tables}, grids),
        "titles": [surface.title for surface in surfaces],
        "family": list(family),
        "window": [x0, x1, y0, y1],
        "ticks": [ticks(x0, x1), ticks(y0, y1)],
        "axes": ["θ₁", "θ₂"],
        "steps": steps,
        "axis": {
            "low": 0,
            "high": steps,
            "places": list(range(steps + 1)),
            "texts": [str(k) for k in range(steps + 1)],
            "ticks": ticks(0, steps),
        },
        "columns": columns(CHANNELS, tables, [*STATE, *NEXT]),
        "panels": [panel(name, tables) for name in shown],
        "words": WORDS,
    }


def common(
    tables: Mapping[str, Table],
    looks: Mapping[str, Look],
    grids: Mapping[str, Sequence[float]],
) -> dict[str, Any]:
    """What every table of runs tells: its sliders, its rules, paper and ink."""
    sliders = [
        {
            "trait": trait,
            "label": WORDS.get(name, name),
            "sign": SIGNS.get(name, name),
            "values": [f"{value:g}" for value in grid],
        }
        for trait, (name, grid) in zip("ij", grids.items())
    ]
    rules, first = [], 0
    for name, table in tables.items():
        rules.append(rule_data(table, looks[name], first))
        first += sum(code.size for code in table.codes.values())
    return {"sliders": sliders, "rules": rules, "paper": PAPER, "ink": INK}


def columns(
    channels: Iterable[Channel], tables: Mapping[str, Table], order: Sequence[str]
) -> list[dict[str, Any]]:
    """The columns of the table of numbers: the channels that a table has, in order."""
    has = {channel.name for table in tables.values() for channel in table.channels}
    named = {channel.name for channel in channels} & has
    return [
        {
            "channel": name,
            "sign": SIGNS[name],
            "word": WORDS[name],
            "colour": LETTERS.get(name, INK),
            "next": name in NEXT,
        }
        for name in order
        if name in named
    ]


def rule_data(table: Table, seen: Look, first: int) -> dict[str, Any]:
    """How a rule looks, and where its numbers stand in the buffer."""
    channels = {}
    for channel in table.channels:
        zero, unit = scale(channel, table.window)
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
        "arrows": arrows(table) if "theta" in channels else [],
    }


def arrows(table: Table) -> list[dict[str, Any]]:
    """The vectors drawn at the point: -g, and v with the sign that it moves along.

    reference: the length that is drawn at half the arrows' reach, so that short arrows
    grow in proportion and long ones stay in the picture. A gradient is measured by a
    tenth of the start's, a velocity by a twentieth of the window.
    """
    x0, x1, *_ = table.window
    slope = float(np.hypot(*table.run()["g"][0])) / 10 or 1.0
    found = [{"channel": "g", "sign": -1, "reference": slope}]
    names = {channel.name for channel in table.channels}
    if "v" in names:
        # Adam's first moment averages raw gradients: the step goes against it
        moment = "beta1" in takes(table.rule)
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


def panel(name: str, tables: Mapping[str, Table]) -> dict[str, Any]:
    """A small plot: of a channel over the steps, or of the next step enlarged."""
    if name == HEAD_TO_TAIL:
        pair = [
            {"channel": channel, "label": look(rule).label, "colour": look(rule).colour}
            for channel, rule in zip(("pull", "pull_ahead"), PAIR, strict=True)
        ]
        push = {"label": "βv", "colour": LETTERS["v"]}
        named = {"name": WORDS[name], "title": WORDS[name]}
        return {**named, "enlarged": True, "pair": pair, "push": push}
    title = words = WORDS[f"panel {name}"]
    if name == "loss":
        low, high = loss_decades(tables)
    else:
        low, high = decades(name, tables)
        title = WORDS["components"].format(name=words)
    return {"channel": name, "name": words, "title": title, **log_axis(low, high)}


def log_axis(low: int, high: int) -> dict[str, Any]:
    """An axis from one power of ten to another, and its ticks."""
    stride = max(1, round((high - low) / 4))
    places = range(low, high + 1, stride)
    texts = [[float(p), power_of_ten(p)] for p in places]
    return {"low": low, "high": high, "ticks": texts}


def power_of_ten(exponent: int) -> str:
    """10 with its exponent, as text."""
    return f"10{str(exponent).translate(SUPERSCRIPT)}"


def loss_decades(tables: Mapping[str, Table]) -> tuple[int, int]:
    """The decades of one log axis for the losses of all settings.

    It begins DECADES_OF_LOSS below the start, or where the best run ends.
    """
    losses = [table.numbers("loss") for table in tables.values()]
    start = max(float(losses[0][0, 0, 0, 0]), 1e-12)
    high = int(np.floor(np.log10(start))) + 2
    low = high - 2 - DECADES_OF_LOSS
    best = min(np.min(x, initial=np.inf, where=np.isfinite(x)) for x in losses)
    if best > 0:
        low = max(low, int(np.floor(np.log10(best))))
    return low, high


def decades(name: str, tables: Mapping[str, Table]) -> tuple[int, int]:
    """The decades that hold nearly all sizes of a channel that a rule really shows.

    Runs that diverge do not count: they would stretch the axis beyond use.
    """
    sizes = np.concatenate(
        [
            np.abs(table.numbers(name)[table.lived == table.lived.max()]).ravel()
            for table in tables.values()
            if name in table.codes
        ]
    )
    logs = np.log10(sizes[np.isfinite(sizes) & (sizes > 0)])
    if not len(logs):
        return -1, 1
    low, high = np.quantile(logs, [0.02, 0.995])
    high = int(np.ceil(high + 0.1))
    return min(max(int(np.floor(low)), high - DECADES_OF_LOSS), high - 1), high
