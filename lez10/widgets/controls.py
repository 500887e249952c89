"""Controls of the live widgets: sliders from a step's signature, ticks, panels."""

import html
import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ipywidgets as widgets
import traitlets

from lez10.appearance import Look
from lez10.arguments import FRACTIONS, RATES, check_finite
from lez10.optimizers import Step
from lez10.widgets.wishes import checked_number
from lez10.widgets.words import SIGNS

MEANING = {
    "alpha": "learning rate",
    "beta": "decay of the velocity",
    "rho": "decay of the squared gradients",
    "delta": "small number that keeps the division safe",
    "beta1": "decay of the first moment",
    "beta2": "decay of the second moment",
}
# The lecture gives alpha no default. A rule that rescales the gradient (it has a
# delta) moves by about alpha a step; the others by alpha times the gradient.
ALPHA = {True: 0.1, False: 0.02}
# Positions of a slider for a rate: so many decades, and round numbers in each.
DECADES = {"alpha": (-4, 1), "delta": (-10, 0)}
HUNDREDTHS = tuple(n / 100 for n in range(100))
THOUSANDTHS = tuple(n / 1000 for n in range(991, 1000))  # long memories
ROUND = {"alpha": (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9), "delta": (1, 2, 5)}


class GridSlider(widgets.SelectionSlider):
    """A slider over given numbers; set to another number, it takes the nearest.

    The browser rounds what a FloatSlider or FloatLogSlider holds to its own positions
    as soon as it is shown: 0.5 becomes 0.501187. Here the value to start with is one
    of the positions.
    """

    def __init__(self, grid: Iterable[float], value: float, **options: Any):
        self.grid = sorted({*grid, value})
        labels = [short(number) for number in self.grid]
        shown = list(zip(labels, self.grid, strict=True))
        super().__init__(options=shown, value=value, **options)

    @traitlets.validate("value")
    def _validate_value(self, proposal: Any) -> float:
        value = proposal["value"]
        if not self.takes(value):
            raise traitlets.TraitError(f"{self.expected}, got {value}.")
        return min(self.grid, key=lambda number: self.distance(number, value))

    expected = "A slider's value must be finite"

    def takes(self, value: float) -> bool:
        """Whether there is a nearest number."""
        return math.isfinite(value)

    def distance(self, number: float, value: float) -> float:
        """How far a position lies from a value."""
        return abs(number - value)


class RateSlider(GridSlider):
    """A slider over round numbers, nearest in ratio."""

    expected = "A rate must be > 0 and finite"

    def takes(self, value: float) -> bool:
        """Whether the value has a logarithm."""
        return 0 < value < math.inf

    def distance(self, number: float, value: float) -> float:
        """The logarithm of the ratio."""
        return abs(math.log(number / value))


def short(number: float) -> str:
    """A number in four digits where they are all that it has, or else in full."""
    text = f"{number:.4g}"
    return text if float(text) == number else repr(number)


def between(low: float, high: float, value: float) -> list[float]:
    """Some hundred round numbers from low to high, the ends and value."""
    rough = (high - low) / 300
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * max(m for m in (1, 2, 5) if m * power <= rough)
    first, last = math.ceil(low / step), math.floor(high / step)
    # through the text: 0.3 and not 0.30000000000000004
    inside = [float(f"{n * step:.12g}") for n in range(first, last + 1)]
    return [*inside, low, high, value]


def labelled(description: str, tooltip: str, **options: Any) -> dict[str, Any]:
    """What all sliders and lists have in common: a name, an explanation, a width."""
    return {
        "description": description,
        "tooltip": tooltip,
        "style": {"description_width": "66px"},
        "layout": {"width": "276px"},
        **options,
    }


def sliders(
    step: Step, values: Mapping[str, float], owner: str
) -> dict[str, widgets.Widget]:
    """One slider for each hyperparameter of step that is a number, by its name.

    values: where sliders start, where that is not the default. owner: whose they are,
    for the tooltip. Raises ValueError for a value that step does not take, or that is
    not one number in the hyperparameter's range.
    """
    parameters = dict(list(inspect.signature(step).parameters.items())[2:])
    unknown = [name for name in values if name not in parameters]
    if unknown:
        raise ValueError(
            f"{owner} takes the hyperparameters {', '.join(parameters) or 'none'}, "
            f"got {', '.join(unknown)}."
        )
    made = {}
    for name, parameter in parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        value = values.get(name, parameter.default)
        if value is parameter.empty:
            value = ALPHA["delta" in parameters] if name == "alpha" else 0.5
        if name in values:
            value = checked_number(name, value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            check_finite(name, value)  # a default of the student's may be anything
            made[name] = slider(name, float(value), owner)
    return made


def slider(name: str, value: float, owner: str) -> widgets.Widget:
    """A slider for one hyperparameter: rates in decades, decays from 0 to near 1."""
    meaning = MEANING.get(name, "hyperparameter")
    common = labelled(
        SIGNS.get(name, name), f"{name}, {meaning} of {owner}", value=value
    )
    if name in RATES and value > 0:
        decades = range(*DECADES[name])
        grid = [float(f"{m}e{e}") for e in decades for m in ROUND[name]]
        return RateSlider([*grid, 10.0 ** DECADES[name][1]], **common)
    if name in FRACTIONS:
        return GridSlider([*HUNDREDTHS, *THOUSANDTHS], **common)
    reach = 2 * abs(value) or 1.0
    return GridSlider(between(-reach if value < 0 else 0.0, reach, value), **common)


class Shelf:
    """A checkbox for each algorithm, and a panel of sliders for each that is ticked.

    looks: the algorithms by name. make: the sliders of one, by hyperparameter; asked
    when it is first ticked. changed: called after every change. ticks, panels: the
    boxes to show; sliders: those made so far, by algorithm and hyperparameter.
    """

    def __init__(
        self,
        looks: Mapping[str, Look],
        make: Callable[[str], dict[str, widgets.Widget]],
        ticked: Iterable[str],
        changed: Callable[[Any], None],
    ):
        self.looks, self.make, self.changed = looks, make, changed
        self.sliders: dict[str, dict[str, widgets.Widget]] = {}
        self.made: dict[str, widgets.Widget] = {}
        chosen = set(ticked)
        self.switches = {
            name: widgets.Checkbox(
                value=name in chosen,
                description=seen.label,
                tooltip=f"{seen.label} takes part",
                indent=False,
                layout={"width": "auto", "margin": "0 14px 0 2px"},
            )
            for name, seen in looks.items()
        }
        self.ticks, self.panels = row(*self.switches.values()), row()
        self._arrange()
        for switch in self.switches.values():
            switch.observe(self._switched, "value")

    @property
    def ticked(self) -> list[str]:
        """The names of the algorithms that take part."""
        return [name for name, switch in self.switches.items() if switch.value]

    def values(self, name: str) -> dict[str, float]:
        """The hyperparameters of an algorithm as its sliders stand."""
        return {n: slider.value for n, slider in self.sliders[name].items()}

    def _switched(self, change: Any) -> None:
        self._arrange()
        self.changed(change)

    def _arrange(self) -> None:
        for name in self.ticked:
            if name not in self.made:
                self.sliders[name] = self.make(name)
                for slider in self.sliders[name].values():
                    slider.observe(self.changed, "value")
                self.made[name] = panel(self.looks[name], self.sliders[name].values())
        self.panels.children = [self.made[name] for name in self.ticked]


def panel(seen: Look, controls: Iterable[widgets.Widget]) -> widgets.VBox:
    """An algorithm's controls under its name and its colour."""
    # the rings keep a dark colour visible on a dark page
    swatch = (
        "display:inline-block;width:13px;height:13px;margin:0 8px 0 2px;"
        f"vertical-align:-2px;background:{seen.colour};border:2px solid white;"
        "outline:1px solid gray"
    )
    name = html.escape(seen.label)
    heading = widgets.HTML(f'<span style="{swatch}"></span><b>{name}</b>')
    return widgets.VBox([heading, *controls], layout={"margin": "4px 12px 4px 0"})


def row(*children: widgets.Widget) -> widgets.Box:
    """Controls beside each other, wrapped where the page is narrow."""
    return widgets.HBox(children, layout={"flex_flow": "row wrap"})
